import type { SchedulerLike } from 'rxjs';
import {
  EMPTY,
  NEVER,
  Observable,
  ReplaySubject,
  asyncScheduler,
  combineLatest,
  concatMap,
  defer,
  distinctUntilChanged,
  filter,
  finalize,
  from,
  map,
  merge,
  of,
  share,
  startWith,
  switchMap,
  take,
  timeout,
  timer,
} from 'rxjs';
import { requireDurationMs, requireString } from '../arguments.js';
import type { ConfigCache } from '../index.js';
import type { TabRole } from './election.js';
import { election } from './election.js';
import { storedEpochs } from './epochs.js';
import type { TabCache } from './local-storage.js';
import { localStorageCache } from './local-storage.js';
import type { MaybePromise } from './memory.js';
import { whileInUse, whileVisible } from './page.js';
import type { Message, TabEntry } from './tab-entry.js';
import { createTabEntry } from './tab-entry.js';

/** Options of `crossTab()`. */
export interface CrossTabOptions {
  /** Where configs are kept. Default: `localStorageCache()`. */
  readonly cache?: ConfigCache;
  /**
   * Whether this tab may become the one that polls. It may while this last emitted `true`, unless the page is being left or
   * is in the browser's back/forward cache. Default: `whileVisible()`.
   */
  readonly pollWhile$?: Observable<boolean>;
  /**
   * How long the polling tab may announce nothing until another one takes over, in milliseconds, from 100; and how long it
   * may fetch nothing until it lets another one poll. Set it to two poll intervals.
   *
   * @defaultValue `120000`
   */
  readonly maxSilenceMs?: number;
  /**
   * Separates tabs that share an origin and an SDK key, but no server: only tabs of one name talk to each other. Give each name
   * a `cache` of its own as well. Default: none.
   */
  readonly name?: string;
  /** Clock and timers, for tests in virtual time. Default: the real ones. */
  readonly scheduler?: SchedulerLike;
  /** Numbers from 0 up to 1 that spread what tabs would do at the same time. Default: `Math.random`. */
  readonly random?: () => number;
}

/** The two client options that let the clients of several tabs share configs. */
export interface CrossTab {
  /** The given cache, which also learns what the other tabs fetch. */
  readonly cache: TabCache;
  /** Whether auto polling runs: `true` in the one tab that polls for all. */
  readonly pollWhile$: Observable<boolean>;
}

/** How long a tab without a config waits for the polling one to fetch it. */
const firstSilenceMs = 2000;
/** How long storage may take to number a tab; configs of a tab without a number are ordered by their times. */
const maxNumberingMs = 2000;
/** The longest time in milliseconds: a quarter of it may be added, and timers beyond 31 bits would fire at once. */
const maxMs = 1_700_000_000;

/**
 * Lets the tabs of an origin fetch once for all of them: one tab polls, and a new config is in all of them at once. Who
 * polls is decided by a Web Lock, which passes on in the moment its tab is hidden, closed or gone. A tab that fetches
 * nothing for two intervals, because it is offline for instance, gives it back, and one that is blocked or frozen loses it.
 * Where there are no Web Locks (pages without HTTPS), every tab polls by itself; without BroadcastChannel tabs learn of
 * configs through storage. On a server there are no tabs: the client polls as if it had nothing but the cache. For clients
 * of one SDK key.
 *
 * @throws TypeError or RangeError naming the option that is wrong.
 *
 * @example
 * const client = createClientWithAutoPoll(sdkKey, { ...crossTab() });
 */
