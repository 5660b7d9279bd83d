import type { Signal } from '@angular/core';
import { assertInInjectionContext, computed } from '@angular/core';
import { pendingUntilEvent } from '@angular/core/rxjs-interop';
import type { Observable } from 'rxjs';
import type {
  AnyFlags,
  DefaultFor,
  EvaluationDetails,
  FlagKey,
  FlagSource,
  FlagTypes,
  FlagValue,
  SettingValue,
  Widen,
} from '../functions.js';
import { flag$, withHold } from '../functions.js';
import type { Ask } from './ask.js';
import { injectAsk } from './ask.js';
import { detailsAspect, valueAspect } from './flag-reading.js';
import type { JsonInjector } from './json.js';
import { injectJson } from './json.js';
import type { ProvidedSource } from './provided.js';
import { injectProvided } from './provided.js';
import type { InjectFlagOptions } from './read-flag.js';
import { readFlag, within } from './read-flag.js';
import type { ResourceInjector } from './resource.js';
import { injectFlagResource } from './resource.js';
import { followUser, streamOf } from './user.js';
import { callOutside } from './zone.js';

/**
 * The value of a flag as a signal: at once by the config that is known, or else the default value, and then each value
 * that the user should see. Another user is evaluated for as soon as it is set.
 *
 * @throws Error or TypeError at once when the key is empty or an argument is of a wrong type, there is no injection
 * context, or nothing is provided.
 *
 * @example
 * readonly isNew = injectFlag('newCheckout', false);
 */
export function injectFlag<D extends DefaultFor<SettingValue>>(
  key: string,
  defaultValue: D,
  options: InjectFlagOptions = {},
): Signal<Widen<D>> {
  if (!options.injector) assertInInjectionContext(injectFlag);
  const reading = readFlag(key, defaultValue, options, valueAspect);
  return computed(() => {
    const known = reading();
    return known ? known.value : defaultValue;
  }) as Signal<Widen<D>>;
}

/**
 * Like `injectFlag()`, with variation ID, matched rule and error: each time that one of these or the user differs.
 * `undefined` until the first config is known or given up.
 *
 * @throws Error or TypeError at once, as `injectFlag()`.
 *
 * @example
 * readonly checkout = injectFlagDetails('newCheckout', false);
 * readonly variation = computed(() => this.checkout()?.variationId);
 */
export function injectFlagDetails<D extends DefaultFor<SettingValue>>(
  key: string,
  defaultValue: D,
  options: InjectFlagOptions = {},
): Signal<EvaluationDetails<Widen<D>> | undefined> {
  if (!options.injector) assertInInjectionContext(injectFlagDetails);
  const reading = readFlag(key, defaultValue, options, detailsAspect);
  return computed(() => reading()?.value) as Signal<EvaluationDetails<Widen<D>> | undefined>;
}

/**
 * The value of a flag as a stream, which waits for the first config as `flag$()` does. Emits inside the
 * zone; completes when the client or core is disposed.
 *
 * @throws Error or TypeError at once, as `injectFlag()`.
 *
 * @example
 * readonly limit$ = injectFlag$('uploadLimitMb', 50);
 */
export function injectFlag$<D extends DefaultFor<SettingValue>>(
  key: string,
  defaultValue: D,
  options: InjectFlagOptions = {},
): Observable<Widen<D>> {
  if (!options.injector) assertInInjectionContext(injectFlag$);
  return within(options, () => {
    const { rawSource, zone, user$ } = injectProvided();
    const effective$ = options.user === undefined ? user$ : streamOf(followUser(options.user));
    // The types let only those without a user leave out the default value.
    const source = withHold(rawSource, options.hold);
    const value$ = callOutside(zone, () => flag$(source, key, defaultValue as SettingValue | null, effective$));
    return value$.pipe(pendingUntilEvent()) as Observable<unknown> as Observable<Widen<D>>;
  });
}

/** The functions that inject flags, typed by the flags that there are. */
export interface FlagInjectors<F extends FlagTypes<F>> extends JsonInjector<F>, ResourceInjector<F> {
  /** `injectAsk()` that knows the flags. */
  injectAsk: <S extends FlagSource<F> = ProvidedSource<F>>() => Ask<S>;
  /** `injectFlag()` that knows the flags. */
  injectFlag: <K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    options?: InjectFlagOptions,
  ) => Signal<FlagValue<F[K], D>>;
  /** `injectFlagDetails()` that knows the flags. */
  injectFlagDetails: <K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    options?: InjectFlagOptions,
  ) => Signal<EvaluationDetails<FlagValue<F[K], D>> | undefined>;
  /** `injectFlag$()` that knows the flags. */
  injectFlag$: <K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    options?: InjectFlagOptions,
  ) => Observable<FlagValue<F[K], D>>;
}

/**
 * The same functions for flags whose keys and types are known: wrong keys and default values do not compile.
 *
 * @typeParam F - the flags, as of `createCore<F>()`.
 *
 * @example
 * export const { injectFlag, injectFlag$ } = flagInjectors<{ darkMode: boolean; theme: 'light' | 'dark' }>();
 */
export function flagInjectors<F extends FlagTypes<F> = AnyFlags>(): FlagInjectors<F> {
  // They do the same for all flags.
  const injectors = { injectAsk, injectFlag, injectFlagDetails, injectFlag$, injectFlagResource, injectJson };
  return injectors as unknown as FlagInjectors<F>;
}
