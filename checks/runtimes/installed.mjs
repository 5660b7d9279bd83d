// What is installed for trying the package: runtimes and bundlers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What further browsers and React Native need, which `npm run qualify` alone installs. */
export const engines = fileURLToPath(new URL('engines/node_modules', import.meta.url));
export const installed = fileURLToPath(new URL('node_modules', import.meta.url));

/** The releases of Node, by the names under which they are installed. */
export const nodes = ['node20', 'node22', 'node24', 'node26'];

const { optionalDependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

export function versionOf(name) {
  return optionalDependencies[name].split('@').at(-1);
}

export function nodePath(name) {
  return join(installed, name, 'bin/node');
}

export function bin(name) {
  return join(installed, '.bin', name);
}
