/*
 * What a contestant's process can be asked to do. It holds one set of flags at a time, and measures by rounds that the
 * parent hands out in turn.
 */
import { createHash } from 'node:crypto';
import type { ContestantId } from '../contestants/index.js';
import { loadContestant } from '../contestants/index.js';
import type { Contestant, Opened } from '../contestants/contestant.js';
import type { Value } from '../flags.js';
import { userOf } from '../flags.js';
import { jsonWorkloads, project, workloads } from '../workloads.js';
import { createFanOutTasks } from './fan-out-tasks.js';
import { createLongBlockTasks } from './long-block-tasks.js';
import { heapBytes, sink, timeCalls, timeGroups, usedMs } from './timing.js';

/** Which flags: those of a workload of part A, or a project of many. */
export type Load = { readonly workload: string } | { readonly flags: number };

/** Answers to compare: a digest of all of them, how often each came, and the first few to show. */
export interface Answers {
  readonly digest: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly first: readonly unknown[];
}

export async function createTasks(id: ContestantId) {
  const contestant: Contestant = await loadContestant(id);
  let opened: Opened | undefined;
  let flags = workloads[0]!.flags;
  let workload = workloads[0]!;
  let text = '';
  let same: unknown;
  let next = 0;

  const current = () => {
    if (!opened) throw new Error('Nothing is open.');
    return opened;
  };
  const keys = () => flags.map(({ key }) => key);
  const fallbacks = () => flags.map(({ otherwise }): Value => (typeof otherwise === 'boolean' ? false : 'fallback'));

  return {
    ...createFanOutTasks(contestant),
    ...createLongBlockTasks(contestant),
    /** Loads flags; tells why not where the contestant cannot stand for them. */
    open: async (load: Load): Promise<{ readonly hash: string; readonly reason?: string }> => {
      await opened?.close();
      opened = undefined;
      const all = [...workloads, ...jsonWorkloads];
      workload = all.find(({ id }) => 'workload' in load && load.workload === id) ?? workloads[0]!;
      flags = 'flags' in load ? project(load.flags) : workload.flags;
      const reason = contestant.cannot?.(flags);
      if (reason !== undefined) return { hash: contestant.hash, reason };
      text = contestant.write(flags);
      opened = await contestant.open(text);
      same = opened.user(workload.user(4711));
      return { hash: contestant.hash };
    },
    /** What every user used gets for the flag. */
    answers: async (users: number): Promise<Answers> => {
      const { value, user } = current();
      const { key } = flags.at(-1)!;
      const count = workload.isDistinct ? users : 1;
      const given: unknown[] = [];
      for (let i = 0; i < count; i++) given.push(await value(key, fallbacks().at(-1)!, user(workload.user(i))));
      return summary(given);
    },
    /** What one user gets for each flag. */
    allAnswers: async (): Promise<unknown[]> => {
      const { all, values } = current();
      return values(await all(same, keys(), fallbacks()), keys());
    },
    /** One round: nanoseconds per evaluation. */
    evaluate: async (roundMs: number) => {
      const { value, user } = current();
      const key = flags.at(-1)!.key;
      const fallback = fallbacks().at(-1)!;
      if (!workload.isDistinct) return timeCalls(() => value(key, fallback, same), roundMs, Infinity);
      return timeGroups((count) => {
        const users = Array.from({ length: count }, () => user(workload.user(next++ % 100_000)));
        return (i) => value(key, fallback, users[i]);
      }, roundMs);
    },
    /** Throws unless JSON is what the text of the flag says, and the same object each time. */
    checkJson: async () => {
      const { json, value } = current();
      const { key } = flags.at(-1)!;
      const given = json!(key, same);
      const isRight = JSON.stringify(given) === (await value(key, 'fallback', same));
      if (!isRight || given !== json!(key, same)) throw new Error(`'${key}' gives ${JSON.stringify(given)}.`);
    },
    /** One round: nanoseconds per read of JSON. */
    readJson: (roundMs: number) => {
      const { json } = current();
      const { key } = flags.at(-1)!;
      return timeCalls(() => json!(key, same), roundMs, Infinity);
    },
    /** One round: nanoseconds per look at all flags, for a new user object each time or the same one. */
    evaluateAll: (roundMs: number, isSameUser: boolean) => {
      const { all, user } = current();
      const [names, defaults] = [keys(), fallbacks()];
      return timeCalls(
        (i) => all(isSameUser ? same : user(workload.user(4711 + i)), names, defaults),
        roundMs,
        Infinity,
      );
    },
    /** Whether all values of one user are one object, while nothing changes. */
    keepsReference: async () => {
      const { all } = current();
      return (await all(same, keys(), fallbacks())) === (await all(same, keys(), fallbacks()));
    },
    /** One load from text to ready: nanoseconds. What it loaded is closed outside that time. */
    load: async () => {
      const startedMs = usedMs();
      const loaded = await contestant.open(text);
      const ns = (usedMs() - startedMs) * 1e6;
      await loaded.close();
      return ns;
    },
    /** The floor of all loads that parse. */
    parse: () => {
      const startedMs = usedMs();
      sink(JSON.parse(text));
      return (usedMs() - startedMs) * 1e6;
    },
    /**
     * Bytes per flag that a load leaves on the heap, before and after each flag was evaluated once. The text is not
     * counted, nor is what a small project leaves behind once it is closed: code and what it learned.
     */
    heap: async (size: number) => {
      flags = project(100);
      const small = await contestant.open(contestant.write(flags));
      sink(await small.all(small.user(userOf(4711)), keys(), fallbacks()));
      await small.close();
      flags = project(size);
      text = contestant.write(flags);
      const [names, defaults] = [keys(), fallbacks()];
      sink(undefined);
      const before = await heapBytes();
      opened = await contestant.open(text);
      const held = (await heapBytes()) - before;
      await opened.all(opened.user(userOf(4711)), names, defaults);
      const evaluated = (await heapBytes()) - before;
      return { held: held / size, evaluated: evaluated / size };
    },
    /** One round of awaiting a resolved promise: what no asynchronous call can be faster than. */
    promise: (roundMs: number) => timeCalls((i) => Promise.resolve(i), roundMs, Infinity),
  };
}

export type Tasks = Awaited<ReturnType<typeof createTasks>>;

function summary(answers: readonly unknown[]): Answers {
  const counts: Record<string, number> = {};
  for (const answer of answers) counts[String(answer)] = (counts[String(answer)] ?? 0) + 1;
  const digest = createHash('sha256').update(JSON.stringify(answers)).digest('hex');
  return { digest, counts, first: answers.slice(0, 5) };
}
