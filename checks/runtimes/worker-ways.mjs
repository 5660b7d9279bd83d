// The ways in which a worker runs in workerd: under the rules of its oldest and its newest compatibility date, with the
// client made in a request or in the module, cold and under load.
import { bin, versionOf } from './installed.mjs';
import { startUpstream } from './upstream.mjs';
import { load } from './worker-load.mjs';
import { compatibilityDates, startWorker } from './workerd.mjs';

const { oldest, newest } = compatibilityDates;
const workerKey = `configcat-sdk-1/${'worker'.padEnd(22, '-')}/${'0'.repeat(22)}`;
const patienceMs = 20_000;
const coldRequests = 20;

export const workerWays = [
  way(`workerd ${versionOf('workerd')}, bundled by esbuild`, smoke),
  ...[newest, oldest].flatMap((date) => {
    const isUsual = date === newest;
    const named = `workerd as of ${date}`;
    return [
      way(`${named}, read before requests`, (where) => readEarly(date, where), isUsual),
      ...['lazy', 'auto'].flatMap((polling) => [
        way(`${named}, ${polling}, cold start`, (where) => coldStart(date, polling, where), isUsual),
        way(`${named}, ${polling}, under load`, (where) => underLoad(date, polling, where), false),
      ]),
    ];
  }),
];

function way(name, run, isUsual = true) {
  return { name, needs: [bin('workerd')], run, isUsual };
}

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

function readEarly(date, where) {
  return withWorker('worker-early.mjs', date, { where, delayMs: () => 30 }, async (worker) => {
    const text = await get(worker.url);
    const isRight = /^default default value-\d+$/.test(text);
    return { problems: [...(isRight ? [] : [`It answers ${text}`]), ...complaintsOf(worker)] };
  });
}

function coldStart(date, polling, where) {
  return withWorker('worker-load.mjs', date, { where, polling, delayMs: () => 30 }, async (worker, upstream) => {
    const answers = await Promise.all(Array.from({ length: coldRequests }, () => get(worker.url).catch(String)));
    const count = upstream.count();
    const wrong = answers.filter((answer) => !/^value-\d+$/.test(answer));
    const problems = wrong.length > 0 ? [`${wrong.length} of ${coldRequests} answer like this: ${wrong[0]}`] : [];
    if (count !== 1) problems.push(`${count} requests for the config`);
    return { problems: [...problems, ...complaintsOf(worker)] };
  });
}

function underLoad(date, polling, where) {
  // Short ones and long ones alike.
  const delayMs = () => 30 + Math.random() * 670;
  return withWorker('worker-load.mjs', date, { where, polling, delayMs }, async (worker, upstream) => {
    const { figures, problems } = await load(worker, upstream);
    return { figures, problems: [...problems, ...complaintsOf(worker)] };
  });
}

async function withWorker(program, compatibilityDate, { where, polling, delayMs }, use) {
  const upstream = await startUpstream(delayMs);
  let worker;
  try {
    const env = { CONFIG_URL: upstream.url, SDK_KEY: workerKey, POLLING: polling };
    worker = await startWorker({ ...where, program, compatibilityDate, env });
    return await use(worker, upstream);
  } finally {
    await worker?.end();
    upstream.close();
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
