/*
 * Lets clients live through random acts. The arguments are the number of acts, the seed, and the names of the defects that
 * the clients have; prints for each what was found until the defect was noticed, as JSON, then `done`.
 */
import { planted } from '../../../checks/chaos/random/planted';
import type { Found } from '../../../checks/chaos/random/random';
import { runRandom } from '../../../checks/chaos/random/random';
import { textOf } from '../../../checks/chaos/random/report';
import { createClient } from '../../../src/index';

const [acts = '0', seed = '0', ...names] = process.argv.slice(2);

async function run(): Promise<void> {
  for (const name of names) {
    const found: Found[] = [];
    const { create = createClient, shows } = planted[name] ?? {};
    const { digest, violations } = await runRandom({
      acts: Number(acts),
      seed: Number(seed),
      realEvery: 25,
      create,
      // What is planted is only counted.
      shrunkPerKind: name in planted ? 0 : 1,
      report: (one) => found.push(one),
      isEnough: () => found.some(({ kind }) => kind === shows),
    });
    const texts = name in planted ? [] : found.map(textOf);
    console.log(
      JSON.stringify({ name, digest, violations, seeds: found.map(({ kind, seed: of }) => [kind, of]), texts }),
    );
  }
  console.log('done');
}

void run();
