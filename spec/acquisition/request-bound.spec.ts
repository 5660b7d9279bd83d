import type { SchedulerLike } from 'rxjs';
import { NEVER, Subject, Subscription, map, of, timer } from 'rxjs';
import type { ConfigCache } from '../../src/acquisition/cache';
import type { RefreshResult } from '../../src/acquisition/outcome';
import { autoPoll } from '../../src/acquisition/polling/auto';
import { lazyLoad } from '../../src/acquisition/polling/lazy';
import { manualPoll } from '../../src/acquisition/polling/manual';
import type { PollingMode } from '../../src/acquisition/polling/mode';
import { requestLimits } from '../../src/acquisition/request-bound';
import type { Task } from '../../src/acquisition/task';
import type { BoundRequest, RequestBoundRuntime } from '../support/request-bound';
import { createRequestBoundRuntime } from '../support/request-bound';
import { fetched, scriptedStore } from '../support/store';
import { createVirtualClock } from '../support/virtual-time';

const second = 1000;

/** A reader in a request of its own, which is answered when it has read, and what became of it. */
interface Reader {
  readonly request: BoundRequest;
  readonly endedAt: () => number | undefined;
  readonly saw: () => string | undefined;
}

/** A client at module scope, whose server takes a while for `v1`, `v2`, …. */
function worker(
  mode: PollingMode,
  {
    answerMs = 30,
    cache,
    runtime = createRequestBoundRuntime(),
  }: { answerMs?: number; cache?: ConfigCache; runtime?: RequestBoundRuntime } = {},
) {
  const { clock, scheduler, isInRequest } = runtime;
  let version = 0;
  const server = { answerMs };
  const store = scriptedStore(
    scheduler,
    mode,
    () => {
      const text = `v${++version}`;
      return timer(server.answerMs, scheduler).pipe(map(() => fetched(text, scheduler.now())));
    },
    cache,
    { isInRequest },
  );
  store.start();
  const nowMs = () => clock.scheduler.now();
  const read = (isAnswered = true): Reader => {
    let endedAt: number | undefined;
    let saw: string | undefined;
    const request = runtime.handle(() => {
      store.read$.subscribe({
        complete: () => {
          endedAt = nowMs();
          saw = store.state().content;
        },
      });
    });
    request.endWhen(() => isAnswered && endedAt !== undefined);
    return { request, endedAt: () => endedAt, saw: () => saw };
  };
  return { ...runtime, store, server, read, nowMs };
}

const modes: [string, PollingMode][] = [
  ['lazy loading', lazyLoad({ cacheTimeToLiveSeconds: 1 })],
  ['auto polling', autoPoll({ pollIntervalSeconds: 1, maxInitWaitTimeSeconds: 60 })],
];

