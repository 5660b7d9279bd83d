// Builds dist/: ES modules and CommonJS with types and source maps. With --if-stale only when a source is newer than the last build.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';
import { bundlePrograms } from './bundle.mjs';
import { reachableFiles } from './reach.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const stamp = join(dist, '.built');
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
// TypeScript's compiler as Angular runs it: whatever has no decorators comes out the same, and directives become what
// applications of later versions can link.
const ngc = join(dirname(fileURLToPath(import.meta.resolve('@angular/compiler-cli'))), 'src/bin/ngc.js');

// How files are joined and translated.
const shared = {
  allowOverwrite: true,
  platform: 'node',
  target: 'es2022',
  tsconfigRaw: '{}',
  sourcemap: true,
  // The sources are in the package.
  sourcesContent: false,
  logLevel: 'warning',
};

// What runs many steps side by side says when all of them are to take the build that is there.
const isBuilt = process.env.CONFIGCAT_RX_IS_BUILT === 'yes';
if (!process.argv.includes('--if-stale') || (!isBuilt && isStale())) await build();

async function build() {
  rmSync(dist, { recursive: true, force: true });
  compile(ngc, 'esm', 'ESNext');
  compile(tsc, 'cjs', 'CommonJS');
  // There is no Angular that it could work with.
  rmSync(join(dist, 'cjs/angular'), { recursive: true });
  nameAsCommonJs(join(dist, 'cjs'));
  // By itself, so that CommonJS keeps its `import()`, which the compiler writes as a `require()` that bundlers warn of.
  await joinFiles(['node/proxy'], { format: 'cjs', outExtension: { '.js': '.cjs' } });
  await joinFiles(['node/proxy'], { format: 'esm' });
  const platforms = ['browser', 'bun-deno', 'node', 'web'].map((name) => `platform/${name}`);
  const explainers = ['explain', 'explainer-at-hand', 'explainer-on-demand'].map((name) => `flags/${name}`);
  const memories = ['evaluation/memory', 'evaluation/no-memory'];
  const names = ['index', 'functions', 'explain', 'remote/index', ...explainers, ...memories, ...platforms];
  // The numbers of log events stand where they are used: bundlers of applications would keep their names.
  await joinFiles(names, { format: 'esm', splitting: true, minifySyntax: true });
  removeBareImports();
  await importRxjsOnce(filesOf(names));
  await toCommonJs(names);
  await bundlePrograms({ root, library: join(dist, 'esm'), dist });
  removeUnreachable();
  writeFileSync(stamp, '');
}

function compile(compiler, folder, module) {
  const options = ['--module', module, '--outDir', join(dist, folder)];
  execFileSync(process.execPath, [compiler, '-p', join(root, 'tools/tsconfig.build.json'), ...options], {
    stdio: 'inherit',
  });
}

// The package root in a few files instead of a hundred: Node takes longer to find files than to run them.
async function joinFiles(names, options) {
  await bundle({
    ...shared,
    entryPoints: names.map((name) => join(dist, `esm/${name}.js`)),
    outbase: join(dist, 'esm'),
    outdir: join(dist, options.format),
    bundle: true,
    chunkNames: 'shared/[hash]',
    packages: 'external',
    external: ['#config-index', '#evaluation-memory', '#explainer', '#platform'],
    ...options,
  });
}

// What a shared file imports for others alone, which has no effect, and of which bundlers warn.
function removeBareImports() {
  for (const name of readdirSync(join(dist, 'esm'), { recursive: true })) {
    if (!name.endsWith('.js')) continue;
    const path = join(dist, 'esm', name);
    const text = readFileSync(path, 'utf8');
    // Their lines stay, for the source maps.
    const cleaned = text.replace(/^import "(?:\.{1,2}\/)+shared\/\w+\.js";$/gm, '');
    if (cleaned !== text) writeFileSync(path, cleaned);
  }
}

