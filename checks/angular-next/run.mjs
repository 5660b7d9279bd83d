// Checks `configcat-rx/angular` with the current Angular, on a Node that it runs on: all of its specs, and the sample,
// which the current compiler builds with the packed package and Chromium shows. The rest of the repository stays with
// the newest Angular that runs on the oldest supported Node.
//
//   npm run angular-next
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm, packPackage } from '../../tools/package.mjs';
import { withStage } from '../../tools/stage.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const node = join(here, 'node_modules/node/bin/node');
const modifiedAt = (path) => statSync(join(here, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

// So that what has been started ends with this.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

if (modifiedAt('package-lock.json') > modifiedAt('node_modules/.package-lock.json')) {
  console.log('Installing the current Angular …');
  npm(here, 'ci');
}
runSpecs();
await checkSample();

function runSpecs() {
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  execFileSync(node, [jest, '--config', join(here, 'jest.config.cjs')], { stdio: 'inherit' });
}

/** A copy of the sample inside this folder finds this folder's packages. */
async function checkSample() {
  npm(here, 'install', '--no-save', packPackage());
  const original = fileURLToPath(new URL('../../samples/angular', import.meta.url));
  const folder = join(here, 'sample');
  try {
    const ours = (path) => !/[/\\](node_modules|dist|package-lock\.json|README\.md)$/.test(path);
    cpSync(original, folder, { recursive: true, filter: ours });
    const { scripts, ...manifest } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    delete scripts.prestart;
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, scripts, dependencies: {} }));
    process.env.PATH = [join(here, 'node_modules/node/bin'), process.env.PATH].join(delimiter);
    const { check } = await import('../../samples/angular/check.mjs');
    await withStage(folder, check);
    console.log('ok    the sample');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
