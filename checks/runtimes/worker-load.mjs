// Many requests to a worker that has one client for all of them, some of which nobody waits for.
import { setTimeout as pause } from 'node:timers/promises';

const rounds = 50;
const atOnce = 20;
const patienceMs = 8000;
const oldestValueMs = 10_000;

const read = { path: '' };
/** Requests that are abandoned: by who sends them, or by a handler that answers before its own work is done. */
const abandoned = [
  { path: '', isClosedEarly: true },
  { path: 'refreshed', isClosedEarly: true },
  { path: 'leave-a-refresh', text: 'left' },
  { path: 'leave-a-read', text: 'left' },
];

/** Sends the requests, and gives figures and what is wrong. */
export async function load(worker, upstream) {
  const startedAt = performance.now();
  const answers = [];
  let newest = 0;
  const ask = async (kind, delayMs) => {
    await pause(delayMs);
    // What a request may count on is what another has got before.
    const answer = { kind, known: newest, ...(await send(worker.url, kind)) };
    answers.push(answer);
    newest = Math.max(newest, numberOf(answer.text) ?? 0);
  };
  for (let round = 0; round < rounds; round += 1) {
    // Those that are abandoned come first, so that they begin what the others wait for.
    const kinds = [pick(abandoned), pick(abandoned), ...Array.from({ length: atOnce - 2 }, () => read)];
    await Promise.all(kinds.map((kind) => ask(kind, kind === read ? Math.random() * 50 : 0)));
    // Whatever hangs will hang for all that follow.
    if (answers.some(isLate)) break;
    // The config is too old for every other round.
    await pause(round % 2 === 0 ? 1100 : Math.random() * 200);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  return judge(answers, seconds, upstream);
}

function pick(kinds) {
  return kinds[Math.floor(Math.random() * kinds.length)];
}

async function send(url, { path, isClosedEarly }) {
  const startedAt = performance.now();
  const signal = AbortSignal.timeout(isClosedEarly ? Math.ceil(Math.random() * 300) : patienceMs);
  let answer;
  try {
    const response = await fetch(url + path, { signal });
    answer = { status: response.status, text: await response.text() };
  } catch (error) {
    answer = { error };
  }
  return { ...answer, startedAt, endedAt: performance.now() };
}

function judge(answers, seconds, upstream) {
  const wrong = answers.map((answer) => complaintOf(answer, upstream)).filter(Boolean);
  const problems = [...new Set(wrong.map(({ what }) => what))].map((what) => {
    const alike = wrong.filter((other) => other.what === what);
    return `${alike.length} times ${what}, as for ${alike[0].detail}`;
  });
  const left = answers.filter(({ kind }) => abandoned.includes(kind)).length;
  const count = upstream.count();
  const allowed = Math.floor(seconds) + 1 + left;
  if (count > allowed) problems.push(`more than ${allowed} requests for the config`);
  const times = answers.filter(({ kind }) => !kind.isClosedEarly).map(({ startedAt, endedAt }) => endedAt - startedAt);
  times.sort((a, b) => a - b);
  const quantile = (share) => `${times[Math.floor(times.length * share)].toFixed()} ms`;
  const figures = [
    `p50 ${quantile(0.5)}, p99 ${quantile(0.99)}, at most ${quantile(1 - 1 / times.length)}`,
    `${answers.length} requests, ${count} for the config, in ${seconds.toFixed()} s`,
  ];
  return { figures: figures.join(', '), problems };
}

/** What is wrong with an answer, if anything. */
function complaintOf(answer, upstream) {
  const { kind, known, status, text, error, startedAt, endedAt } = answer;
  if (kind.isClosedEarly && status === undefined) return undefined;
  const complaint = (what) => ({ what, detail: `/${kind.path}: ${status ?? ''} ${text ?? error}`.slice(0, 200) });
  if (isLate(answer)) return complaint(`no answer within ${patienceMs} ms`);
  if (error) return complaint('no answer');
  if (status !== 200) return complaint(`the status ${status}`);
  if (kind.text !== undefined) return text === kind.text ? undefined : complaint('a wrong answer');
  const number = numberOf(text);
  if (number === undefined) return text === 'default' && known === 0 ? undefined : complaint('no value of the flag');
  if (number > upstream.valueAt(endedAt)) return complaint('a value that was never served');
  if (number < upstream.valueAt(startedAt - oldestValueMs)) return complaint('a value of long ago');
  if (number < known) return complaint('an older value than one given before');
  return undefined;
}

function isLate({ kind, error }) {
  return !kind.isClosedEarly && error?.name === 'TimeoutError';
}

function numberOf(text) {
  const number = /^value-(\d+)$/.exec(text ?? '')?.[1];
  return number === undefined ? undefined : Number(number);
}
