import type { SchedulerLike } from 'rxjs';
import { Observable, Subject, firstValueFrom, merge, take } from 'rxjs';
import type { User } from '../functions.js';
import { changes$, forManyUsers, ready$, snapshot$ } from '../functions.js';
import type { Counters } from './counters.js';
import type { ConfigState, EvaluatedFlag, EvaluatedUser, UserValues } from './evaluation.js';
import { createConfigState, evaluateAll, evaluateFlag } from './evaluation.js';
import type { FleetOrders, SnapshotSource } from './order.js';
import { orderTextOf } from './order.js';

/** Evaluates for users, each of them once per config. */
export interface Evaluator {
  /** Emits when there is another config, and completes when the client ends. */
  readonly config$: Observable<unknown>;
  /** Whether there is a config. */
  readonly isReady: () => boolean;
  /** Waits as long as a read of the client would, and tells whether there is a config. */
  readonly whenReady: () => Promise<boolean>;
  readonly valuesOf: (user: EvaluatedUser) => UserValues;
  /** Evaluates one flag; `undefined` when there is none of this key. */
  readonly flagOf: (key: string, user: User | undefined) => EvaluatedFlag | undefined;
  /** The order of the present config. */
  readonly orderText: () => string;
  readonly stop: () => void;
}

/** Evaluates by the configs of a client. What changes in a config is evaluated anew, and nothing else. */
export function createEvaluator(
  source: SnapshotSource,
  fleet: FleetOrders | undefined,
  scheduler: SchedulerLike,
  counters: Counters,
): Evaluator {
  let state: ConfigState | undefined;
  const config$ = new Subject<void>();
  const forMany = forManyUsers(source);

  const replaceBy = (...[snapshot, changed]: readonly [ConfigState['snapshot'], ConfigState['changed']]) => {
    state = createConfigState(forMany(snapshot), state, changed, scheduler.now());
    counters.add('configs');
    config$.next();
  };
  const subscription = merge(snapshot$(source).pipe(take(1)), changes$(source)).subscribe({
    next: (event) => {
      if ('after' in event) replaceBy(event.after, new Set(event.flags.map(({ key }) => key)));
      else replaceBy(event, undefined);
    },
    complete: () => {
      config$.complete();
    },
  });

  let known: { readonly snapshot: unknown; readonly atMs: number; readonly text: string } | undefined;
  return {
    config$: new Observable((subscriber) => {
      if (subscription.closed) subscriber.complete();
      else config$.subscribe(subscriber);
    }),
    isReady: () => state !== undefined,
    whenReady: async () => {
      if (!state) await firstValueFrom(ready$(source), { defaultValue: undefined });
      return state !== undefined;
    },
    valuesOf: (user) => {
      const config = state!;
      if (user.configNumber !== config.number) {
        user.values = evaluateAll(config, user);
        user.configNumber = config.number;
        counters.add('evaluations');
      }
      return user.values!;
    },
    flagOf: (key, user) => (state?.indexes.has(key) ? evaluateFlag(state, key, user) : undefined),
    orderText: () => {
      const snapshot = source.snapshot();
      const atMs = scheduler.now();
      // A fleet may tell a later order for the same state. Texts of configs can be long, so it is not asked all the time.
      if (known?.snapshot === snapshot && (!fleet || Math.abs(atMs - known.atMs) < 1000)) return known.text;
      const { cacheText } = snapshot;
      const text = orderTextOf(cacheText, fleet, cacheText === undefined ? (state?.seenAtMs ?? atMs) : atMs);
      known = { snapshot, atMs, text };
      return text;
    },
    stop: () => {
      subscription.unsubscribe();
      config$.complete();
    },
  };
}
