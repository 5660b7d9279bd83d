import { asyncScheduler } from 'rxjs';
import { createTrampoline } from '../../src/acquisition/trampoline';
import type { ClientEvent } from '../../src/core/events';
import { createEvents } from '../../src/core/events';
import { createVirtualClock } from '../support/virtual-time';

const failed = (message: string): ClientEvent => ({ type: 'error', message, error: undefined });
const messagesOf = (events: readonly ClientEvent[]) =>
  events.map((event) => (event.type === 'error' ? event.message : event.type));

function eventsOf(virtual: boolean) {
  const clock = createVirtualClock();
  const scheduler = virtual ? clock.scheduler : asyncScheduler;
  const trampoline = createTrampoline();
  const time = { scheduler, idle: scheduler, random: () => 0, resumed$: undefined };
  const events = createEvents(trampoline, { time, isVirtualTime: virtual });
  const subscribe = () => {
    const told: ClientEvent[] = [];
    let isComplete = false;
    events.event$.subscribe({ next: (event) => told.push(event), complete: () => (isComplete = true) });
    return { told: () => messagesOf(told), isComplete: () => isComplete };
  };
  return { clock, events, subscribe };
}

describe('createEvents', () => {
  it('tells those who subscribe in the same tick what happened while the client was made, each once', async () => {
    const { events, subscribe } = eventsOf(false);
    events.emit(failed('a'));
    const during = subscribe();
    events.emit(failed('b'));
    events.emit({ type: 'configChanged', snapshot: {} as never });
    events.started();
    const [first, second] = [subscribe(), subscribe()];
    events.emit(failed('c'));
    const third = subscribe();
    await Promise.resolve();
    const late = subscribe();
    events.emit(failed('d'));
    expect(during.told()).toEqual(['a', 'b', 'configChanged', 'c', 'd']);
    for (const each of [first, second]) expect(each.told()).toEqual(['a', 'b', 'c', 'd']);
    expect(third.told()).toEqual(['a', 'b', 'd']);
    expect(late.told()).toEqual(['d']);
  });

  it('takes for one tick what happens at one time, where time is virtual', async () => {
    const { clock, events, subscribe } = eventsOf(true);
    events.emit(failed('a'));
    events.started();
    const first = subscribe();
    expect(clock.scheduler.actions).toHaveLength(1);
    clock.scheduler.maxFrames = 1;
    clock.scheduler.flush();
    const second = subscribe();
    await Promise.resolve();
    expect([first.told(), second.told()]).toEqual([['a'], []]);
  });

  it('waits for no tick where nothing has happened', () => {
    const { clock, events } = eventsOf(true);
    events.started();
    expect(clock.scheduler.actions).toEqual([]);
  });

  it('knows whether anybody hears what happens', () => {
    const { events } = eventsOf(false);
    expect(events.hasListeners()).toBe(true);
    events.started();
    expect(events.hasListeners()).toBe(false);
    const subscription = events.event$.subscribe();
    expect(events.hasListeners()).toBe(true);
    subscription.unsubscribe();
    expect(events.hasListeners()).toBe(false);
  });

  it('keeps nothing and waits for nothing when it completes', () => {
    const { clock, events, subscribe } = eventsOf(true);
    events.emit(failed('a'));
    events.started();
    const before = subscribe();
    events.complete();
    clock.scheduler.maxFrames = 10;
    const after = subscribe();
    expect(clock.scheduler.actions.every(({ closed }) => closed)).toBe(true);
    expect([before.told(), before.isComplete()]).toEqual([['a'], true]);
    expect([after.told(), after.isComplete()]).toEqual([[], true]);
  });

  it('tells what a subscriber causes by hearing of what it missed after that', () => {
    const { events } = eventsOf(false);
    events.emit(failed('a'));
    events.emit(failed('b'));
    events.started();
    const told: ClientEvent[] = [];
    events.event$.subscribe((event) => {
      told.push(event);
      if (messagesOf([event])[0] === 'a') events.emit(failed('c'));
    });
    expect(messagesOf(told)).toEqual(['a', 'b', 'c']);
  });
});
