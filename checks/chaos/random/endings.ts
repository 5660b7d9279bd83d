import type { ClientStatus, ConfigCatClient } from 'configcat-rx';
import { act } from './acts.js';
import type { Member } from './member.js';
import { requestTimeoutMs } from './plan.js';
import type { Stage } from './types.js';
import { disagreement } from './watches.js';

/** Each request is repeated once, and caches take their time before and after. */
const longestExchangeMs = 2 * requestTimeoutMs + 50 + 6000;
/** What is left of a backoff after failures in a row, in intervals. */
const maxBackoffIntervals = 4;
const slackMs = 600;
/** Whoever is disposed is given time to write to the cache. */
const maxDisposalMs = 2100;

type Alive = Member & { readonly client: ConfigCatClient };

function isAlive(member: Member): member is Alive {
  return member.client !== undefined && !member.isDisposed;
}

/** Ends all faults, edits the config once more, and expects that all clients show that edit within their interval. */
export async function recover(stage: Stage): Promise<void> {
  const { plan, members, caches, clock, origin } = stage;
  stage.calmDown();
  stage.beWell();
  for (const cache of caches) cache.heal();
  // Who stands still goes on, and who is being disposed has ended.
  await stage.pass(stalledMs(stage) + maxDisposalMs);
  const follower = plan.ending === 'follow' ? members.find(isAlive) : undefined;
  const alive = members.filter(isAlive).filter((member) => member !== follower);
  if (follower) act({ do: 'offline', client: members.indexOf(follower) }, stage);
  members.forEach((member, client) => {
    if (!alive.includes(member as Alive)) return;
    act({ do: 'online', client }, stage);
    act({ do: 'gate', isOpen: true, client }, stage);
    // Only who looks at a clock notices that it was set back.
    if (member.plan.mode === 'lazy') act({ do: 'read', client }, stage);
  });
  await stage.pass(2000);
  await stage.passWhile(() => members.some((member) => isAlive(member) && isBusy(member)), longestExchangeMs * 2);
  await stage.pass(slackMs);
  for (const { demands } of members) demands.check();
  stage.edit();
  await stage.pass(2);
  const requestsBefore = new Map(alive.map((member) => [member, member.demands.requests()]));
  await stage.pass(
    Math.max(...alive.map((member) => patienceMs(member, stage)), stage.leaveAloneUntilMs() - clock.now()),
  );
  members.forEach((member, client) => {
    if (!alive.includes(member as Alive)) return;
    if (member.plan.mode === 'lazy') act({ do: 'read', client }, stage);
    if (member.plan.mode === 'manual') act({ do: 'refresh', client }, stage);
  });
  await stage.pass(longestExchangeMs);
  for (const member of alive) expectNewest(member, stage);
  for (const cache of caches) {
    const users = alive.filter(({ plan: { cache: used } }) => used !== undefined && caches[used] === cache);
    if (!users.some((member) => member.demands.requests() > requestsBefore.get(member)!)) continue;
    const text = cache.stored() ?? '';
    if (!text.includes(`{"i":${origin.version()}}`)) {
      stage.witness.violate('cache is not the newest at the end', text.split('\n', 2).join(' '));
    }
    if (follower?.plan.cache === caches.indexOf(cache) && canFollow(follower, stage)) await follow(follower, stage);
  }
}

/** By times one can only follow others whose clock is one's own; they matter if the cache has not got what one has. */
function canFollow({ link }: Alive, { plan }: Stage): boolean {
  return plan.clocks !== 'own' || (link.cache?.isOrdered === true && !link.isBehind());
}

/** Expects that a client which is offline takes from its cache what others have put there. */
async function follow(follower: Alive, stage: Stage): Promise<void> {
  act({ do: 'refresh', client: stage.members.indexOf(follower) }, stage);
  await stage.pass(longestExchangeMs);
  expectNewest(follower, stage);
}

