import { leftMs } from '../../src/acquisition/wait';

describe('what is left of a wait', () => {
  const sinceMs = 1_000_000;

  it.each([
    ['at its beginning is all of it', 5000, 0, 5000],
    ['after a part is the rest', 5000, 2000, 3000],
    ['one millisecond before its end is that', 5000, 4999, 1],
    ['at its end is nothing', 5000, 5000, 0],
    ['after its end is nothing', 5000, 60_000, 0],
    ['is nothing when the clock was set back by a millisecond', 5000, -1, 0],
    ['is nothing when the clock was set back by a day', 5000, -86_400_000, 0],
    ['is as much as timers can wait', 2 ** 40, 0, 2147483647],
    ['is nothing of no time', 0, 0, 0],
  ])('%s', (_, delayMs, passedMs, expected) => {
    expect(leftMs({ sinceMs, delayMs }, sinceMs + passedMs)).toBe(expected);
  });

  it.each([0, -5, sinceMs])('is nothing where nobody waits, at %i ms', (nowMs) => {
    expect(leftMs(undefined, nowMs)).toBe(0);
  });
});
