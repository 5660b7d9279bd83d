import { holdProcess } from '../platform/time.js';

/** Keeps the process alive, and what is handed out of the client. */
export interface Hold {
  readonly take: () => void;
  readonly release: () => void;
  /** Keeps an object in memory until it is let go as often as it was kept. */
  readonly keep: (kept: object) => void;
  readonly letGo: () => void;
}

/** Creates a hold that holds nothing yet. */
export function createHold(isRealTime: boolean): Hold {
  let holders = 0;
  let endHold: () => void = () => undefined;
  let keepers = 0;
  const kept = new Set<object>();
  return {
    take: () => {
      if (holders++ === 0 && isRealTime) endHold = holdProcess();
    },
    release: () => {
      if (--holders === 0) endHold();
    },
    keep: (object) => {
      keepers++;
      kept.add(object);
    },
    letGo: () => {
      if (--keepers === 0) kept.clear();
    },
  };
}
