// Makes a self-contained, minified program for Node by one bundler, as its users do who change nothing else. Run as a
// program of its own, so that all that it writes to stderr is what the bundler complains of:
//
//   node bundlers.mjs 'webpack, CommonJS' /project/server.mjs /an/empty/folder
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { bin, installed } from './installed.mjs';

/**
 * `main` is the file to start, `from` the package of the bundler. What ncc makes is larger, because it has names of
 * functions kept and nothing compressed.
 */
export const bundlers = [
  { name: 'esbuild, ES modules', from: 'esbuild', main: 'server.mjs', bundle: byEsbuild('esm') },
  { name: 'esbuild, CommonJS', from: 'esbuild', main: 'server.cjs', bundle: byEsbuild('cjs') },
  { name: 'tsup, ES modules', from: 'tsup', main: 'server.mjs', bundle: byTsup },
  { name: 'rollup, ES modules', from: 'rollup', main: 'server.mjs', bundle: byRollup },
  { name: 'rolldown, ES modules', from: 'rolldown', main: 'server.mjs', bundle: byRolldown },
  { name: 'webpack, ES modules', from: 'webpack', main: 'server.mjs', bundle: byWebpack('mjs') },
  { name: 'webpack, CommonJS', from: 'webpack', main: 'server.cjs', bundle: byWebpack('cjs') },
  { name: 'ncc, ES modules', from: '@vercel/ncc', main: 'index.mjs', limitBytes: 325_000, bundle: byNcc },
  { name: 'bun build, ES modules', from: 'bun', main: 'server.js', bundle: byBun },
  { name: 'vite ssr, ES modules', from: 'vite', main: 'server.mjs', bundle: byVite },
];

if (process.argv[1] === import.meta.filename) {
  const [name, entry, folder] = process.argv.slice(2);
  await bundlers.find((bundler) => bundler.name === name).bundle(entry, folder);
}

function byEsbuild(format) {
  return async (entry, folder) => {
    const { build } = await import('esbuild');
    const outfile = join(folder, format === 'esm' ? 'server.mjs' : 'server.cjs');
    await build({ entryPoints: [entry], outfile, bundle: true, minify: true, platform: 'node', format });
  };
}

async function byTsup(entry, folder) {
  const { build } = await import('tsup');
  // `config` is the file it would look for.
  const all = { config: false, noExternal: [/.*/], minify: true };
  await build({ ...all, entry: [entry], outDir: folder, format: 'esm', outExtension: () => ({ js: '.mjs' }) });
}

async function byRollup(entry, folder) {
  const { rollup } = await import('rollup');
  const { default: resolve } = await import('@rollup/plugin-node-resolve');
  const { default: commonjs } = await import('@rollup/plugin-commonjs');
  const { default: terser } = await import('@rollup/plugin-terser');
  const bundle = await rollup({
    input: entry,
    plugins: [resolve({ exportConditions: ['node'], preferBuiltins: true }), commonjs(), terser()],
  });
  await bundle.write({ dir: folder, format: 'es', entryFileNames: '[name].mjs' });
  await bundle.close();
}

async function byRolldown(entry, folder) {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({ input: entry, platform: 'node' });
  await bundle.write({ dir: folder, format: 'esm', minify: true, entryFileNames: '[name].mjs' });
  await bundle.close();
}

function byWebpack(ending) {
  return async (entry, folder) => {
    const { default: webpack } = await import('webpack');
    const stats = await promisify(webpack)({
      mode: 'production',
      target: 'node',
      context: dirname(entry),
      entry,
      output: { path: folder, filename: `server.${ending}`, module: ending === 'mjs' },
      ...(ending === 'mjs' && { experiments: { outputModule: true } }),
    });
    if (stats.hasErrors() || stats.hasWarnings()) console.error(stats.toString('errors-warnings'));
  };
}

function byNcc(entry, folder) {
  start(process.execPath, join(installed, '@vercel/ncc/dist/ncc/cli.js'), 'build', entry, '-m', '-o', folder);
}

function byBun(entry, folder) {
  start(bin('bun'), 'build', entry, '--target=node', '--minify', `--outdir=${folder}`);
}

async function byVite(entry, folder) {
  const { build } = await import('vite');
  await build({
    root: dirname(entry),
    configFile: false,
    ssr: { noExternal: true },
    build: { ssr: entry, outDir: folder, emptyOutDir: true, minify: true },
  });
}

function start(command, ...args) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (error) throw error;
  if (status !== 0) process.exitCode = 1;
}