describe.each(modes)('%s where timers and requests end with the request that began them', (_, mode) => {
  it('does nothing outside of requests, and fetches once for all who come first', async () => {
    const { clock, store, read } = worker(mode);
    await clock.advance(10 * second);
    expect(store.fetchedAt).toEqual([]);
    const readers = Array.from({ length: 20 }, () => read());
    expect(readers.every(({ request }) => request.isAlive())).toBe(true);
    await clock.advance(100);
    expect(readers.map((reader) => reader.saw())).toEqual(Array(20).fill('v1'));
    expect(store.fetchedAt).toHaveLength(1);
  });

  it('fetches anew at the first read after its time', async () => {
    const { clock, store, read } = worker(mode);
    read();
    await clock.advance(100);
    await clock.advance(700);
    const early = read();
    expect([early.saw(), store.fetchedAt.length]).toEqual(['v1', 1]);
    await clock.advance(10 * second);
    const late = read();
    await clock.advance(50);
    expect([late.saw(), store.fetchedAt.length]).toEqual(['v2', 2]);
  });

  it('takes a fetch over a second after it has vanished with its request', async () => {
    const { clock, store, read } = worker(mode, { answerMs: 700 });
    read().request.end();
    const readers = [read(), read()];
    await clock.advance(900);
    expect(store.fetchedAt).toHaveLength(1);
    const newcomer = read();
    expect([...readers, newcomer].map(({ request }) => request.isAlive())).toEqual([true, true, true]);
    await clock.advance(900);
    expect([...readers, newcomer].map((reader) => reader.saw())).toEqual(['v2', 'v2', 'v2']);
    expect(store.fetchedAt).toHaveLength(2);
  });

  it('gives a fetch up after five seconds, though somebody still waits for it', async () => {
    const { clock, store, read, server } = worker(mode, { answerMs: 30 * second });
    const first = read();
    const other = read();
    await clock.advance(4.9 * second);
    expect(store.fetchedAt).toHaveLength(1);
    server.answerMs = 30;
    await clock.advance(500);
    expect([first.saw(), other.saw()]).toEqual(['v2', 'v2']);
    expect([store.fetchedAt.length, store.abortedAt.length]).toEqual([2, 1]);
  });

  it('lets nobody wait for more than two seconds who has a config to go on with', async () => {
    const { clock, store, read, server } = worker(mode);
    read();
    await clock.advance(second * 60);
    server.answerMs = 4000;
    const readers = [read(), read()];
    await clock.advance(1999);
    expect(readers.map((reader) => reader.endedAt())).toEqual([undefined, undefined]);
    expect(readers.every(({ request }) => request.isAlive())).toBe(true);
    await clock.advance(1);
    expect(readers.map((reader) => reader.saw())).toEqual(['v1', 'v1']);
    expect([store.fetchedAt.length, store.state().isFetching]).toEqual([2, true]);
    server.answerMs = 700;
    await clock.advance(second);
    const late = read();
    await clock.advance(700);
    expect([late.saw(), store.fetchedAt.length, store.state().isFetching]).toEqual(['v3', 3, false]);
  });

  it('survives that those who take over vanish, too', async () => {
    const { clock, store, read } = worker(mode, { answerMs: 700 });
    for (let i = 0; i < 5; i++) {
      read().request.end();
      await clock.advance(second);
    }
    const reader = read();
    await clock.advance(700);
    expect([reader.saw(), store.fetchedAt.length, store.abortedAt.length]).toEqual(['v6', 6, 5]);
  });

  it('takes a refresh over that somebody demands', async () => {
    const { clock, store, handle } = worker(mode);
    handle(() => {
      store.refresh$.subscribe();
    }).end();
    await clock.advance(second);
    const results: RefreshResult[] = [];
    const request = handle(() => {
      store.refresh$.subscribe((result) => results.push(result));
    });
    expect(request.isAlive()).toBe(true);
    await clock.advance(30);
    expect(results).toEqual([{ isSuccess: true, errorCode: 0 }]);
    expect(store.fetchedAt).toHaveLength(2);
  });

  it('takes over a look into the cache that has vanished', async () => {
    let looks = 0;
    const runtime = createRequestBoundRuntime();
    const { scheduler } = runtime;
    // Answers in the name of the request that asks, as promises of such runtimes do.
    const get = () => {
      looks++;
      const answered = {
        then: (tell: (text: string) => void) => {
          timer(700, scheduler).subscribe(() => {
            tell(`${scheduler.now()}\n\ncached`);
          });
          return { then: () => undefined };
        },
      };
      return answered as unknown as Promise<string>;
    };
    const { clock, read, store } = worker(mode, { runtime, cache: { get, set: () => undefined } });
    read().request.end();
    await clock.advance(5 * second);
    const reader = read();
    expect(reader.request.isAlive()).toBe(true);
    await clock.advance(800);
    expect([reader.saw(), looks, store.fetchedAt.length]).toEqual(['cached', 2, 0]);
  });

  it('keeps nobody waiting outside of requests', async () => {
    const { clock, store } = worker(mode);
    const ends: string[] = [];
    const results: RefreshResult[] = [];
    store.read$.subscribe({ complete: () => ends.push('read') });
    store.refresh$.subscribe((result) => results.push(result));
    store.setOnline(false);
    store.setOnline(true);
    store.refreshInBackground();
    await clock.advance(second);
    expect(ends).toEqual(['read']);
    const errorMessage = 'This runtime sends requests only while it handles one.';
    expect(results).toEqual([{ isSuccess: false, errorCode: -1, errorMessage }]);
    expect(store.fetchedAt).toEqual([]);
  });

  it('goes on after it was disposed while a fetch had vanished', async () => {
    const { clock, store, read } = worker(mode);
    read().request.end();
    store.dispose();
    const reader = read();
    await clock.advance(10 * second);
    expect(reader.endedAt()).toBe(0);
  });
});

