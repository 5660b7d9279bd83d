import type { Observable, SchedulerAction, SchedulerLike } from 'rxjs';
import { NEVER, Subject, concat, delay, map, of, throwError, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { backoffAfter } from '../../src/acquisition/backoff';
import { autoPoll } from '../../src/acquisition/polling/auto';
import { lazyLoad } from '../../src/acquisition/polling/lazy';
import { manualPoll } from '../../src/acquisition/polling/manual';
import type { PollingMode } from '../../src/acquisition/polling/mode';
import { planOf, planSymbol } from '../../src/acquisition/polling/mode';
import type { Time } from '../../src/time';
import type { Answer, ScriptedStore } from '../support/store';
import { failedFetch, fetched, numbered, scriptedStore } from '../support/store';

const second = 1000;

interface Scene {
  readonly scheduler: TestScheduler;
  readonly store: ScriptedStore;
  /** Does something at a point in time. */
  readonly at: (ms: number, act: () => void) => void;
  /** Writes down when a stream completes. */
  readonly completionOf: (stream$: { subscribe: (observer: { complete: () => void }) => unknown }) => { at?: number };
}

/** Plays a store from 0 to `untilMs`, then disposes it. `clock` distorts what time the store reads. */
function play(
  mode: PollingMode,
  answer: Answer,
  untilMs: number,
  act: (scene: Scene) => void = () => undefined,
  {
    clock = (ms) => ms,
    ...more
  }: { random?: () => number; resumed$?: Observable<void>; clock?: (ms: number) => number } = {},
): ScriptedStore {
  const scheduler = new TestScheduler(() => undefined);
  return scheduler.run(({ flush }) => {
    const distorted: SchedulerLike = {
      now: () => clock(scheduler.now()),
      schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, ms?: number, state?: T) {
        return scheduler.schedule(work, ms, state);
      },
    };
    const store = scriptedStore(distorted, mode, answer, undefined, more);
    const at = (ms: number, task: () => void) => timer(ms, scheduler).subscribe(task);
    store.start();
    act({
      scheduler,
      store,
      at,
      completionOf: (stream$) => {
        const completion: { at?: number } = {};
        stream$.subscribe({
          complete: () => {
            completion.at = scheduler.now();
          },
        });
        return completion;
      },
    });
    at(untilMs, store.dispose);
    flush();
    return store;
  });
}

const documents = (store: ScriptedStore) => {
  const seen: (string | undefined)[] = [];
  store.step$.subscribe(({ state }) => {
    if (seen.at(-1) !== state.content) seen.push(state.content);
  });
  return seen;
};

