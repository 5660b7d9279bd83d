import { Observable, concat, defer, map, merge, of, repeat, switchMap, takeWhile, tap } from 'rxjs';

/** What a tab is to the others: it holds the lock, waits for it, or is in a place that has no locks. */
export type TabRole = 'holding' | 'waiting' | 'lockless';

/** How tabs decide which one of them polls. */
export interface ElectionOptions {
  readonly lockName: string;
  /** Emits when what this role is there for has not happened for too long: nothing was fetched, or nothing was heard. */
  readonly silence$: (role: TabRole) => Observable<unknown>;
  /** Emits when somebody else has taken over, whatever the lock says. */
  readonly deposed$: Observable<unknown>;
}

/**
 * Stands for election for as long as it is subscribed to. A Web Lock decides, which passes on when its holder is closed or
 * crashes. A holder that fetches nothing gives it back, and waits behind the others; from one that says nothing, because it
 * is frozen or blocked, it is taken away.
 */
export function election({ lockName, silence$, deposed$ }: ElectionOptions): Observable<TabRole> {
  let isTakingAway = false;
  return defer(() => {
    const request$ = lockRequest(lockName, isTakingAway);
    isTakingAway = false;
    return request$.pipe(
      switchMap((role) => {
        const tooLong$ = silence$(role).pipe(
          tap(() => {
            isTakingAway = role === 'waiting';
          }),
        );
        return concat(of(role), merge(tooLong$, deposed$).pipe(map(() => undefined)));
      }),
      takeWhile((role) => role !== undefined),
    );
  }).pipe(repeat());
}

/** Asks for a lock, and holds it until unsubscribed from, or until it is taken away, which completes. */
function lockRequest(name: string, isTakingAway: boolean): Observable<TabRole> {
  return new Observable((subscriber) => {
    const { locks } = (globalThis.navigator as { readonly locks?: LockManager } | undefined) ?? {};
    // Better to poll too often than never.
    const withoutLocks = () => {
      subscriber.next('lockless');
    };
    if (!locks) {
      withoutLocks();
      return;
    }
    const waiting = new AbortController();
    let isGranted = false;
    subscriber.next('waiting');
    const held = new Promise<void>((release) => {
      subscriber.add(() => {
        waiting.abort();
        release();
      });
    });
    const grant = () => {
      if (subscriber.closed) return;
      isGranted = true;
      subscriber.next('holding');
      return held;
    };
    const options = isTakingAway ? { steal: true } : { signal: waiting.signal };
    // Some refuse by a rejection, others at once.
    Promise.resolve()
      .then(() => locks.request(name, options, grant))
      .catch(() => {
        if (isGranted) subscriber.complete();
        else withoutLocks();
      });
  });
}
