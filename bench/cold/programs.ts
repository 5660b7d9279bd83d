import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { BuildOptions } from 'esbuild';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

/** How a program reaches its process: packages as installed, as a bundle for a server, or in both module formats. */
export interface Program {
  readonly name: string;
  readonly source: 'bare' | 'rxjs' | 'rx' | 'core' | 'official';
  readonly isBundled: boolean;
  readonly isMinified?: boolean;
  readonly format: 'esm' | 'cjs';
}

/** Compiles a program to plain JavaScript and says where it is. */
export async function compile({ source, isBundled, isMinified = false, format }: Program): Promise<string> {
  const kind = `${isBundled ? '-bundled' : ''}${isMinified ? '-minified' : ''}`;
  const outfile = `${here}../dist/cold/${source}${kind}.${format === 'esm' ? 'mjs' : 'cjs'}`;
  await build({
    ...common,
    minify: isMinified,
    entryPoints: [`${here}${source}.ts`],
    outfile,
    format,
    platform: 'node',
    target: 'node20',
    // By itself esbuild takes RxJS as CommonJS for servers, of which it can leave out nothing.
    ...(isBundled && { alias: { rxjs: fileURLToPath(new URL('../esm/index.js', import.meta.resolve('rxjs'))) } }),
    // Packages that are CommonJS at heart ask for `require` in ES modules, too.
    ...(isBundled && format === 'esm' ? { banner: { js: requireBanner } } : {}),
    ...(!isBundled && { packages: 'external' }),
  });
  return outfile;
}

const common: BuildOptions = { bundle: true, treeShaking: true, minify: false, logLevel: 'warning', tsconfigRaw: '{}' };
const requireBanner = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/** Bytes of one export in a browser: bundled, minified, gzip. */
export async function browserBytes(code: string, external: readonly string[] = []): Promise<number> {
  const { outputFiles } = await build({
    ...common,
    stdin: { contents: code, resolveDir: here },
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external: [...external],
    write: false,
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}
