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

/** Creates a process that has read `first` from the engine, and has adopted an announcement of `second` after it. */
function processWithAnnouncement() {
  const adoption = trackAdoption(asyncScheduler);
  adoption.applyStored(stored(1, 'first'), payload('first'), undefined, false);
  const verdict = adoption.onAnnouncement(fromAnnouncement(toAnnouncement(order(2), payload('second'), true))!);
  expect([verdict, adoption.latest()?.content]).toEqual(['adopted', payload('second').content]);
  const applyRead = (counter: number, value: string, before = adoption.lastWrite()) =>
    adoption.applyStored(stored(counter, value), payload(value), before, false);
  return { adoption, applyRead };
}

describe('what a process was told, and an engine holds', () => {
  it('agree', () => {
    const { adoption, applyRead } = processWithAnnouncement();
    applyRead(2, 'second');
    expect([adoption.latest()?.content, adoption.conflict$.value]).toEqual([payload('second').content, 'none']);
  });

  it('leave it to the server what is newer when the engine holds what came before', () => {
    const { adoption, applyRead } = processWithAnnouncement();
    applyRead(1, 'first');
    expect([adoption.latest()?.content, adoption.conflict$.value]).toEqual([payload('second').content, 'known']);
    adoption.noteFetched(payload('first'));
    expect(adoption.conflict$.value).toBe('none');
  });

  it('are in no doubt when the engine was asked before it was told', () => {
    const { adoption, applyRead } = processWithAnnouncement();
    applyRead(1, 'first', { ...adoption.lastWrite()! });
    expect([adoption.latest()?.content, adoption.conflict$.value]).toEqual([payload('second').content, 'none']);
  });

  it('leave it to the server what is newer when the engine has lost what it had confirmed', () => {
    const { adoption, applyRead } = processWithAnnouncement();
    applyRead(2, 'second');
    applyRead(1, 'first');
    expect([adoption.latest()?.content, adoption.conflict$.value]).toEqual([payload('second').content, 'known']);
    adoption.noteFetched(payload('second'));
    adoption.noteWritten(payload('second'), order(2));
    expect(adoption.conflict$.value).toBe('none');
  });
});
