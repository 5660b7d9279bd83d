import { planOf } from '../checks/chaos/random/draw';
import { planted } from '../checks/chaos/random/planted';
import { shrink } from '../checks/chaos/random/shrink';
import { runChild } from './support/child';

// Processes have to start and compile; the time that clients see is virtual.
jest.setTimeout(120_000);

interface Outcome {
  readonly name: string;
  readonly digest: string;
  readonly violations: Readonly<Record<string, number>>;
  /** Kinds and seeds of the violations. */
  readonly seeds: readonly (readonly [string, number])[];
  readonly texts: readonly string[];
}

/** Runs acts with clients that have defects. */
async function run(acts: number, seed: number, ...names: string[]): Promise<readonly Outcome[]> {
  const child = runChild('random', String(acts), String(seed), ...names);
  const { code, errors } = await child.ended;
  expect({ code, errors, last: child.lines.at(-1) }).toEqual({ code: 0, errors: '', last: 'done' });
  return child.lines.slice(0, -1).map((line) => JSON.parse(line) as Outcome);
}

describe('random acts', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(planOf(42)).toEqual(planOf(42));
    expect(planOf(43)).not.toEqual(planOf(42));
  });

  it('become as few as it takes', async () => {
    const isFailing = ({ acts, reactions }: ReturnType<typeof planOf>) =>
      acts.some((act) => act.do === 'edit') && reactions.some(({ act }) => act.do === 'refresh');
    const plan = Array.from({ length: 1000 }, (_, i) => planOf(i)).find(isFailing)!;
    const { acts, reactions, clients } = await shrink(plan, (one) => Promise.resolve(isFailing(one)), 1000);
    expect(acts).toEqual([{ do: 'edit' }]);
    expect(reactions.map(({ act }) => act.do)).toEqual(['refresh']);
    expect(clients).toHaveLength(1);
  });
});

describe('clients that live through random acts', () => {
  it('keep every promise, and do the same for the same seed', async () => {
    const [first, second] = await run(8000, 20_261_129, 'none', 'none');
    expect(first?.texts).toEqual([]);
    expect(second?.digest).toBe(first?.digest);
  });
});

describe('the run', () => {
  const names = Object.keys(planted);
  let outcomes: readonly Outcome[];

  beforeAll(async () => {
    outcomes = await run(6000, 1, ...names);
  });

  it.each(names)('notices a client that %s', (name) => {
    const { violations = {} } = outcomes.find((outcome) => outcome.name === name) ?? {};
    expect(Object.keys(violations)).toContain(planted[name]?.shows);
  });

  it('names the seed of a sequence, which reproduces the violation alone', async () => {
    const [{ name, seeds }] = outcomes as [Outcome];
    const [[kind, seed]] = seeds as [[string, number]];
    const [alone] = await run(1, seed, name);
    expect(alone?.seeds).toContainEqual([kind, seed]);
  });
});
