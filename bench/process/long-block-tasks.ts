import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant, FanOut } from '../contestants/contestant.js';
import { flag, serve, userOf, when } from '../flags.js';

/** How late a timer of one millisecond was, in milliseconds. */
export interface Delays {
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/** A config, who subscribes to its flags, and who was evaluated before it changes. */
export interface Crowd {
  readonly flags: number;
  readonly subscribers: number;
  readonly users: number;
  /** A change is delivered little by little. */
  readonly isSliced: boolean;
}

const keyOf = (i: number) => `flag${i}`;

/** What a contestant's process can be asked to do while a timer watches the event loop. */
export function createLongBlockTasks({ openFanOut, write }: Contestant) {
  let fanOut: FanOut | undefined;
  let texts: readonly string[] = [];
  let changes = 0;
  let told = 0;

  /** One flag of ten is another one in each revision. */
  const textOf = (flags: number, revision: number) =>
    write(
      Array.from({ length: flags }, (_, i) => {
        const value = i % 10 === 0 ? `value ${i}, ${revision}` : `value ${i}`;
        return flag(keyOf(i), value, [serve('never', when('email', 'contains', '@nobody.example'))]);
      }),
    );

  return {
    /** Subscribes many, each to one flag for the same user, and evaluates flags for many others. */
    gather: async ({ flags, subscribers, users, isSliced }: Crowd) => {
      texts = [textOf(flags, 0), textOf(flags, 1)];
      fanOut = await openFanOut!(texts[0]!, isSliced);
      const { user, subscribe, value } = fanOut;
      const shared = user(userOf(0));
      for (let i = 0; i < subscribers; i++) subscribe(keyOf(i % flags), shared, () => told++);
      for (let i = 0; i < users; i++) value(keyOf(i % flags), user(userOf(i)));
    },
    /** One round: how late a timer is from a quiet moment before a new config until a quiet one after it. */
    delays: async (expected: number): Promise<Delays> => {
      const delaysMs: number[] = [];
      let lastMs = performance.now();
      const timer = setInterval(() => {
        const nowMs = performance.now();
        delaysMs.push(Math.max(0, nowMs - lastMs - 1));
        lastMs = nowMs;
      }, 1);
      await sleep(30);
      told = 0;
      await fanOut!.change(texts[++changes % 2]!);
      while (told < expected) await sleep(5);
      await sleep(30);
      clearInterval(timer);
      delaysMs.sort((a, b) => a - b);
      const at = (share: number) => delaysMs[Math.floor((delaysMs.length - 1) * share)]!;
      return { p50: at(0.5), p99: at(0.99), longest: at(1) };
    },
  };
}
