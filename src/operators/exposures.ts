import type { Observable, SchedulerLike } from 'rxjs';
import { asyncScheduler, defer, filter, map } from 'rxjs';
import type { AnyFlags, FlagKey, FlagTypes } from '../model/flag-types.js';
import type { ClientEvent } from '../core/events.js';
import type { FlagSource } from '../core/source.js';
import { events$ } from '../flags/events.js';
import { holdingOf } from '../flags/holding.js';
import { sessionMark, subjectOf, variationOf } from '../flags/session-mark.js';
import type { User } from '../model/user.js';
import type { Session } from '../session.js';

/** That a user has been served a variation of a flag. With typed flags, `key` tells the type of `value`. */
export type Exposure<F extends FlagTypes<F> = AnyFlags> = {
  [K in FlagKey<F>]: {
    readonly key: K;
    readonly value: F[K];
    readonly variationId: string | undefined;
    /** The user of the evaluation, the default user included; `undefined` when there was none. */
    readonly user: User | undefined;
    /** When the flag was evaluated. */
    readonly time: Date;
  };
}[FlagKey<F>];

/** Options of `exposures()`. */
export interface ExposureOptions {
  /**
   * How many exposures are remembered, 1 to 10000000; about 150 bytes each. Beyond that, those which have not been seen for
   * the longest time are forgotten, and told once more when they come again.
   *
   * @defaultValue `10000`
   */
  readonly maxRemembered?: number;
  /**
   * Tells each exposure once per session: once more in the next one, and not again when the page is reloaded. With a session in
   * `sessionStorage` that is once per tab, with one in `localStorage` once in all tabs together. The storage has hashes of the
   * last 2000 exposures.
   *
   * @example
   * exposures(client, { session: session({ storage: localStorage }) });
   */
  readonly session?: Session;
  /**
   * Who is told: in a session each recipient is told each exposure once, by whichever of its subscriptions comes first.
   *
   * @defaultValue `''`
   */
  readonly recipient?: string;
  /**
   * Tells a variation once more when the same user was shown another one in between: for what keeps the present value of each
   * flag, as what reports errors does. That is nothing which tabs could share: a session then only begins anew.
   *
   * @defaultValue `false`
   */
  readonly afterChange?: boolean;
  /**
   * Whoever tells exposures later marks them in the session then.
   *
   * @internal
   */
  readonly isMarkedLater?: boolean;
  /**
   * The subscription does not keep a Node process alive, nor count as one.
   *
   * @defaultValue `false`
   */
  readonly isPassive?: boolean;
  /** The clock that tells the time of exposures, for tests. Default: the real one. */
  readonly scheduler?: SchedulerLike;
}

const highestMaxRemembered = 10_000_000;

/**
 * Tells each combination of user, flag and variation once, for analytics: of all evaluations from the time of the
 * subscription on, by streams, reads and snapshots alike. Users are told apart by their identifier, variations by their
 * ID, or by their value where they have none. Left out is what shows nothing to anybody: evaluations that gave a default value,
 * reads of all flags at once, explanations, what a page was hydrated with. Of a flag that is held, it is what is held. Each
 * subscription remembers for itself, unless it is given a session; the stream never errors, and completes on `dispose()`.
 *
 * @param source - a core, or a client.
 * @throws RangeError when `maxRemembered` is out of range, TypeError when `session` was not made by `session()`.
 *
 * @example
 * exposures(client).subscribe(({ key, variationId, user }) => track('exposure', { key, variationId, id: user?.identifier }));
 */
export function exposures<F extends FlagTypes<F>>(
  source: FlagSource<F>,
  options: ExposureOptions = {},
): Observable<Exposure<F>> {
  const { maxRemembered = 10_000, session, recipient = '', scheduler = asyncScheduler } = options;
  const { afterChange = false, isMarkedLater = false, isPassive = false } = options;
  if (!(maxRemembered >= 1 && maxRemembered <= highestMaxRemembered)) {
    const expected = `a value between 1 and ${highestMaxRemembered}`;
    throw new RangeError(`Invalid property \`options.maxRemembered\`. Expected ${expected}, got ${maxRemembered}.`);
  }
  if (session) holdingOf(session, 'options.session');
  const event$ = events$(source, { isPassive });
  return defer(() => {
    const isNew = createNewnessTest(maxRemembered);
    return event$.pipe(
      filter(isServed),
      filter(({ details }) => {
        const subject = (session?.id ?? '') + subjectOf(details);
        const variation = variationOf(details);
        if (afterChange) return isNew(subject, variation);
        const isFirst = isNew(`${subject} ${variation}`, '');
        return isFirst && session && !isMarkedLater ? sessionMark(source, session, details, recipient)() : isFirst;
      }),
      map(({ details: { key, value, variationId, user } }) => {
        const exposure = { key, value, variationId, user, time: new Date(scheduler.now()) };
        // `F` is the caller's word about the config.
        return exposure as unknown as Exposure<F>;
      }),
    );
  });
}

type Evaluated = Extract<ClientEvent, { readonly type: 'flagEvaluated' }>;

function isServed(event: ClientEvent): event is Evaluated {
  return event.type === 'flagEvaluated' && !event.details.isDefaultValue && !event.isBulk;
}

/** Creates a test that returns whether a key has another value than the last time; it remembers those keys seen last. */
function createNewnessTest(max: number): (key: string, value: string) => boolean {
  // Maps keep the order of insertion: the first is the one that was not seen for the longest time.
  const seen = new Map<string, string>();
  return (key, value) => {
    const isNew = seen.get(key) !== value;
    seen.delete(key);
    seen.set(key, value);
    if (seen.size > max) seen.delete(seen.keys().next().value!);
    return isNew;
  };
}
