import type { Contestant, FanOut } from '../contestants/contestant.js';
import { flag, serve, userOf, when } from '../flags.js';
import { heapBytes, usedMs } from './timing.js';

/** Which flags a new config changes: each of them, or a single one. */
export type Change = 'all' | 'one';

const flagCount = 1_000;
const keyOf = (i: number) => `flag${i % flagCount}`;

/** What a contestant's process can be asked to do with many subscribers of 1,000 flags. */
export function createFanOutTasks({ openFanOut, write }: Contestant) {
  let fanOut: FanOut | undefined;
  let unsubscribes: (() => void)[] = [];
  let told = 0;
  let texts: Readonly<Record<Change, readonly string[]>> | undefined;
  let changes = 0;
  let heapBefore = 0;

  const textOf = (change: Change, revision: number) => {
    const flags = Array.from({ length: flagCount }, (_, i) => {
      const value = change === 'all' || i === flagCount / 2 ? `value ${i}, ${revision}` : `value ${i}`;
      return flag(keyOf(i), value, [serve('never', when('email', 'contains', '@nobody.example'))]);
    });
    return write(flags);
  };
  const bothOf = (change: Change) => [textOf(change, 0), textOf(change, 1)];
  /** Written beforehand, because what the writing leaves behind is not the contestant's to clear away. */
  const nextText = (change: Change) => {
    texts ??= { all: bothOf('all'), one: bothOf('one') };
    return texts[change][++changes % 2]!;
  };
  const tell = () => {
    told++;
  };

  return {
    /** Subscribes; tells how many bytes each subscriber takes. */
    subscribe: async (count: number, isDistinct: boolean) => {
      fanOut = await openFanOut!(nextText('one'));
      const { user, subscribe } = fanOut;
      // What the flags themselves take once somebody has asked for them is no subscriber's.
      for (let i = 0; i < flagCount; i++) subscribe(keyOf(i), user(userOf(0)), tell)();
      heapBefore = await heapBytes();
      const shared = user(userOf(0));
      for (let i = 0; i < count; i++) {
        unsubscribes.push(subscribe(keyOf(i), isDistinct ? user(userOf(i)) : shared, tell));
      }
      return ((await heapBytes()) - heapBefore) / count;
    },
    /** One round: milliseconds from a config text in hand to the last subscriber told, and how many were told. */
    change: async (change: Change) => {
      const next = nextText(change);
      told = 0;
      const startedMs = usedMs();
      await fanOut!.change(next);
      return { ms: usedMs() - startedMs, told };
    },
    /** Unsubscribes all; tells how many bytes each has left behind. */
    unsubscribe: async () => {
      const count = unsubscribes.length;
      for (const unsubscribe of unsubscribes) unsubscribe();
      unsubscribes = [];
      return ((await heapBytes()) - heapBefore) / count;
    },
    /** The floor: a loop that calls as many functions with their value, after the config is parsed. */
    loop: (count: number) => {
      const listeners = Array.from({ length: count }, () => (value: unknown) => {
        told += value === undefined ? 0 : 1;
      });
      const config = nextText('all');
      const startedMs = usedMs();
      const { f } = JSON.parse(config) as { f: Record<string, { v: { s: string } }> };
      for (let i = 0; i < count; i++) listeners[i]!(f[keyOf(i)]!.v.s);
      return usedMs() - startedMs;
    },
  };
}
