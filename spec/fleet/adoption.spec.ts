import { asyncScheduler } from 'rxjs';
import { trackAdoption } from '../../src/fleet/adoption';
import { fromAnnouncement, toAnnouncement } from '../../src/fleet/announcement';
import { toPayload } from '../../src/fleet/payload';

const payload = (value: string) => toPayload(`1\n"${value}"\n{"f":{"greeting":{"t":1,"v":{"s":"${value}"}}}}`)!;
const order = (counter: number) => ({ fence: 5, counter });
const stored = (counter: number, value: string) => ({
  text: payload(value).text,
  order: order(counter),
  isForeign: false,
});

/** A process that has `first`, as the engine says, and has heard of `second` after it. */
function told() {
  const adoption = trackAdoption(asyncScheduler);
  adoption.learn(stored(1, 'first'), payload('first'), undefined, false);
  const verdict = adoption.hear(fromAnnouncement(toAnnouncement(order(2), payload('second'), true))!);
  expect([verdict, adoption.latest()?.content]).toEqual(['adopted', payload('second').content]);
  const learn = (counter: number, value: string, before = adoption.ordered()) =>
    adoption.learn(stored(counter, value), payload(value), before, false);
  return { adoption, learn };
}

describe('what a process was told, and an engine holds', () => {
  it('agree', () => {
    const { adoption, learn } = told();
    learn(2, 'second');
    expect([adoption.latest()?.content, adoption.contest$.value]).toEqual([payload('second').content, 'none']);
  });

  it('leave it to the server what is newer when the engine holds what came before', () => {
    const { adoption, learn } = told();
    learn(1, 'first');
    expect([adoption.latest()?.content, adoption.contest$.value]).toEqual([payload('second').content, 'known']);
    adoption.fetched(payload('first'));
    expect(adoption.contest$.value).toBe('none');
  });

  it('are in no doubt when the engine was asked before it was told', () => {
    const { adoption, learn } = told();
    learn(1, 'first', { ...adoption.ordered()! });
    expect([adoption.latest()?.content, adoption.contest$.value]).toEqual([payload('second').content, 'none']);
  });

  it('are in no doubt when the engine has lost what it had confirmed', () => {
    const { adoption, learn } = told();
    learn(2, 'second');
    learn(1, 'first');
    expect([adoption.latest()?.content, adoption.contest$.value]).toEqual([payload('second').content, 'none']);
  });
});
