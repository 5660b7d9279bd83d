import type { Outlet } from './answer.js';
import type { UserValues } from './evaluation.js';
import type { RelayUser, Users } from './users.js';

/** What a stream tells of its user's values, and how. */
export interface StreamKind {
  /** What is written when the stream begins, if anything. */
  readonly first: (values: UserValues, knownEtag: string | undefined, orderText: string) => Uint8Array | undefined;
  readonly changes: (from: UserValues, to: UserValues, orderText: string) => Uint8Array | undefined;
  /** What keeps the stream alive when it has nothing to tell. */
  readonly idle: (values: UserValues, orderText: string, isOrderNew: boolean) => Uint8Array;
  /** What is written when the stream ends. */
  readonly end: ((reason: string, minMs: number, maxMs: number) => Uint8Array) | undefined;
}

/** One stream. An object without functions, since there are many. */
export interface OpenStream {
  readonly user: RelayUser;
  readonly kind: StreamKind;
  readonly outlet: Outlet;
  readonly endsAtMs: number;
  /** In which second of a heartbeat it is due. */
  readonly dueAt: number;
  /** What the reader was sent last, and in which order. */
  sent: UserValues;
  orderText: string;
  /** Since when the reader has not taken what was written; `undefined`: he has taken all. */
  writtenAtMs: number | undefined;
  /** Whether there may be something that he has not been told, because he had not taken what was written. */
  isBehind: boolean;
}

/** The streams that are open, by user and by when they are due for a heartbeat. */
export interface OpenStreams {
  readonly add: (stream: OpenStream) => void;
  /** Takes a stream out; `false` when it is out already. */
  readonly remove: (stream: OpenStream) => boolean;
  readonly has: (stream: OpenStream) => boolean;
  readonly count: () => number;
  /** All of them, those of a user behind one another. */
  readonly all: () => OpenStream[];
  /** The second in which a stream that begins now is due. */
  readonly now: () => number;
  /** Goes on to the next second, and gives those that are due then. */
  readonly nextDue: () => OpenStream[];
}

/** Creates a place for streams that are due once in so many seconds. */
export function createOpenStreams(heartbeatSeconds: number, users: Users): OpenStreams {
  const due = Array.from({ length: heartbeatSeconds }, () => new Set<OpenStream>());
  const byUser = new Map<RelayUser, Set<OpenStream>>();
  let count = 0;
  let second = 0;
  return {
    add: (stream) => {
      count++;
      users.hold(stream.user);
      due[stream.dueAt]!.add(stream);
      const streams = byUser.get(stream.user);
      if (streams) streams.add(stream);
      else byUser.set(stream.user, new Set([stream]));
    },
    remove: (stream) => {
      if (!due[stream.dueAt]!.delete(stream)) return false;
      count--;
      const streams = byUser.get(stream.user)!;
      streams.delete(stream);
      if (streams.size === 0) byUser.delete(stream.user);
      users.release(stream.user);
      return true;
    },
    has: (stream) => due[stream.dueAt]!.has(stream),
    count: () => count,
    all: () => [...byUser.values()].flatMap((streams) => [...streams]),
    now: () => second,
    nextDue: () => {
      second = (second + 1) % due.length;
      return [...due[second]!];
    },
  };
}
