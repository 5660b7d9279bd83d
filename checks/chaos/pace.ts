import { firstValueFrom, map, race, timer } from 'rxjs';
import type { Clock } from './clock.js';
import type { Traffic } from './traffic.js';

/** Lets time pass, as fast as everybody's work allows. */
export interface Pace {
  readonly pass: (ms: number) => Promise<void>;
  /** Lets time pass until something is over, but not for ever. */
  readonly passWhile: (isGoingOn: () => boolean) => Promise<void>;
}

/** How long anything may take that needs no virtual time, in real milliseconds. */
const patienceMs = 20_000;
/** More than anything lasts that ends by itself, in virtual milliseconds. */
const foreverMs = 600_000;

/**
 * @throws Error (rejection) when a request comes to no end though no time is needed for it.
 */
export function createPace(clock: Clock, traffic: Traffic): Pace {
  const settle = async (): Promise<void> => {
    await turn();
    while (traffic.isBusy()) {
      const change$ = clock.change$.pipe(map(() => true));
      const isInTime = await firstValueFrom(race(change$, timer(patienceMs).pipe(map(() => false))), {
        defaultValue: false,
      });
      if (!isInTime) throw new Error(`a request that met '${String(traffic.met.at(-1))}' came to no end`);
      await turn();
    }
  };
  return {
    pass: async (ms) => {
      const endMs = clock.now() + ms;
      do await settle();
      while (clock.jump(endMs));
    },
    passWhile: async (isGoingOn) => {
      const endMs = clock.now() + foreverMs;
      do await settle();
      while (isGoingOn() && clock.jump(endMs));
    },
  };
}

/** Lets everybody act who can act without time passing. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