describe('auto polling where timers end with their request', () => {
  it('gives up waiting for the first config after its time, and is ready then', async () => {
    const { clock, store, read } = worker(autoPoll({ pollIntervalSeconds: 60, maxInitWaitTimeSeconds: 1 }), {
      answerMs: 30 * second,
    });
    const reader = read();
    await clock.advance(second);
    expect([reader.endedAt(), reader.saw()]).toEqual([second, undefined]);
    expect(store.state().isInitialised).toBe(true);
  });

  it('polls on while the request lasts that polled first', async () => {
    const { clock, store, read } = worker(autoPoll({ pollIntervalSeconds: 1, maxInitWaitTimeSeconds: 1 }));
    read(false);
    await clock.advance(3.5 * second);
    expect(store.fetchedAt).toHaveLength(4);
  });

  it('sends nothing while it is offline, whatever has vanished', async () => {
    const { clock, store, read } = worker(autoPoll({ pollIntervalSeconds: 1, maxInitWaitTimeSeconds: 1 }));
    read().request.end();
    store.setOnline(false);
    await clock.advance(10 * second);
    const reader = read();
    await clock.advance(10 * second);
    expect([reader.endedAt() === undefined, store.fetchedAt.length]).toEqual([false, 1]);
  });
});

describe('manual polling where timers end with their request', () => {
  it('reads at once', async () => {
    const { clock, read } = worker(manualPoll());
    await clock.advance(second);
    expect(read().endedAt()).toBe(second);
  });

  it('waits two seconds at most for a cache that never answers', async () => {
    const cache = { get: () => new Promise<string>(() => undefined), set: () => undefined };
    const { clock, read } = worker(manualPoll(), { cache });
    const reader = read();
    await clock.advance(2 * second + 20);
    expect(reader.endedAt()).toBeGreaterThanOrEqual(2 * second);
  });
  it.each([
    ['nothing', undefined],
    ['a config', '1\n\nstored'],
  ])('waits for a cache that has %s, though the first request to ask it has vanished', async (_, text) => {
    const runtime = createRequestBoundRuntime();
    const { scheduler } = runtime;
    const get = () => {
      const answered = {
        then: (tell: (given: string | undefined) => void) => {
          timer(700, scheduler).subscribe(() => {
            tell(text);
          });
          return { then: () => undefined };
        },
      };
      return answered as unknown as Promise<string | undefined>;
    };
    const { clock, read, store } = worker(manualPoll(), { runtime, cache: { get, set: () => undefined } });
    read().request.end();
    await clock.advance(5 * second);
    const readers = [read(), read()];
    await clock.advance(699);
    expect(readers.map((reader) => reader.endedAt())).toEqual([undefined, undefined]);
    await clock.advance(30);
    expect(readers.map((reader) => reader.endedAt() !== undefined)).toEqual([true, true]);
    expect([readers[0]!.saw(), store.state().isInitialised, store.fetchedAt]).toEqual([text && 'stored', true, []]);
  });
});

describe('the limits of a runtime where timers end with their request', () => {
  it.each([
    [4999, 0, false],
    [5000, 0, true],
    [6000, 0, true],
    [4999, 999, false],
    [2000, 1000, true],
    [2000, 1001, true],
  ])('take a task of %i ms whose owner was seen %i ms ago for vanished: %p', async (ageMs, silenceMs, expected) => {
    const clock = createVirtualClock();
    await clock.advance(1_000_000);
    const task = { startedAtMs: 1_000_000 - ageMs, aliveAtMs: 1_000_000 - silenceMs } as Task;
    expect(requestLimits(() => true).hasVanished(task, clock.scheduler)).toBe(expected);
  });

  it('let a read wait without a timer where it may wait for good, as real timers would end at once', () => {
    let timers = 0;
    const scheduler: SchedulerLike = { now: () => 0, schedule: () => (timers++, new Subscription()) };
    const giveUp = () => {
      throw new Error('It is never given up.');
    };
    requestLimits(() => true)
      .read(NEVER, () => Infinity, giveUp, scheduler)
      .subscribe();
    expect(timers).toBe(0);
  });

  it.each([
    [undefined, 2000],
    [0, 0],
    [700, 700],
  ])('let a read that may wait for %p ms wait for %i ms', async (waitMs, expected) => {
    const clock = createVirtualClock();
    await clock.advance(1_000_000);
    const ends: string[] = [];
    requestLimits(() => true)
      .read(
        NEVER,
        () => waitMs,
        () => ends.push('given up'),
        clock.scheduler,
      )
      .subscribe({ complete: () => ends.push('completed') });
    await clock.advance(expected - 1);
    expect(ends).toEqual([]);
    await clock.advance(1);
    expect(ends).toEqual(['given up', 'completed']);
  });

  it('let work begin with the first read in a request, and once', () => {
    let isInRequest = false;
    const reading$ = new Subject<void>();
    const begun: number[] = [];
    const work$ = of(1) as never;
    requestLimits(() => isInRequest)
      .whenPossible(work$, reading$)
      .subscribe((value) => begun.push(value));
    reading$.next();
    expect(begun).toEqual([]);
    isInRequest = true;
    reading$.next();
    reading$.next();
    expect(begun).toEqual([1]);
  });
});
