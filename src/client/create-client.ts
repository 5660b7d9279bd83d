import type { AutoPollOptions } from '../acquisition/polling/auto.js';
import { autoPoll, autoPollOptionNames } from '../acquisition/polling/auto.js';
import type { PollingMode } from '../acquisition/polling/mode.js';
import { requireObject } from '../arguments.js';
import type { LazyLoadOptions } from '../acquisition/polling/lazy.js';
import { lazyLoad, lazyLoadOptionNames } from '../acquisition/polling/lazy.js';
import { manualPoll } from '../acquisition/polling/manual.js';
import type { AnyFlags, FlagTypes } from '../model/flag-types.js';
import { connect } from './client.js';
import { logTexts } from './log-texts.js';
import type { ConfigCatClient } from './types.js';
import type { CommonOptions } from '../core/options.js';
import { configV5 } from '../formats/v5.js';
import type { ClientOptions } from './options.js';
import { resolveOptions } from './options.js';

/** What clients have without asking. */
export const builtIn = { formats: [configV5], texts: logTexts };

/**
 * Creates a client, which starts to work at once: auto polling, unless `options.polling` says otherwise.
 *
 * @typeParam F - keys and types of the flags, see {@link FlagTypes}. Default: any.
 * @param sdkKey - identifies config and environment; see the ConfigCat dashboard.
 * @throws Error, TypeError or RangeError naming the argument or option that is wrong.
 *
 * @example
 * const client = createClient('configcat-sdk-1/…/…', { polling: lazyLoad() });
 * client.flag$('darkMode', false).subscribe(console.log);
 */
export function createClient<F extends FlagTypes<F> = AnyFlags>(
  sdkKey: string,
  options: ClientOptions = {},
): ConfigCatClient<F> {
  // `F` is the caller's word about the config: nothing at run time depends on it.
  return connect(resolveOptions(sdkKey, options, builtIn)) as unknown as ConfigCatClient<F>;
}

/**
 * Creates a client that fetches in the background at a fixed interval.
 *
 * @throws Error, TypeError or RangeError naming the argument or option that is wrong.
 *
 * @example
 * const client = createClientWithAutoPoll(sdkKey, { pollIntervalSeconds: 30, maxInitWaitTimeSeconds: 2 });
 */
export function createClientWithAutoPoll<F extends FlagTypes<F> = AnyFlags>(
  sdkKey: string,
  options: AutoPollOptions & CommonOptions = {},
): ConfigCatClient<F> {
  return createClient<F>(sdkKey, withMode(options, autoPoll, autoPollOptionNames));
}

/**
 * Creates a client that fetches when a read finds the config expired.
 *
 * @throws Error, TypeError or RangeError naming the argument or option that is wrong.
 *
 * @example
 * const client = createClientWithLazyLoad(sdkKey, { cacheTimeToLiveSeconds: 600 });
 */
export function createClientWithLazyLoad<F extends FlagTypes<F> = AnyFlags>(
  sdkKey: string,
  options: LazyLoadOptions & CommonOptions = {},
): ConfigCatClient<F> {
  return createClient<F>(sdkKey, withMode(options, lazyLoad, lazyLoadOptionNames));
}

/**
 * Creates a client that fetches only when `forceRefresh()` is called.
 *
 * @throws Error, TypeError or RangeError naming the argument or option that is wrong.
 *
 * @example
 * const client = createClientWithManualPoll(sdkKey);
 * await client.forceRefresh();
 */
export function createClientWithManualPoll<F extends FlagTypes<F> = AnyFlags>(
  sdkKey: string,
  options: CommonOptions = {},
): ConfigCatClient<F> {
  return createClient<F>(sdkKey, withMode(options, manualPoll, []));
}

/** Options of every polling mode can stand beside the others: those of other modes have no effect. */
function withMode<O extends object>(
  options: O & CommonOptions,
  createMode: (options: O) => PollingMode,
  names: readonly (keyof O)[],
): ClientOptions {
  requireObject('options', options);
  const modeOptionNames: readonly string[] = [...autoPollOptionNames, ...lazyLoadOptionNames];
  const given = Object.entries(options);
  const own = given.filter(([name]) => names.includes(name as keyof O));
  const common = given.filter(([name]) => !modeOptionNames.includes(name));
  return { ...Object.fromEntries(common), polling: createMode(Object.fromEntries(own) as O) };
}
