/** Draws that are the same for the same seed. */
export interface Dice {
  /** A number from 0 up to 1. */
  readonly fraction: () => number;
  /** A whole number from `min` to `max`, both included. */
  readonly whole: (min: number, max: number) => number;
  readonly pick: <T>(choices: readonly T[]) => T;
  /** Tells whether what happens once in so many times happens now. */
  readonly isOneIn: (times: number) => boolean;
  readonly list: <T>(min: number, max: number, draw: () => T) => T[];
}

/** Mulberry32: small, quick, and good enough to shuffle acts. */
export function createDice(seed: number): Dice {
  // Neighbouring seeds must not give neighbouring draws.
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  const fraction = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (min: number, max: number) => min + Math.floor(fraction() * (max - min + 1));
  return {
    fraction,
    whole,
    pick: (choices) => choices[whole(0, choices.length - 1)]!,
    isOneIn: (times) => fraction() * times < 1,
    list: (min, max, draw) => Array.from({ length: whole(min, max) }, draw),
  };
}
