// Runs what has to hold before a change lands, what is independent side by side: two steps at a time, because
// that is how many processors usual machines of CI have. Each step is an npm script, whose output is printed as a whole
// when it fails; otherwise what it says about itself: its last lines, and how long it took.
//
// The specs have two workers beside the other step, since half of their time they wait for servers, browsers and clocks. They
// go first wherever all want to compute: some of them are about what happens within seconds.
//
//   node tools/ci.mjs              everything
//   node tools/ci.mjs lint types   some steps
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const logs = join(root, 'reports/ci');
const results = join(logs, 'test.json');

/**
 * The steps, in the order in which they begin: `test`, and beside it what looks at the files of this repository while nothing
 * writes there, what makes use of the built package, and last what is short, so that both lanes end together. `says` picks
 * what the log of a step that succeeded is worth repeating.
 */
const steps = [
  { name: 'build', scripts: [['build']] },
  {
    name: 'test',
    scripts: [['test', '--', '--maxWorkers', '2', '--json', '--outputFile', results]],
    says: /^(Tests|Test Suites):/,
    isFirst: true,
  },
  { name: 'lint', scripts: [['lint']] },
  { name: 'typecheck', scripts: [['typecheck']] },
  { name: 'unused', scripts: [['unused']] },
  { name: 'api', scripts: [['api', '--', '--check']], says: /./ },
  { name: 'size', scripts: [['size']], says: /./ },
  { name: 'samples', scripts: [['samples']], says: /^ok / },
  // Its types are known when what it measures is installed.
  {
    name: 'bench',
    scripts: [
      ['bench', '--', '--quick'],
      ['typecheck', '--prefix', 'bench'],
    ],
  },
  { name: 'runtimes', scripts: [['runtimes']], says: /^(ok|MISS|total)/ },
  { name: 'types', scripts: [['types']], says: /^ok / },
  { name: 'docs', scripts: [['docs'], ['site']], says: /pages at/ },
  { name: 'angular-next', scripts: [['angular-next']], says: /^(Tests:|ok )/ },
  { name: 'reproduce', scripts: [['reproduce', '--', '--beside']], says: /./ },
  // By a seed, so that a change is judged by itself; what other seeds show is found by whoever looks.
  { name: 'chaos', scripts: [['chaos', '--', '--sequences', '1000', '--seed', '77000000']] },
  { name: 'pack', scripts: [['pack']] },
  { name: 'quick-start', scripts: [['quick-start']], says: /./ },
  { name: 'observability', scripts: [['observability']], says: /^. (tests|pass|fail)/ },
  { name: 'workflows', scripts: [['workflows']], says: /./ },
];

const lanes = 2;
/** How far steps make way for `test`: enough for its clocks, and not so far that they wait for it to end. */
const niceness = 5;
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(', ')}. There are: ${steps.map(({ name }) => name).join(', ')}.`);
  process.exit(1);
}

const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    // Each step is a group of processes.
    for (const child of running) process.kill(-child.pid, signal);
    process.exit(1);
  });
}

rmSync(logs, { recursive: true, force: true });
mkdirSync(logs, { recursive: true });
const startedAt = performance.now();
const waiting = steps.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const failed = [];
// By itself: the others would each build, too.
let isBuilt = false;
if (waiting[0]?.name === 'build') {
  await run(waiting.shift());
  // From now on nobody builds again, beside a step that reads what is built: in a checkout whose files are written meanwhile, too.
  isBuilt = failed.length === 0;
}
await Promise.all(Array.from({ length: failed.length > 0 ? 0 : lanes }, work));
console.log(`everything: ${secondsSince(startedAt)} s`);
if (failed.length > 0) {
  console.error(`FAILED: ${failed.join(', ')}`);
  process.exitCode = 1;
}

async function work() {
  for (let next = waiting.shift(); next; next = waiting.shift()) await run(next);
}

async function run({ name, scripts, says, isFirst }) {
  const stepStartedAt = performance.now();
  const path = join(logs, `${name}.log`);
  let status = 0;
  for (const args of scripts) status ||= await runScript(args, path, isFirst);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const isGood = status === 0;
  const shown = isGood ? lines.filter((line) => says?.test(line)) : lines;
  if (!isGood) failed.push(name);
  const title = `${name}: ${isGood ? '' : 'FAILED after '}${secondsSince(stepStartedAt)} s`;
  // At once, so that no other step comes between.
  console.log([title, ...shown.map((line) => `  ${line}`)].join('\n'));
}

/** Runs an npm script, adds what it prints to a file, and gives its status. What is not first makes way where it computes. */
async function runScript(args, path, isFirst) {
  const log = openSync(path, 'a');
  const child = spawn('npm', ['run', '--silent', ...args], {
    cwd: root,
    stdio: ['ignore', log, log],
    detached: true,
    env: { ...process.env, ...(isBuilt && { CONFIGCAT_RX_IS_BUILT: 'yes' }) },
  });
  running.add(child);
  if (!isFirst) setPriority(child.pid, niceness);
  const [status] = await once(child, 'exit');
  running.delete(child);
  closeSync(log);
  return status ?? 1;
}

function secondsSince(time) {
  return Math.round((performance.now() - time) / 1000);
}
