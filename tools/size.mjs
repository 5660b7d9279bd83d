// Measures what a browser loads for what an application imports, and fails where that is more than its limit, or not
// what README says. The limits follow the code down, towards the goals.
//
//   npm run size
//   npm run size -- --write     puts the numbers into README
//   npm run size -- --modules   prints how many bytes come from which module of src
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = join(root, 'README.md');

/**
 * What applications import by entry, as README puts it in `text`, with limits and goals in bytes of gzip: of own code,
 * and with the RxJS that it needs. They hold for what loads first.
 */
const importSets = [
  {
    imports: { 'configcat-rx': ['createClient'] },
    text: '`createClient` of `configcat-rx`',
    limits: { own: 35_460, withRxjs: 43_680 },
    goals: { own: 24_000, withRxjs: 31_900 },
  },
  {
    imports: { 'configcat-rx/core': ['createCore', 'autoPoll', 'flag$'] },
    text: '`createCore`, `autoPoll` and `flag$` of `configcat-rx/core`',
    limits: { own: 21_880, withRxjs: 30_190 },
    goals: { own: 16_000, withRxjs: 23_700 },
  },
  {
    imports: { 'configcat-rx/react': ['ConfigCatProvider', 'useClient', 'useFlag', 'useFlagDetails', 'useFlags'] },
    text: 'provider and hooks of `configcat-rx/react`, React not counted',
    limits: { own: 38_660, withRxjs: 46_910 },
  },
  {
    imports: {
      'configcat-rx/core': ['createCore', 'autoPoll'],
      'configcat-rx/react/core': ['ConfigCatProvider', 'useSource', 'useFlag', 'useFlagDetails', 'useFlags'],
    },
    text: '`createCore`, `autoPoll`, and provider and hooks of `configcat-rx/react/core`, React not counted',
    limits: { own: 26_190, withRxjs: 34_580 },
    goals: { own: 18_000, withRxjs: 25_700 },
  },
  {
    imports: {
      'configcat-rx/core': ['createCore', 'autoPoll'],
      'configcat-rx/angular/core': ['provideConfigCat', 'injectFlag'],
    },
    text: '`createCore`, `autoPoll`, and provider and `injectFlag` of `configcat-rx/angular/core`, Angular not counted',
    limits: { own: 23_770, withRxjs: 32_070 },
  },
  {
    imports: { 'configcat-rx/core': ['flag$'], 'configcat-rx/remote': ['createRemote'] },
    text: '`createRemote` of `configcat-rx/remote`, and `flag$` of `configcat-rx/core`',
    limits: { own: 7_950, withRxjs: 10_800 },
    goals: { own: 5_000, withRxjs: 11_000 },
  },
  {
    imports: { 'configcat-rx/remote': ['createRemoteClient'] },
    text: '`createRemoteClient` of `configcat-rx/remote`',
    limits: { own: 11_530, withRxjs: 14_470 },
    goals: { own: 7_000, withRxjs: 14_500 },
  },
];

/** What single imports may add to what an application has already, in bytes of gzip of own code. */
const vendors = ['Amplitude', 'Datadog', 'GoogleAnalytics', 'Mixpanel', 'PostHog', 'Segment', 'Sentry'];
const additions = [
  {
    text: 'the delivery of `configcat-rx/analytics`, over `exposures`',
    base: { 'configcat-rx/core': ['createCore', 'autoPoll', 'flag$', 'exposures'] },
    added: { 'configcat-rx/analytics': ['sendExposures'] },
    limit: 1200,
  },
  ...vendors.map((vendor) => ({
    text: `\`to${vendor}\`, over the delivery`,
    base: { 'configcat-rx/core': ['createCore', 'autoPoll', 'flag$'], 'configcat-rx/analytics': ['sendExposures'] },
    added: { 'configcat-rx/analytics': ['sendExposures', `to${vendor}`] },
    limit: 500,
  })),
];

/** What applications have anyway. */
const frameworks = ['react', '@angular/*'];

const measured = [];
for (const set of importSets) {
  const bytes = { own: await measure(set, ['rxjs']), withRxjs: await measure(set, []) };
  measured.push({ set, bytes });
  for (const part of ['own', 'withRxjs']) report(set, part, bytes[part]);
  if (process.argv.includes('--modules')) await printModules(set);
}
for (const { text, base, added, limit } of additions) {
  const [before, after] = [
    await measure({ imports: base }, ['rxjs']),
    await measure({ imports: { ...base, ...added } }, ['rxjs']),
  ];
  const bytes = after.first - before.first;
  if (bytes > limit) process.exitCode = 1;
  console.log(`${bytes <= limit ? 'ok  ' : 'OVER'} ${text}: ${bytes} bytes gzip more, limit ${limit}`);
}
await holdReadme();

