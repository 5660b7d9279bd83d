// The package as npm would bring it, for everything that is to use it as a user does.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Builds and packs configcat-rx, where that is not done, and gives the path of the tarball. */
export function packPackage() {
  if (!existsSync(join(root, 'node_modules/typescript'))) {
    console.log('Installing what builds configcat-rx …');
    npm(root, 'ci');
  }
  execFileSync(process.execPath, [join(root, 'tools/build.mjs'), '--if-stale'], { stdio: 'inherit' });
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const tarball = join(root, `${name}-${version}.tgz`);
  // Sources are older than what is built of them.
  const inputs = ['dist/.built', 'package.json', 'README.md', 'CHANGELOG.md', 'LICENSE'];
  const packedAt = modifiedAt(tarball);
  if (inputs.every((path) => modifiedAt(join(root, path)) < packedAt)) return tarball;
  // Somebody may be reading the last one.
  const place = mkdtempSync(join(root, '.pack-'));
  try {
    const [{ filename }] = JSON.parse(npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', place));
    renameSync(join(place, filename), tarball);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
  return tarball;
}

function modifiedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Runs npm for the package in a folder, and gives what it prints. */
export function npm(folder, ...args) {
  // npm run names its package's root to its children; this one is to find its own.
  return execFileSync('npm', [...args, '--prefix', folder, '--loglevel', 'error'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
}
