import type { Observable } from 'rxjs';
import { Subject } from 'rxjs';

/** How long a client lives, and what keeps it alive. */
export interface Lifetime {
  readonly isDisposed: () => boolean;
  /** Emits and completes when the client is disposed. */
  readonly disposed$: Observable<void>;
  /** Keeps process and client alive until it is released as often as it was taken. */
  readonly hold: Hold;
  /** Keeps the client alive until a call has ended. */
  readonly pending: <T>(work: Promise<T>) => Promise<T>;
  readonly dispose: () => void;
}

/** Keeps the process alive, and what is handed out of the client. */
export interface Hold {
  readonly take: () => void;
  readonly release: () => void;
  /** Keeps an object in memory until it is let go as often as it was kept. */
  readonly keep: (kept: object) => void;
  readonly letGo: () => void;
}

/** What differs between the runtimes that a client lives in. */
interface LifetimeOptions {
  /** Keeps the process alive until the returned function is called. */
  readonly holdProcess: (() => () => void) | undefined;
}

/** Creates the lifetime of a client. */
export function createLifetime({ holdProcess }: LifetimeOptions): Lifetime {
  const disposed$ = new Subject<void>();
  let isDisposed = false;
  return {
    isDisposed: () => isDisposed,
    disposed$,
    hold: createHold(holdProcess),
    pending: (work) => work,
    dispose: () => {
      if (isDisposed) return;
      isDisposed = true;
      disposed$.next();
      disposed$.complete();
    },
  };
}

/** Creates a hold that holds nothing yet. */
function createHold(holdProcess: (() => () => void) | undefined): Hold {
  let holders = 0;
  let endHold: (() => void) | undefined;
  let keepers = 0;
  const kept = new Set<object>();
  return {
    take: () => {
      if (holders++ === 0) endHold = holdProcess?.();
    },
    release: () => {
      if (--holders === 0) endHold?.();
    },
    keep: (object) => {
      keepers++;
      kept.add(object);
    },
    letGo: () => {
      if (--keepers === 0) kept.clear();
    },
  };
}
