import { platform } from '#platform';
import type { Observable } from 'rxjs';
import { EMPTY, defer } from 'rxjs';
import { isExpired } from '../acquisition/entry.js';
import { createFetcher } from '../acquisition/fetch.js';
import type { State } from '../acquisition/outcome.js';
import type { Store } from '../acquisition/store.js';
import { createStore } from '../acquisition/store.js';
import type { Trampoline } from '../acquisition/trampoline.js';
import type { Layers, OverrideLayer } from '../overrides/overlay.js';
import { layerSymbol } from '../overrides/overlay.js';
import type { InternalConfig } from '../model/config.js';
import { parseConfig } from '../model/parse-config.js';
import { version } from '../version.js';
import { rememberLast } from '../remember-last.js';
import type { ResolvedOptions } from './source.js';
import type { CacheState } from './types.js';

/** Creates the store of the config that the server and the external cache have. */
export function createConfigStore(
  options: ResolvedOptions,
  cacheKey: string,
  trampoline: Trampoline,
  disposed$: Observable<void>,
): Store<Layers> {
  const { polling, time, cache, requestTimeoutMs, formats, triggers } = options;
  const userAgent = `${platform.sdkType}/${polling.name.charAt(0)}-${version}`;
  // The same text is the same config: nothing is compiled again, and nobody is told of a change.
  let last: InternalConfig | undefined;
  const parse = rememberLast((text: string): Layers => [(last = parseConfig(text, last, formats))]);
  return createStore({
    ...options,
    trampoline,
    ports: {
      triggers,
      first: options.first,
      openCache: cache && ((store) => cache({ key: cacheKey, parse, requestTimeoutMs, polling, time }, store)),
      fetch: createFetcher({
        ...options,
        toRequest: (url, etag) => ({ ...platform.identify(url, userAgent, etag), maxBytes: options.maxConfigBytes }),
        transport: (options.createTransport ?? platform.createTransport)(options, disposed$),
        reader: { parse, preferencesOf: ([config]) => config!.preferences },
        scheduler: time.scheduler,
      }),
    },
  });
}

/** Opens the store of a client. */
export type OpenStore = (...given: Parameters<typeof createConfigStore>) => Store<Layers>;

/** Creates the store of a client, whose overrides lie over or under the config. */
export const openStore: OpenStore = (options, cacheKey, trampoline, disposed$) =>
  withOverrides(createConfigStore(options, cacheKey, trampoline, disposed$), options, trampoline);

/** Lays the overrides of a client, if it has any, over or under what a store knows. */
export function withOverrides(
  store: Store<Layers>,
  { overrides, formats }: ResolvedOptions,
  trampoline: Trampoline,
): Store<Layers> {
  if (!overrides) return store;
  return (overrides.source[layerSymbol] as OverrideLayer)(store, overrides.behaviour, trampoline, formats);
}

/** Source: protocol section 8.5. */
export function cacheStateOf({ entry }: State<unknown>, options: ResolvedOptions, toleranceMs = 0): CacheState {
  const { polling, time } = options;
  if (isLocalOnly(options)) return 'local-only';
  if (entry.configText === undefined) return 'no-flag-data';
  return isExpired(entry, polling.freshForMs + toleranceMs, time.scheduler.now()) ? 'cached' : 'up-to-date';
}

/** There is nothing but overrides. */
export function isLocalOnly({ overrides }: ResolvedOptions): boolean {
  return overrides?.behaviour === 'local-only';
}

/** What waiting begins with: where timers may vanish, whoever waits sees to it that there is something to wait for. */
export function beginningOf(store: Store<Layers>, { limits }: ResolvedOptions): Observable<never> {
  return limits.pollsAtReads ? defer(() => store.read(false) ?? EMPTY) : store.permission.begin$;
}
