import { planOf } from '../checks/chaos/plan';
import { runChild } from './support/child';

// Processes have to start and compile, and every sequence speaks real HTTP; the time that clients see is virtual.
jest.setTimeout(120_000);

/** Runs sequences with clients that have defects; gives what was reported, as `defect: seed: text`. */
async function run(sequences: number, seed: number, ...defects: string[]): Promise<readonly string[]> {
  const child = runChild('chaos', String(sequences), String(seed), ...defects);
  const { code, errors } = await child.ended;
  expect({ code, errors, last: child.lines.at(-1) }).toEqual({ code: 0, errors: '', last: 'done' });
  return child.lines.slice(0, -1);
}

describe('a sequence of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planOf(42)).toEqual(planOf(42));
    expect(planOf(43)).not.toEqual(planOf(42));
  });
});

describe('clients that live through sequences of faults', () => {
  it('keep every promise', async () => {
    expect(await run(300, 20_261_124, 'none')).toEqual([]);
  });
});

describe('the run', () => {
  const defects = [
    ['loses the value when a fetch fails', 'flag$: the default value took the place of version'],
    ['never asks again', 'is shown after the faults, not'],
    ['asks twice', 'a request was sent while another was in flight'],
    ['rejects into the void', 'an error escaped: Error: nobody handles this'],
    ['leaves a timer', 'timers of 10000000 ms are left after dispose()'],
    ['leaves a listener', 'refreshOn$ is still listened to after dispose()'],
    ['stores nothing good', 'the cache was given ""'],
    ['leaves a real timer', 'left behind: 20 Timeout'],
  ] as const;
  let reports: readonly string[];

  beforeAll(async () => {
    reports = await run(20, 7, ...defects.map(([defect]) => defect));
  });

  it.each(defects)('notices a client that %s', (defect, text) => {
    const texts = reports.filter((line) => line.startsWith(`${defect}: `));
    expect(texts).toContainEqual(expect.stringContaining(text));
  });

  it('names the seed of a sequence, which reproduces the violation alone', async () => {
    const [defect] = defects[0];
    const [, seed = ''] = reports[0]!.split(': ');
    const ofSeed = reports.filter((line) => line.startsWith(`${defect}: ${seed}: `));
    expect(await run(1, Number(seed), defect)).toEqual(ofSeed);
  });
});
