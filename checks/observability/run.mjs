// Checks `configcat-rx/opentelemetry`, `configcat-rx/analytics` and the log recipes with the real packages of those whom they
// are for: SDKs with exporters in memory, and clients of vendors whose requests go to this computer.
//
//   npm run observability
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from '../../tools/package.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const modifiedAt = (path) => statSync(join(here, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (modifiedAt('package-lock.json') > modifiedAt('node_modules/.package-lock.json')) {
  console.log('Installing the packages of vendors …');
  npm(here, 'ci');
}
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', here], { stdio: 'inherit' });
const tests = readdirSync(here).filter((name) => name.endsWith('.test.mjs'));
const args = ['--test', '--test-reporter=spec', ...tests.map((name) => join(here, name))];
execFileSync(process.execPath, args, { stdio: 'inherit' });
