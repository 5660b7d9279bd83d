import { asyncScheduler } from 'rxjs';
import type { Order } from '../fleet/index.js';
import type { Trial } from './engine-trial.js';
import { free, longMs } from './engine-trial.js';
import { at, expectSame, expectTrue, plain, show } from './expect-engine.js';
import { createMemoryEngine } from './memory-engine.js';

/** How many requests a sequence has. */
const steps = 80;

/** Asks the same of an engine and of the model of all engines, at random but for the seed; no lease ends meanwhile. */
export async function compareWithModel({ engine, another, place, announced }: Trial, seed: number): Promise<void> {
  const model = createMemoryEngine(() => asyncScheduler.now());
  const expected: string[] = [];
  const listening = model.listen().subscribe((message) => expected.push(message));
  const below = drawFrom(seed);
  /** The numbers of the leases here, by those in the model: they need not be the same. */
  const fences = new Map<number, number>();
  const here = (order: Order | undefined) => order && at(fences.get(order.fence) ?? order.fence, order.counter);
  const done: string[] = [];
  const expectAlike = (what: string, actual: unknown, wanted: unknown) => {
    expectSame(`${what}, after ${done.slice(-20).join(', ')}`, actual, wanted);
  };
  // The place may hold what an earlier sequence has left, and the model nothing: both begin with a write.
  const before = (await engine.read()).order ?? 'nothing';
  const { fence: firstHere } = await engine.lease('a', longMs, { aboveFence: 0, takeOverAfter: before });
  const { fence: first } = model.lease('a', longMs, free);
  let last = at(first!, 1);
  fences.set(last.fence, firstHere!);
  model.write('begin', last, 'begin');
  await engine.write('begin', here(last)!, 'begin');

  const write = async (target: typeof engine, step: number) => {
    const granted = [...fences.keys()];
    const fence = granted[Math.max(0, granted.length - 1 - below(3))]!;
    const order = at(fence, fence === last.fence ? last.counter + below(3) : below(3));
    done.push(`a write under ${show(order)}`);
    const isWritten = model.write(`text ${step}`, order, `write ${step}`);
    if (isWritten) last = order;
    expectAlike('the reply', await target.write(`text ${step}`, here(order)!, `write ${step}`), isWritten);
  };
  const lease = async (target: typeof engine, owner: string) => {
    const takeOverAfter = [undefined, last, last, at(last.fence, last.counter + 1)][below(4)];
    done.push(`a request of ${owner} for the lease${takeOverAfter ? ` after ${show(takeOverAfter)}` : ''}`);
    const { fence: number } = model.lease(owner, longMs, { aboveFence: 0, takeOverAfter });
    const { fence } = await target.lease(owner, longMs, { aboveFence: 0, takeOverAfter: here(takeOverAfter) });
    expectAlike('whether it is granted', fence !== undefined, number !== undefined);
    if (number === undefined || fence === undefined) return;
    expectTrue(
      `the number ${fence} exceeds all before`,
      [...fences.values()].every((before) => before < fence),
    );
    fences.set(number, fence);
  };
  const others = [
    async (target: typeof engine, owner: string) => {
      done.push(`a renewal of ${owner}`);
      expectAlike('the reply', await target.renew(owner, longMs), model.renew(owner, longMs));
    },
    async (target: typeof engine, owner: string, step: number) => {
      done.push(`a release of ${owner}`);
      await target.release(owner, `release ${step}`);
      model.release(owner, `release ${step}`);
    },
    async (_: typeof engine, __: string, step: number) => {
      done.push('a foreign write');
      await place.storeForeign(`foreign ${step}`);
      model.storeForeign(`foreign ${step}`);
    },
    async (target: typeof engine) => {
      const stored = model.read();
      expectAlike('what is read', plain(await target.read()), { ...stored, order: here(stored.order) });
    },
  ];
  for (let step = 0; step < steps; step++) {
    const target = below(2) === 0 ? engine : another;
    const owner = ['a', 'b', 'c'][below(3)]!;
    const act = below(12);
    if (act < 5) await write(target, step);
    else if (act < 8) await lease(target, owner);
    else await others[act - 8]!(target, owner, step);
  }
  listening.unsubscribe();
  expectAlike('the announcements', await announced(), expected);
}

/** Draws whole numbers from 0 up to a limit, always the same for a seed. */
function drawFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
}
