import { Observable, Subject, Subscription } from 'rxjs';
import type { RefreshResult } from '../acquisition/outcome.js';
import type { Trampoline } from '../acquisition/trampoline.js';
import type { CacheState } from './types.js';
import type { EvaluationDetails } from './types.js';
import type { Snapshot } from './types.js';
import type { Time } from '../time.js';

/** Something that happened in a client. */
export type ClientEvent =
  | { readonly type: 'ready'; readonly cacheState: CacheState }
  | { readonly type: 'configFetched'; readonly result: RefreshResult; readonly isInitiatedByUser: boolean }
  | { readonly type: 'configChanged'; readonly snapshot: Snapshot }
  /** `isBulk`: by a read of all flags at once, which shows none of them to anybody. */
  | { readonly type: 'flagEvaluated'; readonly details: EvaluationDetails; readonly isBulk?: boolean }
  | { readonly type: 'error'; readonly message: string; readonly error: unknown };

/** What a client tells of what happens in it. */
export interface Events {
  readonly event$: Observable<ClientEvent>;
  readonly emit: (event: ClientEvent) => void;
  /** Somebody hears what happens now. */
  readonly hasListeners: () => boolean;
  /** To be called when the client is made. */
  readonly started: () => void;
  readonly complete: () => void;
}

/** By whose time events are told. */
interface EventOptions {
  readonly time: Time;
  /** It is not that of the clock. */
  readonly isVirtualTime: boolean;
}

/**
 * Creates the events of a client. What happens while the client is being made, as that it is ready at once, would be heard
 * by nobody: so whoever subscribes before anything else can happen, in the same tick, is told of it.
 */
export function createEvents(trampoline: Trampoline, { time, isVirtualTime }: EventOptions): Events {
  const live$ = new Subject<ClientEvent>();
  const ending = new Subscription();
  let early: ClientEvent[] = [];
  let isStarting = true;
  const forget = () => {
    early = [];
    ending.unsubscribe();
  };
  return {
    event$: new Observable((subscriber) => {
      const missed = early;
      live$.subscribe(subscriber);
      // What the subscriber causes by that comes after it.
      trampoline(() => {
        for (const event of missed) subscriber.next(event);
      });
    }),
    emit: (event) => {
      trampoline(() => {
        // The first config is no change to anybody: streams of state begin with it.
        if (isStarting && event.type !== 'configChanged') early.push(event);
        live$.next(event);
      });
    },
    hasListeners: () => isStarting || live$.observed,
    started: () => {
      isStarting = false;
      if (early.length === 0) return;
      void Promise.resolve().then(forget);
      // In virtual time a tick is what happens at one time, promises or not.
      if (isVirtualTime) ending.add(time.scheduler.schedule(forget, 1));
    },
    complete: () => {
      forget();
      live$.complete();
    },
  };
}
