import type { Observable } from 'rxjs';
import { Subject } from 'rxjs';
import type { ConfigCache } from '../index.js';
import type { Epochs } from './epochs.js';
import type { MaybePromise } from './memory.js';
import { whenKnown } from './memory.js';
import type { Order } from './numbering.js';
import { createNumbering, isOrder } from './numbering.js';
import { isPayload, requestTimeOf } from './payload.js';

/** What tabs tell each other: a payload, or that somebody would like to have it. */
export interface Message {
  readonly key: string;
  readonly text?: string | undefined;
  readonly order?: Order | undefined;
}

/** The entry of one config, as this tab knows it. */
export interface TabEntry {
  readonly get: () => ReturnType<ConfigCache['get']>;
  readonly set: (text: string) => MaybePromise<void>;
  /** Takes note of what another tab says; tells whether there is something to read. */
  readonly hear: (message: unknown) => MaybePromise<boolean>;
  /** Takes note of what this tab does: polls for others or by itself, or is told. */
  readonly setPolling: (isPolling: boolean) => void;
  /** Numbers what this tab, which polls, announces from now on. */
  readonly lead: () => MaybePromise<void>;
  readonly isEmpty: () => boolean;
  /** Emits when a fetch of this tab has told something, and when another tab has. Nothing else is a sign of life. */
  readonly life$: Observable<'own' | 'other'>;
  /** Emits when it shows that another tab has taken over from this one. */
  readonly deposed$: Observable<void>;
  /** Emits when the client has stored what is older than what is known, and has to read that. */
  readonly reread$: Observable<void>;
}

/** What an entry is made of. */
export interface TabEntryOptions {
  readonly key: string;
  readonly cache: ConfigCache;
  readonly epochs: Epochs;
  readonly post: (message: Message) => void;
  readonly nowMs: () => number;
  /** How long ago something counts as asked for that claims to be of the future. */
  readonly intervalMs: number;
}

const minAskIntervalMs = 1000;

/**
 * Keeps the newest payload of all tabs, and never an older one. What the polling tab says is in the order of its numbers,
 * whatever times it bears; what comes without a number is in the order of its time.
 */
export function createTabEntry(options: TabEntryOptions): TabEntry {
  const { key, cache, epochs, post } = options;
  const life$ = new Subject<'own' | 'other'>();
  const reread$ = new Subject<void>();
  const numbering = createNumbering(epochs, options.nowMs);
  const isLater = laterThan(options);
  const ask = askingRarely(options);
  /** The newest text, the newest number that was heard, and whether that is the number of the text. */
  let text: string | undefined;
  let order: Order | undefined;
  let isNumbered = false;
  /** The client has yet to read the text. */
  let isUnread = false;
  let isPolling = false;
  const announce = (next: string) => {
    text = next;
    const number = numbering.next();
    order = number ?? order;
    isNumbered = number !== undefined;
    post({ key, text, order: number });
  };
  const adopt = (heard: string, number?: Order): boolean => {
    // What was found in storage may be ahead of what is told.
    const isOlder = !isNumbered && isLater(text, heard);
    order = number ?? order;
    isNumbered = number !== undefined && !isOlder;
    if (isOlder || heard === text) return false;
    text = heard;
    isUnread = true;
    life$.next('other');
    return true;
  };
  /** Numbers what came without, if this tab is the one to do it. */
  const relay = async (adopted: string) => {
    if ((await numbering.confirm()) && text === adopted) announce(adopted);
  };

  const hearNumbered = (heard: string, number: Order): MaybePromise<boolean> => {
    const [epoch, counter] = number;
    if (epoch === numbering.last()?.[0]) {
      // Somebody speaks in the name of this tab, which is told nothing by it, but has to be heard.
      return whenKnown(numbering.begin(order), () => {
        if (text !== undefined) announce(text);
        return false;
      });
    }
    if (epoch === order?.[0]) return counter > order[1] && adopt(heard, number);
    return whenKnown(epochs.read(), (stored = 0) => {
      if (epoch > stored) ask();
      return isCurrent(epoch, stored, order?.[0]) && adopt(heard, number);
    });
  };
  const answer = () =>
    whenKnown(numbering.confirm(), () => {
      if (text !== undefined) post({ key, text, order: numbering.last() });
      return false;
    });
  const hear = (message: unknown): MaybePromise<boolean> => {
    if (!isMessage(message) || message.key !== key) return false;
    const { text: heard, order: number } = message;
    if (heard === undefined) return isPolling && answer();
    if (heard !== text && !isPayload(heard)) return false;
    if (number) return hearNumbered(heard, number);
    const isNews = isLater(heard, text) && adopt(heard);
    if (isNews) void relay(heard);
    return isNews;
  };

  const set = (fetched: string): MaybePromise<void> =>
    whenKnown(numbering.confirm(), (isLeading) => {
      // Asked for before what is known, by a tab that was stopped since, or whose answer took its time.
      if (isLater(text, fetched, Number.parseInt(fetched, 10))) {
        isUnread = true;
        reread$.next();
        return;
      }
      isUnread = false;
      announce(fetched);
      life$.next('own');
      return isLeading ? cache.set(key, fetched) : storeIfLater(options, isLater, fetched);
    });

  const newestOf = (stored: string | null | undefined) => {
    // The client says what is wrong with it.
    if (stored && stored !== text && !isPayload(stored)) return stored;
    if (!stored || !isLater(stored, text)) return text;
    if (text !== undefined && adopt(stored)) void relay(stored);
    text = stored;
    isUnread = false;
    return stored;
  };

  return {
    get: () => {
      if (!isUnread) return whenKnown(cache.get(key), newestOf);
      isUnread = false;
      return text;
    },
    set,
    hear,
    setPolling: (isNowPolling) => {
      isPolling = isNowPolling;
      if (!isPolling) numbering.end();
    },
    lead: () => numbering.begin(order),
    isEmpty: () => text === undefined,
    life$,
    deposed$: numbering.deposed$,
    reread$,
  };
}

/** Tells whether a tab that speaks under a number has the say, given the number that stands in storage. */
function isCurrent(epoch: number, stored: number, known = -1): boolean {
  // A number that is known and not there any more was cleared with all storage.
  return epoch <= stored && (epoch > known || known > stored);
}

type IsLater = (text: string | undefined, than: string | null | undefined, thanMs?: number) => boolean;

/** Compares what comes without numbers. What is no payload is earlier than any. */
function laterThan({ nowMs, intervalMs }: TabEntryOptions): IsLater {
  const timeOf = (text: string | null | undefined) => requestTimeOf(text ?? '', nowMs(), intervalMs) ?? -Infinity;
  return (text, than, thanMs = timeOf(than)) => timeOf(text) > thanMs;
}

function storeIfLater({ key, cache }: TabEntryOptions, isLater: IsLater, text: string): MaybePromise<void> {
  return whenKnown(cache.get(key), (stored) => (isLater(text, stored) ? cache.set(key, text) : undefined));
}

/**
 * Asks the others for what they know, where somebody speaks under a number that, as far as can be seen from here, nobody
 * has been given yet: rarely, as a flood of such announcements is no reason for another one.
 */
function askingRarely({ key, post, nowMs }: TabEntryOptions): () => void {
  let askedAtMs = -Infinity;
  return () => {
    // However long ago that is in the future of a clock that was set back.
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
