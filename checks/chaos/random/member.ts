import type { CommonOptions, ConfigCatClient, PollingMode } from 'configcat-rx';
import { autoPoll, lazyLoad, manualPoll } from 'configcat-rx';
import { BehaviorSubject, Subject, defer } from 'rxjs';
import type { CreateClient } from '../stage.js';
import type { Clock } from '../clock.js';
import type { SharedCache } from './cache.js';
import type { CacheLink } from './cache-link.js';
import { linkTo } from './cache-link.js';
import type { OwnClock } from './clocks.js';
import { createOwnClock } from './clocks.js';
import { known } from './config.js';
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
  readonly link: CacheLink;
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
  readonly isMisled: () => boolean;
  /** Called from inside of everything that the client calls. */
  readonly react: (place: Place, member: Member) => void;
}

export const sdkKey = 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv';

/** Creates a client, which starts to work. */
export function createMember(options: MemberOptions): Member {
  const { index, plan, clock, witness, create, isMisled } = options;
  const name = `client ${index}`;
  const own = createOwnClock(clock, plan.skewMs);
  const demands = createDemands({
    name,
    witness,
    now: clock.now,
    stalledUntilMs: own.stalledUntilMs,
    isOffline: () => (member.client ? !member.client.isOnline : plan.isOffline),
    isDisposed: () => member.isDisposed,
  });
  const react = (place: Place) => {
    options.react(place, member);
  };
  const link = linkTo(options.cache, { name, arrivals: own.arrivals, witness, now: clock.now, react });
  const { cache } = link;
  // Times do not matter to a cache that keeps the order itself, unless it has not got what the client has.
  const mayBeMisled = () => (cache?.isOrdered ? link.isBehind() : isMisled());
  const mayGoBack = (version: number) =>
    demands.hasBrought(version, true) ||
    (mayBeMisled() && (link.hasRead(version) || demands.hasBrought(version, false)));
  const member: Member & { client: ConfigCatClient | undefined } = {
    name,
    plan,
    client: undefined,
    clock: own,
    sight: createSight({ name, witness, mayGoBack }),
    demands,
    link,
    sources: { refreshOn$: new Subject(), isOpen$: new BehaviorSubject(true), changes$: cache?.changes$ },
    watches: [],
    waiting: new Set(),
    isGateOpen: true,
    isDisposed: false,
  };
  member.client = create(sdkKey, { ...optionsOf(options, member, { react, link }), ...(cache && { cache }) });
  member.client.snapshot$.subscribe({
    complete: () => {
      member.isDisposed = true;
      demands.forget();
    },
  });
  return member;
}

function optionsOf(
  { plan, origin, witness, nextAnswer, index }: MemberOptions,
  { clock: own, demands, sight, sources }: Member,
  { react, link }: { readonly react: (place: Place) => void; readonly link: CacheLink },
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
        if (request.version !== undefined) link.fetched(request.version);
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
