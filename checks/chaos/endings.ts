import type { ClientStatus, ConfigCatClient } from 'configcat-rx';
import { requestTimeoutMs } from './plan.js';
import type { Stage } from './stage.js';
import { look, read, refresh, watch } from './stage.js';

/** How long one exchange can take: three bases, each asked twice. */
const longestExchangeMs = 3 * (2 * requestTimeoutMs + 50);
const maxBackoffMs = 300_000;
/** Clocks tell whole milliseconds, and an age has to be exceeded. */
const roundingMs = 2;

/**
 * Ends all faults, edits the config once more, and expects the client to show that edit within one interval.
 *
 * @param outOfTurnAtMs - when something last made the client fetch beside its polls.
 */
export async function recover(stage: Stage, outOfTurnAtMs: number): Promise<void> {
  const { plan, traffic, double, client, sources, pace, witness, edit, cacheDelayMs } = stage;
  traffic.beWell();
  double.heal();
  client.setOnline();
  sources.isOpen$.next(true);
  await pace.passWhile(() => statusOf(client).isFetching);
  // An exchange ends when the cache has its entry, or has taken too long.
  await pace.pass(cacheDelayMs);
  await edit();

  const last = watch(stage);
  if (plan.mode === 'auto') {
    await pace.pass(patienceMs(stage, outOfTurnAtMs));
  } else {
    if (plan.mode === 'lazy') await pace.pass(Math.max(intervalMs(stage), leaveAloneMs(stage)) + roundingMs);
    if (plan.mode === 'lazy') read(stage);
    else refresh(stage);
    await pace.passWhile(() => witness.unsettled().length > 0);
  }
  for (const [where, version] of Object.entries({ 'snapshot()': look(stage), flag$: last.last() })) {
    if (version === stage.served.version) continue;
    witness.violate(`${where}: version ${String(version)} is shown after the faults, not ${stage.served.version}`);
  }
}

/** How long auto polling may take to notice an edit, by its rules and by what the server asked for. */
function patienceMs(stage: Stage, outOfTurnAtMs: number): number {
  const { plan, clock, client, cacheDelayMs } = stage;
  // A fetch out of turn makes the config fresh, so that the next poll has nothing to do. Protocol section 8.2.
  const isOutOfTurn = clock.now() - outOfTurnAtMs < intervalMs(stage) + longestExchangeMs;
  const isSpread = statusOf(client).lastError !== undefined && plan.dice.some((number) => number > 0);
  return (
    Math.max(intervalMs(stage), leaveAloneMs(stage)) +
    (isOutOfTurn ? intervalMs(stage) : 0) +
    (isSpread ? Math.min(3 * intervalMs(stage), maxBackoffMs) : 0) +
    cacheDelayMs +
    roundingMs
  );
}

function statusOf(client: ConfigCatClient): ClientStatus {
  const seen: ClientStatus[] = [];
  client.status$.subscribe((status) => seen.push(status)).unsubscribe();
  return seen[0]!;
}

function intervalMs({ plan }: Stage): number {
  return plan.intervalSeconds * 1000;
}

function leaveAloneMs({ traffic, clock }: Stage): number {
  return traffic.leaveAloneUntilMs() - clock.now();
}

/** Disposes the client, whatever it is doing, and expects that nothing of it is left. */
export async function dispose(stage: Stage): Promise<void> {
  const { client, clientTimers, traffic, sources, double, watches, pace, witness } = stage;
  client.dispose();
  const sent = traffic.sent();
  const left = clientTimers.delaysMs();
  if (left.length > 0) witness.violate(`timers of ${left.join(', ')} ms are left after dispose()`);
  for (const [name, source$] of Object.entries({ ...sources, changes$: double.cache?.changes$ })) {
    if (source$?.observed) witness.violate(`${name} is still listened to after dispose()`);
  }
  if (watches.some(({ isComplete }) => !isComplete())) witness.violate('flag$ has not completed with dispose()');
  await pace.passWhile(() => witness.unsettled().length > 0);
  for (const what of witness.unsettled()) witness.violate(`${what} has not settled after dispose()`);
  await pace.pass(3 * intervalMs(stage));
  if (traffic.sent() > sent) witness.violate('a request was sent after dispose()');
  look(stage);
}
