import type { Observable } from 'rxjs';
import { ReplaySubject, Subject } from 'rxjs';
import type { Send } from './guard.js';
import type { Payload } from './payload.js';
import { announcementOf, newestOf, toPayload } from './payload.js';

/** The cache entry of one config in Redis, and what this process knows of it. */
export interface Shelf {
  readonly get: (key: string) => string | Promise<string | undefined>;
  readonly set: (key: string, text: string) => Promise<void>;
  /** The key of the entry; replays it once it is known. */
  readonly key$: Observable<string>;
  /** Emits whenever there is a sign that somebody keeps the entry up to date. */
  readonly news$: Observable<void>;
  readonly isEmpty: () => boolean;
  /** Takes note of an announcement; tells whether there is something new to read. */
  readonly hear: (announcement: string) => boolean;
  /** Tells whether this process polls for all: then it puts back what is missing, and announces what others store. */
  readonly lead: (isLeading: boolean) => void;
  /** Takes note of how work went that nobody waits for; a failure is told by the next read. */
  readonly went: (error?: unknown) => void;
}

/** The channel on which an entry is announced. */
export const channelOf = (key: string): string => `configcat-rx:${key}`;

/** Opens an entry; which one, the first use says. */
export function openShelf(send: Send): Shelf {
  const key$ = new ReplaySubject<string>(1);
  const news$ = new Subject<void>();
  let key: string | undefined;
  let known: Payload | undefined;
  /** `known`, where only an announcement says so: worth reading, without asking Redis for it. */
  let vouched: Payload | undefined;
  let isLeader = false;
  let untold: Error | undefined;
  let hasFailed = false;

  const requireKey = (given: string) => {
    if (key === undefined) key$.next((key = given));
    if (key !== given) throw new Error('One redisShared() is for clients of one SDK key.');
  };
  const isNewContent = (payload: Payload | undefined) => payload?.content !== known?.content;
  const learn = (payload: Payload | undefined): boolean => {
    if (!payload || (known && payload.fetchedAtMs <= known.fetchedAtMs)) return false;
    known = payload;
    vouched = undefined;
    news$.next();
    return true;
  };
  const went = (error?: unknown) => {
    if (error !== undefined && !hasFailed)
      untold = error instanceof Error ? error : new Error('Redis failed.', { cause: error });
    hasFailed = error !== undefined;
  };
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
      went();
    } catch (error) {
      went(error);
    }
  };

  const read = async (name: string): Promise<string | undefined> => {
    const reply = await send('GET', name);
    // A client may be told to reply with buffers.
    return reply === null ? undefined : (reply as string | Buffer).toString();
  };
  const announce = (name: string, payload: Payload, isNewContent: boolean) =>
    send('PUBLISH', channelOf(name), announcementOf(payload, isNewContent));
  const store = async (name: string, payload: Payload, isNewContent: boolean) => {
    // Sent together, they arrive in this order; the announcement of what was not stored costs a read in vain.
    await Promise.all([send('SET', name, payload.text), announce(name, payload, isNewContent)]);
  };
  const restore = async (name: string, latest: Payload) => {
    const stored = toPayload((await read(name)) ?? '');
    if (!stored || stored.fetchedAtMs < latest.fetchedAtMs) await store(name, latest, false);
  };
  const readAndLearn = async (name: string) => {
    const error = untold;
    untold = undefined;
    if (error) throw error;
    const text = await read(name).catch((cause: unknown) => {
      // Told once, until Redis has proved to be of use again.
      if (hasFailed) return undefined;
      hasFailed = true;
      throw cause;
    });
    const payload = text === undefined ? undefined : toPayload(text);
    const isNew = isNewContent(payload);
    // SDKs in other languages store without a word.
    if (learn(payload) && payload && isLeader) void attempt(() => announce(name, payload, isNew));
    return text;
  };

  return {
    get: (name) => {
      requireKey(name);
      const text = vouched?.text;
      vouched = undefined;
      return text ?? readAndLearn(name);
    },
    set: async (name, text) => {
      requireKey(name);
      const payload = toPayload(text);
      const isNew = isNewContent(payload);
      learn(payload);
      if (payload) await attempt(() => store(name, payload, isNew));
    },
    key$,
    news$,
    isEmpty: () => known === undefined,
    hear: (announcement) => {
      news$.next();
      const heard = newestOf(known, announcement);
      if (heard && heard === known) return false;
      if (heard) known = vouched = heard;
      return true;
    },
    lead: (isLeading) => {
      const isNew = isLeading && !isLeader;
      isLeader = isLeading;
      const latest = known;
      const name = key;
      // A Redis that was restarted may have forgotten what the fleet knows.
      if (isNew && latest && name !== undefined) void attempt(() => restore(name, latest));
    },
    went,
  };
}
