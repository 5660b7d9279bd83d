import type { SchedulerLike, Subscription } from 'rxjs';
import {
  EMPTY,
  Observable,
  ReplaySubject,
  asyncScheduler,
  catchError,
  combineLatest,
  concat,
  defer,
  distinctUntilChanged,
  from,
  map,
  mergeMap,
  repeat,
  share,
  startWith,
  switchMap,
  tap,
  throttleTime,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import { isWebUrl, requireNumber } from '../arguments.js';
import type { User } from '../index.js';
import { addressOf } from './address.js';
import { isPage, pageInUse, pageReturns } from './page.js';
import type { StreamFetch } from './receive.js';
import { receive } from './receive.js';
import type { RemoteFlags } from './remote-flags.js';
import { parseFlags } from './remote-flags.js';

/** Options of `createProxyStream()`. */
export interface ProxyStreamOptions {
  /** The base URL of the ConfigCat Proxy, as `http://localhost:8050`. */
  readonly url: string;
  /** The SDK key, for Proxy 3.0 and newer. Either this or `sdkId`. */
  readonly sdkKey?: string;
  /** The name that the Proxy's own configuration gives the SDK; with it no SDK key is in the page. */
  readonly sdkId?: string;
  /** Whom the Proxy evaluates for. Default: nobody. */
  readonly user?: User;
  /**
   * The stream is opened anew after a silence of this length, or a random part of it of half at least: the Proxy sends
   * nothing while nothing changes, and a dead connection sends nothing either. In seconds, 10 to 86400.
   *
   * @defaultValue `300`
   */
  readonly maxSilenceSeconds?: number;
  /** Whatever it emits makes the stream be opened anew at once, at most once a second. Default: `pageReturns()`. */
  readonly reconnectOn$?: Observable<unknown>;
  /** A function of the Fetch API whose responses stream. Default: the runtime's own. */
  readonly fetch?: StreamFetch;
  /** Told when the stream fails, once for each different failure in a row. Default: a line on the console. */
  readonly report?: (message: string, error: unknown) => void;
  /** Clock and timers, for tests in virtual time. Default: the real ones. */
  readonly scheduler?: SchedulerLike;
  /** Numbers from 0 up to 1 that keep streams from being opened all at the same time. Default: `Math.random`. */
  readonly random?: () => number;
}

/**
 * Streams of what the ConfigCat Proxy sends by itself. Both never error and never complete; they share one connection, which
 * lasts as long as somebody is subscribed, and replay the last state that it has brought.
 */
export interface ProxyStream {
  /**
   * Emits whenever the config has changed or may have: with each frame, that of a new connection included. For the
   * `refreshOn$` option of clients.
   */
  readonly refresh$: Observable<RemoteFlags>;
  /**
   * All flags as the Proxy evaluates them for this user, each time one differs. For pages that are to know values and
   * no rules.
   *
   * @example
   * flags$.pipe(map(({ darkMode }) => darkMode?.value ?? false), distinctUntilChanged());
   */
  readonly flags$: Observable<RemoteFlags>;
}

const firstDelayMs = 1000;
const maxDelayMs = 60_000;
// After a connection that lasted so long, the waits between attempts start from the shortest again.
const stableAfterMs = 60_000;
const answerTimeoutMs = 30_000;
const minReconnectMs = 1000;
// Requests of a page that is being left may fail this long before its `pagehide` event.
const pagehideDelayMs = 1000;

/**
 * Listens to the server-sent events of a ConfigCat Proxy. A stream that fails, ends or is silent for too long is opened
 * anew: after about a second, then after waits that double up to a minute, each shortened by up to half at random.
 * It is a hint and no guarantee: a client that uses it goes on polling. In Node an open stream keeps the process alive.
 *
 * @throws TypeError or RangeError naming the option that is wrong.
 * Source: protocol section 14.1.
 *
 * @example
 * const stream = createProxyStream({ url: proxyUrl, sdkKey });
 * const client = createClient(sdkKey, { baseUrl: proxyUrl, refreshOn$: stream.refresh$ });
 */
export function createProxyStream(options: ProxyStreamOptions): ProxyStream {
  const { scheduler, reconnectOn$, ...connection } = resolve(options);
  const opening$ = reconnectOn$.pipe(
    throttleTime(minReconnectMs, scheduler),
    catchError((error: unknown) => {
      connection.report('The stream `reconnectOn$` has failed.', error);
      return EMPTY;
    }),
    startWith(undefined),
  );
  // In this order, so that a page which comes back opens one stream, even if its return also emits from `reconnectOn$`.
  const frame$ = combineLatest([opening$, pageInUse()]).pipe(
    switchMap(([, isInUse]) => (isInUse ? keepConnected(connection, scheduler) : EMPTY)),
    share({ connector: () => new ReplaySubject<Frame>(1) }),
  );
  return {
    refresh$: frame$.pipe(map(({ flags }) => flags)),
    flags$: frame$.pipe(
      distinctUntilChanged((a, b) => a.text === b.text),
      map(({ flags }) => flags),
    ),
  };
}

/** A frame of the stream, and the flags in it. */
interface Frame {
  readonly text: string;
  readonly flags: RemoteFlags;
}

/** What is needed to connect, and to report failures. */
interface ConnectionOptions {
  readonly address: string;
  readonly maxSilenceMs: number;
  readonly fetch: StreamFetch;
  readonly report: (message: string, error: unknown) => void;
  readonly random: () => number;
}

/** Connects, and connects again whenever the connection ends. */
function keepConnected(
  { address, maxSilenceMs, fetch, report, random }: ConnectionOptions,
  scheduler: SchedulerLike,
): Observable<Frame> {
  return new Observable((subscriber) => {
    let openedMs = 0;
    let failures = 0;
    let lastReport = '';
    const withJitter = (ms: number) => (ms * (1 + random())) / 2;
    const connection$ = defer(() => {
      openedMs = scheduler.now();
      return receive(address, fetch).pipe(
        timeout({
          first: answerTimeoutMs,
          each: withJitter(maxSilenceMs),
          scheduler,
          // Silence is no failure, because the Proxy sends nothing while nothing changes.
          with: ({ seen }) => (seen > 0 ? EMPTY : throwError(() => new Error('The Proxy does not answer.'))),
        }),
        mergeMap(toFrames),
        tap(() => (lastReport = '')),
        catchError((error: unknown) => {
          const message = `The stream of the ConfigCat Proxy has failed. ${error instanceof Error ? error.message : ''}`;
          if (message !== lastReport) subscriber.add(reportUnlessPageLeft(() => report(message, error), scheduler));
          lastReport = message;
          return EMPTY;
        }),
      );
    });
    const pause$ = defer(() => {
      failures = scheduler.now() - openedMs >= stableAfterMs ? 0 : failures + 1;
      return timer(withJitter(Math.min(firstDelayMs * 2 ** Math.max(0, failures - 1), maxDelayMs)), scheduler);
    });
    return connection$.pipe(repeat({ delay: () => pause$ })).subscribe(subscriber);
  });
}

/** Reports a failure unless the page is being left: browsers end its requests, some before its `pagehide` event. */
function reportUnlessPageLeft(report: () => void, scheduler: SchedulerLike): Subscription | undefined {
  if (isPage()) return timer(pagehideDelayMs, scheduler).subscribe(report);
  report();
  return undefined;
}

/** Parses each frame by itself, so that a broken one does not spoil others; the error of a broken one comes last. */
function toFrames(texts: readonly string[]): Observable<Frame> {
  const frames: Frame[] = [];
  const broken: string[] = [];
  for (const text of texts) {
    try {
      frames.push(toFrame(text));
    } catch {
      broken.push(text);
    }
  }
  // Parsing the first broken frame again gives its error.
  return concat(frames, from(broken.slice(0, 1)).pipe(map(toFrame)));
}

function toFrame(text: string): Frame {
  return { text, flags: parseFlags(text) };
}

function resolve(options: ProxyStreamOptions) {
  const { url, sdkKey, sdkId, maxSilenceSeconds = 300 } = options;
  if (!isWebUrl(url)) throw invalid('url', 'the base URL of a ConfigCat Proxy');
  const names = [sdkKey, sdkId].filter((name) => name !== undefined);
  if (names.length !== 1 || names[0] === '') throw invalid('sdkKey', 'either an SDK key or `options.sdkId`');
  requireNumber('options.maxSilenceSeconds', maxSilenceSeconds, 86_400, 10);
  const { report = warn, random = Math.random, scheduler = asyncScheduler, reconnectOn$ = pageReturns() } = options;
  return {
    // Built once, so that later changes of the options have no effect, and a user that cannot be encoded fails here.
    address: addressOf(options),
    maxSilenceMs: maxSilenceSeconds * 1000,
    // The global is read at each connection, so that a later replacement of it is used.
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    report: quietly(report),
    random,
    scheduler,
    reconnectOn$,
  } satisfies ConnectionOptions & Pick<Required<ProxyStreamOptions>, 'scheduler' | 'reconnectOn$'>;
}

const warn = (message: string, error: unknown): void => {
  console.warn(message, error);
};

/** Ignores errors of the caller's `report`, which have nowhere to go. */
function quietly(report: ConnectionOptions['report']): ConnectionOptions['report'] {
  return (message, error) => {
    try {
      report(message, error);
    } catch {
      return;
    }
  };
}

/** Creates an error that does not repeat the value, which may hold an SDK key or a password. */
function invalid(name: string, expected: string): TypeError {
  return new TypeError(`Invalid property \`options.${name}\`. Expected ${expected}.`);
}
