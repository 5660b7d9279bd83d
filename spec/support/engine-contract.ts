import type { EngineUnderTest } from '../../src/testing';
import { engineContract } from '../../src/testing';
import { sideBySide } from './side-by-side';

type Open = () => EngineUnderTest | Promise<EngineUnderTest>;

/**
 * Specifies what every engine promises to the processes that share it, for engines that have nothing in common: all of them
 * go through one case at the same time, because some cases wait for leases to end. Users have the same cases for engines of
 * theirs.
 */
export function specifyEngines(engines: Readonly<Record<string, Open>>): void {
  const contracts = Object.entries(engines).map(([name, open]) => [name, engineContract(open)] as const);
  for (const [place, { name: promise }] of contracts[0]![1].entries()) {
    describe(`the engine that ${promise}`, () => {
      sideBySide(Object.fromEntries(contracts.map(([name, cases]) => [`in ${name}`, () => cases[place]!.run()])));
    });
  }
}
