import { platform } from '#platform';
import { asyncScheduler } from 'rxjs';
import type { CacheOpener } from '../acquisition/external-cache.js';
import type { Permission, PermissionContext } from '../acquisition/permission.js';
import { noLimits } from '../acquisition/runtime-limits.js';
import type { PollingPlan } from '../acquisition/polling/mode.js';
import type { Trigger } from '../acquisition/triggers.js';
import type { CommonOptions } from '../core/options.js';
import type { LogTexts } from '../core/evaluate.js';
import type { ResolvedOptions } from '../core/source.js';
import { consoleLogger } from '../logging/logger.js';
import type { ConfigFormat } from '../model/format.js';
import { safeRandom } from '../random.js';

const defaults = {
  dataGovernance: 'global',
  requestTimeoutMs: 30_000,
  maxConfigBytes: 32 * 1024 * 1024,
  logger: consoleLogger,
  logLevel: 'warn',
  initial: 'wait',
  offline: false,
} as const satisfies CommonOptions;

/** The servers of ConfigCat, by where the config may be hosted. */
export const cdnUrls = { global: 'https://cdn-global.configcat.com', eu: 'https://cdn-eu.configcat.com' } as const;

/** What a client is made of that nobody pays for who does not name it. */
export interface NamedParts {
  readonly polling: PollingPlan;
  readonly cache?: CacheOpener | undefined;
  /** Readers of other formats than the current one: of the previous one, or `configV5Missing` in its place. */
  readonly formats: readonly ConfigFormat[];
  /** What asks for a config besides polling mode and cache. */
  readonly triggers: readonly Trigger[];
  /** Creates what tells when the client may work by itself. Default: it always may. */
  readonly createPermission?: ((context: PermissionContext) => Permission) | undefined;
  /** What log entries and error messages say. */
  readonly texts: LogTexts;
}

/** What of the options has been given: nothing stands for the default, and so does `null`. */
export function givenOf<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null)) as T;
}

/** Fills in the defaults of options that are as their types say. */
export function completeOptions(
  sdkKey: string,
  given: Omit<CommonOptions, keyof NamedParts | 'hold'> & Pick<ResolvedOptions, 'hold'>,
  named: NamedParts,
): ResolvedOptions {
  const complete = { ...defaults, ...given, ...named };
  const { baseUrl = cdnUrls[complete.dataGovernance], scheduler, random } = complete;
  const { limits = noLimits, holdProcess, idle = asyncScheduler, resumed$ } = platform;
  return {
    ...complete,
    sdkKey,
    time: {
      // Those of RxJS fail when another request ends them.
      scheduler: scheduler ?? (limits.pollsAtReads ? idle : asyncScheduler),
      idle: scheduler ?? idle,
      random: safeRandom(random),
      resumed$,
    },
    limits,
    holdProcess: scheduler ? undefined : holdProcess,
    isVirtualTime: scheduler !== undefined,
    home: { baseUrl: baseUrl.replace(/[?#].*$/s, ''), isCustom: given.baseUrl !== undefined },
  };
}
