// Starts workers in workerd, which is what Cloudflare runs them in.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { bin, versionOf } from './installed.mjs';

const patienceMs = 20_000;

/** The first and the last date whose behaviour workerd has; it refuses dates after that of its own version. */
export const compatibilityDates = {
  oldest: '2021-11-03',
  newest: versionOf('workerd').replace(/^\d+\.(\d{4})(\d\d)(\d\d)\..*$/, '$1-$2-$3'),
};

const configOf = (compatibilityDate) => `
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "internet", network = (allow = ["local"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.mjs")],
  compatibilityDate = "${compatibilityDate}",
);
`;

/**
 * Bundles a worker and starts it. Gives its `url`, what it has `written` so far, and an `end`.
 *
 * @param env - what it finds in `process.env`: values that are written into the bundle.
 */
export async function startWorker({ place, project, program, compatibilityDate, env }) {
  const folder = mkdtempSync(join(place, 'worker-'));
  writeFileSync(join(folder, 'worker.capnp'), configOf(compatibilityDate));
  await build({
    entryPoints: [join(project, program)],
    outfile: join(folder, 'worker.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['workerd', 'worker', 'browser'],
    ...(env && { define: { 'process.env': JSON.stringify(env) } }),
    logLevel: 'warning',
  });
  const workerd = spawn(bin('workerd'), ['serve', 'worker.capnp', '--control-fd=3'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  let written = '';
  for (const stream of [workerd.stdout, workerd.stderr]) stream.on('data', (text) => (written += text));
  const end = async () => {
    if (workerd.exitCode !== null || !workerd.kill('SIGKILL')) return;
    await once(workerd, 'exit');
  };
  try {
    const lines = createInterface({ input: workerd.stdio[3] });
    const [line] = await Promise.race([
      once(lines, 'line', { signal: AbortSignal.timeout(patienceMs) }),
      once(workerd, 'close').then(() => Promise.reject(new Error('workerd has ended.'))),
    ]);
    return { url: `http://127.0.0.1:${JSON.parse(line).port}/`, written: () => written.trim(), end };
  } catch (error) {
    await end();
    throw new Error(`${error.message} ${written}`, { cause: error });
  }
}
