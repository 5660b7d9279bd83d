import { Observable, concat, defer, map, merge, of, repeat, switchMap, takeWhile, tap } from 'rxjs';

/** The part of a tab in the election: it holds the lock, waits for it, or runs where there are no locks. */
export type TabRole = 'holding' | 'waiting' | 'lockless';

/** Options of `election()`. */
export interface ElectionOptions {
  readonly lockName: string;
  /** Emits when the holder of the lock has fetched nothing for too long, or a waiting tab has received nothing. */
  readonly silence$: (role: TabRole) => Observable<unknown>;
  /** Emits when another tab has taken over, even if this one still seems to hold the lock. */
  readonly deposed$: Observable<unknown>;
}

/**
 * Elects one of several tabs, among them this one while it is subscribed to. A Web Lock decides, which passes on when its
 * holder is closed or crashes. A holder that fetches nothing gives it back, and waits behind the others; from one that
 * announces nothing, because it is frozen or blocked, another tab steals it.
 */
export function election({ lockName, silence$, deposed$ }: ElectionOptions): Observable<TabRole> {
  let isStealing = false;
  return defer(() => {
    const request$ = lockRequest(lockName, isStealing);
    isStealing = false;
    return request$.pipe(
      switchMap((role) => {
        const tooLong$ = silence$(role).pipe(
          tap(() => {
            isStealing = role === 'waiting';
          }),
        );
        return concat(of(role), merge(tooLong$, deposed$).pipe(map(() => undefined)));
      }),
      takeWhile((role) => role !== undefined),
    );
  }).pipe(repeat());
}

/** Asks for a lock, and holds it until unsubscribed from; completes when another tab steals it. */
function lockRequest(name: string, isStealing: boolean): Observable<TabRole> {
  return new Observable((subscriber) => {
    const { locks } = (globalThis.navigator as { readonly locks?: LockManager } | undefined) ?? {};
    // Every tab polls where there are no locks, because too many polls are better than none.
    const withoutLocks = () => {
      subscriber.next('lockless');
    };
    if (!locks) {
      withoutLocks();
      return;
    }
    const request = new AbortController();
    let isGranted = false;
    subscriber.next('waiting');
    const held = new Promise<void>((release) => {
      subscriber.add(() => {
        request.abort();
        release();
      });
    });
    const grant = () => {
      if (subscriber.closed) return;
      isGranted = true;
      subscriber.next('holding');
      return held;
    };
    const options = isStealing ? { steal: true } : { signal: request.signal };
    // Some browsers reject where locks are forbidden, others throw at once.
    Promise.resolve()
      .then(() => locks.request(name, options, grant))
      .catch(() => {
        if (isGranted) subscriber.complete();
        else withoutLocks();
      });
  });
}
