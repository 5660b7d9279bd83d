import { runChild } from '../support/child';
import { sdkKey } from '../support/client';

/** Twenty polls of thirty seconds. */
const goesOn = [20, true, 0] as const;
const stops = [0, false, 0] as const;
/** The request is not answered. */
const waits = [0, true, 0] as const;

describe('a client that is forgotten', () => {
  it('stops when it is collected and nothing of it lives, and goes on as long as anything does', async () => {
    const { lines, ended } = runChild('forgotten', sdkKey);
    expect(await ended).toEqual({ code: 0, signal: null, errors: '' });
    expect(
      Object.fromEntries(
        lines.map((line) => [(JSON.parse(line) as string[])[0], (JSON.parse(line) as unknown[]).slice(1)]),
      ),
    ).toEqual({
      unused: stops,
      read: stops,
      unsubscribed: stops,
      asked: stops,
      // It is for what was.
      snapshot: [...stops, 1],
      'flag$ subscribed': goesOn,
      'flags$ subscribed': goesOn,
      'flagState$ subscribed': goesOn,
      'status$ subscribed': goesOn,
      'events$ subscribed': goesOn,
      'changes$ subscribed': goesOn,
      'exposures subscribed': goesOn,
      'watch subscribed': goesOn,
      'loop waiting': [20, true, 1],
      onConfigChanged: goesOn,
      'flag$ kept': [...goesOn, 1],
      'flagDetails$ kept': [...goesOn, 1],
      'flags$ kept': [...goesOn, 1],
      'allFlags$ kept': [...goesOn, 1],
      'flagState$ kept': [...goesOn, 1],
      'keys$ kept': [...goesOn, 1],
      'snapshot$ kept': [...goesOn, 1],
      'status$ kept': [...goesOn, 1],
      'ready$ kept': [...goesOn, 1],
      'watch kept': [...goesOn, 21],
      'methods kept': [...goesOn, ['function', 21]],
      'pending getValue': waits,
      'pending waitForReady': waits,
      'pending forceRefresh': [1, true, 0],
      'pending explain': waits,
    });
  }, 60_000);
});
