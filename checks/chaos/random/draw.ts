import type { Dice } from './dice.js';
import { createDice } from './dice.js';
import type {
  Act,
  Answer,
  CachePlan,
  ClientAct,
  ClientPlan,
  Place,
  Plan,
  ReactiveAct,
  Watched,
  WorldAct,
} from './plan.js';

const hourMs = 3_600_000;
const datesMs = [0, 0, 0, 0, 120_000, hourMs, -hourMs] as const;
const watched: readonly Watched[] = [
  'flag$',
  'flags$',
  'all flags$',
  'user flag$',
  'flagState$',
  'snapshot$',
  'status$',
  'events$',
];
const places: readonly Place[] = [
  ...watched,
  'onConfigChanged',
  'logger',
  'cache.get',
  'cache.set',
  'refreshOn$',
  'pollWhile$',
  'fetch',
  'refreshed',
];
const cacheKinds = [
  'sync',
  'async',
  'slow reads',
  'slow writes',
  'slow',
  'hanging',
  'throwing',
  'rejecting',
  'junk',
  'flaky',
] as const;

/** The plan that a seed stands for: always the same. */
export function planOf(seed: number): Plan {
  const dice = createDice(seed);
  const intervalSeconds = dice.pick([1, 10, 60]);
  const isHonest = !dice.isOneIn(2);
  const clocks = isHonest ? 'true' : dice.pick(['true', 'one', 'own'] as const);
  const caches = Array.from({ length: dice.pick([0, 1, 1, 2]) }, () => drawCache(dice, isHonest));
  const clients = dice.list(1, 3, () => drawClient(dice, intervalSeconds, clocks === 'own', caches.length));
  const draw = { dice, intervalSeconds, clients: clients.length, caches: caches.length, clocks, isHonest };
  return {
    clocks,
    latency: { upMs: isHonest ? 0 : dice.pick([0, 0, 20, 400]), downMs: dice.pick([0, 20, 400, 1500]) },
    clients,
    caches,
    acts: dice.list(8, 30, () => drawAct(draw)),
    reactions: dice.list(0, 6, () => ({
      client: dice.whole(0, clients.length - 1),
      place: dice.pick(places),
      call: dice.pick([1, 1, 2, 2, 3, 4, 5, 8]),
      act: drawReactiveAct(draw),
    })),
    ending: dice.pick(['recover', 'recover', 'recover', 'follow', 'dispose']),
  };
}

interface Draw {
  readonly dice: Dice;
  readonly intervalSeconds: number;
  readonly clients: number;
  readonly caches: number;
  readonly clocks: Plan['clocks'];
  /** All times are true, and nothing overtakes anything on the way to the server. */
  readonly isHonest: boolean;
}

function drawCache(dice: Dice, isHonest: boolean): CachePlan {
  return {
    kind: dice.isOneIn(2) ? dice.pick(['sync', 'async']) : dice.pick(cacheKinds),
    holds: dice.pick(['nothing', 'nothing', 'old', isHonest ? 'old' : 'future', 'junk']),
    isOrdered: dice.isOneIn(4),
    isAnnouncing: dice.isOneIn(2),
  };
}

function drawClient(dice: Dice, intervalSeconds: number, isSkewed: boolean, caches: number): ClientPlan {
  return {
    mode: dice.pick(['auto', 'auto', 'lazy', 'manual']),
    intervalSeconds: intervalSeconds * dice.pick([1, 1, 2]),
    maxInitWaitTimeSeconds: dice.pick([-1, 0, 5]),
    maxFirstPollDelaySeconds: dice.pick([0, 0, 0, 5]),
    initial: dice.pick(['wait', 'cached', 'default']),
    cache: caches === 0 || dice.isOneIn(5) ? undefined : dice.whole(0, caches - 1),
    isOffline: dice.isOneIn(5),
    isGated: dice.isOneIn(3),
    skewMs: isSkewed ? dice.pick([0, hourMs, -hourMs, 120_000, -1500]) : 0,
    dice: dice.list(1, 3, dice.fraction),
  };
}

function drawAct(draw: Draw): Act {
  const { dice, intervalSeconds, clients, clocks } = draw;
  const client = dice.whole(0, clients - 1);
  const share = dice.fraction();
  if (share < 0.25)
    return { do: 'wait', ms: Math.round(dice.pick([30, 500, 3000, intervalSeconds * 3000]) * dice.fraction()) };
  if (share < 0.27) return { do: 'stall', client, ms: Math.round(dice.pick([3000, 30_000]) * dice.fraction()) };
  if (share < 0.33 && clocks !== 'true') {
    return { do: 'clock', client, byMs: dice.pick([1, -1]) * dice.pick([1500, 120_000, hourMs]) };
  }
  return drawReactiveAct(draw);
}

function drawReactiveAct(draw: Draw): ReactiveAct {
  const { dice, clients } = draw;
  return dice.isOneIn(4) ? drawWorldAct(draw) : { ...drawClientAct(dice), client: dice.whole(0, clients - 1) };
}

function drawWorldAct({ dice, caches, isHonest }: Draw): WorldAct {
  const share = dice.fraction();
  if (share < 0.45) return { do: 'edit' };
  if (share < 0.75 || caches === 0)
    return { do: 'answers', answers: dice.list(1, 5, () => drawAnswer(dice, isHonest)) };
  const cache = dice.whole(0, caches - 1);
  if (share < 0.82) return { do: 'cache kind', cache, kind: dice.pick(cacheKinds) };
  return {
    do: 'peer',
    cache,
    writes: dice.pick(['newest', 'newest', 'newest', 'older', 'nothing', 'junk']),
    datedByMs: isHonest ? 0 : dice.pick(datesMs),
    etag: dice.pick(['own', 'own', 'foreign', 'unsendable']),
    hasListeners: dice.isOneIn(2),
  };
}

function drawAnswer(dice: Dice, isHonest: boolean): Answer {
  const share = dice.fraction();
  if (share < 0.3) return { kind: 'well', upMs: 0, downMs: 0 };
  if (share < 0.65) {
    return {
      kind: 'well',
      upMs: isHonest ? 0 : dice.pick([0, 100, 1000, 7000]),
      downMs: dice.pick([0, 100, 1000, 3000, 7000]),
    };
  }
  if (share < 0.85) return { kind: dice.pick(['hang', 'reset', 'throw', 'garbage', 'late body']) };
  return {
    kind: 'status',
    status: dice.pick([403, 404, 429, 500, 503]),
    retryAfterSeconds: dice.pick([0, 0, 0, 5, 90]),
  };
}

function drawClientAct(dice: Dice): ClientAct {
  const share = dice.fraction();
  if (share < 0.22) return { do: 'refresh' };
  if (share < 0.36) return { do: 'watch', what: dice.pick(watched) };
  if (share < 0.4) return { do: 'user', isKnown: dice.isOneIn(2) };
  if (share < 0.44) return { do: 'gate', isOpen: dice.isOneIn(2) };
  if (share < 0.46) return { do: 'dispose', isAwaited: dice.isOneIn(2) };
  if (share < 0.54) return { do: 'online' };
  return {
    do: dice.pick([
      'offline',
      'read',
      'read',
      'read',
      'read all',
      'look',
      'ready',
      'unwatch',
      'trigger',
      'trigger',
      'hear',
    ]),
  };
}
