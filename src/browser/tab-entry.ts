import type { Observable } from 'rxjs';
import { Subject } from 'rxjs';
import type { ConfigCache } from '../index.js';
import type { Epochs } from './epochs.js';
import type { MaybePromise } from './memory.js';
import { whenKnown } from './memory.js';
import type { Order } from './numbering.js';
import { createNumbering, isOrder } from './numbering.js';
import { isPayload, requestTimeOf } from './payload.js';

/** A message between tabs: a payload, or, without a text, a request for it. */
export interface Message {
  readonly key: string;
  readonly text?: string | undefined;
  readonly order?: Order | undefined;
}

/** The entry of one config, as known in this tab. */
export interface TabEntry {
  readonly get: () => ReturnType<ConfigCache['get']>;
  readonly set: (text: string) => MaybePromise<void>;
  /** Handles a message of another tab; returns whether the client should read the entry. */
  readonly onMessage: (message: unknown) => MaybePromise<boolean>;
  /** Sets whether this tab polls, for all or by itself, or receives what another one fetches. */
  readonly setPolling: (isPolling: boolean) => void;
  /** Takes a number under which this tab, which polls from now on, makes its announcements. */
  readonly takeNumber: () => MaybePromise<void>;
  readonly isEmpty: () => boolean;
  /** Emits when this tab has fetched a payload, or has adopted one from another tab. */
  readonly activity$: Observable<'own' | 'other'>;
  /** Emits when this tab finds that another one has taken over. */
  readonly deposed$: Observable<void>;
  /** Emits when the client has stored a payload that is older than the known one, which it has to read. */
  readonly reread$: Observable<void>;
}

/** Options of `createTabEntry()`. */
export interface TabEntryOptions {
  readonly key: string;
  readonly cache: ConfigCache;
  readonly epochs: Epochs;
  readonly post: (message: Message) => void;
  readonly nowMs: () => number;
  /** The age that a payload with a time in the future is given, in milliseconds. */
  readonly intervalMs: number;
}

const minAskIntervalMs = 1000;

/**
 * Keeps the newest payload of all tabs, and never goes back to an older one. Messages of the polling tab are ordered by their
 * numbers, whatever their times; messages without a number are ordered by their times.
 */
