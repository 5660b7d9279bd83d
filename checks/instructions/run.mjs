// Counts the instructions that the built package takes for a fixed scenario, with Valgrind, and fails where they are more
// than the committed baseline allows. Other than time, they are the same on a busy machine as on an idle one.
//
//   npm run instructions
//   npm run instructions -- --write   makes what is counted the baseline of this Node's major version
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { format } from 'prettier';

/** Counted again, they differ by less than a tenth of this. */
const tolerance = 0.02;
/** How many rounds of each part are counted. */
const parts = { reads: 1500, configs: 200, subscribers: 150 };

const here = fileURLToPath(new URL('.', import.meta.url));
const baselinePath = join(here, 'baseline.json');
// What an engine does at its leisure, on other threads or by chance, it does at once or not at all; and it uses no
// instructions that only some processors have.
const nodeOptions = [
  ...['--predictable', '--predictable-gc-schedule', '--single-threaded', '--no-enable-avx'],
  '--hash-seed=1',
  '--random-seed=1',
];

if (!hasValgrind()) {
  const isWanted = process.env.CI === 'true';
  console.log(`${isWanted ? 'FAIL' : 'skipped'}: instructions are counted by valgrind, which is not installed.`);
  process.exit(isWanted ? 1 : 0);
}

const place = mkdtempSync(join(tmpdir(), 'configcat-rx-instructions-'));
try {
  const program = join(place, 'scenario.mjs');
  await bundle(program);
  const jobs = Object.entries(parts).flatMap(([part, rounds]) => [
    { part, rounds },
    { part, rounds: 0 },
  ]);
  const counts = await inTurn(jobs, ({ part, rounds }) => count(program, part, rounds));
  const found = Object.fromEntries(
    Object.entries(parts).map(([part, rounds], i) => [part, Math.round((counts[2 * i] - counts[2 * i + 1]) / rounds)]),
  );
  await (process.argv.includes('--write') ? write(found) : compare(found));
} finally {
  rmSync(place, { recursive: true, force: true });
}

/** One file, so that little is counted but the scenario; `#platform` and the like are those of Node. */
async function bundle(outfile) {
  await build({
    entryPoints: [join(here, 'scenario.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['node', 'import'],
    external: ['cross-fetch', 'http-proxy-agent', 'https-proxy-agent'],
    logLevel: 'warning',
  });
}

/** The instructions of a whole process. */
async function count(program, part, rounds) {
  const valgrind = ['--tool=cachegrind', '--cache-sim=no', `--cachegrind-out-file=${join(place, `${part}-${rounds}`)}`];
  const { stderr } = await run('valgrind', [...valgrind, process.execPath, ...nodeOptions, program, part, `${rounds}`]);
  const [, digits] = /I\s+refs:\s+([\d,]+)/.exec(stderr) ?? [];
  if (digits === undefined) throw new Error(`valgrind does not say how many instructions ${part} took:\n${stderr}`);
  return Number(digits.replaceAll(',', ''));
}

async function compare(found) {
  const baseline = readBaseline()[major()];
  if (!baseline) return console.log(`${describe(found)}\nThere is no baseline for Node ${major()}: --write makes one.`);
  for (const [part, instructions] of Object.entries(found)) {
    const change = instructions / baseline[part] - 1;
    const isGood = change <= tolerance;
    const percent = `${change < 0 ? '' : '+'}${(100 * change).toFixed(2)} %`;
    console.log(`${isGood ? 'ok  ' : 'FAIL'} ${part}: ${instructions} instructions a round, ${percent}`);
    if (!isGood) process.exitCode = 1;
  }
  if (process.exitCode) console.error('When that is meant, `npm run instructions -- --write` makes it the baseline.');
}

async function write(found) {
  const text = JSON.stringify({ ...readBaseline(), [major()]: found });
  writeFileSync(baselinePath, await format(text, { parser: 'json' }));
  console.log(describe(found));
}

function describe(found) {
  return Object.entries(found)
    .map(([part, instructions]) => `${part}: ${instructions} instructions a round`)
    .join('\n');
}

function readBaseline() {
  return existsSync(baselinePath) ? JSON.parse(readFileSync(baselinePath, 'utf8')) : {};
}

function major() {
  return process.versions.node.split('.')[0];
}

function hasValgrind() {
  try {
    execFileSync('valgrind', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** As many at once as there are processors, the results in order. */
async function inTurn(items, work) {
  const results = [];
  const rest = items.map((item, i) => [item, i]);
  const next = async () => {
    for (let one = rest.shift(); one; one = rest.shift()) results[one[1]] = await work(one[0]);
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), items.length) }, next));
  return results;
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    execFile(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error) reject(Object.assign(error, { message: `${error.message}\n${stderr}` }));
      else resolve({ stdout, stderr });
    });
  });
}
