import type { Observable, SchedulerLike } from 'rxjs';
import {
  catchError,
  concat,
  defer,
  filter,
  from,
  ignoreElements,
  map,
  merge,
  mergeMap,
  of,
  repeat,
  switchMap,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import type { ChannelEvent } from './connection.js';
import { Refusal, refusalOf, toFailure } from './failure.js';

/** A payload that has arrived; or whether payloads arrive, or an error that says why they do not. */
export type ListeningEvent = Message | boolean | Error;

/** A payload that has arrived. */
export interface Message {
  readonly payload: string;
}

/** Tells a payload from the state of the connection. */
export function isMessage(event: ListeningEvent): event is Message {
  return typeof event === 'object' && 'payload' in event;
}

/** Options of `listenSafely()`. */
export interface ListeningOptions {
  /** Listens while subscribed to; errors when that is refused or lost. */
  readonly events: Observable<ChannelEvent>;
  /**
   * Emits when the server could not be reached by another connection. Not every package tells that this one is lost, and it
   * may be back later than the others.
   */
  readonly doubt$: Observable<unknown>;
  /** Sends a notification to the same channel, in another connection. */
  readonly ping: () => Promise<unknown>;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
}

/** How long it may take to begin to listen. */
const connectMs = 10_000;
/** How long the channel is silent before a process asks whether notifications still arrive; up to twice as long. */
const quietMs = 15_000;
/** How long a notification may take to arrive. */
const deliveryMs = 3000;
/** The last part of that time. It starts only when the rest is over, so that a process that was stopped still receives. */
const restartedMs = 300;
/** How long to wait before the next attempt: twice as long after each failure, at most so long. */
const firstPauseMs = 100;
const maxPauseMs = 10_000;

/**
 * Listens again whenever that fails, and believes that notifications arrive only when one has: poolers that hand out
 * connections per transaction accept LISTEN, and deliver nothing. A connection whose other end has gone without a word is
 * found likewise. What one process sends to find out shows it to all that listen. Never errors.
 */
export function listenSafely({
  events,
  doubt$,
  ping,
  scheduler,
  random,
}: ListeningOptions): Observable<ListeningEvent> {
  return defer(() => {
    let isAlive = false;
    /** Of the present attempt: whether it listens, and whether anything has ever arrived. */
    let hasBegun = false;
    let hasDelivered = false;
    let failures = 0;

    /** Asks for a notification, which has to arrive before this ends with an error. */
    const asked$ = defer(() => from(ping())).pipe(
      switchMap(() => timer(deliveryMs - restartedMs, scheduler)),
      switchMap(() => timer(restartedMs, scheduler)),
      switchMap(() =>
        throwError(() => (hasDelivered ? new Error('Notifications arrive no more.') : new Refusal(undelivered))),
      ),
    );
    const eventsOf = (event: ChannelEvent): readonly ListeningEvent[] => {
      const wasAlive = isAlive;
      isAlive = event !== 'listening';
      hasBegun = true;
      if (event === 'listening') return wasAlive ? [false] : [];
      hasDelivered = true;
      failures = 0;
      return wasAlive ? [event] : [true, event];
    };
    // A doubt is like a new beginning: what has arrived before proves nothing.
    const doubted$ = doubt$.pipe(
      filter(() => hasBegun),
      map(() => 'listening' as const),
    );
    const attempt$ = merge(events.pipe(timeout({ first: connectMs, scheduler })), doubted$).pipe(
      // Whatever arrives makes the question needless.
      switchMap((event) =>
        concat(
          of(event),
          timer(event === 'listening' ? 0 : quietMs * (1 + random()), scheduler).pipe(
            switchMap(() => asked$),
            ignoreElements(),
          ),
        ),
      ),
      mergeMap(eventsOf),
      catchError((error: unknown) => {
        isAlive = hasBegun = hasDelivered = false;
        return of(refusalOf(error) === undefined ? false : toFailure(error));
      }),
    );
    const pause$ = defer(() => {
      const ms = Math.min(firstPauseMs * 2 ** failures++, maxPauseMs);
      return timer((ms * (1 + random())) / 2, scheduler);
    }).pipe(ignoreElements());
    return concat(attempt$, pause$).pipe(repeat());
  });
}

const undelivered =
  'Notifications do not arrive. Either the connection that listens leads through a pooler in transaction mode, such as ' +
  'PgBouncer, or it leads to another database than the one that sends. Give `postgresShared()` a connection past the pooler ' +
  'as `listenOn`.';
