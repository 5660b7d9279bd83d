// Installs the runtimes and the bundlers, and a project with the packed package for them to run.
import { cpSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm, packPackage } from '../../tools/package.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Installs the runtimes when the lock file is newer than what is installed. */
export function installRuntimes() {
  install(here, 'Installing the runtimes and bundlers, about a gigabyte …');
}

/** The same for what drives further browsers, and makes bundles for React Native. */
export function installEngines() {
  install(join(here, 'engines'), 'Installing what drives browsers …');
}

function install(folder, message) {
  const modifiedAt = (path) => statSync(join(folder, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (modifiedAt('package-lock.json') <= modifiedAt('node_modules/.package-lock.json')) return;
  console.log(message);
  npm(folder, 'ci');
}

/** Creates a folder to work in, `place`, and inside of it a project with the programs and what they import. */
export function createPlace() {
  const tarball = packPackage();
  const place = mkdtempSync(join(tmpdir(), 'configcat-rx-runtimes-'));
  const project = join(place, 'project');
  cpSync(join(here, 'programs'), project, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "private": true }');
  npm(project, 'install', '--no-audit', '--no-fund', tarball, 'rxjs@7.8.2');
  return { place, project };
}