describe('autoPoll', () => {
  const polling = autoPoll({ pollIntervalSeconds: 60, maxInitWaitTimeSeconds: 5 });

  it('fetches at once and then once per interval', () => {
    let seen: unknown[] = [];
    const store = play(polling, numbered(), 200 * second, (scene) => {
      seen = documents(scene.store);
    });
    expect(store.fetchedAt).toEqual([0, 60, 120, 180].map((s) => s * second));
    expect(seen).toEqual(['v1', 'v2', 'v3', 'v4']);
  });

  it('counts the interval from start to start, whatever a fetch takes', () => {
    // Stamped as real answers are: when they arrive.
    const slow: Answer = (_, now) => of(fetched('v', now + 20 * second)).pipe(delay(20 * second));
    expect(play(polling, slow, 150 * second, () => undefined).fetchedAt).toEqual([0, 60, 120].map((s) => s * second));
  });

  it('never starts a fetch while one is under way, and starts a late one at once', () => {
    const verySlow: Answer = (_, now) => of(fetched('v', now + 90 * second)).pipe(delay(90 * second));
    expect(play(polling, verySlow, 200 * second, () => undefined).fetchedAt).toEqual(
      [0, 90, 180].map((s) => s * second),
    );
  });

  it('goes on after failures and keeps the last good config', () => {
    const answers = [fetched('v1', 0), failedFetch, failedFetch, fetched('v2', 180 * second)];
    let seen: unknown[] = [];
    const store = play(
      polling,
      () => of(answers.shift() ?? failedFetch),
      190 * second,
      (scene) => {
        seen = documents(scene.store);
      },
    );
    expect(store.fetchedAt).toHaveLength(4);
    expect(seen).toEqual(['v1', 'v2']);
    expect(store.log).toEqual(['error 1103 failed', 'error 1103 failed']);
  });

  it('goes on even when the port to the server throws, which it never should', () => {
    const answers = [throwError(() => new Error('a defect')), of(fetched('v2', 60 * second))];
    const store = play(
      polling,
      () => answers.shift() ?? NEVER,
      70 * second,
      () => undefined,
    );
    expect(store.state()).toMatchObject({ content: 'v2', isFetching: false });
    expect(store.log).toEqual(['error 1200 Error occurred during auto polling.']);
  });

  it('leaves out a poll when a forced refresh has just fetched', () => {
    const store = play(polling, numbered(), 130 * second, ({ at, store: { refresh$ } }) => {
      at(50 * second, () => refresh$.subscribe());
    });
    expect(store.fetchedAt).toEqual([0, 50, 120].map((s) => s * second));
  });

  it.each([
    ['never', 0, [0, 60, 120, 180, 240, 300, 360, 420]],
    ['always half of what it may', 0.5, [0, 60, 150, 300, 450]],
    ['almost all of what it may', 0.999, [0, 60, 180, 420]],
  ])('polls less often while fetches fail, spread by dice: %s added', (_, dice, expected) => {
    const store = play(polling, () => of(failedFetch), 470 * second, undefined, { random: () => dice });
    expect(store.fetchedAt.map((ms) => Math.round(ms / second))).toEqual(expected);
  });

  it('adds no more than five minutes', () => {
    const hourly = autoPoll({ pollIntervalSeconds: 3600, maxInitWaitTimeSeconds: 0 });
    const store = play(hourly, () => of(failedFetch), 3 * 3600 * second, undefined, { random: () => 0.999 });
    expect(store.fetchedAt.at(-1)).toBe((2 * 3600 + 0.999 * 300) * second);
  });

  it('returns to the interval at the first success', () => {
    const outcomes = [failedFetch, failedFetch, failedFetch];
    const answer: Answer = (_, now) => of(outcomes.shift() ?? fetched(`${now}`, now));
    const store = play(polling, answer, 500 * second, undefined, { random: () => 0.5 });
    expect(store.fetchedAt.map((ms) => ms / second)).toEqual([0, 60, 150, 300, 360, 420, 480]);
  });

  it('leaves a server alone for as long as it asks, counted from its answer', () => {
    const busy = { ...failedFetch, retryAfterMs: 100 * second };
    const answers: Answer[] = [() => of(busy).pipe(delay(5 * second)), (_, now) => of(fetched('v', now))];
    const store = play(polling, (known, now) => (answers.shift() ?? numbered())(known, now), 200 * second);
    expect(store.fetchedAt).toEqual([0, 105 * second, 165 * second]);
  });

  it('leaves it alone as well when a refresh was told so, and polls when it is switched online or refreshed', () => {
    const busy: Answer = (_, now) =>
      of(now < 50 * second ? { ...failedFetch, retryAfterMs: 300 * second } : failedFetch);
    const store = play(
      polling,
      (known, now) => (now === 0 ? of(fetched('v', now)) : busy(known, now)),
      500 * second,
      ({ at, store: { refresh$ } }) => {
        at(30 * second, () => refresh$.subscribe());
        at(100 * second, () => refresh$.subscribe());
      },
    );
    expect(store.fetchedAt.map((ms) => ms / second)).toEqual([0, 30, 100, 160, 220, 280, 340, 400, 460]);
  });

  it('spreads the first polls of a fleet, while reads wait as for a slow server', () => {
    const spread = autoPoll({ pollIntervalSeconds: 60, maxInitWaitTimeSeconds: 5, maxFirstPollDelaySeconds: 8 });
    let completion = {};
    const store = play(
      spread,
      numbered(),
      130 * second,
      ({ completionOf, store: { read$ } }) => {
        completion = completionOf(read$);
      },
      { random: () => 0.25 },
    );
    expect([store.fetchedAt.map((ms) => ms / second), completion]).toEqual([[2, 62, 122], { at: 2 * second }]);
  });

  describe('in a process that was frozen', () => {
    // Timers stand still from 10 s on, while an hour passes on the clock.
    const clock = (ms: number) => (ms > 10 * second ? ms + 3600 * second : ms);

    it('polls at the first read that finds a poll overdue, which does not wait for it', () => {
      let completion = {};
      const store = play(
        polling,
        numbered(),
        30 * second,
        ({ at, completionOf, store: { read$ } }) => {
          at(5 * second, () => read$.subscribe());
          at(20 * second, () => {
            completion = completionOf(read$);
          });
          at(21 * second, () => read$.subscribe());
        },
        { clock },
      );
      expect([store.fetchedAt, completion]).toEqual([[0, 3620 * second], { at: 20 * second }]);
    });

    it('polls when a stream looks for news', () => {
      const store = play(
        polling,
        numbered(),
        30 * second,
        ({ at, store: { refreshInBackground } }) => {
          at(20 * second, refreshInBackground);
        },
        { clock },
      );
      expect(store.fetchedAt).toEqual([0, 3620 * second]);
    });

    it('polls when the page comes back out of the back/forward cache, if that is overdue', () => {
      const resumed$ = new Subject<void>();
      const store = play(
        polling,
        numbered(),
        30 * second,
        ({ at }) => {
          for (const seconds of [5, 20, 21]) at(seconds * second, () => resumed$.next());
        },
        { clock, resumed$ },
      );
      expect(store.fetchedAt).toEqual([0, 3620 * second]);
    });
  });

  it('sets no timer for reads that find no poll overdue', () => {
    let timers = 0;
    const scheduler = new TestScheduler(() => undefined);
    const counting: SchedulerLike = {
      now: () => scheduler.now(),
      schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, ms?: number, state?: T) {
        timers++;
        return scheduler.schedule(work, ms, state);
      },
    };
    scheduler.run(({ flush }) => {
      const store = scriptedStore(counting, polling, numbered());
      store.start();
      const before = timers;
      for (let i = 0; i < 100; i++) store.refreshInBackground();
      expect(timers).toBe(before);
      timer(61 * second, scheduler).subscribe(store.dispose);
      flush();
      expect(store.fetchedAt).toEqual([0, 60 * second]);
    });
  });

  it('goes on polling when the clock is set back', () => {
    const clock = (ms: number) => (ms > 70 * second ? ms - 3600 * second : ms);
    const store = play(polling, numbered(), 250 * second, undefined, { clock });
    expect(store.fetchedAt.map((ms) => ms / second)).toEqual([0, 60, 120 - 3600, 180 - 3600, 240 - 3600]);
  });

  it('makes reads wait for the first fetch, and no longer than the limit', () => {
    const answers: readonly [Answer, number][] = [
      [(_, now) => of(fetched('v', now)).pipe(delay(2 * second)), 2 * second],
      [() => of(failedFetch).pipe(delay(3 * second)), 3 * second],
      [() => NEVER, 5 * second],
    ];
    for (const [answer, expected] of answers) {
      let completion = {};
      play(polling, answer, 30 * second, ({ completionOf, store: { read$ } }) => {
        completion = completionOf(read$);
      });
      expect(completion).toEqual({ at: expected });
    }
  });

  it('lets reads pass at once with a limit of zero, and wait for the fetch without a limit', () => {
    const slow: Answer = (_, now) => of(fetched('v', now)).pipe(delay(20 * second));
    const completions = [0, -1].map((limit) => {
      let completion = {};
      play(
        autoPoll({ pollIntervalSeconds: 60, maxInitWaitTimeSeconds: limit }),
        slow,
        30 * second,
        ({ completionOf, store: { read$ } }) => {
          completion = completionOf(read$);
        },
      );
      return completion;
    });
    expect(completions).toEqual([{ at: 0 }, { at: 20 * second }]);
  });

  it('never makes a read wait again once it is initialised, nor fetch', () => {
    const hangsLater = [of(failedFetch), NEVER];
    let completion = {};
    const store = play(
      polling,
      () => hangsLater.shift() ?? NEVER,
      100 * second,
      ({ at, completionOf, store: { read$ } }) => {
        at(70 * second, () => {
          completion = completionOf(read$);
        });
      },
    );
    expect(completion).toEqual({ at: 70 * second });
    expect(store.fetchedAt).toEqual([0, 60 * second]);
  });

  it('gives up the fetch under way, the timer and its streams when it is disposed', () => {
    let ended = {};
    const store = play(
      polling,
      () => NEVER,
      10 * second,
      ({ completionOf, store: { step$ } }) => {
        ended = completionOf(step$);
      },
    );
    expect(store.abortedAt).toEqual([10 * second]);
    expect(ended).toEqual({ at: 10 * second });
  });
});

