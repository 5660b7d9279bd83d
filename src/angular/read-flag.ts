import type { Signal } from '@angular/core';
import { Injector, inject, runInInjectionContext } from '@angular/core';
import type { DefaultFor, HoldOption, SettingValue } from '../functions.js';
import { watch, withHold } from '../functions.js';
import type { FlagAspect, FlagReading, FlagRequest } from './flag-reading.js';
import { injectReading } from './flag-reading.js';
import { injectProvided } from './provided.js';
import type { FlagUser } from './user.js';
import { followUser } from './user.js';

/** Whom a flag is evaluated for, and where from. */
export interface InjectFlagOptions {
  /** Default: the user of `provideConfigCat()`. */
  readonly user?: FlagUser | undefined;
  /**
   * Holds the first real value for the session of a user, whatever configs arrive: a session, `'session'` for that of the client,
   * or `false` for values as they are served. Default: as the client does.
   *
   * @example
   * readonly isNew = injectFlag('newCheckout', false, { hold: visit });
   */
  readonly hold?: HoldOption | undefined;
  /** What to use instead of the injection context of the call. */
  readonly injector?: Injector | undefined;
}

/**
 * Reads an aspect of a flag as a signal: nothing while there is none yet.
 *
 * @throws Error or TypeError when an argument is wrong, or nothing is provided.
 */
export function readFlag<T>(
  key: string,
  defaultValue: DefaultFor<SettingValue>,
  options: InjectFlagOptions,
  aspect: FlagAspect<T>,
): Signal<FlagReading<T> | undefined> {
  return within(options, () => injectReading(injectRequest(key, defaultValue, options, aspect), aspect));
}

/**
 * What is to be read of a flag, from an injection context: nothing while it is not known whom for.
 *
 * @throws Error or TypeError when an argument is wrong, or nothing is provided.
 */
export function injectRequest<T>(
  key: string,
  defaultValue: DefaultFor<SettingValue>,
  options: InjectFlagOptions,
  aspect: FlagAspect<T>,
): () => FlagRequest | undefined {
  const { rawSource, user: common } = injectProvided();
  const { hold } = options;
  const source = withHold(rawSource, hold);
  // Throws for what is wrong; signals are to be read without a doubt.
  watch(source, key, defaultValue);
  void aspect.each$(source, { key, defaultValue, user: undefined, hold });
  const user = options.user === undefined ? common : followUser(options.user);
  return () => {
    const known = user();
    return known && { key, defaultValue, user: known.user, hold };
  };
}

/** Acts in the injection context of the options, or the present one. */
export function within<T>({ injector }: InjectFlagOptions, act: () => T): T {
  return runInInjectionContext(injector ?? inject(Injector), act);
}
