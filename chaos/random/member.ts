import type { CommonOptions, ConfigCatClient, PollingMode } from 'configcat-rx';
import { autoPoll, lazyLoad, manualPoll } from 'configcat-rx';
import { BehaviorSubject, Subject, defer } from 'rxjs';
import type { CreateClient } from '../stage.js';
import type { Clock } from '../clock.js';
import type { SharedCache } from './cache.js';
import type { OwnClock } from './clocks.js';
import { createOwnClock } from './clocks.js';
import { known, versionIn } from './config.js';
import type { Demands } from './demands.js';
import { createDemands } from './demands.js';
import type { Answer, ClientPlan, Place } from './plan.js';
import { requestTimeoutMs } from './plan.js';
import type { Origin } from './server.js';
import { createNetwork } from './server.js';
import type { Sight } from './sight.js';
import { createSight } from './sight.js';
import type { Watch } from './watches.js';
import type { Witness } from './witness.js';

/** One of the clients that are tried, with all that surrounds it. */
export interface Member {
  readonly name: string;
  readonly plan: ClientPlan;
  /** `undefined` while it is being created. */
  readonly client: ConfigCatClient | undefined;
  readonly clock: OwnClock;
  readonly sight: Sight;
  readonly demands: Demands;
  readonly sources: Sources;
  /** Which of its streams are listened to. */
  readonly watches: Watch[];
  /** Promises of the client that have not settled, by what they are. */
  readonly waiting: Set<{ readonly what: string }>;
  isGateOpen: boolean;
  isDisposed: boolean;
}

/** Streams that the client listens to until it is disposed. */
export interface Sources {
  readonly refreshOn$: Subject<void>;
  readonly isOpen$: BehaviorSubject<boolean>;
  readonly changes$: Subject<void> | undefined;
}

export interface MemberOptions {
  readonly index: number;
  readonly plan: ClientPlan;
  readonly clock: Clock;
  readonly origin: Origin;
  readonly cache: SharedCache | undefined;
  readonly witness: Witness;
  readonly create: CreateClient;
  readonly nextAnswer: () => Answer;
  /** The times in its cache can be wrong, so that an older entry may seem to be the newer one. */
  readonly mayBeMisled: () => boolean;
  /** Called from inside of everything that the client calls. */
  readonly react: (place: Place, member: Member) => void;
}

export const sdkKey = 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv';

/** Creates a client, which starts to work. */
export function createMember(options: MemberOptions): Member {
  const { index, plan, clock, witness, create, mayBeMisled } = options;
  const name = `client ${index}`;
  /** When versions were last read from the cache. */
  const cached = new Map<number, number>();
  const own = createOwnClock(clock, plan.skewMs);
  const demands = createDemands({
    name,
    witness,
    now: clock.now,
    stalledUntilMs: own.stalledUntilMs,
    isOffline: () => member.client?.isOffline ?? plan.isOffline,
    isDisposed: () => member.isDisposed,
  });
  const mayGoBack = (version: number) =>
    demands.hasBrought(version, true) ||
    (mayBeMisled() && (cached.get(version) === clock.now() || demands.hasBrought(version, false)));
  const changes = {
    cached,
    react: (place: Place) => {
      options.react(place, member);
    },
  };
  const cache = openCache(options, own, changes);
  const member: Member & { client: ConfigCatClient | undefined } = {
    name,
    plan,
    client: undefined,
    clock: own,
    sight: createSight({ name, witness, mayGoBack }),
    demands,
    sources: { refreshOn$: new Subject(), isOpen$: new BehaviorSubject(true), changes$: cache?.changes$ },
    watches: [],
    waiting: new Set(),
    isGateOpen: true,
    isDisposed: false,
  };
  member.client = create(sdkKey, { ...optionsOf(options, member, changes.react), ...(cache && { cache }) });
  member.client.snapshot$.subscribe({
    complete: () => {
      member.isDisposed = true;
      demands.forget();
    },
  });
  return member;
}

function openCache(
  { index, cache, witness, clock }: MemberOptions,
  own: OwnClock,
  { cached, react }: { readonly cached: Map<number, number>; readonly react: (place: Place) => void },
) {
  return cache?.openFor(own.arrivals, {
    asked: () => {
      react('cache.get');
    },
    answered: (text) => {
      const version = typeof text === 'string' ? versionIn(text) : undefined;
      witness.note(version ?? 0, () => `client ${index} reads ${firstLines(text)} from the cache`);
      if (version !== undefined) cached.set(version, clock.now());
    },
    given: (text) => {
      witness.note(versionIn(text) ?? 0, () => `client ${index} writes ${firstLines(text)} to the cache`);
      if (versionIn(text) === undefined)
        witness.violate('lost the value', `the cache was given ${JSON.stringify(text)}`);
      react('cache.set');
    },
  });
}

function firstLines(text: string | undefined): string {
  if (text === undefined) return 'nothing';
  if (typeof text !== 'string' || versionIn(text) === undefined) return JSON.stringify(text).slice(0, 30);
  return `version ${versionIn(text)!} of ${text.slice(0, text.indexOf('\n'))}`;
}

function optionsOf(
  { plan, origin, witness, nextAnswer, index }: MemberOptions,
  { clock: own, demands, sight, sources }: Member,
  react: (place: Place) => void,
): CommonOptions & { polling: PollingMode } {
  let throws = 0;
  let lastChanged: number | undefined;
  return {
    polling: pollingOf(plan, sources, react),
    baseUrl: 'http://127.0.0.1:1',
    requestTimeoutMs,
    scheduler: own.scheduler,
    random: () => plan.dice[throws++ % plan.dice.length] ?? 0,
    offline: plan.isOffline,
    initial: plan.initial,
    defaultUser: known,
    refreshOn$: defer(() => {
      react('refreshOn$');
      return sources.refreshOn$;
    }),
    onConfigChanged: (snapshot) => {
      const version = sight.seeSnapshot('onConfigChanged', snapshot);
      if (version === lastChanged) witness.violate('repeated itself', `client ${index}, onConfigChanged: ${version}`);
      lastChanged = version;
      react('onConfigChanged');
    },
    logger: {
      log: () => {
        react('logger');
      },
    },
    logLevel: 'warn',
    fetch: createNetwork({
      origin,
      arrivals: own.arrivals,
      nextAnswer,
      begun: (request, answer) => {
        witness.note(1, () => `client ${index} sends a request: ${JSON.stringify(answer)}`);
        demands.begun(request);
        react('fetch');
      },
      ended: (request) => {
        const version = request.version === undefined ? 'nothing' : `version ${request.version}`;
        witness.note(2, () => `client ${index} ${request.isAborted ? 'gives up its request' : `receives ${version}`}`);
        demands.ended(request);
      },
    }),
  };
}

function pollingOf(plan: ClientPlan, { isOpen$ }: Sources, react: (place: Place) => void): PollingMode {
  const { mode, intervalSeconds, maxInitWaitTimeSeconds, maxFirstPollDelaySeconds, isGated } = plan;
  if (mode === 'manual') return manualPoll();
  if (mode === 'lazy') return lazyLoad({ cacheTimeToLiveSeconds: intervalSeconds });
  const pollWhile$ = defer(() => {
    react('pollWhile$');
    return isOpen$;
  });
  return autoPoll({
    pollIntervalSeconds: intervalSeconds,
    maxInitWaitTimeSeconds,
    maxFirstPollDelaySeconds,
    ...(isGated && { pollWhile$ }),
  });
}
