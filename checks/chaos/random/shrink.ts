import type { ClientPlan, Plan } from './plan.js';

/** Plans that are a little shorter or plainer than one, the boldest first. */
function* simpler(plan: Plan): Generator<Plan> {
  const { acts, reactions, clients, caches } = plan;
  for (let size = acts.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < acts.length; at += size) {
      yield { ...plan, acts: [...acts.slice(0, at), ...acts.slice(at + size)] };
    }
  }
  for (const dropped of reactions) yield { ...plan, reactions: reactions.filter((one) => one !== dropped) };
  for (const index of clients.length > 1 ? clients.keys() : []) {
    yield without(plan, index, false);
    yield without(plan, index, true);
  }
  for (const [index, client] of clients.entries()) {
    for (const plainer of plainerClients(client)) {
      yield { ...plan, clients: clients.map((one, i) => (i === index ? plainer : one)) };
    }
  }
  for (const [index, cache] of caches.entries()) {
    for (const plainer of [
      { ...cache, kind: 'sync' as const },
      { ...cache, holds: 'nothing' as const },
      { ...cache, isOrdered: false },
      { ...cache, isAnnouncing: false },
    ]) {
      yield { ...plan, caches: caches.map((one, i) => (i === index ? plainer : one)) };
    }
  }
  yield { ...plan, clocks: 'true', clients: clients.map((client) => ({ ...client, skewMs: 0 })) };
  yield { ...plan, latency: { upMs: 0, downMs: 0 } };
  yield { ...plan, ending: 'dispose' };
  yield { ...plan, ending: 'recover' };
  for (const [index, act] of acts.entries()) {
    const plainer =
      act.do === 'wait' && act.ms % 100 !== 0
        ? { ...act, ms: Math.ceil(act.ms / 100) * 100 }
        : act.do === 'answers' && act.answers.length > 1
          ? { ...act, answers: act.answers.slice(0, -1) }
          : undefined;
    if (plainer) yield { ...plan, acts: acts.map((one, i) => (i === index ? plainer : one)) };
  }
}

function plainerClients(client: ClientPlan): readonly ClientPlan[] {
  return [
    { ...client, mode: 'manual' },
    { ...client, cache: undefined },
    { ...client, initial: 'wait' },
    { ...client, isOffline: false },
    { ...client, isGated: false },
    { ...client, skewMs: 0 },
    { ...client, maxInitWaitTimeSeconds: 0 },
    { ...client, maxFirstPollDelaySeconds: 0 },
    { ...client, dice: [0] },
    { ...client, intervalSeconds: 60 },
  ];
}

/** The same plan without one client: what is done to it is left out, or done to the first of the others. */
function without(plan: Plan, index: number, isMoved: boolean): Plan {
  const renumber = (client: number) => (client === index ? 0 : client - Number(client > index));
  const renumbered = <T extends object>(things: readonly T[]): T[] =>
    things.flatMap((thing) => {
      if (!('client' in thing)) return [thing];
      const client = Number(thing.client);
      return client === index && !isMoved ? [] : [{ ...thing, client: renumber(client) }];
    });
  return {
    ...plan,
    clients: plan.clients.filter((_, i) => i !== index),
    acts: renumbered(plan.acts),
    reactions: renumbered(plan.reactions).flatMap((reaction) =>
      renumbered([reaction.act]).map((act) => ({ ...reaction, act })),
    ),
  };
}

/** Makes a plan as short as it gets while it fails, with so many trials at most. */
export async function shrink(plan: Plan, fails: (plan: Plan) => Promise<boolean>, maxTrials: number): Promise<Plan> {
  const seen = new Set<string>();
  let best = plan;
  let trials = 0;
  search: for (;;) {
    for (const candidate of simpler(best)) {
      const text = JSON.stringify(candidate);
      if (text === JSON.stringify(best) || seen.has(text)) continue;
      seen.add(text);
      if (trials++ >= maxTrials) return best;
      if (await fails(candidate)) {
        best = candidate;
        continue search;
      }
    }
    return best;
  }
}
