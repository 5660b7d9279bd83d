import { platform } from '#platform';
import type { Observable, SchedulerLike } from 'rxjs';
import { asyncScheduler, defer, filter, map } from 'rxjs';
import type { EvaluationDetails } from '../core/types.js';
import type { AnyFlags, FlagKey, FlagTypes } from '../model/flag-types.js';
import type { ClientEvent } from '../core/events.js';
import type { FlagSource } from '../core/source.js';
import { events$ } from '../flags/events.js';
import type { User } from '../model/user.js';

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
   * Tells a variation once more when the same user was shown another one in between: for what keeps the present value of each
   * flag, as what reports errors does.
   *
   * @defaultValue `false`
   */
  readonly afterChange?: boolean;
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
// Longer keys are remembered by their hash: identifiers are foreign, and can be of any length.
const maxKeyLength = 80;

/**
 * Tells each combination of user, flag and variation once, for analytics: of all evaluations from the time of the
 * subscription on, by streams, reads and snapshots alike. Users are told apart by their identifier, variations by their
 * ID, or by their value where they have none. Left out is what shows nothing to anybody: evaluations that gave a default value,
 * reads of all flags at once, explanations, what a page was hydrated with. Each subscription remembers for itself; the stream
 * never errors, and completes on `dispose()`.
 *
 * @param source - a core, or a client.
 * @throws RangeError when `maxRemembered` is out of range.
 *
 * @example
 * exposures(client).subscribe(({ key, variationId, user }) => track('exposure', { key, variationId, id: user?.identifier }));
 */
export function exposures<F extends FlagTypes<F>>(
  source: FlagSource<F>,
  { maxRemembered = 10_000, afterChange = false, isPassive = false, scheduler = asyncScheduler }: ExposureOptions = {},
): Observable<Exposure<F>> {
  if (!(maxRemembered >= 1 && maxRemembered <= highestMaxRemembered)) {
    const expected = `a value between 1 and ${highestMaxRemembered}`;
    throw new RangeError(`Invalid property \`options.maxRemembered\`. Expected ${expected}, got ${maxRemembered}.`);
  }
  const event$ = events$(source, { isPassive });
  return defer(() => {
    const isNew = createNewnessTest(maxRemembered);
    return event$.pipe(
      filter(isServed),
      filter(({ details }) => {
        const subject = subjectOf(details);
        const variation = variationOf(details);
        return afterChange ? isNew(subject, variation) : isNew(`${subject} ${variation}`, '');
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

function subjectOf({ key, user }: EvaluationDetails): string {
  return short(JSON.stringify([key, user ? [identifierOf(user)] : []]));
}

function variationOf({ value, variationId }: EvaluationDetails): string {
  // A value in a list of its own cannot be taken for a variation ID.
  return short(JSON.stringify(variationId ?? [value]));
}

function short(text: string): string {
  return text.length > maxKeyLength ? platform.sha1(text) : text;
}

/** Reads the identifier of a user, which is the caller's object: its getter may throw. */
function identifierOf(user: User): string {
  try {
    const { identifier }: { readonly identifier: unknown } = user;
    return String(identifier);
  } catch {
    return '';
  }
}
