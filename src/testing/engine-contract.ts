import { asyncScheduler } from 'rxjs';
import type { LeaseRequest } from '../fleet/index.js';
import { isLater } from '../fleet/index.js';
import { compareWithModel } from './engine-against-model.js';
import type { EngineUnderTest, Trial } from './engine-trial.js';
import { free, longMs, startTrial } from './engine-trial.js';
import { isolateHolder } from './isolate-holder.js';
import { at, delay, expectSame, expectTrue, plain, show } from './expect-engine.js';

/** A promise that engines have to keep. */
export interface EngineCase {
  /** A sentence about the engine. */
  readonly name: string;
  /** Tries it on an engine that was opened for this; rejects with what was expected and what was seen. */
  readonly run: () => Promise<void>;
}

/**
 * What an engine promises to the processes that share it, to be tried in any test framework. Some cases wait for a lease to
 * end: about two seconds.
 *
 * @param open - opens an engine over a place that holds nothing; called once for each case.
 * @returns the cases in an order that has no meaning.
 *
 * @example
 * describe('my engine', () => {
 *   for (const { name, run } of engineContract(open)) it(name, run);
 * });
 */
export function engineContract(open: () => EngineUnderTest | Promise<EngineUnderTest>): readonly EngineCase[] {
  return Object.entries(cases).map(([name, run]) => ({
    name,
    run: async () => {
      const trial = await startTrial(await open());
      try {
        await run(trial);
      } finally {
        trial.end();
        await trial.place.close?.();
      }
    },
  }));
}

