import type { Observable, SchedulerLike } from 'rxjs';
import { EMPTY, Observable as NewObservable, defer, of } from 'rxjs';
import type { ConfigCache } from '../../src/acquisition/cache';
import { cacheOpener } from '../../src/acquisition/external-cache';
import type { Entry } from '../../src/acquisition/entry';
import type { FetchOutcome } from '../../src/acquisition/outcome';
import type { PollingMode } from '../../src/acquisition/polling/mode';
import { permissionBy } from '../../src/acquisition/permission';
import { planOf } from '../../src/acquisition/polling/mode';
import { requestLimits } from '../../src/acquisition/request-bound';
import { noLimits } from '../../src/acquisition/runtime-limits';
import { refreshOn } from '../../src/acquisition/refresh-on';
import type { Store } from '../../src/acquisition/store';
import { createStore } from '../../src/acquisition/store';
import { createTrampoline } from '../../src/acquisition/trampoline';
import { requestFailed } from '../../src/logging/events';
import { levelOf } from '../../src/logging/logger';
import { textOf } from '../../src/logging/texts';
import type { Time } from '../../src/time';

/** A store whose server is a script, and whose documents are their own text. */
export interface ScriptedStore extends Store<string> {
  /** Subscribes as a core does, before any reader. */
  readonly start: () => void;
  /** A read by somebody who reads once, with nothing to wait for or not. */
  readonly read$: Observable<never>;
  /** What a stream does that has nothing to wait for. */
  readonly refreshInBackground: () => void;
  /** When each fetch started, in virtual milliseconds. */
  readonly fetchedAt: readonly number[];
  /** When each fetch was given up before it ended. */
  readonly abortedAt: readonly number[];
  /** Everything logged so far, as `level id text`. */
  readonly log: readonly string[];
  /** The errors of these entries, where they have one. */
  readonly errors: readonly unknown[];
}

export type Answer = (known: Entry, nowMs: number) => Observable<FetchOutcome<string>>;

export function scriptedStore(
  scheduler: SchedulerLike,
  mode: PollingMode,
  answer: Answer,
  cache?: ConfigCache,
  options: Partial<Pick<Time, 'random' | 'resumed$'>> & {
    readonly offline?: boolean;
    readonly refreshOn$?: Observable<unknown>;
    readonly minRefreshAgeMs?: number;
    readonly workWhile$?: Observable<boolean>;
    readonly isInRequest?: () => boolean;
  } = {},
): ScriptedStore {
  const fetchedAt: number[] = [];
  const abortedAt: number[] = [];
  const log: string[] = [];
  const errors: unknown[] = [];
  const time: Time = {
    scheduler,
    idle: scheduler,
    random: options.random ?? (() => 0),
    resumed$: options.resumed$,
  };
  const polling = planOf('mode', mode);
  const { refreshOn$, minRefreshAgeMs = 0, workWhile$, isInRequest } = options;
  const cacheOptions = { key: 'key', parse: parseText, requestTimeoutMs: 30_000, polling, time };
  const store = createStore<string>({
    polling,
    time,
    offline: options.offline ?? false,
    createPermission: workWhile$ && permissionBy.bind(undefined, workWhile$),
    limits: isInRequest ? requestLimits(isInRequest) : noLimits,
    trampoline: createTrampoline(),
    texts: { textOf },
    ports: {
      triggers: refreshOn$ ? [refreshOn(refreshOn$, { minRefreshAgeSeconds: minRefreshAgeMs / 1000 }).trigger] : [],
      openCache: cache && ((store) => cacheOpener(cache)(cacheOptions, store)),
      fetch: (known) =>
        new NewObservable((subscriber) => {
          fetchedAt.push(scheduler.now());
          let isEnded = false;
          const subscription = answer(known, scheduler.now()).subscribe({
            next: (outcome) => {
              isEnded = true;
              subscriber.next(outcome);
            },
            error: (error: unknown) => {
              isEnded = true;
              subscriber.error(error);
            },
            complete: () => {
              subscriber.complete();
            },
          });
          return () => {
            if (!isEnded) abortedAt.push(scheduler.now());
            subscription.unsubscribe();
          };
        }),
    },
  });
  const start = () => {
    store.step$.subscribe(({ outcome }) => {
      for (const entry of outcome.log ?? []) {
        log.push(`${levelOf(entry[0])} ${entry[0]} ${textOf(...entry)}`);
        if (entry[2] !== undefined) errors.push(entry[2]);
      }
    });
  };
  const read$ = defer(() => store.read(false) ?? EMPTY);
  const refreshInBackground = () => {
    store.read(true)?.subscribe();
  };
  return { ...store, start, read$, refreshInBackground, fetchedAt, abortedAt, log, errors };
}

/** A successful answer with this document. */
export function fetched(text: string, nowMs: number): FetchOutcome<string> {
  return {
    patch: { entry: { configText: text, etag: `"${text}"`, fetchedAtMs: nowMs, requestedAtMs: nowMs }, content: text },
    log: [],
    result: { isSuccess: true, errorCode: 0 },
  };
}

/** A failed answer. */
export const failedFetch: FetchOutcome<string> = {
  patch: {},
  log: [[requestFailed, { problem: 'failed' }]],
  result: { isSuccess: false, errorCode: 1103, errorMessage: 'failed' },
};

/** Answers at once with documents `v1`, `v2`, …. */
export function numbered(): Answer {
  let count = 0;
  return (_, nowMs) => of(fetched(`v${++count}`, nowMs));
}

function parseText(text: string): string {
  if (text === 'broken') throw new TypeError('broken document');
  return text;
}

export const throwing: ConfigCache = {
  get: () => {
    throw new Error('no reading');
  },
  set: () => {
    throw new Error('no writing');
  },
};

export const rejecting: ConfigCache = {
  get: () => Promise.reject(new Error('no reading')),
  set: () => Promise.reject(new Error('no writing')),
};
