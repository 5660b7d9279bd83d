import type { Observable, ObservableInput } from 'rxjs';
import { EMPTY, connect, endWith, ignoreElements, switchMap, takeUntil } from 'rxjs';
import type { FlagKey, FlagTypes } from '../model/flag-types.js';
import type { FlagSource } from '../core/source.js';
import { flag$ } from '../flags/flag.js';
import type { UserSource } from '../flags/users.js';
import type { SettingValue } from '../model/config.js';

/** The keys of flags that can be on or off; any key where the types of flags are not known. */
export type BooleanFlagKey<F> = {
  [K in FlagKey<F>]: SettingValue extends F[K] ? K : F[K] extends boolean ? K : never;
}[FlagKey<F>];

/** A source, or a function that gives one each time the flag turns to it. */
export type FlagBranch<T> = ObservableInput<T> | (() => ObservableInput<T>);

/** What a flag switches between. */
export interface FlagBranches<On, Off = never> {
  /** Subscribed to while the flag is on. */
  readonly on: FlagBranch<On>;
  /** Subscribed to while the flag is off or cannot be evaluated. Default: nothing is. */
  readonly off?: FlagBranch<Off>;
}

/**
 * Is one source while a flag is on, and another while it is off. When the flag turns, the one is unsubscribed from before
 * the other is subscribed to; a flag that is read inside of a stream of yours would be noticed at that stream's next
 * value only. Waits like `flag$` for the first config. What errors is the source, never the flag: its errors are passed
 * on. A source that completes leaves the stream waiting for the flag to turn; `dispose()` completes it.
 *
 * @param source - a core, or a client.
 * @param key - a boolean flag.
 * @param user - whom to evaluate for; without it the flag follows the default user.
 * @throws Error or TypeError when the key is empty or an argument is of a wrong type.
 *
 * @example
 * const prices$ = switchFlag(client, 'livePrices', { on: () => livePrices(), off: () => interval(60_000) }, user$);
 */
export function switchFlag<F extends FlagTypes<F>, On, Off = never>(
  source: FlagSource<F>,
  key: BooleanFlagKey<F>,
  { on, off }: FlagBranches<On, Off>,
  user?: UserSource,
): Observable<On | Off> {
  // What `F` says of the key has been checked by the type of `key`; here any key will do.
  const isOn$ = flag$(source as FlagSource, key, false, user);
  const toSource = (isOn: boolean) => (isOn ? sourceOf(on) : off === undefined ? EMPTY : sourceOf(off));
  return isOn$.pipe(
    connect((shared$) =>
      shared$.pipe(
        switchMap((isOn): ObservableInput<On | Off> => toSource(isOn)),
        // A source that goes on for ever must not outlive the client.
        takeUntil(shared$.pipe(ignoreElements(), endWith(undefined))),
      ),
    ),
  );
}

function sourceOf<T>(branch: FlagBranch<T>): ObservableInput<T> {
  return typeof branch === 'function' ? branch() : branch;
}
