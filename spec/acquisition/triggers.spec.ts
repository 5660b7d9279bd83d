import type { Observable } from 'rxjs';
import { NEVER, Subject, concat, defer, delay, map, of, throwError, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { ConfigCache } from '../../src/acquisition/cache';
import { autoPoll } from '../../src/acquisition/polling/auto';
import { lazyLoad } from '../../src/acquisition/polling/lazy';
import { manualPoll } from '../../src/acquisition/polling/manual';
import type { PollingMode } from '../../src/acquisition/polling/mode';
import { demandAtEach } from '../../src/acquisition/triggers';
import type { Answer, ScriptedStore } from '../support/store';
import { failedFetch, fetched, numbered, scriptedStore } from '../support/store';

const second = 1000;

interface Scene {
  readonly mode?: PollingMode;
  readonly answer?: Answer;
  readonly cache?: ConfigCache;
  readonly refreshOn$?: Observable<unknown>;
  readonly offline?: boolean;
  readonly random?: () => number;
}

interface Stage {
  readonly scheduler: TestScheduler;
  /** A stream that emits a value at each of these seconds. */
  readonly timeline: <T>(...moments: readonly (readonly [atSeconds: number, value: T])[]) => Observable<T>;
}

/** Plays a store for 200 seconds; `act` may do things at points in time, in seconds. */
function play(
  describeScene: (stage: Stage) => Scene,
  act: (store: ScriptedStore, at: (seconds: number, task: () => void) => void) => void = () => undefined,
): ScriptedStore {
  const scheduler = new TestScheduler(() => undefined);
  return scheduler.run(({ flush }) => {
    const at = (seconds: number, task: () => void) => timer(seconds * second, scheduler).subscribe(task);
    const timeline: Stage['timeline'] = (...moments) => {
      const subject = new Subject<(typeof moments)[number][1]>();
      for (const [seconds, value] of moments) {
        at(seconds, () => {
          subject.next(value);
        });
      }
      return subject;
    };
    const { mode = autoPoll({ pollIntervalSeconds: 60, maxInitWaitTimeSeconds: 5 }), ...scene } = describeScene({
      scheduler,
      timeline,
    });
    const store = scriptedStore(scheduler, mode, scene.answer ?? numbered(), scene.cache, scene);
    store.start();
    act(store, at);
    at(200, store.dispose);
    flush();
    return store;
  });
}

const seconds = (store: ScriptedStore) => store.fetchedAt.map((ms) => ms / second);

const slow =
  (delaySeconds: number): Answer =>
  (_, now) =>
    of(fetched('v', now)).pipe(delay(delaySeconds * second));

describe('pollWhile$', () => {
  const gated = (pollWhile$: Observable<boolean>, answer?: Answer): Scene => ({
    mode: autoPoll({ pollIntervalSeconds: 60, maxInitWaitTimeSeconds: 5, pollWhile$ }),
    ...(answer && { answer }),
  });

  it('lets the client poll only while it last emitted true', () => {
    const store = play(({ timeline }) => gated(timeline([0, true], [70, false], [150, true])));
    expect(seconds(store)).toEqual([0, 60, 150]);
  });

  it.each([
    [30, 40, [0, 60, 120, 180]],
    [30, 61, [0, 61, 121, 181]],
    [10, 130, [0, 130, 190]],
  ])(
    'off at %i s and on again at %i s makes polls at %j: at once only when one has become due',
    (off, on, expected) => {
      const store = play(({ timeline }) => gated(timeline([0, true], [off, false], [on, true])));
      expect(seconds(store)).toEqual(expected);
    },
  );

  it('that flickers makes no more polls', () => {
    const flicker = Array.from({ length: 100 }, (_, i) => [10 + i, i % 2 === 1] as const);
    expect(seconds(play(({ timeline }) => gated(timeline([0, true], ...flicker))))).toEqual([0, 61, 121, 181]);
  });

  it('keeps a fetch under way alive when it turns false', () => {
    const store = play(({ timeline }) => gated(timeline([0, true], [1, false]), slow(3)));
    expect([store.abortedAt, store.state().content]).toEqual([[], 'v']);
  });

  it('that has not emitted lets reads wait for it as for a slow server, and no longer', () => {
    const readAt: number[] = [];
    const store = play(
      ({ timeline }) => gated(timeline([9, true])),
      ({ read$, state }) => {
        read$.subscribe({ complete: () => readAt.push(state().entry.fetchedAtMs ?? -1) });
      },
    );
    expect([readAt, seconds(store)]).toEqual([[-1], [9, 69, 129, 189]]);
  });

  it('does not keep what is cached from being used at once', () => {
    const cache: ConfigCache = { get: () => '0\n"e"\nstored', set: () => undefined };
    let ready: unknown;
    play(
      () => ({ ...gated(NEVER), cache }),
      ({ state }) => {
        ready = state();
      },
    );
    expect(ready).toMatchObject({ content: 'stored', isInitialised: true });
  });

  it('that breaks is reported once, and polls go on', () => {
    const store = play(() => gated(throwError(() => new Error('no window'))));
    expect(seconds(store)).toEqual([0, 60, 120, 180]);
    expect(store.log).toEqual(['error 1003 Error occurred in the `pollWhile$` method.']);
  });

  it('that ends keeps the state it ended with', () => {
    const store = play(({ scheduler }) =>
      gated(concat(of(true), timer(70 * second, scheduler).pipe(map(() => false)))),
    );
    expect(seconds(store)).toEqual([0, 60]);
  });
});

describe('refreshOn$ of a cache', () => {
  const doubting = (refreshOn$: Observable<unknown>) => ({ get: () => undefined, set: () => undefined, refreshOn$ });

  it.each([
    ['auto', autoPoll({ pollIntervalSeconds: 60, maxInitWaitTimeSeconds: 5 }), [0, 10, 120, 180]],
    ['lazy', lazyLoad({ cacheTimeToLiveSeconds: 60 }), [10]],
    ['manual', manualPoll(), [10]],
  ])('makes a client in %s mode ask the server at once, however young its config is', (_, mode, expected) => {
    const store = play(({ timeline }) => ({ mode, cache: doubting(timeline([10, 1])), minRefreshAgeMs: 100 * second }));
    expect(seconds(store)).toEqual(expected);
  });

  it('that breaks is reported, and those of the client go on', () => {
    const store = play(({ timeline }) => ({
      mode: manualPoll(),
      cache: doubting(throwError(() => new Error('closed'))),
      refreshOn$: timeline([10, 1]),
    }));
    expect(seconds(store)).toEqual([10]);
    expect(store.log).toEqual(['error 1003 Error occurred in the `cache.refreshOn$` method.']);
  });
});

describe('refreshOn$', () => {
  it.each([
    ['auto', autoPoll({ pollIntervalSeconds: 60, maxInitWaitTimeSeconds: 5 }), [0, 10, 20, 120, 180]],
    ['lazy', lazyLoad({ cacheTimeToLiveSeconds: 60 }), [10, 20]],
    ['manual', manualPoll(), [10, 20]],
  ])('makes a client in %s mode fetch at once', (_, mode, expected) => {
    const store = play(({ timeline }) => ({ mode, refreshOn$: timeline([10, 'a'], [20, 'b']) }));
    expect(seconds(store)).toEqual(expected);
  });

  it('leads to one more fetch when it emits during one, however often', () => {
    const store = play(({ timeline }) => ({
      mode: manualPoll(),
      answer: slow(2),
      refreshOn$: timeline([10, 1], [10.5, 2], [11, 3], [11.5, 4], [50, 5]),
    }));
    expect([seconds(store), store.abortedAt]).toEqual([[10, 12, 50], []]);
  });

  it('waits two seconds for the fetch that began before it, and gives it up then', () => {
    const store = play(({ timeline }) => ({ answer: slow(5), refreshOn$: timeline([2, 1], [3, 2]) }));
    expect(seconds(store).slice(0, 2)).toEqual([0, 4]);
    expect(store.abortedAt).toEqual([4 * second]);
  });

  it('gives up no fetch twice, so that some end however often it emits', () => {
    const everySecond = Array.from({ length: 60 }, (_, i): [number, number] => [i, i]);
    const store = play(({ timeline }) => ({
      mode: manualPoll(),
      answer: slow(5),
      refreshOn$: timeline(...everySecond),
    }));
    expect(store.fetchedAt.length - store.abortedAt.length).toBeGreaterThanOrEqual(8);
  });

  it('fetches nothing while the config is younger than a refresh is worth', () => {
    const store = play(({ timeline }) => ({
      mode: manualPoll(),
      refreshOn$: timeline([10, 1], [15, 2], [19.9, 3], [20.1, 4], [30, 5], [31, 6]),
      minRefreshAgeMs: 10 * second,
    }));
    expect(seconds(store)).toEqual([10, 20.1, 31]);
  });

  it('that breaks is reported once and changes nothing else', () => {
    const store = play(() => ({ refreshOn$: throwError(() => new Error('closed')) }));
    expect(seconds(store)).toEqual([0, 60, 120, 180]);
    expect(store.log).toEqual(['error 1003 Error occurred in the `refreshOn$` method.']);
  });

  it('that is no stream at all is reported instead of thrown', () => {
    const store = play(() => ({ refreshOn$: { subscribe: () => undefined } as unknown as Observable<unknown> }));
    expect(store.log).toEqual(['error 1003 Error occurred in the `refreshOn$` method.']);
  });

  it('goes on after fetches that fail', () => {
    const store = play(({ timeline }) => ({
      mode: manualPoll(),
      answer: () => of(failedFetch),
      refreshOn$: timeline([10, 1], [20, 2]),
    }));
    expect(seconds(store)).toEqual([10, 20]);
  });

  it('sends nothing while the client is offline', () => {
    const store = play(({ timeline }) => ({ offline: true, mode: manualPoll(), refreshOn$: timeline([10, 1]) }));
    expect(seconds(store)).toEqual([]);
  });

  it('is not listened to any more when the client is disposed', () => {
    const refreshOn$ = new Subject();
    play(() => ({ refreshOn$ }));
    expect(refreshOn$.observed).toBe(false);
  });
});

describe('changes$ of a cache', () => {
  const announcing = (changes$: Observable<unknown>, texts: Readonly<Record<number, string>>, now: () => number) => {
    const readAt: number[] = [];
    const cache: ConfigCache = {
      get: () => {
        readAt.push(now() / second);
        return texts[
          Math.max(
            ...Object.keys(texts)
              .map(Number)
              .filter((from) => from * second <= now()),
          )
        ];
      },
      set: () => undefined,
      changes$,
    };
    return { cache, readAt };
  };

  it('makes the client take over at once what somebody else stored', () => {
    const seen: unknown[] = [];
    const store = play(
      ({ scheduler, timeline }) => ({
        mode: manualPoll(),
        cache: announcing(timeline([30, 'a'], [40, 'b']), { 0: '0\n\nold', 30: '30000\n\nnew' }, () => scheduler.now())
          .cache,
      }),
      ({ step$ }) => {
        step$.subscribe(({ state: { content } }) => {
          if (seen.at(-1) !== content) seen.push(content);
        });
      },
    );
    expect([seen, store.fetchedAt]).toEqual([['old', 'new'], []]);
  });

  it('leads to one more read when it emits during one', async () => {
    const changes$ = new Subject<void>();
    const answers: ((text: string) => void)[] = [];
    const cache: ConfigCache = {
      get: () => new Promise<string>((resolve) => answers.push(resolve)),
      set: () => undefined,
      changes$,
    };
    const store = scriptedStore(new TestScheduler(() => undefined), manualPoll(), numbered(), cache);
    store.start();
    changes$.next();
    changes$.next();
    expect(answers).toHaveLength(1);
    answers[0]!('-2\n\nold');
    await new Promise(setImmediate);
    expect(answers).toHaveLength(2);
    answers[1]!('-1\n\nnew');
    await new Promise(setImmediate);
    expect([answers.length, store.state().content]).toEqual([2, 'new']);
    store.dispose();
  });

  it('that breaks is reported once and changes nothing else', () => {
    const cache: ConfigCache = { get: () => null, set: () => undefined, changes$: throwError(() => new Error('x')) };
    const store = play(() => ({ cache }));
    expect(seconds(store)).toEqual([0, 60, 120, 180]);
    expect(store.log).toEqual(['error 1003 Error occurred in the `cache.changes$` method.']);
  });
});

describe('a client that is offline', () => {
  it('sends nothing, yet is ready, and takes over what others store', () => {
    const texts: Record<number, string> = { 100: '100000\n\nstored' };
    let clock = () => 0;
    const store = play(({ scheduler }) => {
      clock = () => scheduler.now();
      return {
        offline: true,
        cache: { get: () => (clock() >= 100 * second ? texts[100] : undefined), set: () => undefined },
      };
    });
    expect([seconds(store), store.state()]).toMatchObject([[], { content: 'stored', isInitialised: true }]);
  });

  it('lets reads pass at once', () => {
    let isComplete = false;
    play(
      () => ({ offline: true, mode: lazyLoad({ cacheTimeToLiveSeconds: 60 }) }),
      ({ read$ }) => {
        read$.subscribe({ complete: () => (isComplete = true) });
        expect(isComplete).toBe(true);
      },
    );
  });

  it('fetches at once when it goes online, and once per interval from then on', () => {
    const store = play(
      () => ({ offline: true }),
      ({ setOnline }, at) => {
        at(25, () => {
          setOnline(true);
        });
      },
    );
    expect(seconds(store)).toEqual([25, 85, 145]);
  });

  it('fetches at once however fresh its config is', () => {
    const store = play(
      () => ({}),
      ({ setOnline }, at) => {
        at(5, () => {
          setOnline(false);
        });
        at(10, () => {
          setOnline(true);
        });
      },
    );
    expect(seconds(store)).toEqual([0, 10, 70, 130, 190]);
  });

  it('fetches at once even when a server has asked to be left alone', () => {
    const store = play(
      () => ({ answer: () => of({ ...failedFetch, retryAfterMs: 150 * second }) }),
      ({ setOnline }, at) => {
        at(30, () => {
          setOnline(false);
          setOnline(true);
        });
      },
    );
    expect(seconds(store)).toEqual([0, 30, 180]);
  });

  it('fetches anew though a fetch is under way that began before, which it waits for no longer than two seconds', () => {
    const store = play(
      () => ({ answer: slow(10) }),
      ({ setOnline }, at) => {
        at(2, () => {
          setOnline(false);
        });
        at(3, () => {
          setOnline(true);
        });
      },
    );
    expect([seconds(store).slice(0, 2), store.abortedAt]).toEqual([[0, 5], [5 * second]]);
  });

  it('waits with that for pollWhile$', () => {
    const store = play(
      ({ timeline }) => ({
        offline: true,
        mode: autoPoll({
          pollIntervalSeconds: 60,
          maxInitWaitTimeSeconds: 5,
          pollWhile$: timeline([0, false], [40, true]),
        }),
      }),
      ({ setOnline }, at) => {
        at(25, () => {
          setOnline(true);
        });
      },
    );
    expect(seconds(store)).toEqual([40, 100, 160]);
  });

  it('is refreshed by nobody, which is said each time', () => {
    const results: unknown[] = [];
    const store = play(
      () => ({ offline: true, mode: manualPoll() }),
      ({ refresh$ }, at) => {
        for (const s of [1, 2]) at(s, () => refresh$.subscribe((result) => results.push(result)));
      },
    );
    const errorMessage = 'Client is in offline mode, it cannot initiate HTTP calls.';
    expect(results).toEqual(Array(2).fill({ isSuccess: false, errorCode: 3200, errorMessage }));
    expect([seconds(store), store.log]).toEqual([[], Array(2).fill(`warn 3200 ${errorMessage}`)]);
  });

  it('is refreshed from its external cache, which is read anew', () => {
    const results: unknown[] = [];
    let text = '1\n\nold';
    const store = play(
      () => ({ offline: true, mode: manualPoll(), cache: { get: () => text, set: () => undefined } }),
      ({ refresh$, state }, at) => {
        at(10, () => {
          text = '2\n\nnew';
          refresh$.subscribe((result) => results.push([result, state().content]));
        });
      },
    );
    expect(results).toEqual([[{ isSuccess: true, errorCode: 0 }, 'new']]);
    expect([seconds(store), store.log]).toEqual([[], []]);
  });

  it('fetches nothing where pollWhile$ has not said anything', () => {
    const store = play(
      () => ({ offline: true, mode: autoPoll({ pollWhile$: NEVER }) }),
      ({ setOnline }, at) => {
        at(25, () => {
          setOnline(true);
        });
      },
    );
    expect(seconds(store)).toEqual([]);
  });

  it('lets a fetch under way end', () => {
    const store = play(
      () => ({ answer: slow(5) }),
      ({ setOnline }, at) => {
        at(2, () => {
          setOnline(false);
        });
      },
    );
    expect([store.fetchedAt, store.abortedAt, store.state().content]).toEqual([[0], [], 'v']);
  });
});

describe('a demand at each emission', () => {
  /** A stream of hints, and work of which the spec says when it begins and ends. */
  function demanding(isWanted?: () => boolean) {
    const hint$ = new Subject<unknown>();
    const work: Subject<never>[] = [];
    const reported: unknown[] = [];
    let mark = 100;
    const work$ = defer(() => {
      const task$ = new Subject<never>();
      work.push(task$);
      return task$;
    });
    const report = (name: string, error: unknown) => reported.push([name, error]);
    const emitted: unknown[] = [];
    demandAtEach('hints', hint$, { mark: () => mark, work$ }, { report }, isWanted).subscribe((value: unknown) =>
      emitted.push(value),
    );
    const begin = () => mark++;
    return { hint$, work, reported, emitted, begin };
  }

  it('is one for all that come before the work begins', () => {
    const { hint$, work, begin, emitted } = demanding();
    hint$.next(1);
    hint$.next(2);
    hint$.next(3);
    expect(work).toHaveLength(1);
    begin();
    hint$.next(4);
    hint$.next(5);
    expect(work).toHaveLength(2);
    for (const task$ of work) task$.complete();
    expect(emitted).toEqual([]);
  });

  it('is another one after work that has ended, whether it had begun or not', () => {
    const { hint$, work } = demanding();
    hint$.next(1);
    work[0]!.complete();
    hint$.next(2);
    expect(work).toHaveLength(2);
  });

  it('is still waited for when work ends that began before it', () => {
    const { hint$, work, begin } = demanding();
    hint$.next(1);
    begin();
    hint$.next(2);
    work[0]!.complete();
    hint$.next(3);
    expect(work).toHaveLength(2);
    work[1]!.complete();
    hint$.next(4);
    expect(work).toHaveLength(3);
  });

  it('is made only where it is wanted', () => {
    let isWanted = false;
    const { hint$, work } = demanding(() => isWanted);
    hint$.next(1);
    expect(work).toHaveLength(0);
    isWanted = true;
    hint$.next(2);
    expect(work).toHaveLength(1);
  });

  it('is made by promises, too, whose rejection is reported', async () => {
    const { hint$, work, reported } = demanding();
    const error = new Error('closed');
    hint$.next(Promise.reject(error));
    await new Promise(setImmediate);
    expect([work.length, reported]).toEqual([1, [['hints', error]]]);
  });

  it('ends nothing when the stream fails, which is reported with its error', () => {
    const { hint$, work, reported } = demanding();
    const error = new Error('closed');
    hint$.next(1);
    hint$.error(error);
    expect([work[0]!.observed, reported]).toEqual([true, [['hints', error]]]);
  });
});
