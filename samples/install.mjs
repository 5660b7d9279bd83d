// Installs the sample in the current folder: the packages of its lock file, and configcat-rx as npm would bring it,
// packed from this repository. Does nothing when that is installed already.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { npm, packPackage } from '../tools/package.mjs';

if (argv[1] === fileURLToPath(import.meta.url)) installSample(process.cwd(), packPackage());

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

function hashOf(...paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(readFileSync(path));
  return hash.digest('hex');
}
