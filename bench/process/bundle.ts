import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('../dist/', import.meta.url));
let built: Promise<string> | undefined;

/**
 * The program of a contestant's process as plain JavaScript, so that no loader runs beside what is measured. All
 * packages stay outside: they load as they do for a user.
 */
export function childPath(): Promise<string> {
  built ??= buildChild();
  return built;
}

async function buildChild(): Promise<string> {
  await build({
    entryPoints: [fileURLToPath(new URL('./child.ts', import.meta.url))],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    chunkNames: 'chunk-[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
  return `${folder}child.mjs`;
}
