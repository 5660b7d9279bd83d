import { watchProcess } from '../process.js';
import type { CreateClient } from '../stage.js';
import { act } from './acts.js';
import { disposeAll, look, recover } from './endings.js';
import type { Act, Plan } from './plan.js';
import type { Origin } from './server.js';
import { createStage } from './stage.js';
import type { Stage } from './types.js';
import type { Violation } from './witness.js';

/** What came of a plan. */
export interface Course {
  readonly violations: readonly Violation[];
  readonly acts: number;
  readonly requests: number;
  /** How often a client went back, having promised nothing. */
  readonly excused: number;
  readonly digest: number;
  /** What happened, if it was to be written down. */
  readonly journal: readonly string[];
}

export interface SequenceOptions {
  readonly create: CreateClient;
  /** The server, for this plan alone. */
  readonly open: () => Origin | Promise<Origin>;
  readonly isJournalKept?: boolean;
}

/** Lets clients live through a plan. */
export async function runPlan(plan: Plan, options: SequenceOptions): Promise<Course> {
  let course: Course | undefined;
  const { escaped, left } = await watchProcess(async () => {
    course = await runOnStage(plan, options);
  });
  const remains: readonly Violation[] = [
    ...escaped.map((text) => ({ kind: 'error escaped' as const, text })),
    ...left.map((text) => ({ kind: 'left behind' as const, text: `${text} in the process` })),
  ];
  return { ...course!, violations: [...course!.violations, ...remains.slice(0, 1)] };
}

async function runOnStage(plan: Plan, { create, open, isJournalKept = false }: SequenceOptions): Promise<Course> {
  const origin = await open();
  const stage = createStage(plan, origin, create, isJournalKept);
  const { witness, members } = stage;
  try {
    for (const one of plan.acts) {
      witness.note(5, () => JSON.stringify(one));
      await take(one, stage);
    }
    if (plan.ending !== 'dispose') await recover(stage);
    await disposeAll(stage);
  } finally {
    for (const { client } of members) client?.dispose();
    await origin.close();
  }
  return {
    violations: witness.violations(),
    acts: plan.acts.length + stage.reacted(),
    requests: members.reduce((sum, { demands }) => sum + demands.requests(), 0),
    excused: members.reduce((sum, { sight }) => sum + sight.excused(), 0),
    digest: witness.digest(),
    journal: witness.journal,
  };
}

async function take(one: Act, stage: Stage): Promise<void> {
  switch (one.do) {
    case 'wait':
      await stage.pass(one.ms);
      look(stage);
      break;
    case 'stall': {
      const member = stage.members[one.client];
      member?.clock.stall(one.ms);
      member?.demands.putOff(one.ms);
      break;
    }
    case 'edit':
      stage.edit();
      // Of two requests in one millisecond nobody can say which came first.
      await stage.pass(2);
      break;
    case 'clock':
      stage.setClock(one.client, one.byMs);
      break;
    default:
      act(one, stage);
  }
}