describe('lazyLoad', () => {
  const lazy = lazyLoad({ cacheTimeToLiveSeconds: 60 });

  it('does nothing until something is read', () => {
    expect(play(lazy, numbered(), 600 * second, () => undefined).fetchedAt).toEqual([]);
  });

  it('fetches when a read finds the config older than its time to live', () => {
    const store = play(lazy, numbered(), 300 * second, ({ at, store: { read$ } }) => {
      for (const s of [10, 20, 70, 71, 200]) at(s * second, () => read$.subscribe());
    });
    expect(store.fetchedAt).toEqual([10, 71, 200].map((s) => s * second));
  });

  it('makes the read wait for the fetch', () => {
    let completion = {};
    play(
      lazy,
      (_, now) => of(fetched('v', now)).pipe(delay(2 * second)),
      30 * second,
      ({ at, completionOf, store: { read$ } }) => {
        at(10 * second, () => {
          completion = completionOf(read$);
        });
      },
    );
    expect(completion).toEqual({ at: 12 * second });
  });

  it('lets reads at the same time share one fetch', () => {
    const completions: object[] = [];
    const store = play(
      lazy,
      (_, now) => of(fetched('v', now)).pipe(delay(2 * second)),
      30 * second,
      ({ at, completionOf, store: { read$ } }) => {
        for (let i = 0; i < 200; i++) at(10 * second + i, () => completions.push(completionOf(read$)));
      },
    );
    expect(store.fetchedAt).toEqual([10 * second]);
    expect(new Set(completions.map((completion) => JSON.stringify(completion)))).toEqual(
      new Set([JSON.stringify({ at: 12 * second })]),
    );
  });

  it('lets the fetch go on when the reader that caused it loses interest', () => {
    let seen: unknown[] = [];
    play(
      lazy,
      (_, now) => of(fetched('v', now)).pipe(delay(2 * second)),
      30 * second,
      ({ at, store: { read$, step$ } }) => {
        seen = documents({ step$ } as ScriptedStore);
        at(10 * second, () => {
          read$.subscribe().unsubscribe();
        });
      },
    );
    expect(seen).toEqual(['v']);
  });

  it('fetches again at the next read after a failure, with what is known in the meantime', () => {
    const answers = [of(fetched('v1', 10 * second)), of(failedFetch), of(failedFetch)];
    const store = play(
      lazy,
      () => answers.shift() ?? NEVER,
      100 * second,
      ({ at, store: { read$ } }) => {
        for (const s of [10, 80, 81]) at(s * second, () => read$.subscribe());
      },
    );
    expect(store.fetchedAt).toEqual([10, 80, 81].map((s) => s * second));
    expect(store.state().content).toBe('v1');
  });

  it('makes reads wait less often while fetches keep failing', () => {
    const failures: Answer = () => of(failedFetch);
    const store = play(lazy, failures, 200 * second, ({ at, store: { read$ } }) => {
      for (let s = 0; s < 100; s++) at(s * second, () => read$.subscribe());
    });
    expect(store.fetchedAt.map((ms) => ms / second)).toEqual([0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67]);
  });

  it('makes no endless loop of a subscriber that reads while fetches fail', () => {
    let reads = 0;
    const store = play(
      lazy,
      () => timer(1).pipe(map(() => failedFetch)),
      10 * second,
      ({ store: { read$, step$ } }) => {
        const read = () => reads++ < 1000 && read$.subscribe();
        step$.subscribe(({ outcome }) => outcome.result && read());
        read();
      },
    );
    expect(store.fetchedAt.length).toBeLessThan(5);
  });

  it('leaves a server alone for as long as it asks', () => {
    const store = play(
      lazy,
      () => of({ ...failedFetch, retryAfterMs: 30 * second }),
      100 * second,
      ({ at, store: { read$ } }) => {
        for (const s of [10, 20, 39, 40, 41]) at(s * second, () => read$.subscribe());
      },
    );
    expect(store.fetchedAt).toEqual([10 * second, 40 * second]);
  });

  it('fetches at the next read when the clock was set back by more than the time to live', () => {
    const clock = (ms: number) => (ms > 15 * second ? ms - 3600 * second : ms);
    const store = play(
      lazy,
      numbered(),
      100 * second,
      ({ at, store: { read$ } }) => {
        for (const s of [10, 20, 21]) at(s * second, () => read$.subscribe());
      },
      { clock },
    );
    expect(store.fetchedAt).toEqual([10 * second, (20 - 3600) * second]);
  });
});

