import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import type { Order } from '../../../src/fleet/engine';
import type { EngineDefects, MemoryEngine } from '../../../src/testing/memory-engine';
import { createMemoryEngine } from '../../../src/testing/memory-engine';
import { createVirtualClock } from '../virtual-time';
import type { Act, Forgery, Plan } from './plan';
import { faultsMs, plan } from './plan';
import type { ModelProcess, World } from './world';
import { configOf, intervalMs, leaseMs, startProcess, versionOf } from './world';

/** Which defects are planted, for specs that have to notice. */
export interface ModelDefects extends EngineDefects {
  readonly ordersByTime?: boolean;
  readonly believesEndedLeases?: boolean;
}

/** The result of many sequences. */
export interface ModelVerdict {
  readonly sequences: number;
  /** The smallest sequence that broke a promise, and which; `undefined` when all were kept. */
  readonly violation: string | undefined;
}

/**
 * Lets fleets live through sequences of faults in virtual time, with the real clients and the real sharing over an engine
 * in memory, and says what they did wrong. The same seed makes the same sequences.
 */
export async function checkModel(runs: number, seed: number, defects: ModelDefects = {}): Promise<ModelVerdict> {
  const keepsPromises = fc.asyncProperty(plan, async (given) => {
    const violations = await live(given, defects);
    if (violations.length > 0) throw new Error(violations.join('; '));
  });
  const { failed, numRuns, counterexample, errorInstance } = await fc.check(keepsPromises, {
    numRuns: runs,
    seed,
    // A failure by a planted defect need not be shrunk.
    endOnFailure: Object.keys(defects).length > 0,
  });
  const violation = failed ? `${String(errorInstance)}: ${JSON.stringify(counterexample)}` : undefined;
  return { sequences: numRuns, violation };
}

/** Lets a fleet live through a sequence, and gives the promises that it broke. */
export async function live({ skewsMs, acts, seed }: Plan, defects: ModelDefects = {}): Promise<readonly string[]> {
  const clock = createVirtualClock();
  const random = randomOf(seed);
  // The engine has a clock of its own, which is right: it starts where the numbers of leases can start.
  const memory = createMemoryEngine(() => 1e12 + clock.scheduler.now(), defects);
  const written: { readonly order: Order; readonly version: number }[] = [];
  const foreign = new Set<number>();
  const engine: MemoryEngine = {
    ...memory,
    write: (text, order, announcement) => {
      const isWritten = memory.write(text, order, announcement);
      if (isWritten) written.push({ order, version: versionOf(text) });
      return isWritten;
    },
  };
  let version = 1;
  const { ordersByTime = false, believesEndedLeases = false } = defects;
  const world: World = { clock, engine, random, version: () => version, ordersByTime, believesEndedLeases };
  const processes = skewsMs.map((skewMs) => startProcess(world, skewMs));
  const change = () => {
    version++;
  };
  const writeForeign = (delayMs: number) => {
    const late = version;
    foreign.add(late);
    clock.scheduler.schedule(() => engine.storeForeign(`${clock.scheduler.now()}\n"x"\n${configOf(late)}`), delayMs);
  };
  const take = (act: Act) => {
    if (act.kind === 'change') change();
    else if (act.kind === 'foreign write') writeForeign(act.delayMs);
    else if (act.kind === 'forge') engine.announce(forged(act.what, engine));
    else if (act.kind === 'forget') engine.forget();
    else if (act.kind === 'lose write') engine.loseWrite();
    else takeByProcess(act, processes[act.process % processes.length]!, processes);
  };

  const sorted = [...acts].sort((a, b) => a.atMs - b.atMs);
  let atMs = 0;
  for (const { atMs: nextMs, act } of sorted) {
    await clock.advance(nextMs - atMs);
    atMs = nextMs;
    take(act);
  }
  await clock.advance(faultsMs - atMs);
  for (const process of processes) process.recover();
  // What a foreign SDK or a late command still has on its way counts as a fault.
  await clock.advance(5000);
  change();
  // An interval to find it; a lease that a dead process holds; what is to be spread.
  await clock.advance(intervalMs + leaseMs * 1.1 + 500);
  const living = processes.filter((process) => !process.isKilled());
  const roles = living.map((process) => process.role());
  return [
    ...([...roles].sort().join() === ['leader', ...roles.slice(1).fill('follower')].sort().join()
      ? []
      : [`the roles are ${roles.join()}`]),
    ...living.flatMap(({ shown }, i) =>
      shown.at(-1) === version ? [] : [`process ${i} shows ${String(shown.at(-1))} and not ${version}`],
    ),
    ...backwards(written, foreign),
    ...living.flatMap(({ shown }, i) =>
      shown.flatMap((shownVersion, j) =>
        // What somebody else stores is ordered by its arrival, and so is what is stored over it.
        shownVersion < (shown[j - 1] ?? 0) && ![shownVersion, shown[j - 1]!].some((seen) => foreign.has(seen))
          ? [`process ${i} goes back: ${shown.join(' > ')}`]
          : [],
      ),
    ),
  ];
}

type ProcessAct = Extract<Act, { readonly process: number }>;

function takeByProcess(act: ProcessAct, process: ModelProcess, all: readonly ModelProcess[]): void {
  if (act.kind === 'stop') process.stop(act.ms);
  if (act.kind === 'cut off') process.cutOff(act.ms);
  if (act.kind === 'part') process.partFromEngine(act.ms, act.keepsConnections);
  if (act.kind === 'server away') process.loseServer(act.ms);
  if (act.kind === 'slow answer') process.slowAnswer(act.ms);
  if (act.kind === 'late command') process.delayCommand(act.ms);
  if (act.kind === 'late write') process.delayWrite(act.ms);
  if (act.kind === 'set clock') process.setClock(act.ms);
  if (act.kind === 'demand') process.demand();
  if (act.kind === 'lose message') process.loseMessage();
  if (act.kind === 'double message') process.doubleMessage(act.ms);
  // At least one process has to be left.
  if (act.kind === 'kill' && all.filter((other) => !other.isKilled()).length > 1) process.kill();
}

function forged(what: Forgery, engine: MemoryEngine): string {
  const { order = { fence: 1, counter: 1 } } = engine.read();
  const late = `${Number.MAX_SAFE_INTEGER}:1`;
  const content = `"f"\n${configOf(0)}`;
  const digest = (text: string) => createHash('sha1').update(text).digest('base64');
  if (what === 'garbage') return 'nothing that anybody could read';
  if (what === 'late time') return `${order.fence}:0 99999999999999 ${digest(content)}\n${content}`;
  if (what === 'late order') return `${late} 1 ${digest(content)}\n${content}`;
  if (what === 'late order with garbage') return `${late} 1 ${digest('{')}\n{`;
  return `${order.fence}:${order.counter + 1} 1 ${digest('"f"\n{"f"')}\n"f"\n{"f"`;
}

/** What the fleet wrote never goes back, except to what somebody else stored, and to what is only put back. */
function backwards(written: readonly { readonly order: Order; readonly version: number }[], foreign: Set<number>) {
  let newest = 0;
  return written.flatMap(({ order, version }) => {
    const isBack = version < newest && order.counter > 0 && !foreign.has(version);
    newest = foreign.has(version) ? version : Math.max(newest, version);
    return isBack ? [`${version} was written after ${newest}`] : [];
  });
}

/** Numbers from 0 up to 1, the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
