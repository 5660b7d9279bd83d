import { of } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { ConfigCache } from '../../src/acquisition/cache';
import { autoPoll } from '../../src/acquisition/polling/auto';
import { lazyLoad } from '../../src/acquisition/polling/lazy';
import { manualPoll } from '../../src/acquisition/polling/manual';
import type { PollingMode } from '../../src/acquisition/polling/mode';
import type { ScriptedStore } from '../support/store';
import { numbered, scriptedStore } from '../support/store';
import { createVirtualClock } from '../support/virtual-time';

const second = 1000;
const auto = autoPoll({ pollIntervalSeconds: 60 });
const lazy = lazyLoad({ cacheTimeToLiveSeconds: 60 });

/** A store at second 100, and a clock that can be set. */
function storeWith(mode: PollingMode, cache?: ConfigCache, isLate = false) {
  const time = { nowMs: 100 * second };
  const virtual = new TestScheduler(() => undefined);
  const scheduler = { now: () => time.nowMs, schedule: virtual.schedule.bind(virtual) } as unknown as TestScheduler;
  const options = isLate ? { workWhile$: of(false) } : {};
  const store = scriptedStore(scheduler, mode, numbered(), cache, options);
  store.start();
  return { store, time };
}

/** What a read does: `'at once'`, or when it has waited, that it is `'over'`. */
function read(store: ScriptedStore, isFollowing: boolean): string[] {
  const waiting$ = store.read(isFollowing);
  if (!waiting$) return ['at once'];
  const record = ['waits'];
  waiting$.subscribe({ complete: () => record.push('over') });
  return record;
}

describe.each([
  ['follows', true],
  ['reads once', false],
])('a reader who %s', (_, isFollowing) => {
  it.each([
    ['auto', auto],
    ['manual', manualPoll()],
  ])('waits for nothing when there is nothing to wait for, in %s mode', (_name, mode) => {
    const { store } = storeWith(mode);
    expect(read(store, isFollowing)).toEqual(['at once']);
    store.dispose();
  });

  it('waits for a fetch when the config is expired, in lazy mode, and then not again', () => {
    const { store, time } = storeWith(lazy);
    expect(read(store, isFollowing)).toEqual(['waits', 'over']);
    expect(read(store, isFollowing)).toEqual(['at once']);
    time.nowMs += 61 * second;
    const waiting$ = store.read(isFollowing);
    // What waits begins when somebody subscribes.
    expect([waiting$ === undefined, store.state().content]).toEqual([false, 'v1']);
    waiting$?.subscribe();
    expect([store.state().content, store.fetchedAt]).toEqual(['v2', [100 * second, 161 * second]]);
    store.dispose();
  });

  it('makes a poll that is overdue begin', () => {
    const { store, time } = storeWith(auto);
    time.nowMs += 3600 * second;
    expect(read(store, isFollowing)).toEqual(['at once']);
    expect(store.state().content).toBe('v2');
    store.dispose();
  });

  it('waits for nothing after the end', () => {
    const { store } = storeWith(auto);
    store.dispose();
    expect([read(store, isFollowing), store.fetchedAt.length]).toEqual([['at once'], 1]);
  });
});

describe('a read of a client with an external cache', () => {
  const slowCache = () => {
    const answers: ((text: string) => void)[] = [];
    const cache: ConfigCache = { get: () => new Promise((resolve) => answers.push(resolve)), set: () => undefined };
    return { cache, answers };
  };
  const answered = async (answer: ((text: string) => void) | undefined, text: string) => {
    answer?.(text);
    await new Promise(setImmediate);
  };

  it('waits for it if nobody tells the reader of what comes later', async () => {
    const { cache, answers } = slowCache();
    const { store } = storeWith(manualPoll(), cache);
    await answered(answers[0], '1\n\nold');
    const record = read(store, false);
    expect([record, answers.length]).toEqual([['waits'], 2]);
    await answered(answers[1], '2\n\nnew');
    expect([record, store.state().content]).toEqual([['waits', 'over'], 'new']);
    store.dispose();
  });

  it('goes on beside it otherwise, and the cache is read in the background', async () => {
    const { cache, answers } = slowCache();
    const { store } = storeWith(manualPoll(), cache);
    expect(read(store, true)).toEqual(['waits']);
    await answered(answers[0], '1\n\nold');
    expect([read(store, true), answers.length]).toEqual([['at once'], 2]);
    await answered(answers[1], '2\n\nnew');
    expect(store.state().content).toBe('new');
    store.dispose();
  });

  it('asks nobody before the client may work', () => {
    const { cache, answers } = slowCache();
    const { store } = storeWith(manualPoll(), cache, true);
    read(store, true);
    read(store, false);
    expect(answers).toEqual([]);
    store.dispose();
  });

  it('waits for a client that may not work yet as long as for a first config', async () => {
    const clock = createVirtualClock();
    await clock.advance(1_000_000);
    const mode = autoPoll({ maxInitWaitTimeSeconds: 3 });
    const { cache, answers } = slowCache();
    const store = scriptedStore(clock.scheduler, mode, numbered(), cache, { workWhile$: of(false) });
    store.start();
    const record = read(store, true);
    await clock.advance(2999);
    expect([record, store.state().isInitialised]).toEqual([['waits'], false]);
    await clock.advance(1);
    expect([record, store.state().isInitialised]).toEqual([['waits', 'over'], true]);
    expect([read(store, true), store.fetchedAt, answers]).toEqual([['at once'], [], []]);
    store.dispose();
  });

  it('asks the server after the cache when the config there is expired, too', async () => {
    const { cache, answers } = slowCache();
    const { store } = storeWith(lazy, cache);
    const record = read(store, true);
    await answered(answers[0], '1\n\nold');
    expect([record, store.state()]).toMatchObject([['waits', 'over'], { content: 'v1' }]);
    store.dispose();
  });
});
