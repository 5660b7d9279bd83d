import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { randomConfig, randomUser } from '../support/arbitraries';
import type { Answers, Outcome } from '../support/both-sdks';
import { answersHere, answersThere, guarded } from '../support/both-sdks';
import { hostileUser } from '../support/hostile-users';
import { largeConfigs } from '../support/large-configs';
import { malformedConfig } from '../support/malformed';

const runs = Number(process.env.FUZZ_RUNS ?? 300);
const seed = Number(process.env.FUZZ_SEED ?? 20261124);

jest.setTimeout(1_800_000);

/**
 * What one input may cost: 50 ms, or a few times what the official SDK spends on the very same input, where even that
 * takes longer. Processor time instead of the clock's, and the best of several attempts, so that neither other
 * processes nor garbage collection nor a machine's speed decide.
 */
const budgetMs = 50;
const factor = 4;
const attempts = 10;

function timed<T>(act: () => T): { readonly result: T; readonly spentMs: number } {
  const start = process.cpuUsage();
  const result = act();
  const { user, system } = process.cpuUsage(start);
  return { result, spentMs: (user + system) / 1000 };
}

/** Asks both SDKs; fails where they differ, and where ours takes too long each time. */
function compare(answers: Answers, ...question: Parameters<Answers>): Outcome[] {
  let excess: unknown;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const here = timed(() => guarded(() => answers(...question)));
    const there = timed(() => answersThere(...question));
    if (!isDeepStrictEqual(here.result, there.result)) expect(here.result).toEqual(there.result);
    if (here.spentMs <= Math.max(budgetMs, factor * there.spentMs)) return here.result;
    excess = { spentMs: here.spentMs, officialSdkMs: there.spentMs };
  }
  throw new Error(`Too slow: ${JSON.stringify(excess)}`);
}

const count = (outcomes: readonly Outcome[], kind: Outcome[0]) => outcomes.filter(([seen]) => seen === kind).length;

describe(`a client, beside the official SDK (seed ${seed})`, () => {
  it(`takes ${runs} malformed configs, gives the same values and the same defaults, and never hangs`, () => {
    const seen = { value: 0, default: 0 };
    fc.assert(
      fc.property(malformedConfig, randomUser, ({ text, keys }, user) => {
        const outcomes = compare(answersHere(), text, keys, [() => user]);
        seen.value += count(outcomes, 'value');
        seen.default += count(outcomes, 'default');
      }),
      { numRuns: runs, seed },
    );
    // Agreement means something only where some configs survive their damages and others do not.
    expect(seen.value).toBeGreaterThan(runs);
    expect(seen.default).toBeGreaterThan(runs);
  });

  it(`takes ${runs} hostile users, gives the same values and the same defaults, and never hangs`, () => {
    const seen = { value: 0, default: 0 };
    fc.assert(
      fc.property(randomConfig, fc.array(hostileUser, { minLength: 4, maxLength: 4 }), ({ text, keys }, users) => {
        const outcomes = compare(answersHere(), text, keys, users);
        seen.value += count(outcomes, 'value');
        seen.default += count(outcomes, 'default');
      }),
      { numRuns: Math.ceil(runs / 4), seed },
    );
    expect(seen.value).toBeGreaterThan(runs);
    expect(seen.default).toBeGreaterThan(runs);
  });

  it('gives hostile users the same values when it writes down every evaluation', () => {
    fc.assert(
      fc.property(randomConfig, fc.array(hostileUser, { minLength: 4, maxLength: 4 }), ({ text, keys }, users) => {
        compare(answersHere('info'), text, keys, users);
      }),
      { numRuns: Math.ceil(runs / 20), seed },
    );
  });

  it('finds nothing in the holes of a list, where the official SDK fails', () => {
    const contains = { u: { a: 'X', c: 26, l: ['x'] } };
    const flag = { t: 1, v: { s: 'all' }, r: [{ c: [contains], s: { v: { s: 'some' } } }] };
    const question = [
      JSON.stringify({ p: { s: 'salt' }, f: { flag } }),
      ['flag'],
      [() => ({ identifier: 'id', custom: { X: new Array<string>(3) } })],
    ] as const;
    expect(answersHere()(...question)[1]).toEqual(['value', 'all']);
    expect(answersThere(...question)[1]).toEqual(['default', null]);
  });

  it.each(largeConfigs)('takes %s', (_, makeText, kind) => {
    const outcomes = compare(answersHere(), makeText(), ['first', 'last'], [() => ({ identifier: 'id' })]);
    const asked = outcomes.slice(-3, -1);
    expect(asked.map(([seen]) => seen)).toEqual([kind, kind]);
  });
});