export function crossTab(options: CrossTabOptions = {}): CrossTab {
  const { cache = localStorageCache(), pollWhile$ = whileVisible(), maxSilenceMs = 120_000, name } = options;
  const { scheduler = asyncScheduler, random = Math.random } = options;
  requireDurationMs('options.maxSilenceMs', maxSilenceMs, 100, maxMs);
  if (name !== undefined) requireString('options.name', name);
  if (!isBrowser()) return { cache: { ...cache, changes$: cache.changes$ ?? EMPTY }, pollWhile$ };
  const entry$ = new ReplaySubject<TabEntry>(1);
  let opened: { readonly key: string; readonly entry: TabEntry } | undefined;
  let channel: BroadcastChannel | undefined;

  const nameOf = (key: string) => `configcat-rx:${name === undefined ? '' : `${name}:`}${key}`;
  const entryOf = (key: string): TabEntry => {
    if (!opened) {
      const entry = createTabEntry({
        key,
        cache,
        epochs: storedEpochs(`${nameOf(key)}:epoch`),
        post: (message) => channel?.postMessage(message),
        nowMs: () => scheduler.now(),
        intervalMs: maxSilenceMs / 2,
      });
      opened = { key, entry };
      entry$.next(entry);
    }
    if (opened.key !== key) throw new Error('One crossTab() is for clients of one SDK key.');
    return opened.entry;
  };
  const keyOf = () => opened?.key ?? '';

  const announced$ = entry$.pipe(
    switchMap((entry) => {
      const newMessage$ = messages(keyOf(), nameOf(keyOf()), (next) => (channel = next)).pipe(
        concatMap((message) => settled(entry.onMessage(message))),
        filter((isNewer) => isNewer),
      );
      // A page with an open channel is not kept in the back/forward cache.
      return merge(whileInUse().pipe(switchMap((isInUse) => (isInUse ? newMessage$ : EMPTY))), entry.reread$);
    }),
    share(),
  );
  const silence$ = ({ activity$, isEmpty }: TabEntry, role: TabRole): Observable<unknown> => {
    if (role === 'lockless') return NEVER;
    const ownOrAny$ = role === 'holding' ? activity$.pipe(filter((whose) => whose === 'own')) : activity$;
    const timeoutMs = () => (isEmpty() && role === 'waiting' ? firstSilenceMs : maxSilenceMs);
    return ownOrAny$.pipe(
      startWith(undefined),
      // A random part keeps tabs from acting at the same moment.
      switchMap(() => timer(timeoutMs() * (1 + random() / 4), scheduler)),
      take(1),
    );
  };
  const roleOf = (entry: TabEntry): Observable<TabRole> =>
    election({
      lockName: nameOf(keyOf()),
      silence$: (role) => silence$(entry, role),
      deposed$: entry.deposed$,
    }).pipe(
      switchMap((role) => {
        entry.setPolling(role !== 'waiting');
        if (role !== 'holding') return of(role);
        const numbered$ = settled(entry.takeNumber()).pipe(
          timeout({ first: maxNumberingMs, scheduler, with: () => of(0) }),
        );
        return numbered$.pipe(map(() => role));
      }),
      finalize(() => {
        entry.setPolling(false);
      }),
    );
  const isCandidate$ = combineLatest([defer(() => from(pollWhile$)), whileInUse()]).pipe(
    map(([isOpen, isInUse]) => isOpen && isInUse),
    distinctUntilChanged(),
  );
  return {
    cache: {
      get: (key) => entryOf(key).get(),
      set: (key, text) => entryOf(key).set(text),
      changes$: merge(announced$, ...(cache.changes$ ? [cache.changes$] : [])),
      isOrdered: true,
    },
    pollWhile$: entry$.pipe(
      switchMap((entry) =>
        isCandidate$.pipe(
          switchMap((isCandidate) => (isCandidate ? roleOf(entry).pipe(map((role) => role !== 'waiting')) : of(false))),
        ),
      ),
      distinctUntilChanged(),
      share({ connector: () => new ReplaySubject(1) }),
    ),
  };
}

/** Emits the messages of other tabs, after asking them for the config that they have. */
function messages(
  key: string,
  name: string,
  opened: (channel: BroadcastChannel | undefined) => void,
): Observable<unknown> {
  return new Observable((subscriber) => {
    const channel = openChannel(name);
    if (!channel) return;
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      subscriber.next(data);
    };
    opened(channel);
    const request: Message = { key };
    channel.postMessage(request);
    return () => {
      opened(undefined);
      channel.close();
    };
  });
}

/** Opens a channel, if the browser has channels: Firefox refuses them where cookies are blocked. */
function openChannel(name: string): BroadcastChannel | undefined {
  try {
    return typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(name);
  } catch {
    return undefined;
  }
}

/**
 * Tells a browser from a server. Servers have channels and locks, too, but would share nothing through them, and an open
 * channel keeps some of their processes from ending.
 */
function isBrowser(): boolean {
  return (
    typeof document !== 'undefined' ||
    ((globalThis.navigator as Navigator | undefined)?.userAgent ?? '').startsWith('Mozilla/')
  );
}

/** Emits a value that is there or promised. */
function settled<T>(value: MaybePromise<T>): Observable<T> {
  return from(value instanceof Promise ? value : [value]);
}
