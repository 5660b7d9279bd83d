import { setTimeout as sleep } from 'node:timers/promises';

/** Keeps the last result alive, so that no compiler may skip what made it. */
const kept: { last?: unknown } = {};
export const sink = (result: unknown): void => {
  kept.last = result;
};

/**
 * Milliseconds of processor time that this process has used, its collector included. Unlike a clock it stands still
 * while others have the processor, so a busy machine still gives numbers that compare.
 */
export function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Nanoseconds per call, over calls until a time is used up or `limit` is reached. Promises are awaited one by one,
 * others are not. The time is read once per batch; batches grow until reading it no longer counts.
 */
export async function timeCalls(call: (i: number) => unknown, roundMs: number, limit: number): Promise<number> {
  // The first call tells which kind it is; it is not timed.
  const first = call(0);
  const run = first instanceof Promise ? runAsync : runSync;
  await first;
  const startedMs = usedMs();
  let done = 0;
  let batch = 1;
  let elapsedMs = 0;
  while (done < limit && elapsedMs < roundMs) {
    const end = Math.min(limit, done + batch);
    await run(call, done, end);
    done = end;
    const lastMs = elapsedMs;
    elapsedMs = usedMs() - startedMs;
    if (elapsedMs - lastMs < 0.5) batch *= 2;
  }
  return (elapsedMs * 1e6) / done;
}

/** So many objects fit into the caches of a processor, as one does that a server has just made. */
const groupSize = 500;

/** The same for calls that need something made beforehand, which is not timed: group by group, until a time is used up. */
export async function timeGroups(prepare: (count: number) => (i: number) => unknown, roundMs: number): Promise<number> {
  let done = 0;
  let elapsedMs = 0;
  while (elapsedMs < roundMs) {
    const call = prepare(groupSize + 1);
    const first = call(groupSize);
    const run = first instanceof Promise ? runAsync : runSync;
    await first;
    const startedMs = usedMs();
    await run(call, 0, groupSize);
    elapsedMs += usedMs() - startedMs;
    done += groupSize;
  }
  return (elapsedMs * 1e6) / done;
}

function runSync(call: (i: number) => unknown, start: number, end: number): void {
  for (let i = start; i < end; i++) kept.last = call(i);
}

async function runAsync(call: (i: number) => unknown, start: number, end: number): Promise<void> {
  for (let i = start; i < end; i++) kept.last = await call(i);
}

/** The heap after all garbage is gone; needs `--expose-gc`. */
export async function heapBytes(): Promise<number> {
  if (!globalThis.gc) throw new Error('Run with --expose-gc.');
  for (let i = 0; i < 4; i++) {
    // Finalizers and timers of what went run in between.
    await sleep(5);
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}
