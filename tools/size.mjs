// Measures what the package costs a browser, and fails where it costs more than it did. The limits follow the code
// down, towards the goals; reading settings from the text of a config was worth 1.8 kB.
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const entry = fileURLToPath(new URL('../dist/esm/index.js', import.meta.url));

const budgets = [
  { name: 'core without rxjs', external: ['rxjs'], limitBytes: 34_300, goalBytes: 10_000 },
  { name: 'core with rxjs', external: [], limitBytes: 42_000, goalBytes: 18_000 },
];

for (const { name, external, limitBytes, goalBytes } of budgets) {
  const { outputFiles } = await build({
    stdin: { contents: `export { createClient } from ${JSON.stringify(entry)};`, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    // Like a consumer: the paths of our own tsconfig are not for it.
    tsconfigRaw: '{}',
    external,
    write: false,
  });
  const bytes = gzipSync(outputFiles[0].contents, { level: 9 }).length;
  const isWithin = bytes <= limitBytes;
  if (!isWithin) process.exitCode = 1;
  console.log(`${isWithin ? 'ok  ' : 'OVER'} ${name}: ${bytes} bytes gzip, limit ${limitBytes}, goal ${goalBytes}`);
}