export function createTabEntry(options: TabEntryOptions): TabEntry {
  const { key, cache, epochs, post } = options;
  const activity$ = new Subject<'own' | 'other'>();
  const reread$ = new Subject<void>();
  const numbering = createNumbering(epochs, options.nowMs);
  const isLater = laterThan(options);
  const ask = askAtMostOncePerSecond(options);
  /** The newest text, the highest number that was received, and whether that is the number of the text. */
  let text: string | undefined;
  let order: Order | undefined;
  let isNumbered = false;
  /** The client has yet to read the text. */
  let isUnread = false;
  let isPolling = false;
  const announce = (next: string) => {
    text = next;
    const number = numbering.next(requestTimeOf(next, options.nowMs(), options.intervalMs) ?? 0);
    order = number ?? order;
    isNumbered = number !== undefined;
    post({ key, text, order: number });
  };
  const adopt = (received: string, number?: Order): boolean => {
    // A text that was found in storage may be newer than the announced one.
    const isOlder = !isNumbered && isLater(text, received);
    order = number ?? order;
    isNumbered = number !== undefined && !isOlder;
    if (isOlder || received === text) return false;
    text = received;
    isUnread = true;
    activity$.next('other');
    return true;
  };
  /** Announces what came without a number, if this tab is the one that polls. */
  const relay = async (adopted: string) => {
    if ((await numbering.confirm()) && text === adopted) announce(adopted);
  };

  const onUnnumbered = (received: string): boolean => {
    const isNewer = isLater(received, text) && adopt(received);
    if (isNewer) void relay(received);
    return isNewer;
  };
  const onNumbered = (received: string, number: Order): MaybePromise<boolean> => {
    const [epoch, counter] = number;
    if (epoch === numbering.last()?.[0]) {
      // Another page uses the number of this tab, which takes a new one, so that others adopt what it fetches from now on.
      // Until then times decide.
      return whenKnown(numbering.start(order), () => {
        if (!onUnnumbered(received) && text !== undefined) announce(text);
        return text === received;
      });
    }
    if (epoch === order?.[0]) return counter > order[1] && adopt(received, number);
    return whenKnown(epochs.read(), (stored = 0) => {
      if (epoch > stored) ask();
      return isCurrent(epoch, stored, order?.[0]) && adopt(received, number);
    });
  };
  const answer = () =>
    whenKnown(numbering.confirm(), () => {
      // The text keeps the number that it has: this tab may hold the lock without having fetched.
      if (text !== undefined) post({ key, text, order: isNumbered ? order : undefined });
      return false;
    });
  const onMessage = (message: unknown): MaybePromise<boolean> => {
    if (!isMessage(message) || message.key !== key) return false;
    const { text: received, order: number } = message;
    if (received === undefined) return isPolling && answer();
    if (received !== text && !isPayload(received)) return false;
    return number ? onNumbered(received, number) : onUnnumbered(received);
  };

  const set = (fetched: string): MaybePromise<void> =>
    whenKnown(numbering.confirm(), () => {
      // The client requested this payload earlier than the known one: its tab was stopped, or the response was slow.
      if (isLater(text, fetched, Number.parseInt(fetched, 10))) {
        isUnread = true;
        reread$.next();
        return;
      }
      isUnread = false;
      announce(fetched);
      activity$.next('own');
      return isNumbered ? cache.set(key, fetched) : storeIfLater(options, isLater, fetched);
    });

  const newestOf = (stored: string | null | undefined) => {
    // The client reports what is wrong with a text that is no payload.
    if (stored && stored !== text && !isPayload(stored)) return stored;
    if (stored && text !== undefined) onUnnumbered(stored);
    isUnread = false;
    return (text ??= stored ?? undefined);
  };

  return {
    get: () => {
      if (!isUnread) return whenKnown(cache.get(key), newestOf);
      isUnread = false;
      return text;
    },
    set,
    onMessage,
    setPolling: (isNowPolling) => {
      isPolling = isNowPolling;
      if (!isPolling) numbering.stop();
    },
    takeNumber: () => numbering.start(order),
    isEmpty: () => text === undefined,
    activity$,
    deposed$: numbering.deposed$,
    reread$,
  };
}

/** Tells whether a number belongs to the tab that polls now, given the stored and the highest known number. */
function isCurrent(epoch: number, stored: number, known = -1): boolean {
  // The stored number is below the known one when storage was cleared.
  return epoch <= stored && (epoch > known || known > stored);
}

type IsLater = (text: string | undefined, than: string | null | undefined, thanMs?: number) => boolean;

/** Compares texts by the times of their requests. A text that is no payload is earlier than any. */
function laterThan({ nowMs, intervalMs }: TabEntryOptions): IsLater {
  const timeOf = (text: string | null | undefined) => requestTimeOf(text ?? '', nowMs(), intervalMs) ?? -Infinity;
  return (text, than, thanMs = timeOf(than)) => timeOf(text) > thanMs;
}

function storeIfLater({ key, cache }: TabEntryOptions, isLater: IsLater, text: string): MaybePromise<void> {
  return whenKnown(cache.get(key), (stored) => (isLater(text, stored) ? cache.set(key, text) : undefined));
}

/**
 * Asks other tabs for their payload, at most once a second. It is called for messages with a number that is not in storage
 * yet: a flood of them must not cause another one.
 */
function askAtMostOncePerSecond({ key, post, nowMs }: TabEntryOptions): () => void {
  let askedAtMs = -Infinity;
  return () => {
    // The absolute difference, because after the clock was set back the last time lies in the future.
    if (Math.abs(nowMs() - askedAtMs) < minAskIntervalMs) return;
    askedAtMs = nowMs();
    post({ key });
  };
}

function isMessage(data: unknown): data is Message {
  if (typeof data !== 'object' || data === null) return false;
  const { key, text, order } = data as Partial<Record<string, unknown>>;
  if (typeof key !== 'string' || (text !== undefined && typeof text !== 'string')) return false;
  return order === undefined || isOrder(order);
}