const cases: Readonly<Record<string, (trial: Trial) => Promise<void>>> = {
  'has nothing at first': ({ expectStored }) => expectStored(undefined, undefined, true),

  'keeps a payload with its order, and announces it in the same step': async (trial) => {
    const fence = await trial.grant();
    expectSame('the reply to a write', await trial.engine.write('1\n"ä"\n{}', at(fence, 1), 'first'), true);
    await trial.expectStored('1\n"ä"\n{}', at(fence, 1), false);
    expectSame('what another process reads', plain(await trial.another.read()), plain(await trial.engine.read()));
    await trial.expectAnnounced('first');
  },

  'keeps a long payload, and announces at least the first line of a long announcement': async (trial) => {
    const fence = await trial.grant();
    const text = `1\n"e"\n${'ä"\u{1f600}'.repeat(30_000)}`;
    const announcement = `head\n${text}`;
    expectSame('the reply to a write', await trial.engine.write(text, at(fence, 1), announcement), true);
    await trial.expectStored(text, at(fence, 1), false);
    const [message, ...others] = await trial.announced();
    expectSame('other announcements', others, []);
    if (message !== announcement) expectSame('an announcement that is cut off', message, 'head');
  },

  'refuses an order that is not later, in silence': async (trial) => {
    const { engine } = trial;
    const fence = await trial.grant();
    await engine.write('1', at(fence, 10), 'first');
    for (const late of [at(fence, 10), at(fence, 9), at(fence - 1, 11)]) {
      expectSame(`the reply to a write under ${show(late)}`, await engine.write('2', late, 'refused'), false);
    }
    await trial.expectStored('1', at(fence, 10), false);
    expectSame('the reply to a later write', await engine.write('3', at(fence, 11), 'second'), true);
    await trial.expectAnnounced('first', 'second');
  },

  'refuses who was stopped, as soon as another has the lease': async (trial) => {
    const { engine, another } = trial;
    const stopped = await trial.grant('a');
    await engine.write('1', at(stopped, 1), 'first');
    await engine.release('a', 'free');
    const fence = await trial.grant('b');
    expectSame('the reply to the one who was stopped', await another.write('2', at(stopped, 2), 'refused'), false);
    expectSame('the reply to the holder', await engine.write('3', at(fence, 1), 'second'), true);
    await trial.expectStored('3', at(fence, 1), false);
    await trial.expectAnnounced('first', 'free', 'second');
  },

  'refuses a number that it has not granted, as a server has whose place it took': async (trial) => {
    const { engine } = trial;
    const fence = await trial.grant();
    expectSame('the reply under a higher number', await engine.write('1', at(fence + 1, 1), 'refused'), false);
    expectSame('the reply to the holder', await engine.write('2', at(fence, 1), 'first'), true);
    await trial.expectStored('2', at(fence, 1), false);
    await trial.expectAnnounced('first');
  },

  'puts what arrives at the same time in one order': async (trial) => {
    const fence = await trial.grant();
    // In an order that is none, through both connections.
    const counters = Array.from({ length: 40 }, (_, i) => ((i * 17) % 40) + 1);
    const replies = await Promise.all(
      counters.map(async (counter, i) => {
        const engine = i % 2 === 0 ? trial.engine : trial.another;
        return (await engine.write(`text ${counter}`, at(fence, counter), String(counter))) ? [counter] : [];
      }),
    );
    const announced = (await trial.announced()).map(Number);
    const ascending = replies.flat().sort((a, b) => a - b);
    expectSame('the announcements of the writes that were accepted', announced, ascending);
    await trial.expectStored('text 40', at(fence, 40), false);
  },

  'grants the lease to one at a time, and says for how long': async ({ engine, another }) => {
    const granted = await engine.lease('a', longMs, free);
    expectSame('the time of a lease that is granted', granted.leftMs, longMs);
    expectTrue('the number of a lease is a safe integer above 0', isNumberOfLease(granted.fence));
    const { fence, leftMs } = await another.lease('b', longMs, free);
    expectSame('the number of a lease that is not granted', fence, undefined);
    expectTrue(`the time of the other's lease is above 50,000 and at most 60,000 ms, not ${leftMs}`, isNear(leftMs));
  },

  'tells whom it refuses the lease of the last write, if it tells anything of it': async (trial) => {
    const { engine, another } = trial;
    const fence = await trial.grant('a');
    const nothingWritten = (await another.lease('b', longMs, free)).lastWrite;
    expectSame('the last write where there was none', nothingWritten, undefined);
    await engine.write('1', at(fence, 1), 'first');
    const { lastWrite } = await another.lease('b', longMs, free);
    if (lastWrite) expectSame('the last write', at(lastWrite.fence, lastWrite.counter), at(fence, 1));
  },

  'grants the lease to one of many who ask at the same time': async ({ engine, another }) => {
    const owners = Array.from({ length: 20 }, (_, i) => `process ${i}`);
    const replies = await Promise.all(
      owners.map((owner, i) => (i % 2 === 0 ? engine : another).lease(owner, longMs, free)),
    );
    expectSame('how many were granted the lease', replies.filter(({ fence }) => fence !== undefined).length, 1);
  },

  'renews and takes back the lease of its holder only': async (trial) => {
    const { engine, another } = trial;
    await trial.grant('a');
    expectSame('the renewal of the holder', await engine.renew('a', longMs), true);
    expectSame('the renewal of another', await another.renew('b', longMs), false);
    await another.release('b', 'not free');
    expectSame('the renewal of the holder', await engine.renew('a', longMs), true);
    await engine.release('a', 'free');
    expectSame('the renewal of who has given the lease back', await engine.renew('a', longMs), false);
    await trial.expectAnnounced('free');
  },

  'ends a lease that nobody renews': async ({ engine, grant }) => {
    await engine.lease('a', 5, free);
    while (await engine.renew('a', 5)) await delay(20);
    expectTrue('the lease is granted to another', (await grant('b')) > 0);
    expectSame('the renewal of who had it', await engine.renew('a', longMs), false);
  },

  'grants each lease with a higher number, also to the same process': async ({ grant }) => {
    const high: LeaseRequest = { aboveFence: asyncScheduler.now() + 1e9 };
    const numbers = [await grant(), await grant(), await grant('a', high), await grant()];
    expectTrue(`the numbers ${numbers.join(', ')} grow`, areGrowing(numbers));
    expectTrue(`the third exceeds ${high.aboveFence}`, numbers[2]! > high.aboveFence);
  },

  'goes on with higher numbers when it was restarted and has forgotten them': async ({ place, grant }) => {
    const before = await grant();
    await place.forget();
    await delay(3);
    const next = await grant('b', { aboveFence: before });
    await place.forget();
    await delay(3);
    const last = await grant('c');
    expectTrue(`the numbers ${before}, ${next}, ${last} grow`, areGrowing([before, next, last]));
  },

  'refuses the holder of a lease that it has forgotten, whose write may have been on its way for long': async (
    trial,
  ) => {
    const fence = await trial.grant();
    await trial.place.forget();
    expectSame('the reply to a write', await trial.engine.write('1', at(fence, 5), 'refused'), false);
    await trial.expectStored(undefined, undefined, true);
    await trial.expectAnnounced();
  },

  'grants the lease of another to whoever knows the last write': async ({ engine, another, grant }) => {
    const first = await grant('a', { aboveFence: 0, takeOverAfter: 'nothing' });
    await engine.write('1', at(first, 1), 'first');
    for (const takeOverAfter of ['nothing', at(first, 2), at(first - 1, 1)] as const) {
      const { fence } = await another.lease('b', longMs, { aboveFence: 0, takeOverAfter });
      expectSame(`the number of a lease taken over after ${show(takeOverAfter)}`, fence, undefined);
    }
    expectSame('the renewal of the holder', await engine.renew('a', longMs), true);
    const { fence } = await another.lease('b', longMs, { aboveFence: 0, takeOverAfter: at(first, 1) });
    expectTrue(`the number ${String(fence)} of the lease that was taken over exceeds ${first}`, Number(fence) > first);
    expectSame('the renewal of who had it', await engine.renew('a', longMs), false);
    expectSame('the reply to a write of who had it', await engine.write('2', at(first, 2), 'refused'), false);
  },

  'notices what others store there': async ({ engine, place, grant, expectStored }) => {
    await place.storeForeign('0');
    await expectStored('0', undefined, true);
    const fence = await grant();
    await engine.write('1', at(fence, 1), 'first');
    await place.storeForeign('2');
    await expectStored('2', at(fence, 1), true);
    await engine.write('2', at(fence, 2), 'second');
    await expectStored('2', at(fence, 2), false);
  },

  'answers as the model of all engines does, whatever is asked of it': async (trial) => {
    for (const seed of [1, 2, 3]) await compareWithModel(trial, seed);
  },

  'has no former holder that believes in its lease, or brings back what is older': isolateHolder,
};

function isNumberOfLease(fence: number | undefined): boolean {
  return Number.isSafeInteger(fence) && fence! > 0;
}

function isNear(leftMs: number): boolean {
  return leftMs > 50_000 && leftMs <= longMs;
}

function areGrowing(numbers: readonly number[]): boolean {
  return numbers.every((number, i) => i === 0 || isLater(at(number, 0), at(numbers[i - 1]!, 0)));
}
