import { Observable, ReplaySubject, distinctUntilChanged, filter, merge, share, switchMap, tap } from 'rxjs';
import type { ConfigCache } from '../index.js';
import type { TabCache } from './local-storage.js';
import { localStorageCache } from './local-storage.js';
import { whileVisible } from './page.js';

/** How tabs share. */
export interface CrossTabOptions {
  /** Where configs are kept. Default: `localStorageCache()`. */
  readonly cache?: ConfigCache;
  /** This tab stands for election while this last emitted `true`. Default: `whileVisible()`. */
  readonly pollWhile$?: Observable<boolean>;
}

/** What makes a client one of several tabs: two of its options. */
export interface CrossTab {
  /** The given cache, which also learns what the other tabs fetch. */
  readonly cache: TabCache;
  /** The gate of auto polling: `true` in the one tab that polls for all. */
  readonly pollWhile$: Observable<boolean>;
}

/** What tabs tell each other: a payload, or that a new one would like to have it. */
interface Message {
  readonly key: string;
  readonly text?: string;
}

/**
 * Lets the tabs of an origin fetch once for all of them: one tab polls, and a new config is in all of them at once. Who
 * polls is decided by a Web Lock, which passes on in the moment its tab is hidden, closed or gone. Where there are no Web
 * Locks (pages without HTTPS), every tab polls by itself; without BroadcastChannel tabs learn of configs through storage.
 * For clients of one SDK key.
 *
 * @example
 * const client = createClientWithAutoPoll(sdkKey, { ...crossTab() });
 */
export function crossTab(options: CrossTabOptions = {}): CrossTab {
  const { cache = localStorageCache(), pollWhile$ = whileVisible() } = options;
  const key$ = new ReplaySubject<string>(1);
  let key: string | undefined;
  /** The newest payload that this tab has seen, and whether the client has yet to read it. */
  let known: string | undefined;
  let isUnread = false;
  let isPolling = false;
  let channel: BroadcastChannel | undefined;

  const requireKey = (given: string) => {
    if (key === undefined) key$.next((key = given));
    if (key !== given) throw new Error('One crossTab() is for clients of one SDK key.');
  };
  const hear = ({ key: about, text }: Message): boolean => {
    if (about !== key) return false;
    if (text === undefined) {
      if (isPolling && known !== undefined) channel?.postMessage({ key, text: known });
      return false;
    }
    if (text === known) return false;
    known = text;
    isUnread = true;
    return true;
  };
  const message$ = key$.pipe(
    switchMap((name) => messages(name, (opened) => (channel = opened))),
    filter(hear),
    share(),
  );
  return {
    cache: {
      get: (name) => {
        requireKey(name);
        if (isUnread) {
          isUnread = false;
          return known;
        }
        return cache.get(name);
      },
      set: (name, text) => {
        requireKey(name);
        known = text;
        isUnread = false;
        channel?.postMessage({ key: name, text });
        return cache.set(name, text);
      },
      changes$: merge(message$, ...(cache.changes$ ? [cache.changes$] : [])),
    },
    pollWhile$: key$.pipe(
      switchMap((name) =>
        pollWhile$.pipe(
          distinctUntilChanged(),
          switchMap((isCandidate) => (isCandidate ? lockHeld(`configcat-rx:${name}`) : [false])),
        ),
      ),
      distinctUntilChanged(),
      tap((isHeld) => {
        isPolling = isHeld;
      }),
      share({ connector: () => new ReplaySubject(1) }),
    ),
  };
}

/** What the other tabs say; asks them for what they know to begin with. */
function messages(key: string, opened: (channel: BroadcastChannel | undefined) => void): Observable<Message> {
  return new Observable((subscriber) => {
    if (typeof BroadcastChannel === 'undefined') return;
    const channel = new BroadcastChannel(`configcat-rx:${key}`);
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      subscriber.next(data);
    };
    opened(channel);
    channel.postMessage({ key });
    return () => {
      opened(undefined);
      channel.close();
    };
  });
}

/** Waits for a lock, and holds it until unsubscribed from; emits whether it is held. */
function lockHeld(name: string): Observable<boolean> {
  return new Observable((subscriber) => {
    const { locks } = navigator as { readonly locks?: LockManager };
    // Better to poll too often than never.
    const withoutLocks = () => {
      subscriber.next(true);
    };
    if (!locks) {
      withoutLocks();
      return;
    }
    const waiting = new AbortController();
    subscriber.next(false);
    const held = new Promise<void>((release) => {
      subscriber.add(() => {
        waiting.abort();
        release();
      });
    });
    locks
      .request(name, { signal: waiting.signal }, () => {
        subscriber.next(true);
        return held;
      })
      .catch(withoutLocks);
  });
}
