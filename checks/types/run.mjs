// Compiles programs that use the packed package with each compiler that it is for, as strictly as users can: those of
// `spec/types`, of which parts must not compile, and one that imports all entries. No file of declarations is left out.
//
//   npm run types
//   npm run types -- 7   with compilers whose versions begin so
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm, packPackage } from '../../tools/package.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');
const { exports, peerDependencies } = readJson('package.json');
const entries = Object.keys(exports)
  .filter((path) => path !== './package.json')
  .map((path) => path.replace('.', 'configcat-rx'));
const programs = readdirSync(join(root, 'spec/types'))
  // Declarations of other libraries are not for all of these compilers.
  .filter((name) => !name.includes('libraries'))
  .map((name) => ({ name, text: importingEntries(readFileSync(join(root, 'spec/types', name), 'utf8')) }));

/** Whose declarations need those of Node, as `@openfeature/server-sdk`: `@types/node` has more of ECMAScript than pages. */
const ofNode = /\/(node|openfeature|server)$/;
/** Programs with `using`, which is no part of ES2020. */
const ofDisposal = /disposal/;
const ofAngular = /angular/;

const compilers = [
  { folder: join(here, 'node_modules/typescript54'), skipped: [ofAngular], isOldest: true },
  { folder: join(here, 'node_modules/typescript59') },
  { folder: join(root, 'node_modules/typescript') },
  { folder: join(root, 'node_modules/typescript7') },
];
const [wanted = ''] = process.argv.slice(2);

const consumers = [
  {
    name: 'pages',
    type: 'module',
    module: 'ESNext',
    moduleResolution: 'Bundler',
    types: [],
    skipped: [ofNode, ofDisposal],
  },
  { name: 'modules', type: 'module', module: 'Node16', types: ['node'] },
  // Angular is ES modules only, and so is what is for it.
  { name: 'commonjs', type: 'commonjs', module: 'NodeNext', types: ['node'], skipped: [ofAngular] },
  // How it was before packages had exports.
  { name: 'node10', type: 'commonjs', module: 'CommonJS', moduleResolution: 'Node10', types: ['node'] },
];

const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  target: 'ES2020',
  lib: ['ES2020', 'DOM'],
  noEmit: true,
  skipLibCheck: false,
};

const modifiedAt = (path) => statSync(join(here, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (modifiedAt('package-lock.json') > modifiedAt('node_modules/.package-lock.json')) {
  console.log('Installing the compilers …');
  npm(here, 'ci');
}
const place = mkdtempSync(join(tmpdir(), 'configcat-rx-types-'));
try {
  await unpack(packPackage());
  const waiting = compilers
    .filter(({ folder }) => versionOf(folder).startsWith(wanted))
    .flatMap((compiler) =>
      consumers
        .filter(({ name }) => name !== 'node10' || compiler.isOldest)
        .map((consumer) => ({ compiler, consumer })),
    );
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await check(next.compiler, next.consumer);
  };
  if (waiting.length === 0) throw new Error(`There is no TypeScript ${wanted} here.`);
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, work));
} finally {
  rmSync(place, { recursive: true, force: true });
}

/** Installs the tarball in `place`, beside what it may be used with. */
async function unpack(tarball) {
  const packages = join(place, 'node_modules');
  mkdirSync(join(packages, 'configcat-rx'), { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', join(packages, 'configcat-rx'), '--strip-components=1']);
  for (const name of [...Object.keys(peerDependencies), '@types/node', '@types/react']) {
    mkdirSync(dirname(join(packages, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(packages, name), 'junction');
  }
}

/** Writes the programs down as a consumer has them, and compiles them. */
async function check({ folder: compiler, skipped: unknown = [] }, { name, type, skipped = [], ...options }) {
  const version = versionOf(compiler);
  const startedAtMs = Date.now();
  const isMeant = (text) => ![...unknown, ...skipped].some((pattern) => pattern.test(text));
  const folder = join(place, `${name}-${version}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }));
  const imports = entries.filter(isMeant).map((entry, i) => `import * as entry${i} from '${entry}';\nvoid entry${i};`);
  // What the package may not bring along: those who have chosen a library would be told too late of what others lack.
  if (options.types.length === 0) imports.push(...['dispose', 'asyncDispose'].map(isMissing));
  writeFileSync(join(folder, 'entries.ts'), imports.join('\n'));
  for (const { name: file, text } of programs) if (isMeant(file)) writeFileSync(join(folder, file), text);
  const config = { compilerOptions: { ...compilerOptions, ...options }, include: ['*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const title = `TypeScript ${version}, ${name}`;
  try {
    await run(process.execPath, [join(compiler, 'bin/tsc'), '-p', folder]);
    console.log(`ok    ${title}: ${Math.round((Date.now() - startedAtMs) / 1000)} s`);
  } catch (error) {
    console.error(`not ok ${title}\n${error.stdout || error.stderr || error}`);
    process.exitCode = 1;
  }
}

function isMissing(symbol) {
  return `// @ts-expect-error no part of ES2020\nvoid Symbol.${symbol};`;
}

/** Lets a program import entries of the package where it imports sources. */
function importingEntries(text) {
  const { paths } = readJson('tsconfig.json').compilerOptions;
  const entryOf = new Map(Object.entries(paths).map(([entry, [source]]) => [source, entry]));
  return text.replace(/'\.\.\/\.\.\/(src[\w/-]*)'/g, (_, source) => {
    const entry = entryOf.get(`./${source}.ts`) ?? entryOf.get(`./${source}/index.ts`);
    if (!entry) throw new Error(`spec/types: ${source} is no entry of the package.`);
    return `'${entry}'`;
  });
}

function versionOf(compiler) {
  return JSON.parse(readFileSync(join(compiler, 'package.json'), 'utf8')).version;
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    execFile(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error) reject(Object.assign(error, { stdout, stderr }));
      else resolve(stdout);
    });
  });
}