function expectNewest(member: Alive, { origin, witness }: Stage): void {
  const { name, client, sight, watches } = member;
  const newest = origin.version();
  const version = sight.seeSnapshot('snapshot() at the end', client.snapshot());
  const text = `${name} (${member.plan.mode}${client.isOnline ? '' : ', offline'})`;
  if (version !== newest) {
    witness.violate('not the newest at the end', `${text} shows version ${version}, not ${newest}`);
    return;
  }
  for (const watch of watches) {
    if (watch.what === 'flag$' && watch.last() !== String(newest)) {
      witness.violate('not the newest at the end', `${text}: flag$ shows ${String(watch.last())}, not ${newest}`);
    }
  }
  if (statusOf(client).isFetching) witness.violate('not fetching at the end', `${text} says that it is fetching`);
  for (const { what } of member.waiting) witness.violate('never settled', `${name}: ${what}`);
}

/** How long somebody still stands still. */
function stalledMs({ members, clock }: Stage): number {
  return Math.max(0, ...members.map((member) => member.clock.stalledUntilMs() - clock.now()));
}

function isBusy({ client, demands }: Alive): boolean {
  return demands.isRequesting() || statusOf(client).isFetching;
}

function statusOf(client: ConfigCatClient): ClientStatus {
  const seen: ClientStatus[] = [];
  client.status$.subscribe((status) => seen.push(status)).unsubscribe();
  return seen[0]!;
}

/** How long a client may take to notice an edit by itself. */
function patienceMs({ plan, client }: Alive, { clock, leaveAloneUntilMs, isMisled }: Stage): number {
  const intervalMs = plan.intervalSeconds * 1000;
  const leaveAloneMs = Math.max(0, leaveAloneUntilMs() - clock.now());
  if (plan.mode === 'manual') return 0;
  if (plan.mode === 'lazy') return Math.max(intervalMs, leaveAloneMs) + slackMs;
  const backoffMs = statusOf(client).lastError ? maxBackoffIntervals * intervalMs : 0;
  // An entry with a time ahead is believed once that time has come, for an interval.
  // Something may have been fetched, or read from the cache, right before: the next poll has nothing to do then.
  return (
    Math.max((isMisled() ? 3 : 2) * intervalMs, leaveAloneMs + intervalMs, backoffMs) +
    plan.maxFirstPollDelaySeconds * 1000 +
    slackMs
  );
}

/** Disposes all clients, whatever they are doing, and expects that nothing of them is left. */
export async function disposeAll(stage: Stage): Promise<void> {
  const { members, witness } = stage;
  stage.calmDown();
  members.forEach((member, client) => {
    if (isAlive(member)) act({ do: 'dispose', isAwaited: client % 2 === 1, client }, stage);
  });
  await stage.pass(stalledMs(stage) + 2 * maxDisposalMs);
  for (const member of members) expectNothingLeft(member, stage);
  const requests = members.map(({ demands }) => demands.requests());
  await stage.pass(3 * Math.max(...members.map(({ plan }) => plan.intervalSeconds * 1000)));
  members.forEach(({ name, demands }, i) => {
    if (demands.requests() > requests[i]!) witness.violate('request after dispose', `${name} sent a request`);
  });
}

function expectNothingLeft(member: Member, { witness }: Stage): void {
  const { name, clock, sources, watches, demands, waiting, client, sight } = member;
  const timersMs = clock.delaysMs();
  if (timersMs.length > 0) witness.violate('left behind', `${name}: timers of ${timersMs.join(', ')} ms`);
  for (const [what, source$] of Object.entries(sources)) {
    if ((source$ as { observed: boolean } | undefined)?.observed) {
      witness.violate('left behind', `${name}: ${what} is still listened to`);
    }
  }
  if (demands.isRequesting()) witness.violate('left behind', `${name}: a request is under way`);
  for (const { what, isComplete } of watches) if (!isComplete()) witness.violate('not completed', `${name}: ${what}`);
  for (const { what } of waiting) witness.violate('never settled', `${name}: ${what}`);
  if (client) sight.seeSnapshot('snapshot() after dispose()', client.snapshot());
}

/** Expects that whatever is shown at the same time is the same, and that whatever was demanded is under way. */
export function look({ members, witness, quietly }: Stage): void {
  for (const member of members) {
    if (!isAlive(member)) continue;
    member.demands.check();
    for (const watch of member.watches) {
      // Looking calls the logger, whose reaction would change what is looked at.
      const text = quietly(() => disagreement(watch, member.client));
      if (text) witness.violate('streams and snapshot disagree', `${member.name}: ${text}`);
    }
  }
}
