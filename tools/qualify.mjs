// What has to hold before a release: everything that CI checks, the package in all runtimes, browsers and bundlers, the
// Quick start in an empty folder, and two clean builds of one hash. It stops at the first that fails, and ends with the
// hash, which two runs over the same source have in common.
//
//   npm run qualify
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const steps = [
  ['bash', '.ci/run'],
  // By itself: beside others the engine compiles at other moments, which changes what is counted.
  ['node', 'checks/instructions/run.mjs'],
  ['node', 'checks/runtimes/run.mjs', '--full'],
  ['node', 'checks/quick-start/run.mjs'],
  ['node', 'tools/workflows.mjs', '--all'],
  ['node', 'tools/reproduce.mjs'],
];

const startedAt = performance.now();
for (const [command, ...args] of steps) {
  console.log(`\n${[command, ...args].join(' ')}`);
  execFileSync(command, args, { cwd: root, stdio: 'inherit' });
}
console.log(`Qualified in ${Math.round((performance.now() - startedAt) / 60_000)} minutes.`);
