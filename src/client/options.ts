import type { ConfigCache } from '../acquisition/cache.js';
import { cacheOpener } from '../acquisition/external-cache.js';
import { permissionBy } from '../acquisition/permission.js';
import { autoPoll, autoPollOptionNames } from '../acquisition/polling/auto.js';
import { lazyLoadOptionNames } from '../acquisition/polling/lazy.js';
import type { PollingMode, PollingPlan } from '../acquisition/polling/mode.js';
import { planOf } from '../acquisition/polling/mode.js';
import { refreshOn } from '../acquisition/refresh-on.js';
import {
  requireBaseUrl,
  requireByteLength,
  requireDurationMs,
  requireDurationSeconds,
  requireKnown,
  requireObject,
  requireOneOf,
  requireSdkKey,
  requireString,
  requireType,
} from '../arguments.js';
import type { CommonOptions } from '../core/options.js';
import { requireInitialPolicy } from '../core/options.js';
import type { Session } from '../session.js';
import { holdingOf } from '../flags/holding.js';
import type { ResolvedOptions } from '../core/source.js';
import { logLevels } from '../logging/logger.js';
import type { OverrideBehaviour, Overrides } from '../overrides/overlay.js';
import { layerOf } from '../overrides/overlay.js';
import type { NamedParts } from './complete-options.js';
import { cdnUrls, completeOptions, givenOf } from './complete-options.js';

/** Options of `createClient()`. */
export interface ClientOptions extends CommonOptions {
  /** When to fetch: `autoPoll()`, `lazyLoad()` or `manualPoll()`. Default: `autoPoll()`. */
  readonly polling?: PollingMode;
}

type Check = (culprit: string, value: never) => void;

/** What each option may be. */
const checks: Readonly<Record<keyof ClientOptions, Check>> = {
  polling: planOf,
  defaultUser: object(),
  cache: requireCache,
  dataGovernance: oneOf(Object.keys(cdnUrls)),
  baseUrl: requireBaseUrl,
  fetch: typed('function'),
  agent: requireAgent,
  requestTimeoutMs: requireDurationMs,
  maxConfigBytes: requireByteLength,
  overrides: requireOverrides,
  logger: object('log'),
  logLevel: oneOf(logLevels),
  logFilter: typed('function'),
  onConfigChanged: typed('function'),
  initial: requireInitialPolicy,
  hold: requireHold,
  session: requireSession,
  offline: typed('boolean'),
  minRefreshAgeSeconds: (culprit, value) => {
    requireDurationSeconds(culprit, value, 0);
  },
  refreshOn$: object('subscribe'),
  delivery: object('createSlices'),
  random: typed('function'),
  scheduler: object('now', 'schedule'),
  workWhile$: object('subscribe'),
};

/**
 * Checks everything that a client is given, and fills in the defaults.
 *
 * @param named - what belongs to the client besides.
 * @throws Error, TypeError or RangeError naming the argument or option that is wrong.
 */
export function resolveOptions(
  sdkKey: unknown,
  options: ClientOptions,
  named: Pick<NamedParts, 'formats' | 'texts'>,
): ResolvedOptions {
  requireObject('options', options);
  const given = givenOf(options);
  for (const [name, check] of Object.entries(checks)) {
    if (name in given) check(`options.${name}`, given[name as keyof ClientOptions] as never);
  }
  const polling = planOf('options.polling', given.polling ?? autoPoll());
  requireInPlace(given, polling);
  if (given.agent && given.fetch) {
    throw new TypeError('Invalid property `options.agent`. It has no effect beside `options.fetch`: give one of them.');
  }
  // Without requests any name will do.
  if (given.overrides?.behaviour === 'local-only') requireString('sdkKey', sdkKey);
  else requireSdkKey(sdkKey, given.baseUrl !== undefined);
  const { cache, refreshOn$, minRefreshAgeSeconds = 0, workWhile$, ...common } = given;
  const hold = given.hold === 'session' ? requireSession('options.session', given.session) : given.hold;
  return completeOptions(
    sdkKey,
    { ...(hold && { session: hold }), ...common, hold },
    {
      ...named,
      polling,
      cache: cache && cacheOpener(cache),
      triggers: refreshOn$ ? [refreshOn(refreshOn$, { minRefreshAgeSeconds }).trigger] : [],
      createPermission: workWhile$ && permissionBy.bind(undefined, workWhile$),
    },
  );
}

/** What each polling mode can be given. */
const modeOptionNames: Readonly<Record<PollingMode['name'], readonly string[]>> = {
  auto: autoPollOptionNames,
  lazy: lazyLoadOptionNames,
  manual: [],
};

/** Refuses options that nobody reads: misspelt ones, and those of the polling mode. */
function requireInPlace(given: ClientOptions, { name: mode, options }: PollingPlan): void {
  const optionNames = modeOptionNames[mode];
  const misplaced = optionNames.find((name) => name in given);
  if (misplaced) {
    const place = `polling: ${mode}${mode === 'lazy' ? 'Load' : 'Poll'}({ ${misplaced}: … })`;
    throw new TypeError(
      `Invalid property \`options.${misplaced}\`. It is an option of the polling mode: \`${place}\`.`,
    );
  }
  requireKnown('options', given, Object.keys(checks).concat(optionNames));
  requireKnown('options.polling', options, optionNames);
}

function object(...methods: readonly string[]): Check {
  return (culprit, value) => {
    requireObject(culprit, value, ...methods);
  };
}

function oneOf(allowed: readonly string[]) {
  return (culprit: string, value: unknown): void => {
    requireOneOf(culprit, value, allowed);
  };
}

function typed(type: string): Check {
  return (culprit, value) => {
    requireType(culprit, value, type);
  };
}

function requireHold(culprit: string, value: unknown): void {
  if (value !== 'session' && value !== false) requireSession(culprit, value);
}

function requireSession(culprit: string, value: unknown): Session {
  holdingOf(value, culprit);
  return value as Session;
}

function requireAgent(culprit: string, value: unknown): void {
  if (typeof value !== 'function') requireObject(culprit, value, 'addRequest');
}

function requireCache(culprit: string, value: ConfigCache): void {
  requireObject(culprit, value, 'get', 'set');
  if (value.changes$) requireObject(`${culprit}.changes$`, value.changes$, 'subscribe');
}

const behaviours: readonly OverrideBehaviour[] = ['local-only', 'local-over-remote', 'remote-over-local'];

function requireOverrides(culprit: string, value: Overrides): void {
  requireObject(culprit, value);
  layerOf(`${culprit}.source`, value.source);
  requireOneOf(`${culprit}.behaviour`, value.behaviour, behaviours);
}
