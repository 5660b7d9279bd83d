import type { Observable, SchedulerAction, SchedulerLike } from 'rxjs';
import {
  NEVER,
  Observable as NewObservable,
  Subject,
  Subscription,
  concat,
  defer,
  map,
  of,
  throwError,
  timer,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { ConfigCache } from '../../src/acquisition/cache';
import type { RefreshResult, Step } from '../../src/acquisition/outcome';
import { firstStep } from '../../src/acquisition/outcome';
import { autoPoll } from '../../src/acquisition/polling/auto';
import { lazyLoad } from '../../src/acquisition/polling/lazy';
import { manualPoll } from '../../src/acquisition/polling/manual';
import type { PollingMode } from '../../src/acquisition/polling/mode';
import type { Answer, ScriptedStore } from '../support/store';
import { fetched, numbered, scriptedStore } from '../support/store';
import { createVirtualClock } from '../support/virtual-time';

const second = 1000;
const polling = autoPoll({ pollIntervalSeconds: 60, maxInitWaitTimeSeconds: 5 });

type Options = NonNullable<Parameters<typeof scriptedStore>[4]>;

/** Everything that a stream does, in a list: values, then `'completed'` or `'failed'`. */
function recordOf<T>(stream$: Observable<T>): (T | 'completed' | 'failed')[] {
  const record: (T | 'completed' | 'failed')[] = [];
  stream$.subscribe({
    next: (value) => record.push(value),
    error: () => record.push('failed'),
    complete: () => record.push('completed'),
  });
  return record;
}

const contents = (step$: Observable<Step<string>>) => step$.pipe(map(({ state }) => state.content));

describe('the steps of a store', () => {
  const idle = (answer: Answer = numbered(), cache?: ConfigCache) =>
    scriptedStore(new TestScheduler(() => undefined), manualPoll(), answer, cache);

  it('begin with their first subscriber, before whom nothing is asked, and begin once', () => {
    let asked = 0;
    const cache: ConfigCache = { get: () => `${++asked}\n\nstored`, set: () => undefined };
    const { step$, state } = idle(numbered(), cache);
    expect([asked, state().content]).toEqual([0, undefined]);
    const first = recordOf(contents(step$));
    const second = recordOf(contents(step$));
    expect([asked, state().content]).toEqual([1, 'stored']);
    // The first subscriber is told of everything, from the empty state on.
    expect([first[0], first.at(-1), second]).toEqual([undefined, 'stored', ['stored']]);
  });

  it('begin with a state in which nothing is known', () => {
    const entry = { configText: undefined, etag: undefined, fetchedAtMs: undefined, requestedAtMs: undefined };
    const nothing = { content: undefined, isInitialised: false, isFetching: false, lastError: undefined };
    for (const offline of [false, true]) {
      const store = scriptedStore(new TestScheduler(() => undefined), manualPoll(), numbered(), undefined, { offline });
      const [first] = recordOf(store.step$);
      const state = { ...nothing, entry, isOnline: !offline, backoff: undefined };
      expect(first).toEqual({ state, outcome: { patch: {} } });
      store.dispose();
    }
    expect(firstStep.state.isOnline).toBe(true);
  });

  it.each([
    ['lazy', lazyLoad()],
    ['manual', manualPoll()],
    ['auto', autoPoll({ maxInitWaitTimeSeconds: -1, pollWhile$: NEVER })],
  ])('need no timer where reads may wait for good, as real timers would end at once: %s', (_, mode) => {
    let timers = 0;
    const scheduler: SchedulerLike = { now: () => 0, schedule: () => (timers++, new Subscription()) };
    const store = scriptedStore(scheduler, mode, numbered());
    store.start();
    expect(timers).toBe(0);
    store.dispose();
  });

  it('go on when nobody is subscribed any more', () => {
    const scheduler = new TestScheduler(() => undefined);
    scheduler.run(({ flush }) => {
      const store = scriptedStore(scheduler, polling, numbered());
      store.step$.subscribe().unsubscribe();
      timer(130 * second, scheduler).subscribe(store.dispose);
      flush();
      expect([store.fetchedAt, store.state().content]).toEqual([[0, 60 * second, 120 * second], 'v3']);
      // Whoever comes later starts nothing.
      expect(recordOf(contents(store.step$))).toEqual(['v3', 'completed']);
      expect(store.fetchedAt).toHaveLength(3);
    });
  });

  it('go on as well where nothing is done by itself', () => {
    let asked = 0;
    const cache: ConfigCache = { get: () => `${++asked}\n\nstored`, set: () => undefined };
    const store = idle(numbered(), cache);
    store.step$.subscribe().unsubscribe();
    store.refresh$.subscribe();
    expect([store.fetchedAt.length, store.state().content]).toEqual([1, 'v1']);
    const before = asked;
    expect([recordOf(contents(store.step$)), asked]).toEqual([['v1'], before]);
    store.dispose();
  });

  it('give the last one to whoever subscribes after the end, and end there too', () => {
    const store = idle();
    store.start();
    store.refresh$.subscribe();
    const last = store.state();
    store.dispose();
    expect(recordOf(store.step$)).toMatchObject([{ state: last }, 'completed']);
    expect(store.state()).toBe(last);
    // Nothing begins anew.
    expect([recordOf(store.refresh$), store.fetchedAt.length, store.state()]).toEqual([['completed'], 1, last]);
  });

  it('are in order for everybody, and what is read is what was told, when one of them refreshes while it is told', () => {
    const store = idle();
    const results: RefreshResult[] = [];
    const seen: (string | undefined)[][] = [[], []];
    const follow = (seenBy: (string | undefined)[], act: (content: string | undefined) => void) =>
      store.step$.subscribe(({ state }) => {
        expect(store.state()).toBe(state);
        if (seenBy.at(-1) !== state.content) {
          seenBy.push(state.content);
          act(state.content);
        }
        // What was caused meanwhile comes after all have been told.
        expect(store.state()).toBe(state);
      });
    follow(seen[0]!, (content) => {
      if (content === 'v1' || content === 'v2') store.refresh$.subscribe((result) => results.push(result));
    });
    follow(seen[1]!, () => undefined);
    store.refresh$.subscribe((result) => results.push(result));
    expect(seen).toEqual([
      ['v1', 'v2', 'v3'],
      ['v1', 'v2', 'v3'],
    ]);
    expect(results).toEqual(Array(3).fill({ isSuccess: true, errorCode: 0 }));
    store.dispose();
  });

  it('end for all when one of them disposes the store while it is told', () => {
    const store = idle();
    const disposing = store.step$.subscribe(({ state }) => {
      if (state.content === 'v1') store.dispose();
    });
    const record = recordOf(contents(store.step$));
    store.refresh$.subscribe();
    expect(disposing.closed).toBe(true);
    expect([record.at(-1), store.state().content]).toEqual(['completed', 'v1']);
  });

  it('tell of being online before anybody who is told refreshes', () => {
    const store = scriptedStore(new TestScheduler(() => undefined), manualPoll(), numbered(), undefined, {
      offline: true,
    });
    const refreshes: unknown[] = [];
    store.start();
    store.step$.subscribe(({ state, outcome }) => {
      if (outcome.patch.isOnline) {
        expect([state.isOnline, store.isOnline()]).toEqual([true, true]);
        refreshes.push(recordOf(store.refresh$));
      }
    });
    store.setOnline(true);
    expect([refreshes, store.state().content]).toEqual([[[{ isSuccess: true, errorCode: 0 }, 'completed']], 'v1']);
    store.dispose();
  });

  it('follow a switch that is thrown twice while they are told: the last position holds at once', () => {
    const store = idle();
    const positions: boolean[] = [];
    store.start();
    store.step$.subscribe(({ state, outcome }) => {
      if (outcome.patch.isOnline !== undefined) positions.push(state.isOnline);
      if (state.content !== 'v1' || positions.length > 0) return;
      store.setOnline(false);
      expect([store.isOnline(), recordOf(store.refresh$)]).toMatchObject([false, [{ errorCode: 3200 }, 'completed']]);
      store.setOnline(true);
      expect(store.isOnline()).toBe(true);
    });
    store.refresh$.subscribe();
    expect([positions, store.state().isOnline]).toEqual([[false, true], true]);
    store.dispose();
  });
});

describe('an outcome', () => {
  /** Who began the exchanges of a store, by the outcomes that end one. */
  async function beginnersOf(mode: PollingMode, act: (store: ScriptedStore) => void, options: Options = {}) {
    const clock = createVirtualClock();
    const store = scriptedStore(clock.scheduler, mode, numbered(), undefined, options);
    const beginners: unknown[] = [];
    store.step$.subscribe(({ outcome }) => {
      if (outcome.result) beginners.push(outcome.isInitiatedByUser);
    });
    act(store);
    await clock.advance(0);
    store.dispose();
    return beginners;
  }

  it.each<[string, PollingMode, (store: ScriptedStore) => void, Options, boolean]>([
    ['a poll', polling, () => undefined, {}, false],
    ['a read', lazyLoad(), (store) => store.read$.subscribe(), {}, false],
    [
      'going online',
      polling,
      ({ setOnline }) => {
        setOnline(true);
      },
      { offline: true },
      false,
    ],
    ['refreshOn$', manualPoll(), () => undefined, { refreshOn$: of(1) }, false],
    ['a refresh', manualPoll(), (store) => store.refresh$.subscribe(), {}, true],
  ])('of an exchange that %s begins says whether that was a user', async (_, mode, act, options, expected) => {
    expect(await beginnersOf(mode, act, options)).toEqual([expected]);
  });
});

describe('an error in a port', () => {
  const fault = () => new Error('broken');
  const fail = (): never => {
    throw fault();
  };
  /** Not RxJS's own, whose subscribe functions may throw as they like. */
  const throwing = { subscribe: fail, ['@@observable']: () => ({ subscribe: fail }) };

  /** Does one thing at the first call and another at all others. */
  const once = <T>(first: () => T, then: () => T) => {
    let isFirst = true;
    return () => {
      const does = isFirst ? first : then;
      isFirst = false;
      return does();
    };
  };

  /** Fails once, after a first answer. */
  const failingOnce = (failure: () => Observable<never>): Answer => {
    const answer = numbered();
    let count = 0;
    return (known, nowMs) => (++count === 2 ? failure() : answer(known, nowMs));
  };

  interface Port {
    readonly answer?: Answer;
    readonly cache?: ConfigCache;
    readonly options?: Options;
  }

  /** Polls for 300 seconds; reads at 90 s and refreshes at 120 s. */
  function play({ answer = numbered(), cache, options }: Port, distort = (scheduler: SchedulerLike) => scheduler) {
    const scheduler = new TestScheduler(() => undefined);
    return scheduler.run(({ flush }) => {
      const store = scriptedStore(distort(scheduler), polling, answer, cache, options);
      store.start();
      const record = recordOf(store.step$);
      let refresh: readonly unknown[] = [];
      let isAlive = false;
      let isBusy = true;
      const at = (seconds: number, task: () => void) => timer(seconds * second, scheduler).subscribe(task);
      at(90, () => recordOf(store.read$));
      at(119, () => {
        isBusy = store.state().isFetching;
      });
      at(120, () => {
        refresh = recordOf(store.refresh$);
      });
      at(300, () => {
        isAlive = !record.includes('completed') && !record.includes('failed');
        store.dispose();
      });
      flush();
      return { store, refresh, isAlive, isBusy };
    });
  }

  function expectAlive({ store, refresh, isAlive, isBusy }: ReturnType<typeof play>) {
    expect([isAlive, isBusy]).toEqual([true, false]);
    expect(refresh).toEqual([{ isSuccess: true, errorCode: 0 }, 'completed']);
    expect(store.state()).toMatchObject({ isFetching: false, isInitialised: true, lastError: undefined });
    // Polls go on, too.
    expect(store.fetchedAt.filter((ms) => ms > 120 * second).length).toBeGreaterThanOrEqual(2);
  }

  it.each<[string, Port, readonly string[]]>([
    ['a fetch that errors', { answer: failingOnce(() => throwError(() => fault())) }, ['error 1200']],
    ['a fetch that throws', { answer: failingOnce(fail) }, ['error 1200']],
    [
      'a fetch that errors after its answer',
      {
        answer: (_, nowMs) =>
          concat(
            of(fetched('v', nowMs)),
            throwError(() => fault()),
          ),
      },
      [],
    ],
    ['a cache that throws', { cache: { get: fail, set: fail } }, ['error 2200', 'error 2201']],
    ['a cache whose text is broken', { cache: { get: () => '0\n\nbroken', set: () => undefined } }, ['error 2200']],
    [
      'changes of a cache that error',
      { cache: { get: () => null, set: () => undefined, changes$: throwError(() => fault()) } },
      ['error 1003'],
    ],
    [
      'changes of a cache that throw',
      { cache: { get: () => null, set: () => undefined, changes$: throwing as never } },
      ['error 1003'],
    ],
    ['refreshOn$ that errors', { options: { refreshOn$: throwError(() => fault()) } }, ['error 1003']],
    ['refreshOn$ that throws', { options: { refreshOn$: new NewObservable(fail) } }, ['error 1003']],
    ['refreshOn$ of another library that throws', { options: { refreshOn$: throwing as never } }, ['error 1003']],
    ['dice that throw once', { options: { random: once(fail, () => 0) } }, ['error 1200']],
    [
      'resumed$ that errors once',
      {
        options: {
          resumed$: defer(
            once(
              () => throwError(() => fault()),
              () => NEVER,
            ),
          ),
        },
      },
      ['error 1200'],
    ],
    [
      'a gate that errors once',
      {
        options: {
          workWhile$: concat(
            of(true),
            defer(
              once(
                () => throwError(() => fault()),
                () => NEVER,
              ),
            ),
          ),
        },
      },
      ['error 1200'],
    ],
  ])('%s ends nothing', (_, port, log) => {
    const played = play(port);
    expectAlive(played);
    expect(new Set(played.store.log.map((line) => line.slice(0, 10)))).toEqual(new Set(log));
  });

  /** Lets one call of a method of the scheduler throw, if there are that many before anything is read. */
  function breaking(method: 'now' | 'schedule', nth: number) {
    let calls = 0;
    const distort = (scheduler: SchedulerLike): SchedulerLike => {
      const count = (called: string) => {
        if (called === method && scheduler.now() < 90 * second && ++calls === nth) fail();
      };
      return {
        now: () => {
          count('now');
          return scheduler.now();
        },
        schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, ms?: number, state?: T) {
          count('schedule');
          return scheduler.schedule(work, ms, state);
        },
      };
    };
    return { distort, isReached: () => calls >= nth };
  }

  it.each(['now', 'schedule'] as const)('one call of `%s` of a scheduler that throws ends nothing', (method) => {
    let nth = 0;
    for (let isReached = true; isReached;) {
      const broken = breaking(method, ++nth);
      expectAlive(play({ options: { refreshOn$: of(1) } }, broken.distort));
      isReached = broken.isReached();
    }
    expect(nth).toBeGreaterThan(3);
  });

  it('lets nobody wait where no timer can be set', () => {
    const store = scriptedStore(
      { now: () => 0, schedule: fail },
      autoPoll({ pollIntervalSeconds: 60, maxInitWaitTimeSeconds: 5 }),
      () => NEVER,
    );
    store.start();
    expect(recordOf(store.read$)).toEqual(['completed']);
    expect(store.state()).toMatchObject({ isInitialised: true });
    store.dispose();
  });

  it.each([
    ['auto', polling],
    ['lazy', lazyLoad({ cacheTimeToLiveSeconds: 60 })],
    ['manual', manualPoll()],
  ])('ends no demands that come later, in %s mode', (_, mode) => {
    const demands$ = new Subject<void>();
    const scheduler = new TestScheduler(() => undefined);
    let isBroken = false;
    const store = scriptedStore(
      scheduler,
      mode,
      (_known, nowMs) => (isBroken ? throwError(() => fault()) : of(fetched('v', nowMs))),
      undefined,
      { refreshOn$: demands$ },
    );
    store.start();
    isBroken = true;
    demands$.next();
    expect(store.state().lastError).toMatchObject({ errorCode: -1 });
    isBroken = false;
    demands$.next();
    expect(store.state()).toMatchObject({ lastError: undefined, content: 'v' });
    store.dispose();
  });
});