/** What an application that imports a set loads first, and the size of the application in one file. */
async function measure({ imports }, external) {
  const contents = contentsOf(imports, (entry) => entry);
  const input = { stdin: { contents, resolveDir: root }, external: [...frameworks, ...external] };
  const [inChunks, inOneFile] = await Promise.all([bundle({ ...input, splitting: true }), bundle(input)]);
  const paths = pathsLoadedFirst(inChunks.metafile.outputs);
  const filesLoadedFirst = inChunks.outputFiles.filter(({ path }) => paths.has(relative(root, path)));
  return { first: sizeOf(filesLoadedFirst), inOneFile: sizeOf(inOneFile.outputFiles) };
}

/** A program that imports a set, each entry from where it is said to be. */
function contentsOf(imports, pathOf) {
  return Object.entries(imports)
    .map(([entry, names]) => `export { ${names.join(', ')} } from '${pathOf(entry)}';`)
    .join('\n');
}

function bundle(options) {
  return build({
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    // Like a consumer: the paths of our own tsconfig are not for it.
    tsconfigRaw: '{}',
    absWorkingDir: root,
    outdir: 'bundle',
    metafile: true,
    write: false,
    ...options,
  });
}

/** The paths of the chunk of the entry and of all that it imports statically. */
function pathsLoadedFirst(outputs) {
  const paths = new Set(Object.keys(outputs).filter((path) => outputs[path].entryPoint === '<stdin>'));
  for (const path of paths) {
    for (const imported of outputs[path].imports) {
      if (imported.kind === 'import-statement' && !imported.external) paths.add(imported.path);
    }
  }
  return paths;
}

function sizeOf(files) {
  return files.reduce((bytes, { contents }) => bytes + gzipSync(contents, { level: 9 }).length, 0);
}

function report({ text, limits, goals }, part, { first, inOneFile }) {
  const isWithin = first <= limits[part];
  if (!isWithin) process.exitCode = 1;
  const what = part === 'own' ? text : '… with the RxJS that it needs';
  const goal = goals ? `, goal ${goals[part]}` : '';
  console.log(
    `${isWithin ? 'ok  ' : 'OVER'} ${what}: ${first} bytes gzip, limit ${limits[part]}${goal}; in one file ${inOneFile}`,
  );
}

/**
 * The bytes of each module in the own code of a set, minified and not compressed. They are of a bundle of the sources,
 * because the built files are joined ones.
 */
async function printModules({ imports }) {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const sourceOf = (entry) => {
    const target = exports[entry.replace('configcat-rx', '.')];
    return (target.import ?? target).default.replace('./dist/esm/', './src/').replace(/\.js$/, '.ts');
  };
  const { metafile } = await bundle({
    stdin: { contents: contentsOf(imports, sourceOf), resolveDir: root, loader: 'ts' },
    external: [...frameworks, 'rxjs'],
    alias: {
      '#config-index': join(root, 'src/model/no-config-index.ts'),
      '#evaluation-memory': join(root, 'src/evaluation/no-memory.ts'),
      '#platform': join(root, 'src/platform/browser.ts'),
    },
    splitting: true,
  });
  const paths = pathsLoadedFirst(metafile.outputs);
  const modules = Object.entries(metafile.outputs)
    .flatMap(([path, { inputs }]) =>
      Object.entries(inputs).map(([module, { bytesInOutput: bytes }]) => ({ module, bytes, isFirst: paths.has(path) })),
    )
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.isFirst - a.isFirst || b.bytes - a.bytes);
  for (const { module, bytes, isFirst } of modules) {
    console.log(`${String(bytes).padStart(12)} ${module}${isFirst ? '' : ' (on demand)'}`);
  }
}

/** Compares the table in README with what has been measured, or writes it. */
async function holdReadme() {
  const rows = measured.map(({ set, bytes: { own, withRxjs } }) =>
    [set.text, own.first, withRxjs.first, withRxjs.inOneFile].map((cell) =>
      cell === set.text ? cell : kilobytes(cell),
    ),
  );
  const head = ['import', 'own code', 'with the RxJS that it needs', 'the same in one file'];
  const lines = [head, ['---', '--:', '--:', '--:'], ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const table = await format(lines.join('\n'), { ...(await resolveConfig(readme)), parser: 'markdown' });
  const stated = readFileSync(readme, 'utf8');
  const marked = /(<!-- sizes[^]*?-->\n)[^]*?(<!-- end of sizes -->)/;
  const right = stated.replace(marked, (_, start, end) => `${start}\n${table}\n${end}`);
  if (!marked.test(stated)) throw new Error('README.md has lost its table of sizes.');
  if (right === stated) return console.log('README says so.');
  if (process.argv.includes('--write')) return writeFileSync(readme, right);
  console.error(`README says something else than what is measured; \`npm run size -- --write\` writes:\n${table}`);
  process.exitCode = 1;
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
