import { createMemoryEngine } from '../../src/testing/memory-engine';
import { randomOf } from '../support/fleet-model/model';
import type { ModelProcess, World } from '../support/fleet-model/world';
import { intervalMs, leaseMs, startProcess } from '../support/fleet-model/world';
import { createVirtualClock } from '../support/virtual-time';

const stepMs = 25;
/** A new config is everywhere after an interval and a lease, a tenth of which spreads requests; and a fetch. */
const patienceMs = intervalMs + 1.1 * leaseMs + 2 * stepMs;
/** A process that was stopped and goes on shows what the others show soon afterwards. */
const caughtUpMs = 100;
const faultAtMs = 5000;
const faultMs = 6000;

/** Something that happens to a fleet for `faultMs`. */
type Fault = (leader: ModelProcess, followers: readonly ModelProcess[], world: World) => void;

/**
 * Lets four processes live through a fault, while the config changes every two seconds, and says who did not show a change
 * in time, or showed an older config after a newer one.
 */
async function live(fault: Fault, seed: number): Promise<readonly string[]> {
  const clock = createVirtualClock();
  const random = randomOf(seed);
  let version = 1;
  const changes: { readonly version: number; readonly atMs: number }[] = [];
  const world: World = {
    clock,
    engine: createMemoryEngine(() => 1e12 + clock.scheduler.now()),
    random,
    version: () => version,
    ordersByTime: false,
    believesEndedLeases: false,
  };
  const processes = [0, 0, 0, 0].map((skewMs) => startProcess(world, skewMs));
  const awakeFromMs = new Map<ModelProcess, number>();
  const complaints = new Set<string>();
  // The same fault in all relations to changes and polls.
  const firstChangeMs = faultAtMs - 4000 + Math.floor(2000 * random());
  for (let atMs = 0; atMs < faultAtMs + faultMs + 5000; atMs += stepMs) {
    if (atMs >= firstChangeMs && (atMs - firstChangeMs) % 2000 < stepMs) changes.push({ version: ++version, atMs });
    if (atMs === faultAtMs) {
      const leader = processes.find((process) => process.role() === 'leader')!;
      fault(
        leader,
        processes.filter((process) => process !== leader),
        world,
      );
    }
    await clock.advance(stepMs);
    for (const process of processes) if (process.isStopped()) awakeFromMs.set(process, atMs + caughtUpMs);
    const due = changes.filter((change) => change.atMs < atMs - patienceMs).at(-1)?.version ?? 0;
    for (const [i, process] of processes.entries()) {
      const isAwake = !process.isKilled() && atMs > (awakeFromMs.get(process) ?? 0);
      const shown = process.shown.at(-1)!;
      if (isAwake && shown < due) complaints.add(`process ${i} still shows ${shown} instead of ${due}`);
    }
  }
  for (const [i, { shown }] of processes.entries()) {
    if (shown.some((seen, j) => seen < (shown[j - 1] ?? 0))) complaints.add(`process ${i} goes back: ${shown.join()}`);
  }
  const roles = processes.filter((process) => !process.isKilled()).map((process) => process.role());
  if (roles.filter((role) => role === 'leader').length !== 1 || roles.includes('alone')) complaints.add(roles.join());
  return [...complaints];
}

const faults: Readonly<Record<string, Fault>> = {
  'a follower cannot reach the engine': (_, [follower]) => follower!.partFromEngine(faultMs, true),
  'a follower loses its connections': (_, [follower]) => follower!.partFromEngine(faultMs, false),
  'the polling process cannot reach the engine': (leader) => leader.partFromEngine(faultMs, true),
  'the polling process loses its connections': (leader) => leader.partFromEngine(faultMs, false),
  'the polling process and two others cannot reach the engine': (leader, others) => {
    for (const process of [leader, ...others.slice(1)]) process.partFromEngine(faultMs, true);
  },
  'nobody can reach the engine': (leader, others) => {
    for (const process of [leader, ...others]) process.partFromEngine(faultMs, false);
  },
  'the polling process dies': (leader) => leader.kill(),
  'the polling process is stopped': (leader) => leader.stop(faultMs),
  'nobody is told anything by the connections that listen': (_, others) => {
    for (const process of others) process.loseListening();
  },
  'messages are lost': (_, others) => others.forEach((process) => process.loseMessage()),
};

describe('a change of the config is shown everywhere within an interval and a lease', () => {
  it.each(Object.keys(faults))('while %s', async (name) => {
    const complaints: string[] = [];
    for (let seed = 1; seed <= 12; seed++) {
      complaints.push(...(await live(faults[name]!, seed)).map((complaint) => `seed ${seed}: ${complaint}`));
    }
    expect(complaints).toEqual([]);
  });
});