describe('manualPoll', () => {
  it('fetches only when it is told to, and reads what is there', () => {
    const completions: object[] = [];
    const store = play(manualPoll(), numbered(), 100 * second, ({ at, completionOf, store: { read$, refresh$ } }) => {
      for (const s of [10, 30]) at(s * second, () => completions.push(completionOf(read$)));
      at(20 * second, () => refresh$.subscribe());
    });
    expect(store.fetchedAt).toEqual([20 * second]);
    expect(completions).toEqual([{ at: 10 * second }, { at: 30 * second }]);
  });
});

describe('refresh$', () => {
  it('is answered by a fetch that begins after it, which all share who ask meanwhile', () => {
    const results: unknown[] = [];
    const store = play(
      manualPoll(),
      () => of(failedFetch).pipe(delay(2 * second)),
      30 * second,
      ({ at, scheduler, store: { refresh$ } }) => {
        for (const s of [10, 11, 11.5])
          at(s * second, () =>
            refresh$.subscribe(({ errorCode }) => results.push([s, errorCode, scheduler.now() / second])),
          );
      },
    );
    expect(store.fetchedAt).toEqual([10 * second, 12 * second]);
    expect(results).toEqual([
      [10, 1103, 12],
      [11, 1103, 14],
      [11.5, 1103, 14],
    ]);
  });

  it('gives up what has begun before it and takes longer than two seconds', () => {
    const results: unknown[] = [];
    const store = play(
      manualPoll(),
      (_, now) => of(fetched(`from ${now}`, now)).pipe(delay(now === 10 * second ? 20 * second : second)),
      60 * second,
      ({ at, store: { refresh$, state } }) => {
        for (const s of [10, 11, 12.5])
          at(s * second, () => refresh$.subscribe(() => results.push([s, state().content])));
      },
    );
    expect([store.fetchedAt, store.abortedAt]).toEqual([[10 * second, 13 * second], [13 * second]]);
    expect(results).toEqual([
      [10, 'from 13000'],
      [11, 'from 13000'],
      [12.5, 'from 13000'],
    ]);
  });

  it('lets the fetch end that has begun before it when the client goes offline meanwhile', () => {
    const results: unknown[] = [];
    const store = play(
      manualPoll(),
      (_, now) => of(fetched('late', now)).pipe(delay(7 * second)),
      60 * second,
      ({ at, store: { refresh$, setOnline } }) => {
        for (const s of [10, 11])
          at(s * second, () => refresh$.subscribe(({ errorCode }) => results.push([s, errorCode])));
        at(12 * second, () => {
          setOnline(false);
        });
      },
    );
    expect([store.fetchedAt, store.abortedAt, store.state().content]).toEqual([[10 * second], [], 'late']);
    expect(results).toEqual([
      [11, 3200],
      [10, 0],
    ]);
  });

  it('completes without a result when the client is disposed first', () => {
    const events: string[] = [];
    play(
      manualPoll(),
      () => NEVER,
      30 * second,
      ({ at, store: { refresh$ } }) => {
        at(10 * second, () =>
          concat(refresh$, of('completed')).subscribe((event) => {
            events.push(typeof event === 'string' ? event : 'a result');
          }),
        );
      },
    );
    expect(events).toEqual(['completed']);
  });

  it('fails when the port to the server throws, which it never should', () => {
    const results: unknown[] = [];
    const error = new Error('a defect');
    const store = play(
      manualPoll(),
      () => throwError(() => error),
      30 * second,
      ({ at, store: { refresh$ } }) => {
        at(10 * second, () => refresh$.subscribe((result) => results.push(result)));
      },
    );
    const errorMessage = 'Error occurred in the `forceRefresh` method.';
    expect(results).toEqual([{ isSuccess: false, errorCode: -1, errorMessage, exception: error }]);
    expect([store.log, store.state().isFetching]).toEqual([[`error 1003 ${errorMessage}`], false]);
  });

  it('sees the state that it led to', () => {
    let seen: unknown;
    play(manualPoll(), numbered(), 30 * second, ({ at, store: { refresh$, state } }) => {
      at(10 * second, () =>
        refresh$.subscribe(() => {
          seen = state().content;
        }),
      );
    });
    expect(seen).toBe('v1');
  });
});

