/*
 * One evaluation, ours beside the official SDK: the fastest synchronous path that each has, in one run, round by
 * round in turn, so that whatever else the machine does meets both. Prints medians in nanoseconds and their ratio.
 */
import { LogLevel, PollingMode, getClient } from '@configcat/sdk';
import type { ConfigCache, User } from 'configcat-rx';
import { createClientWithManualPoll } from 'configcat-rx';

interface Workload {
  readonly name: string;
  readonly setting: object;
  readonly user?: User;
}

const sdkKey = 'bench-bench-bench-benc/bench-bench-bench-benc';
const rounds = 15;
const roundMs = 20;

const text = (value: string) => ({ v: { s: value } });
const user: User = {
  identifier: 'user-4711',
  email: 'kate@example.com',
  country: 'HU',
  custom: { version: '2.1.0', seats: 12, plan: 'pro' },
};
const condition = (a: string, c: number, value: object) => ({ u: { a, c, ...value } });
const rule = (conditions: object[], value: string) => ({ c: conditions, s: text(value) });
const textSetting = (more: object) => ({ t: 1, ...text('default'), ...more });

const workloads: readonly Workload[] = [
  { name: 'A1 boolean, no rules', setting: { t: 0, v: { b: true } } },
  {
    name: 'A2 text contains, third rule hits',
    setting: textSetting({
      r: ['@a.com', '@b.com', '@example.com'].map((domain) => rule([condition('Email', 2, { l: [domain] })], domain)),
    }),
    user,
  },
  {
    name: 'A3 one of 1,000, hit in the middle',
    setting: textSetting({
      r: [rule([condition('Identifier', 0, { l: Array.from({ length: 1000 }, (_, i) => `user-${4211 + i}`) })], 'hit')],
    }),
    user,
  },
  {
    name: 'A5 50/50 split',
    setting: textSetting({ p: ['a', 'b'].map((value) => ({ p: 50, ...text(value) })) }),
    user,
  },
  {
    name: 'A6 10 rules of 3 conditions, last hits',
    setting: textSetting({
      r: Array.from({ length: 10 }, (_, i) =>
        rule(
          [
            condition('Country', 28, { s: 'HU' }),
            condition('plan', 0, { l: ['pro', 'team'] }),
            condition('seats', 10, { d: i === 9 ? 12 : 100 + i }),
          ],
          `rule ${i}`,
        ),
      ),
    }),
    user,
  },
  {
    name: 'A9 semantic version',
    setting: textSetting({ r: [rule([condition('version', 9, { s: '2.0.0' })], 'new')] }),
    user,
  },
];

const configText = JSON.stringify({ f: Object.fromEntries(workloads.map(({ name, setting }) => [name, setting])) });
const payload = `${Date.now()}\n"e"\n${configText}`;
const cache: ConfigCache = { get: () => payload, set: () => undefined };

const client = createClientWithManualPoll(sdkKey, { cache, logLevel: 'off' });
const official = getClient(sdkKey, PollingMode.ManualPoll, {
  cache: { get: () => payload, set: () => undefined },
  logger: { level: LogLevel.Off, log: () => undefined },
});
const ours = client.snapshot();
const theirs = official.snapshot();

console.log('one evaluation, median ns'.padEnd(44), 'configcat-rx', '@configcat/sdk', ' ratio');
for (const workload of workloads) {
  const { name } = workload;
  const contestants = [() => ours.value(name, null, workload.user), () => theirs.getValue(name, null, workload.user)];
  const answers = new Set(contestants.map((evaluate) => evaluate()));
  if (answers.size !== 1) throw new Error(`${name}: the answers differ: ${[...answers].join(', ')}`);
  const [mine = NaN, other = NaN] = compete(contestants);
  console.log(
    name.padEnd(44),
    mine.toFixed(0).padStart(12),
    other.toFixed(0).padStart(14),
    `${(other / mine).toFixed(1)} x`.padStart(7),
  );
}
client.dispose();
official.dispose();

/** Median time per call of each contestant, over rounds that they run in turn. */
function compete(contestants: readonly (() => unknown)[]): number[] {
  const times = contestants.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    contestants.forEach((evaluate, i) => times[i]!.push(timeOf(evaluate)));
  }
  return times.map((samples) => samples.sort((a, b) => a - b)[Math.floor(rounds / 2)]!);
}

function timeOf(evaluate: () => unknown): number {
  const batch = 1000;
  const startedAt = performance.now();
  let calls = 0;
  while (performance.now() - startedAt < roundMs) {
    for (let i = 0; i < batch; i++) evaluate();
    calls += batch;
  }
  return ((performance.now() - startedAt) * 1e6) / calls;
}
