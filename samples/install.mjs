// Installs the sample in the current folder: the packages of its lock file, and configcat-rx as npm would bring it,
// packed from this repository. Does nothing when that is installed already.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

if (argv[1] === fileURLToPath(import.meta.url)) installSample(process.cwd(), packPackage());

/** Builds and packs configcat-rx, and gives the path of the tarball. */
export function packPackage() {
  if (!existsSync(join(root, 'node_modules/typescript'))) {
    console.log('Installing what builds configcat-rx …');
    npm(root, 'ci');
  }
  execFileSync(process.execPath, [join(root, 'tools/build.mjs'), '--if-stale'], { stdio: 'inherit' });
  const destination = ['--pack-destination', join(root, 'samples')];
  const [{ filename }] = JSON.parse(npm(root, 'pack', '--json', '--ignore-scripts', ...destination));
  return join(root, 'samples', filename);
}

/** Installs a sample with a tarball of configcat-rx. */
export function installSample(folder, tarball) {
  // The lock file leaves the tarball out, because its checksum is another one after each change of the sources.
  const wanted = hashOf(join(folder, 'package-lock.json'), tarball);
  const stamp = join(folder, 'node_modules/.installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log(`Installing the packages of ${folder} …`);
  npm(folder, 'ci');
  npm(folder, 'install', '--no-save', tarball);
  writeFileSync(stamp, wanted);
}

function npm(folder, ...args) {
  // npm run names its package's root to its children; this one is to find its own.
  const place = { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' };
  return execFileSync('npm', [...args, '--prefix', folder, '--loglevel', 'error'], {
    ...place,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function hashOf(...paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(readFileSync(path));
  return hash.digest('hex');
}
