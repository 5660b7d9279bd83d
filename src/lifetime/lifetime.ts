import type { Observable, Subject } from 'rxjs';

/** How long a client lives, and what keeps it alive. */
export interface Lifetime {
  readonly isDisposed: () => boolean;
  /** Emits and completes when the client is disposed. */
  readonly disposed$: Observable<void>;
  readonly keepAlive: KeepAlive;
  /** How many take it at present: the live subscriptions. */
  readonly takers: () => number;
  /** Keeps the client alive until a call has ended. */
  readonly pending: <T>(work: Promise<T>) => Promise<T>;
  readonly dispose: () => void;
}

/**
 * Keeps the process alive until it is released as often as it was taken. Whoever keeps the function that releases keeps the
 * client.
 */
export interface KeepAlive {
  readonly take: () => void;
  readonly release: () => void;
}

/** What differs between the runtimes that a client lives in. */
interface LifetimeOptions {
  /** Keeps the process alive until the returned function is called. */
  readonly holdProcess?: (() => () => void) | undefined;
}

/**
 * Creates the lifetime of a client.
 *
 * @param disposed$ - what tells of its end.
 */
export function createLifetime(
  { holdProcess }: LifetimeOptions,
  disposed$: Observable<void> & Pick<Subject<void>, 'next' | 'complete'>,
): Lifetime {
  let isDisposed = false;
  let takers = 0;
  let endHold: (() => void) | undefined;
  return {
    isDisposed: () => isDisposed,
    disposed$,
    keepAlive: {
      take: () => {
        if (takers++ === 0) endHold = holdProcess?.();
      },
      release: () => {
        if (--takers === 0) endHold?.();
      },
    },
    takers: () => takers,
    pending: (work) => work,
    dispose: () => {
      if (isDisposed) return;
      isDisposed = true;
      disposed$.next();
      disposed$.complete();
    },
  };
}
