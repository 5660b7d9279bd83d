// The way in which a worker runs in workerd.
import { bin, versionOf } from './installed.mjs';
import { compatibilityDates, startWorker } from './workerd.mjs';

const { newest } = compatibilityDates;
const patienceMs = 20_000;

export const workerWays = [
  { name: `workerd ${versionOf('workerd')}, bundled by esbuild`, needs: [bin('workerd')], run: smoke },
];

/** One request that makes a client, uses and disposes it. */
async function smoke({ place, project, url, sdkKey }) {
  const worker = await startWorker({ place, project, program: 'worker.mjs', compatibilityDate: newest });
  try {
    const text = await get(`${worker.url}?${new URLSearchParams({ url, sdkKey })}`);
    return { text, problems: complaintsOf(worker), end: worker.end };
  } catch (error) {
    await worker.end();
    throw error;
  }
}

/** Whatever a worker writes, it has to complain about: promises that hang, errors that nobody handles. */
function complaintsOf(worker) {
  const lines = worker.written().split('\n').filter(Boolean);
  const different = [...new Set(lines)].slice(0, 3).map((line) => line.slice(0, 400));
  return lines.length === 0 ? [] : [`It writes ${lines.length} lines: ${different.join(' | ')}`];
}

async function get(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`The status is ${response.status}: ${text}`);
  return text;
}
