// Checks the samples as a user meets them: each is installed with the packed tarball, started with `npm start`, and
// driven while its config file is edited. With names, only those.
//
//   npm run samples
//   npm run samples -- react console
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installSample } from '../samples/install.mjs';
import { packPackage } from './package.mjs';
import { withStage } from './stage.mjs';

const samples = fileURLToPath(new URL('../samples', import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

const all = readdirSync(samples).filter((name) => existsSync(join(samples, name, 'package.json')));
const names = process.argv.length > 2 ? process.argv.slice(2) : all;
const unknown = names.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`No such sample: ${unknown.join(', ')}. There are: ${all.join(', ')}.`);
  process.exit(1);
}

// So that what has been started ends with this.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const tarball = packPackage();
for (const name of names) {
  const startedAt = performance.now();
  try {
    await checkSample(name);
    console.log(`ok    ${name} (${Math.round((performance.now() - startedAt) / 1000)} s)`);
  } catch (error) {
    process.exitCode = 1;
    console.error(`FAIL  ${name}: ${error.stack ?? error}`);
  }
}

async function checkSample(name) {
  const folder = join(samples, name);
  installSample(folder, tarball);
  if (existsSync(join(folder, 'tsconfig.json'))) {
    execFileSync(process.execPath, [tsc, '-p', folder], { stdio: ['ignore', 'inherit', 'inherit'] });
  }
  const { check } = await import(pathToFileURL(join(folder, 'check.mjs')).href);
  await withStage(folder, check);
}