describe('the plan of a polling mode', () => {
  const minute = 60 * second;

  it.each<[string, PollingMode, object]>([
    ['auto', autoPoll(), { freshForMs: minute, readMaxAgeMs: Infinity, maxInitWaitMs: 5 * second }],
    [
      'auto',
      autoPoll({ pollIntervalSeconds: 1, maxInitWaitTimeSeconds: 0 }),
      { freshForMs: second, readMaxAgeMs: Infinity, maxInitWaitMs: 0 },
    ],
    ['auto', autoPoll({ maxInitWaitTimeSeconds: -1 }), { freshForMs: minute, maxInitWaitMs: Infinity }],
    ['lazy', lazyLoad(), { freshForMs: minute, readMaxAgeMs: minute, maxInitWaitMs: Infinity }],
    [
      'lazy',
      lazyLoad({ cacheTimeToLiveSeconds: 5 }),
      { freshForMs: 5 * second, readMaxAgeMs: 5 * second, maxInitWaitMs: Infinity },
    ],
    ['manual', manualPoll(), { freshForMs: -Infinity, readMaxAgeMs: Infinity, maxInitWaitMs: Infinity }],
  ])('of %s polling has its times', (name, mode, expected) => {
    expect(mode.name).toBe(name);
    expect(planOf('mode', mode)).toMatchObject({ name, ...expected });
  });

  it.each<[string, PollingMode, number, number]>([
    ['auto', autoPoll(), 1, minute],
    ['auto', autoPoll(), 2, 1.5 * minute],
    ['auto', autoPoll(), 3, 2.5 * minute],
    ['auto', autoPoll(), 4, 2.5 * minute],
    ['auto', autoPoll(), 1000, 2.5 * minute],
    ['auto', autoPoll({ pollIntervalSeconds: 3600 }), 2, 3600 * second + 150 * second],
    ['lazy', lazyLoad(), 1, 0],
    ['lazy', lazyLoad(), 4, 0],
    ['lazy', lazyLoad(), 5, second],
    ['lazy', lazyLoad(), 6, 2 * second],
    ['lazy', lazyLoad(), 10, 32 * second],
    ['lazy', lazyLoad(), 11, minute],
    ['lazy', lazyLoad({ cacheTimeToLiveSeconds: 3 }), 7, 3 * second],
    ['manual', manualPoll(), 1, 0],
    ['manual', manualPoll(), 1000, 0],
  ])('of %s polling makes automatic fetches wait after failures', (_, mode, failures, expected) => {
    expect(planOf('mode', mode).backoffMs(failures, () => 0.5)).toBe(expected);
  });

  it.each([5, 'fast', null, []])('is made of no options that are none: %p', (options) => {
    for (const create of [autoPoll, lazyLoad]) {
      expect(() => create(options as never)).toThrow(/^Invalid argument `options`\./);
    }
  });

  it('is found by other copies of this version, and nothing else is taken for one', () => {
    expect(planSymbol).toBe(Symbol.for('configcat-rx/1.polling'));
    expect(() => planOf('options.polling', { name: 'auto' } as PollingMode)).toThrow(
      new TypeError('Invalid property `options.polling`. Expected what autoPoll(), lazyLoad() or manualPoll() gives.'),
    );
  });
});

describe('a backoff', () => {
  const startedAtMs = 1_000_000;
  const lazy = planOf('mode', lazyLoad());

  it.each<[string, number, number, number, number]>([
    ['begins with the fetch', 0, 0, 5, second],
    ['counts what the fetch has taken', 400, 0, 5, 600],
    ['is over when the fetch has taken longer', 5000, 0, 5, 0],
    ['is not lengthened by a clock that was set back', -3_600_000, 0, 5, second],
    ['is at least what the server asks for, counted from its answer', 400, 30_000, 5, 30_000],
    ['is longer than the server asks for where failures are many', 0, 1500, 6, 2 * second],
  ])('%s', (_, tookMs, retryAfterMs, failures, expected) => {
    const sinceMs = startedAtMs + tookMs;
    const time = { scheduler: { now: () => sinceMs }, random: () => 0 } as unknown as Time;
    const before = { failures: failures - 1, sinceMs: 0, delayMs: 0 };
    expect(backoffAfter(before, retryAfterMs, startedAtMs, { polling: lazy, time })).toEqual({
      failures,
      sinceMs,
      delayMs: expected,
    });
  });
});
