// Packs the package as it would be published, and checks that something leads to each file, that source maps lead to
// sources, and what publint and are-the-types-wrong say of the tarball. What programs make of its types is checked by
// `npm run types`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { SourceMap, createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reachableFiles } from './reach.mjs';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'configcat-rx-pack-'));
const run = (command, ...args) =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

try {
  const [{ filename, files, size, unpackedSize }] = JSON.parse(
    run('npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
  );
  const tarball = join(folder, filename);
  console.log(`${filename}: ${files.length} files, ${size} bytes, unpacked ${unpackedSize}`);
  checkFiles(files.map(({ path }) => path));
  for (const path of ['dist/esm/index.js', 'dist/cjs/index.cjs']) checkSourceMap(path);
  console.log(run(process.execPath, cliOf('publint'), tarball, '--strict'));
  // Angular is ES modules only, and so is what is for it.
  const attw = cliOf('@arethetypeswrong/cli', 'attw');
  const esmOnly = ['angular', 'angular/core'];
  console.log(run(process.execPath, attw, tarball, '--exclude-entrypoints', ...esmOnly));
  console.log(run(process.execPath, attw, tarball, '--entrypoints', ...esmOnly, '--profile', 'esm-only'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Throws when nothing leads to a file of the package, or when one is missing that something leads to. */
function checkFiles(packed) {
  const reachable = reachableFiles(root);
  const unreachable = packed.filter((path) => !reachable.has(path));
  const missing = [...reachable].filter((path) => !packed.includes(path));
  if (unreachable.length > 0) throw new Error(`Nothing leads to\n  ${unreachable.join('\n  ')}`);
  if (missing.length > 0) throw new Error(`The package refers to what is not in it:\n  ${missing.join('\n  ')}`);
}

/** Throws when the map of a built file does not find the line of the sources in which `createClient()` begins. */
function checkSourceMap(path) {
  const start = /\bfunction createClient\b/;
  const line = readFileSync(join(root, path), 'utf8')
    .split('\n')
    .findIndex((text) => start.test(text));
  const map = new SourceMap(JSON.parse(readFileSync(join(root, `${path}.map`), 'utf8')));
  const { originalSource, originalLine } = map.findEntry(line, 0);
  const source = join(dirname(path), originalSource);
  const original = readFileSync(join(root, source), 'utf8').split('\n')[originalLine];
  if (!start.test(original)) throw new Error(`${path}.map: line ${line + 1} leads to "${original}" of ${source}.`);
  console.log(`${path}:${line + 1} is ${source}:${originalLine + 1}`);
}

function cliOf(name, command = name) {
  const folder = join(root, 'node_modules', name);
  return join(folder, require(join(folder, 'package.json')).bin[command]);
}
