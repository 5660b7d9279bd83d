import type { CommonOptions, ConfigCatClient, PollingMode } from 'configcat-rx';
import { autoPoll, lazyLoad, manualPoll } from 'configcat-rx';
import type { ConfigServer } from 'configcat-rx/server';
import { startConfigServer } from 'configcat-rx/server';
import { BehaviorSubject, Subject } from 'rxjs';
import type { CacheDouble } from './cache.js';
import { createCacheDouble } from './cache.js';
import type { Clock, Timers } from './clock.js';
import { createClock } from './clock.js';
import { cacheTextOf, configOf, defaultVersion, versionIn } from './config.js';
import type { Pace } from './pace.js';
import { createPace } from './pace.js';
import type { Plan } from './plan.js';
import { requestTimeoutMs } from './plan.js';
import type { Traffic } from './traffic.js';
import { createTraffic } from './traffic.js';
import type { Watch, Witness } from './witness.js';
import { createWitness } from './witness.js';

/** Makes the client that is tried. */
export type CreateClient = (sdkKey: string, options: CommonOptions & { polling: PollingMode }) => ConfigCatClient;

/** Streams that the client listens to, until it is disposed. */
export interface Sources {
  readonly refreshOn$: Subject<void>;
  readonly isOpen$: BehaviorSubject<boolean>;
  readonly user$: BehaviorSubject<undefined>;
}

/** A client, a server of its own, and everything around them. */
export interface Stage {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly traffic: Traffic;
  readonly witness: Witness;
  readonly double: CacheDouble;
  readonly client: ConfigCatClient;
  readonly clientTimers: Timers;
  readonly sources: Sources;
  /** All flag streams that are subscribed to. */
  readonly watches: Watch[];
  /** The edit that is served, and when it was made. */
  readonly served: { readonly version: number; readonly editedAtMs: number };
  /** Serves the next edit. */
  readonly edit: () => Promise<void>;
  /** How long the cache can hold up an exchange. */
  readonly cacheDelayMs: number;
  readonly close: () => Promise<void>;
}

const sdkKey = 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv';
const startMs = Date.UTC(2026, 0, 1);

/** Sets everything up; the client starts to work. */
export async function createStage(plan: Plan, create: CreateClient): Promise<Stage> {
  const clock = createClock(startMs);
  const [clientTimers, serverTimers, cacheTimers] = [clock.timersFor(), clock.timersFor(), clock.timersFor()];
  const witness = createWitness(plan.steps.some((step) => step.do === 'peer' && step.writes === 'newest'));
  const { violate } = witness;
  const traffic = createTraffic({ clock, client: clientTimers, server: serverTimers, violate });
  const stored = plan.isCacheFilled ? cacheTextOf(1, startMs - 3_600_000) : undefined;
  const double = createCacheDouble(plan.cache, stored, cacheTimers.scheduler, (text) => {
    if (versionIn(text) === undefined) violate(`the cache was given ${JSON.stringify(text)}`);
  });
  let served = { version: 2, editedAtMs: startMs };
  const server = await startConfigServer({
    configs: { [sdkKey]: configOf(served.version) },
    scheduler: serverTimers.scheduler,
  });
  server.setFaults('*', traffic.meet);
  const sources = {
    refreshOn$: new Subject<void>(),
    isOpen$: new BehaviorSubject(true),
    user$: new BehaviorSubject(undefined),
  };
  const client = create(sdkKey, {
    ...optionsOf(plan, sources),
    baseUrl: server.url,
    scheduler: clientTimers.scheduler,
    ...(double.cache && { cache: double.cache }),
    ...(plan.transport === 'fetch' && { fetch: traffic.fetch }),
  });
  // When the client is disposed first, that is an error.
  client.waitForReady().catch(() => undefined);

  return {
    plan,
    clock,
    pace: createPace(clock, traffic),
    traffic,
    witness,
    double,
    client,
    clientTimers,
    sources,
    watches: [],
    get served() {
      return served;
    },
    edit: async () => {
      const version = served.version + 1;
      await server.setConfig(sdkKey, configOf(version));
      served = { version, editedAtMs: clock.now() };
    },
    cacheDelayMs: plan.cache === 'none' || plan.cache === 'sync' ? 0 : 2000,
    close: async () => {
      await closeServer(server, serverTimers, violate);
      traffic.close();
    },
  };
}

function optionsOf(plan: Plan, sources: Sources): CommonOptions & { polling: PollingMode } {
  let throws = 0;
  return {
    polling: pollingOf(plan, sources),
    requestTimeoutMs,
    random: () => plan.dice[throws++ % plan.dice.length] ?? 0,
    offline: plan.isOffline,
    initial: plan.initial,
    refreshOn$: sources.refreshOn$,
    logger: { log: () => undefined },
    logLevel: 'debug',
  };
}

function pollingOf(plan: Plan, { isOpen$ }: Sources): PollingMode {
  const { mode, intervalSeconds, maxInitWaitTimeSeconds, isGated } = plan;
  if (mode === 'manual') return manualPoll();
  if (mode === 'lazy') return lazyLoad({ cacheTimeToLiveSeconds: intervalSeconds });
  return autoPoll({
    pollIntervalSeconds: intervalSeconds,
    maxInitWaitTimeSeconds,
    ...(isGated && { pollWhile$: isOpen$ }),
  });
}

async function closeServer(server: ConfigServer, timers: Timers, violate: Witness['violate']): Promise<void> {
  await server.close();
  if (timers.delaysMs().length > 0) violate('timers of the server are left after close()');
}

/** Reads the snapshot, which waits for nothing. */
export function look({ client, witness }: Stage): number {
  const version = client.snapshot().value('version', defaultVersion);
  witness.hear('snapshot()', version);
  return version;
}

/** Reads the flag; the client may fetch first. */
export function read({ client, witness }: Stage): void {
  const known = witness.best();
  witness.expect('getValue()', client.getValue('version', defaultVersion), (version) => {
    witness.hear('getValue()', version, known);
  });
}

export function refresh({ client, witness }: Stage): void {
  witness.expect('forceRefresh()', client.forceRefresh());
}

/** Subscribes to the flag, every second time for a stream of users. */
export function watch({ plan, client, witness, watches, sources }: Stage): Watch {
  const user = watches.length % 2 === 0 ? undefined : sources.user$;
  const begun = witness.watch(client.flag$('version', defaultVersion, user), plan.initial === 'default');
  watches.push(begun);
  return begun;
}
