// Changes the source in small ways, one after the other, and runs the specs that should notice: what they let pass is a
// hole in them, or equivalent and listed in equivalents.json. A file takes minutes, a part of src an hour: not for CI.
//
//   npm run mutants                                measures all parts: acquisition, core, evaluation and flags
//   npm run mutants -- flags src/evaluation/memo.ts   a part, and a file
//   SPECS=client/users npm run mutants -- src/flags/users.ts   with some specs only
//   npm run mutants -- --score                     says what was measured last
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goals, mutantsOf, outdated, scoreOf } from './score.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const reports = join(root, 'reports/mutants');
const { parts } = createRequire(import.meta.url)('./specs.cjs');
const equivalents = JSON.parse(readFileSync(new URL('equivalents.json', import.meta.url), 'utf8'));

const words = process.argv.slice(2).filter((word) => word !== '--score');
const wanted = (words.length > 0 ? words : parts).flatMap(filesOf);
if (!process.argv.includes('--score')) for (const file of wanted) measure(file);
report(wanted);

/** The files of a part, or a file itself. */
function filesOf(word) {
  if (word.endsWith('.ts')) return [word.replaceAll('\\', '/')];
  if (!parts.includes(word)) throw new Error(`No such part: ${word}. There are: ${parts.join(', ')}.`);
  return readdirSync(join(root, 'src', word), { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/${word}/${name.replaceAll('\\', '/')}`);
}

function measure(file) {
  const stryker = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const env = { DIFFERENTIAL_CONFIGS: '100', ...process.env, MUTATED: file };
  const config = fileURLToPath(new URL('stryker.config.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [stryker, 'run', config], { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${file}: StrykerJS has failed; what it says stands above.`);
}

function report(files) {
  const measured = [];
  const missing = [];
  for (const file of files) {
    const path = join(reports, `${file.slice('src/'.length).replaceAll('/', '-').replace('.ts', '')}.json`);
    if (!existsSync(path)) missing.push(file);
    else measured.push(...mutantsOf(JSON.parse(readFileSync(path, 'utf8'))));
  }
  for (const part of parts) {
    const ofPart = measured.filter(({ file }) => file.startsWith(`src/${part}/`));
    if (ofPart.length === 0) continue;
    for (const file of new Set(ofPart.map(({ file }) => file))) {
      say(
        file,
        scoreOf(
          ofPart.filter((mutant) => mutant.file === file),
          equivalents,
        ),
      );
    }
    const total = scoreOf(ofPart, equivalents);
    say(part, total, goals[part]);
    if (total.score < goals[part]) process.exitCode = 1;
    for (const { file, code, original, replacement } of total.survivors) {
      console.log(`  ${file}: ${code}\n    ${original} → ${replacement}`);
    }
  }
  for (const { file, code, replacement } of outdated(equivalents, measured)) {
    console.error(`equivalents.json: ${file}: ${code} → ${replacement} is noticed, or no mutant any more.`);
    process.exitCode = 1;
  }
  if (missing.length > 0) console.log(`Not measured: ${missing.join(', ')}`);
}

function say(name, { mutants, noticed, equivalent, score }, goal) {
  const asked = goal === undefined ? '' : `, asked ${100 * goal} %`;
  const counts = `${noticed} of ${mutants - equivalent} noticed, ${equivalent} equivalent`;
  console.log(`${name}: ${(100 * score).toFixed(1)} %${asked}: ${counts}`);
}
