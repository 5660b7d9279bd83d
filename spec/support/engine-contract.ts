import type { EngineUnderTest } from '../../src/testing';
import { engineContract } from '../../src/testing';
import { sideBySide } from './side-by-side';

type Open = () => EngineUnderTest | Promise<EngineUnderTest>;

/**
 * Specifies what every engine promises to the processes that share it, for engines that have nothing in common: all of them
 * go through one case at the same time, because some cases wait for leases to end. Users have the same cases for engines of
 * theirs.
 *
 * @param isUnsettled - whether servers may cut connections off meanwhile, as sentinels do for a while after a failover: what is
 * announced then is lost, and the case is tried once more.
 */
export function specifyEngines(engines: Readonly<Record<string, Open>>, isUnsettled = false): void {
  const contracts = Object.entries(engines).map(([name, open]) => [name, engineContract(open)] as const);
  for (const [place, { name: promise }] of contracts[0]![1].entries()) {
    describe(`the engine that ${promise}`, () => {
      const runs = contracts.map(([name, cases]) => {
        const run = () => cases[place]!.run();
        return [`in ${name}`, () => (isUnsettled ? run().catch(run) : run())] as const;
      });
      sideBySide(Object.fromEntries(runs));
    });
  }
}
