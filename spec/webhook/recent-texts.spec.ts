import { createMemory } from '../../src/webhook/memory';
import { createVirtualClock } from '../support/virtual-time';

describe('createMemory', () => {
  it('remembers a text until its time is over', async () => {
    const clock = createVirtualClock();
    const memory = createMemory(1000, 10, clock.scheduler);
    memory.add('a');
    await clock.advance(500);
    memory.add('b');
    expect([memory.has('a'), memory.has('b'), memory.has('c'), memory.has('c', 'a')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    await clock.advance(501);
    expect([memory.has('a'), memory.has('b')]).toEqual([false, true]);
  });

  it('forgets the oldest when there are too many', () => {
    const memory = createMemory(1000, 3, createVirtualClock().scheduler);
    for (const text of ['a', 'b', 'c', 'd', 'e']) memory.add(text);
    expect(['a', 'b', 'c', 'd', 'e'].filter((text) => memory.has(text))).toEqual(['c', 'd', 'e']);
  });
});
