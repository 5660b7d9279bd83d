import type { Observable, SchedulerLike } from 'rxjs';
import { defer, filter, from, repeat, share, switchMap, tap, timer } from 'rxjs';

/** A check that a store leaves unanswered keeps others waiting for this long. */
const patienceMs = 60_000;
/** What is seen of a store that fails. */
const failure = Symbol('failure');

/**
 * Reads a store again and again, and emits when there is another text than at the last check under one of the keys, or when
 * the store has begun to fail, so that the client reads it and says so. Its first check has nothing to compare with, and
 * always emits. One loop serves all who are subscribed.
 *
 * @param keys - may become more while this goes on.
 */
export function changesOf(
  read: (key: string) => unknown,
  keys: ReadonlySet<string>,
  intervalMs: number,
  scheduler: SchedulerLike,
): Observable<unknown> {
  return defer(() => {
    const seen = new Map<string, unknown>();
    let unansweredSinceMs: number | undefined;
    const check = async (): Promise<boolean> => {
      const differences = await Promise.all(
        [...keys].map(async (key) => {
          const found = await readQuietly(read, key);
          const isSame = seen.has(key) && seen.get(key) === found;
          seen.set(key, found);
          return !isSame;
        }),
      );
      return differences.includes(true);
    };
    return timer(intervalMs, scheduler).pipe(
      repeat(),
      filter(() => unansweredSinceMs === undefined || Math.abs(scheduler.now() - unansweredSinceMs) >= patienceMs),
      tap(() => (unansweredSinceMs = scheduler.now())),
      switchMap(() => from(check())),
      tap(() => (unansweredSinceMs = undefined)),
      filter((isChanged) => isChanged),
    );
  }).pipe(share());
}

/** What is under a key, or that it cannot be read. */
async function readQuietly(read: (key: string) => unknown, key: string): Promise<unknown> {
  try {
    return await read(key);
  } catch {
    return failure;
  }
}
