// Builds dist/: ES modules and CommonJS with types and source maps. With --if-stale only when a source is newer than the last build.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
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

if (!process.argv.includes('--if-stale') || isStale()) await build();

async function build() {
  rmSync(dist, { recursive: true, force: true });
  compile(ngc, 'esm', 'ESNext');
  compile(tsc, 'cjs', 'CommonJS');
  // There is no Angular that it could work with.
  rmSync(join(dist, 'cjs/angular'), { recursive: true });
  nameAsCommonJs(join(dist, 'cjs'));
  for (const [format, ending] of [
    ['cjs', '.cjs'],
    ['esm', '.js'],
  ]) {
    // By itself, so that CommonJS keeps its `import()`, which the compiler writes as a `require()` that bundlers warn of.
    await joinFiles(format, ending, ['node/proxy'], false);
    const explainers = ['explain', 'explainer-at-hand', 'explainer-on-demand'].map((name) => `flags/${name}`);
    const names = ['index', 'explain', ...explainers, 'platform/bun-deno', 'platform/node', 'platform/web'];
    await joinFiles(format, ending, names, format === 'esm');
  }
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
async function joinFiles(format, ending, names, splitting) {
  await bundle({
    entryPoints: names.map((name) => join(dist, `esm/${name}.js`)),
    outbase: join(dist, 'esm'),
    outdir: join(dist, format),
    outExtension: { '.js': ending },
    allowOverwrite: true,
    bundle: true,
    format,
    splitting,
    chunkNames: 'shared/[hash]',
    packages: 'external',
    external: ['#explainer', '#platform'],
    platform: 'node',
    target: 'es2022',
    tsconfigRaw: '{}',
    sourcemap: true,
    // The sources are in the package.
    sourcesContent: false,
    logLevel: 'warning',
  });
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
