import { take } from './acts.js';
import { dispose, recover } from './endings.js';
import type { Plan, Step } from './plan.js';
import type { CreateClient } from './stage.js';
import { createStage, look } from './stage.js';

/** What came of a plan. */
export interface Course {
  /** The faults that were met, request by request; `well` where there was none. */
  readonly met: readonly string[];
  readonly violations: readonly string[];
}

/** Steps that make clients fetch beside their polls, or get what others fetched. */
const outOfTurn: readonly Step['do'][] = ['refresh', 'trigger', 'switch', 'peer'];

/** Lets a client live through a plan, against a server of its own. */
export async function runPlan(plan: Plan, create: CreateClient): Promise<Course> {
  const stage = await createStage(plan, create);
  const { witness, traffic, clock, client, close } = stage;
  let outOfTurnAtMs = -Infinity;
  try {
    for (const step of plan.steps) {
      if (outOfTurn.includes(step.do)) outOfTurnAtMs = clock.now();
      await take(step, stage);
      look(stage);
    }
    if (plan.ending === 'recover') await recover(stage, outOfTurnAtMs);
    await dispose(stage);
  } catch (error) {
    witness.violate(error instanceof Error ? error.message : String(error));
  } finally {
    client.dispose();
    await close();
  }
  return { met: traffic.met, violations: witness.violations() };
}
