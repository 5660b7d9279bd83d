import type { Clock } from '../clock.js';
import type { SharedCache } from './cache.js';
import type { Member } from './member.js';
import type { Answer, Place, Plan } from './plan.js';
import type { Origin } from './server.js';
import type { Witness } from './witness.js';

/** Clients, the caches that they share, and their server. */
export interface Stage {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly origin: Origin;
  readonly witness: Witness;
  readonly members: readonly Member[];
  readonly caches: readonly SharedCache[];
  /** How the next requests are answered; all others are answered well. */
  readonly answers: Answer[];
  /** Serves the next edit. */
  readonly edit: () => void;
  readonly editedAtMs: () => number;
  /** The time by the clock of whoever else writes to the caches. */
  readonly peerNow: () => number;
  /** Sets a clock, or that of all. */
  readonly setClock: (client: number, byMs: number) => void;
  /** From now on times in caches may not tell which entry is newer. */
  readonly mislead: () => void;
  readonly isMisled: () => boolean;
  /** Acts as is planned for this call. */
  readonly react: (place: Place, member: Member) => void;
  /** Does something that nobody reacts to. */
  readonly quietly: <T>(work: () => T) => T;
  /** No reaction is left. */
  readonly calmDown: () => void;
  readonly reacted: () => number;
  /** Answers come at once from now on. */
  readonly beWell: () => void;
  /** Until when the server asked to be left alone, at the latest. */
  readonly leaveAloneUntilMs: () => number;
  /** Lets time pass. */
  readonly pass: (ms: number) => Promise<void>;
  readonly passWhile: (isGoingOn: () => boolean, maxMs: number) => Promise<void>;
}
