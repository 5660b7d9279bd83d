import { createRecentTexts } from '../../src/webhook/recent-texts';
import { createVirtualClock } from '../support/virtual-time';

describe('createRecentTexts', () => {
  it('remembers a text until its time is over', async () => {
    const clock = createVirtualClock();
    const recent = createRecentTexts(1000, 10, clock.scheduler);
    recent.add('a');
    await clock.advance(500);
    recent.add('b');
    expect([recent.has('a'), recent.has('b'), recent.has('c'), recent.has('c', 'a')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    await clock.advance(501);
    expect([recent.has('a'), recent.has('b')]).toEqual([false, true]);
  });

  it('forgets the oldest when there are too many', () => {
    const recent = createRecentTexts(1000, 3, createVirtualClock().scheduler);
    for (const text of ['a', 'b', 'c', 'd', 'e']) recent.add(text);
    expect(['a', 'b', 'c', 'd', 'e'].filter((text) => recent.has(text))).toEqual(['c', 'd', 'e']);
  });
});
