// What runs in pages, and how what becomes of it is waited for.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { build } from 'esbuild';
import { engines } from './installed.mjs';

const patienceMs = 30_000;

/** The window of a desktop. */
export const desktop = { width: 1280, height: 800 };

/** Bundles the program of an entry for browsers. */
export async function bundleEntry(project, entry) {
  const { outputFiles } = await build({
    entryPoints: [join(project, `engines/${entry}.mjs`)],
    bundle: true,
    write: false,
    platform: 'browser',
    define: { 'process.env.NODE_ENV': '"production"' },
    nodePaths: [engines],
    logLevel: 'warning',
  });
  return outputFiles[0].text;
}

/** Waits until an expression is true in a page, which may be on its way to another one meanwhile. */
export async function waitFor(page, expression) {
  const endAt = performance.now() + patienceMs;
  for (;;) {
    let cause;
    try {
      const value = await page.evaluate(expression);
      if (value) return value;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > endAt) throw new Error(`Not seen within ${patienceMs} ms: ${expression}`, { cause });
    await pause(50);
  }
}
