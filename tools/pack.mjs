// Packs the package as it would be published, and checks that something leads to each file, that source maps lead to
// sources, that programs which use its types compile as they do with ours, and what publint and are-the-types-wrong say of
// the tarball.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

/** As strict as consumers can be. */
const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  module: 'NodeNext',
  target: 'ES2022',
  lib: ['ES2022', 'ESNext.Disposable', 'DOM'],
  types: [],
  noEmit: true,
  skipLibCheck: false,
};

try {
  const [{ filename, files, size, unpackedSize }] = JSON.parse(
    run('npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
  );
  const tarball = join(folder, filename);
  console.log(`${filename}: ${files.length} files, ${size} bytes, unpacked ${unpackedSize}`);
  checkFiles(files.map(({ path }) => path));
  for (const path of ['dist/esm/index.js', 'dist/cjs/index.cjs']) checkSourceMap(path);
  checkTypes(tarball);
  console.log(run(process.execPath, cliOf('publint'), tarball, '--strict'));
  // Angular is ES modules only, and so is what is for it.
  const attw = cliOf('@arethetypeswrong/cli', 'attw');
  console.log(run(process.execPath, attw, tarball, '--exclude-entrypoints', 'angular'));
  console.log(run(process.execPath, attw, tarball, '--entrypoints', 'angular', '--profile', 'esm-only'));
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

/**
 * Throws when a program of `spec/types` does not compile, or one that must not does, with what is declared in the tarball:
 * members that are internal are not.
 */
function checkTypes(tarball) {
  const place = join(folder, 'types');
  const installed = join(place, 'node_modules/configcat-rx');
  mkdirSync(installed, { recursive: true });
  run('tar', '-xzf', tarball, '-C', installed, '--strip-components=1');
  symlinkSync(join(root, 'node_modules/rxjs'), join(place, 'node_modules/rxjs'), 'junction');
  const ours = { explain: 'configcat-rx/explain', functions: 'configcat-rx/core', testing: 'configcat-rx/testing' };
  for (const type of ['module', 'commonjs']) {
    const program = join(place, type);
    mkdirSync(program);
    writeFileSync(join(program, 'package.json'), JSON.stringify({ type }));
    for (const name of ['is', 'core.types', 'flags.types', 'operators.types', 'testing.types']) {
      const text = readFileSync(join(root, `spec/types/${name}.ts`), 'utf8');
      const imports = /'\.\.\/\.\.\/src(?:\/(\w+))?'/g;
      writeFileSync(
        join(program, `${name}.ts`),
        text.replace(imports, (_, entry) => `'${ours[entry] ?? 'configcat-rx'}'`),
      );
    }
    writeFileSync(join(program, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    run(process.execPath, cliOf('typescript', 'tsc'), '-p', program);
    console.log(`spec/types compile with the tarball, as ${type}`);
  }
}

function cliOf(name, command = name) {
  const folder = join(root, 'node_modules', name);
  return join(folder, require(join(folder, 'package.json')).bin[command]);
}
