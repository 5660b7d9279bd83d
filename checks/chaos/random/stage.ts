import { createClock } from '../clock.js';
import type { CreateClient } from '../stage.js';
import { act } from './acts.js';
import { createSharedCache } from './cache.js';
import { cacheTextOf } from './config.js';
import type { Member } from './member.js';
import { createMember } from './member.js';
import type { Answer, CachePlan, Place, Plan, Reaction } from './plan.js';
import type { Origin } from './server.js';
import type { Stage } from './types.js';
import { createWitness } from './witness.js';

export const startMs = Date.UTC(2026, 0, 1);
const dayMs = 86_400_000;

/** Sets everything up; the clients start to work, one after the other. */
export function createStage(plan: Plan, origin: Origin, create: CreateClient, isJournalKept: boolean): Stage {
  const clock = createClock(startMs);
  const witness = createWitness(isJournalKept, () => clock.now() - startMs);
  const answers: Answer[] = [];
  const members: Member[] = [];
  const caches = plan.caches.map((cache) => createSharedCache(cache, firstTextOf(cache)));
  const { next, quietly, calmDown, reacted } = reactionsOf(plan);
  let editedAtMs = startMs;
  let peerOffsetMs = 0;
  let isWell = false;
  let leaveAloneUntilMs = 0;
  let isMisled = plan.clocks === 'own' || plan.caches.some(({ holds }) => holds === 'future');

  const nextAnswer = (): Answer => {
    const answer = answers.shift() ?? { kind: 'well', ...(isWell ? { upMs: 0, downMs: 0 } : plan.latency) };
    // Of two requests the one that began first may bring the newer config, when it takes longer to the server.
    if (answer.kind === 'well' && answer.upMs > 0) isMisled = true;
    if (answer.kind === 'status') {
      // It confirms what is known, however old that is.
      if (answer.status === 403 || answer.status === 404) isMisled = true;
      // A clock that is set back makes the client wait for longer, but not for twice as long.
      const factor = plan.clocks === 'true' ? 1 : 2;
      leaveAloneUntilMs = Math.max(leaveAloneUntilMs, clock.now() + factor * answer.retryAfterSeconds * 1000);
    }
    return answer;
  };
  const settle = async () => {
    do await turn();
    while (origin.isBusy());
  };
  const passWhile = async (isGoingOn: () => boolean, maxMs: number) => {
    const endMs = clock.now() + maxMs;
    do await settle();
    while (isGoingOn() && clock.jump(endMs));
  };

  const stage: Stage = {
    plan,
    clock,
    origin,
    witness,
    members,
    caches,
    answers,
    edit: () => {
      origin.edit();
      editedAtMs = clock.now();
      witness.note(3, () => `version ${origin.version()} is served`);
    },
    editedAtMs: () => editedAtMs + peerOffsetMs,
    peerNow: () => clock.now() + peerOffsetMs,
    setClock: (client, byMs) => {
      if (plan.clocks === 'true') return;
      isMisled = true;
      if (plan.clocks === 'one') peerOffsetMs += byMs;
      for (const member of plan.clocks === 'one' ? members : [members[client]]) member?.clock.set(byMs);
    },
    mislead: () => {
      isMisled = true;
    },
    isMisled: () => isMisled,
    react: (place, member) => {
      for (const { act: what } of next(place, members.indexOf(member))) {
        witness.note(4, () => `  in ${place} of ${member.name}: ${JSON.stringify(what)}`);
        act(what, stage);
      }
    },
    quietly,
    calmDown,
    reacted,
    beWell: () => {
      answers.length = 0;
      isWell = true;
    },
    leaveAloneUntilMs: () => leaveAloneUntilMs,
    pass: (ms) => passWhile(() => true, ms),
    passWhile,
  };
  plan.clients.forEach((client, index) => {
    const cache = client.cache === undefined ? undefined : caches[client.cache];
    const { react, isMisled: isMisledNow } = stage;
    members.push(
      createMember({
        index,
        plan: client,
        clock,
        origin,
        cache,
        witness,
        create,
        nextAnswer,
        isMisled: isMisledNow,
        react,
      }),
    );
  });
  return stage;
}

function firstTextOf({ holds }: CachePlan): string | undefined {
  switch (holds) {
    case 'nothing':
      return undefined;
    case 'junk':
      return 'junk';
    case 'old':
      return cacheTextOf(1, startMs - dayMs, 'W/"edit-1"');
    case 'future':
      return cacheTextOf(1, startMs + dayMs / 24, 'W/"edit-1"');
  }
}

/** Finds out what is planned for which call of which callback. */
function reactionsOf({ reactions }: Plan) {
  const calls = new Map<string, number>();
  let isCalm = reactions.length === 0;
  let isQuiet = false;
  let count = 0;
  return {
    next: (place: Place, client: number): readonly Reaction[] => {
      if (isCalm || isQuiet) return [];
      const name = `${place} ${client}`;
      const call = (calls.get(name) ?? 0) + 1;
      calls.set(name, call);
      const due = reactions.filter((one) => one.place === place && one.client === client && one.call === call);
      count += due.length;
      return due;
    },
    quietly: <T>(work: () => T): T => {
      isQuiet = true;
      const result = work();
      isQuiet = false;
      return result;
    },
    calmDown: () => {
      isCalm = true;
    },
    reacted: () => count,
  };
}

/** Lets everybody act who can act without time passing. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
