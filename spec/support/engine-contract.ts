import type { EngineUnderTest } from '../../src/testing';
import { engineContract } from '../../src/testing';

/** Specifies what every engine promises to the processes that share it: users have the same cases for engines of theirs. */
export function specifyEngine(name: string, open: () => EngineUnderTest | Promise<EngineUnderTest>): void {
  describe(`the engine in ${name}`, () => {
    for (const { name: promise, run } of engineContract(open)) it(promise, run);
  });
}
