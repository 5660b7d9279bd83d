import type { Observable, SchedulerLike } from 'rxjs';
import { Observable as NewObservable, concat, defer, distinctUntilChanged, interval, map, of, takeUntil } from 'rxjs';
import type { RelayError } from './answer.js';

/** What a relay has done since it was created, and what it does now. */
export interface RelayCounts {
  /** Streams that are open. */
  readonly streams: number;
  /** Users that have open streams: equal ones count once. */
  readonly users: number;
  /** Requests, preflight requests included. */
  readonly requests: number;
  /** Answers that said that nothing has changed. */
  readonly notModified: number;
  /** Requests that were refused, by the error that they were answered. */
  readonly refused: Readonly<Partial<Record<RelayError, number>>>;
  /** Configs that have changed what some flag means, the first one included. */
  readonly configs: number;
  /** Evaluations of all flags, or of those that a config has changed, for a user: one per user and config. */
  readonly evaluations: number;
  /** Events that were sent on streams, heartbeats excluded. */
  readonly events: number;
  /** Streams that were ended because their reader took nothing. */
  readonly slowReaders: number;
}

type Countable = Exclude<keyof RelayCounts, 'refused' | 'streams' | 'users'>;

/** Counts what happens. */
export interface Counters {
  readonly add: (name: Countable) => void;
  readonly refuse: (reason: RelayError) => void;
  readonly counts: (present: Pick<RelayCounts, 'streams' | 'users'>) => RelayCounts;
}

/** Creates counters that stand at zero. */
export function createCounters(): Counters {
  const numbers = { requests: 0, notModified: 0, configs: 0, evaluations: 0, events: 0, slowReaders: 0 };
  const refused: Partial<Record<RelayError, number>> = {};
  return {
    add: (name) => {
      numbers[name]++;
    },
    refuse: (reason) => {
      refused[reason] = (refused[reason] ?? 0) + 1;
    },
    counts: (present) => ({ ...present, ...numbers, refused: { ...refused } }),
  };
}

const minIntervalMs = 1000;

/** The counts of now, and once a second those that differ, until the relay ends. */
export function countsStream(
  read: () => RelayCounts,
  end$: Observable<unknown>,
  scheduler: SchedulerLike,
): Observable<RelayCounts> {
  const present$ = concat(
    defer(() => of(read())),
    interval(minIntervalMs, scheduler).pipe(map(read)),
  ).pipe(distinctUntilChanged((a, b) => JSON.stringify(a) === JSON.stringify(b)));
  return new NewObservable((subscriber) => present$.pipe(takeUntil(end$)).subscribe(subscriber));
}
