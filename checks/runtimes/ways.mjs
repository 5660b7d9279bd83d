// The ways in which the package is run. Each `needs` files that may be missing. Its `run` gives the `text` that the program
// says, where it has to say what every program does: once it has ended by itself, or, where it stays until it is ended,
// with an `end`; besides, `figures` to show, and `problems` which there must not be. Whatever has `isUsual: false` is
// for `npm run qualify` only.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { browserWays } from './browser-ways.mjs';
import { bundleWays } from './bundles.mjs';
import { bin, nodePath, nodes, versionOf } from './installed.mjs';
import { pageWays } from './pages.mjs';
import { reactNativeWays } from './react-native.mjs';
import { workerWays } from './worker-ways.mjs';

const patienceMs = 20_000;

export const ways = [
  ...nodes.flatMap((name) => [
    byProcess(`node ${versionOf(name)}, ES modules`, [nodePath(name), 'module.mjs']),
    byProcess(`node ${versionOf(name)}, CommonJS`, [nodePath(name), 'commonjs.cjs']),
  ]),
  byProcess(`bun ${versionOf('bun')}, ES modules`, [bin('bun'), 'module.mjs']),
  byProcess(`bun ${versionOf('bun')}, CommonJS`, [bin('bun'), 'commonjs.cjs']),
  byProcess(`deno ${versionOf('deno')}`, [
    bin('deno'),
    'run',
    '--allow-net',
    '--allow-env',
    '--allow-read',
    'module.mjs',
  ]),
  ...pageWays,
  ...browserWays,
  ...reactNativeWays,
  ...workerWays,
  ...bundleWays,
];

function byProcess(name, [command, ...args]) {
  return {
    name,
    needs: [command],
    run: async ({ project, url, sdkKey }) => {
      const where = { cwd: project, timeout: patienceMs, killSignal: 'SIGKILL' };
      const { stdout, stderr } = await promisify(execFile)(command, [...args, url, sdkKey], where);
      return { text: (stdout + stderr).trim() };
    },
  };
}
