import type { Observable, SchedulerLike } from 'rxjs';
import {
  EMPTY,
  Subscription,
  asyncScheduler,
  catchError,
  defer,
  distinctUntilChanged,
  filter,
  finalize,
  fromEvent,
  map,
  merge,
  of,
  startWith,
  switchMap,
  tap,
} from 'rxjs';
import { guarded, requireDurationMs, requireNumber, requireObject } from '../arguments.js';
import type { Exposure, FlagSource, Session, SettingValue } from '../functions.js';
import { exposures, reportFailure, sessionMark } from '../functions.js';
import type { Destination } from './destination.js';

/** Options of `sendExposures()`. */
export interface DeliveryOptions {
  /**
   * Whether anything may be sent. Until it says so, up to 1000 exposures wait; when it says no, those that wait are dropped, and
   * none are gathered until it says yes. Should it error, that counts as no. Default: it is allowed.
   */
  readonly consent$?: Observable<boolean>;
  /**
   * How long exposures wait for others, in milliseconds; 0: not at all. They do not wait when the page is left.
   *
   * @defaultValue `1000`
   */
  readonly batchMs?: number;
  /**
   * How many exposures are sent without waiting for others, 1 to 1000.
   *
   * @defaultValue `20`
   */
  readonly maxBatch?: number;
  /**
   * Sends each exposure once per session, reloads of the page included; in all tabs together where the session is kept in
   * `localStorage`. What was never sent, as without consent, counts for nothing. Destinations are told apart by their names;
   * those that report errors are told in each page.
   *
   * @example
   * sendExposures(client, toAmplitude(amplitude), { session: session({ storage: localStorage }) });
   */
  readonly session?: Session;
  /** What stands for the variation in reports. Default: the value; for texts of more than 100 characters the variation ID. */
  readonly variantOf?: (exposure: Exposure) => SettingValue;
  /** Clock and timers, for tests. Default: the real ones. */
  readonly scheduler?: SchedulerLike;
}

/** How many exposures wait for consent. */
const mostWaiting = 1000;

/**
 * Sends what users are shown, each user, flag and variation once, to where analytics are made; see `exposures()`. Whatever a
 * destination throws harms nothing. Ends with the client; what waits is sent when the subscription ends.
 *
 * @param source - a core, or a client.
 * @param destinations - one, or several.
 * @throws TypeError or RangeError when an argument is wrong.
 *
 * @example
 * import { sendExposures, toAmplitude } from 'configcat-rx/analytics';
 *
 * sendExposures(client, toAmplitude(amplitude), { consent$ });
 */
export function sendExposures(
  source: FlagSource,
  destinations: Destination | readonly Destination[],
  options: DeliveryOptions = {},
): Subscription {
  const {
    consent$ = of(true),
    batchMs = 1000,
    maxBatch = 20,
    variantOf = shortVariant,
    session,
    scheduler = asyncScheduler,
  } = options;
  const all = [destinations].flat() as readonly Destination[];
  for (const destination of all) requireObject('destinations', destination, 'send');
  requireObject('options.consent$', consent$, 'subscribe');
  requireDurationMs('options.batchMs', batchMs, 0);
  requireNumber('options.maxBatch', maxBatch, mostWaiting, 1);
  const context: LaneContext = { source, session, variantOf, scheduler, batchMs, isAllowed: () => isAllowed === true };
  let isAllowed: boolean | undefined;
  const lanes = [false, true].flatMap((keepsState) => {
    const own = all.filter((destination) => (destination.keepsState === true) === keepsState);
    return own.length > 0 ? [createLane(own, keepsState ? 1 : maxBatch, keepsState, context)] : [];
  });
  const flush = (isLeaving = false) => {
    for (const lane of lanes) lane.flush(isLeaving);
  };
  const delivery = new Subscription(flush);
  delivery.add(
    defer(() => consent$)
      .pipe(
        catchError(() => of(false)),
        map((isGiven: unknown) => isGiven === true),
        startWith(undefined),
        tap((isGiven) => {
          isAllowed = isGiven;
          flush();
        }),
        // Before and after consent is given, it is the same memory of what has been told.
        map((isGiven) => isGiven === false),
        distinctUntilChanged(),
        switchMap((isRefused) => (isRefused ? EMPTY : merge(...lanes.map(({ work$ }) => work$)))),
      )
      .subscribe(),
  );
  delivery.add(
    leaving$().subscribe(() => {
      flush(true);
    }),
  );
  return delivery;
}

/** What all lanes have in common. */
interface LaneContext {
  readonly source: FlagSource;
  readonly session: Session | undefined;
  readonly variantOf: (exposure: Exposure) => SettingValue;
  readonly scheduler: SchedulerLike;
  readonly batchMs: number;
  readonly isAllowed: () => boolean;
}

/** The way of exposures to destinations of one kind. */
interface Lane {
  /** Gathers exposures, as long as somebody is subscribed. */
  readonly work$: Observable<unknown>;
  readonly flush: (isLeaving: boolean) => void;
}

function createLane(
  destinations: readonly Destination[],
  maxBatch: number,
  afterChange: boolean,
  { source, session, variantOf, scheduler, batchMs, isAllowed }: LaneContext,
): Lane {
  const failed = new Set<Destination>();
  const recipient = destinations.map(({ name }) => name).join();
  let waiting: (readonly [exposure: Exposure, mark: () => boolean])[] = [];
  let timer: Subscription | undefined;
  const flush = (isLeaving: boolean) => {
    if (!isAllowed()) return;
    timer?.unsubscribe();
    timer = undefined;
    const taken = waiting;
    // First, because marks may be logged, and loggers read flags.
    waiting = [];
    const batch = taken.filter(([, mark]) => mark());
    for (const destination of batch.length > 0 ? destinations : []) {
      const attempt = (call: () => unknown) => {
        guarded(call, (error) => {
          // The next one has probably the same cause.
          if (!failed.has(destination)) reportFailure(source, destination.name, error);
          failed.add(destination);
        });
      };
      for (const [exposure] of batch) {
        attempt(() => destination.send({ ...exposure, isLeaving, variant: variantOf(exposure) }));
      }
      attempt(() => destination.flush?.(isLeaving));
    }
  };
  const work$ = exposures(source, {
    scheduler,
    afterChange,
    isPassive: true,
    isMarkedLater: true,
    ...(session && { session }),
  }).pipe(
    tap((exposure) => {
      const mark = session && !afterChange ? sessionMark(source, session, exposure, recipient) : always;
      if (waiting.push([exposure, mark]) > mostWaiting) waiting.shift();
      if (batchMs === 0 || waiting.length >= maxBatch) flush(false);
      else
        timer ??= scheduler.schedule(() => {
          timer = undefined;
          flush(false);
        }, batchMs);
    }),
    finalize(() => {
      // Consent is withdrawn, or somebody has already flushed.
      flush(false);
      waiting = [];
    }),
  );
  return { work$, flush };
}

/** Emits when the page is left, or hidden, after which it may never come back. */
function leaving$(): Observable<unknown> {
  // In React Native there is a window without events.
  if (typeof document === 'undefined') return EMPTY;
  const hidden$ = fromEvent(document, 'visibilitychange').pipe(filter(() => document.visibilityState === 'hidden'));
  return merge(hidden$, fromEvent(window, 'pagehide'));
}

function always(): boolean {
  return true;
}

const longestVariant = 100;

function shortVariant({ value, variationId }: Exposure): SettingValue {
  if (typeof value !== 'string' || value.length <= longestVariant) return value;
  return variationId ?? value.slice(0, longestVariant);
}