// Each part of a joined file imports RxJS by a statement of its own, and some bundlers of applications keep them all.
async function importRxjsOnce(entryPoints) {
  const namesIn = (path) => {
    const statements = readFileSync(path, 'utf8').matchAll(/^import \{([^}]*)\} from "rxjs";/gm);
    const items = [...statements].flatMap(([, list]) => list.split(','));
    return [...new Set(items.map((item) => item.trim().split(' as ')[0]))].join(', ');
  };
  const once = {
    name: 'import-once',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /./ }, ({ path, importer, kind, namespace }) => {
        if (kind === 'entry-point') return undefined;
        if (path === 'rxjs' && namespace === 'file') return { path: relative(dist, importer), namespace: 'rxjs-for' };
        return { path, external: true };
      });
      onLoad({ filter: /./, namespace: 'rxjs-for' }, ({ path }) => ({
        contents: `export { ${namesIn(join(dist, path))} } from 'rxjs';`,
      }));
    },
  };
  await bundle({ ...shared, entryPoints, outbase: dist, outdir: dist, format: 'esm', bundle: true, plugins: [once] });
  for (const path of entryPoints) {
    const map = `${path}.map`;
    // No source has that statement, and some bundlers read no map with a source that has no name: it comes from the file itself.
    writeFileSync(map, readFileSync(map, 'utf8').replace(/"rxjs-for:[^"]+"/, JSON.stringify(basename(path))));
  }
}

// The files that are joined, and those that they share.
function filesOf(names) {
  const chunks = readdirSync(join(dist, 'esm/shared')).filter((name) => name.endsWith('.js'));
  return [...names.map((name) => `${name}.js`), ...chunks.map((name) => `shared/${name}`)].map((name) =>
    join(dist, 'esm', name),
  );
}

// File by file: CommonJS shares what ES modules share.
async function toCommonJs(names) {
  const { outputFiles } = await bundle({
    ...shared,
    entryPoints: filesOf(names),
    outbase: join(dist, 'esm'),
    outdir: join(dist, 'cjs'),
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    supported: { 'dynamic-import': true },
    write: false,
  });
  mkdirSync(join(dist, 'cjs/shared'), { recursive: true });
  for (const { path, text } of outputFiles) {
    writeFileSync(path, text.replace(/((?:require|import)\("\.{1,2}\/[^"\n]+)\.js("\))/g, '$1.cjs$2'));
  }
}

// The package is of type "module", so CommonJS files say by their ending what they are.
function nameAsCommonJs(folder) {
  const ending = /\.(d\.)?([jt])s(\.map)?$/;
  for (const name of readdirSync(folder, { recursive: true })) {
    const path = join(folder, name);
    if (!ending.test(name)) continue;
    const text = readFileSync(path, 'utf8');
    const renamed = name.endsWith('.map')
      ? text.replace(/("file":"[^"]+\.)([jt]s")/, '$1c$2')
      : text
          .replace(/(['"]\.{1,2}\/[^'"\n]+)\.js(['"])/g, '$1.cjs$2')
          .replace(/^(\/\/# sourceMappingURL=.+\.)([jt]s\.map)$/m, '$1c$2');
    writeFileSync(path.replace(ending, '.$1c$2s$3'), renamed);
    rmSync(path);
  }
}

// What has been joined, and what it alone imported.
function removeUnreachable() {
  const reachable = reachableFiles(root);
  for (const name of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(name.parentPath, name.name);
    if (name.isFile() && !reachable.has(relative(root, path).replaceAll('\\', '/'))) rmSync(path);
  }
}

function isStale() {
  const builtAt = modifiedAt(stamp);
  const sources = readdirSync(join(root, 'src'), { recursive: true }).map((name) => join(root, 'src', name));
  const others = ['package.json', 'package-lock.json', 'tools', 'tsconfig.json'].map((name) => join(root, name));
  const inputs = [...sources, ...others];
  return inputs.some((path) => modifiedAt(path) > builtAt);
}

function modifiedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
