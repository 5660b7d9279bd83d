import type { SchedulerLike, Subscription } from 'rxjs';
import { interval } from 'rxjs';
import type { Outlet, OutletListener } from './answer.js';
import type { Counters } from './counters.js';
import type { Evaluator } from './evaluator.js';
import type { EventTexts } from './event-text.js';
import { createEventTexts, goodbye, heartbeat, joinBytes, streamStart } from './event-text.js';
import type { OpenStream, StreamKind } from './open-streams.js';
import { createOpenStreams } from './open-streams.js';
import { createTurns } from './turns.js';
import type { RelayUser, Users } from './users.js';

/** Options of `createStreams()`. */
export interface StreamOptions {
  readonly evaluator: Evaluator;
  readonly users: Users;
  readonly counters: Counters;
  readonly heartbeatSeconds: number;
  readonly maxStreamSeconds: number;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
}

/** All open streams of a relay. */
export interface Streams {
  /** Begins a stream of a user's values. */
  readonly open: (user: RelayUser, kind: StreamKind, knownEtag: string | undefined, outlet: Outlet) => OutletListener;
  readonly count: () => number;
  /** Ends all streams, and tells their readers to come back after a while. */
  readonly endAll: (reason: string) => void;
}

/** So many streams are told one after the other before somebody else gets a turn. */
const streamsPerTurn = 200;
/** Readers come back at so many per second at most, and not before a second has passed. */
const maxReturnsPerSecond = 3000;
const minReturnMs = 1000;
const leastMaxReturnMs = 4000;

/** Values as `configcat-rx/remote` reads them. */
export function valueStreams(texts: EventTexts = createEventTexts()): StreamKind {
  return {
    first: (values, knownEtag, orderText) =>
      knownEtag === values.etag ? texts.order(values, orderText) : texts.values(values, orderText),
    changes: texts.changes,
    idle: (values, orderText, isOrderNew) => (isOrderNew ? texts.order(values, orderText) : heartbeat),
    end: goodbye,
  };
}

/** Creates a place for streams. Timers run while there are some. */
export function createStreams(options: StreamOptions): Streams {
  const { evaluator, users, counters, heartbeatSeconds, maxStreamSeconds, scheduler, random } = options;
  const open = createOpenStreams(heartbeatSeconds, users);
  let ticks: Subscription | undefined;
  let isOver = false;

  const write = (stream: OpenStream, bytes: Uint8Array) => {
    stream.writtenAtMs = scheduler.now();
    stream.outlet.write(bytes);
  };

  const tell = (stream: OpenStream) => {
    // Who has not taken what was written is told the newest state when he has.
    stream.isBehind = stream.writtenAtMs !== undefined;
    if (stream.isBehind) return;
    const values = evaluator.valuesOf(stream.user);
    if (values === stream.sent) return;
    const orderText = evaluator.orderText();
    const bytes = stream.kind.changes(stream.sent, values, orderText);
    stream.sent = values;
    if (!bytes) return;
    stream.orderText = orderText;
    counters.add('events');
    write(stream, bytes);
  };

  const turns = createTurns(tell, streamsPerTurn, scheduler);

  const endStream = (stream: OpenStream, reason: string) => {
    const maxMs = Math.max(leastMaxReturnMs, Math.ceil(minReturnMs + (open.count() / maxReturnsPerSecond) * 1000));
    const bytes = stream.kind.end?.(reason, minReturnMs, maxMs);
    if (bytes) stream.outlet.write(bytes);
    stream.outlet.end();
  };

  const beat = (stream: OpenStream) => {
    const nowMs = scheduler.now();
    if (stream.writtenAtMs !== undefined) {
      // He takes nothing, so what he is told in the end would be old: he does better to come back.
      if (nowMs - stream.writtenAtMs < 2 * heartbeatSeconds * 1000) return;
      counters.add('slowReaders');
      stream.outlet.destroy();
    } else if (nowMs >= stream.endsAtMs) {
      endStream(stream, 'expired');
    } else {
      const orderText = evaluator.orderText();
      // Who has more to be told is told that, which has the order with it.
      const isOrderNew = stream.orderText !== orderText && evaluator.valuesOf(stream.user) === stream.sent;
      if (isOrderNew) stream.orderText = orderText;
      write(stream, stream.kind.idle(stream.sent, orderText, isOrderNew));
    }
  };
  evaluator.config$.subscribe(() => {
    turns.add(open.all());
  });

  const remove = (stream: OpenStream) => {
    if (!open.remove(stream)) return;
    turns.remove(stream);
    if (open.count() > 0) return;
    ticks?.unsubscribe();
    ticks = undefined;
  };

  return {
    open: (user, kind, knownEtag, outlet) => {
      const values = evaluator.valuesOf(user);
      const orderText = evaluator.orderText();
      // Readers that came at the same time are not asked to leave at the same time.
      const lifeMs = maxStreamSeconds * 1000 * (0.9 + 0.2 * random());
      const stream: OpenStream = {
        user,
        kind,
        outlet,
        endsAtMs: scheduler.now() + lifeMs,
        sent: values,
        orderText,
        dueAt: open.now(),
        writtenAtMs: undefined,
        isBehind: false,
      };
      open.add(stream);
      ticks ??= interval(1000, scheduler).subscribe(() => {
        open.nextDue().forEach(beat);
      });
      const first = kind.first(values, knownEtag, orderText);
      if (first) counters.add('events');
      write(stream, first ? joinBytes(streamStart, first) : streamStart);
      if (isOver) endStream(stream, 'shutdown');
      return {
        onFlushed: () => {
          stream.writtenAtMs = undefined;
          if (stream.isBehind && open.has(stream)) turns.add([stream]);
        },
        onClose: () => {
          remove(stream);
        },
      };
    },
    count: open.count,
    endAll: (reason) => {
      isOver = true;
      for (const stream of open.all()) endStream(stream, reason);
    },
  };
}
