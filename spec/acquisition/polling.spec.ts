import { NEVER, concat, delay, of, throwError, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { PollingMode } from '../../src/acquisition/polling';
import { fetchOnDemand, fetchWhenOlderThan, pollEvery } from '../../src/acquisition/polling';
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

/** Plays a store from 0 to `untilMs`, then disposes it. */
function play(mode: PollingMode, answer: Answer, untilMs: number, act: (scene: Scene) => void): ScriptedStore {
  const scheduler = new TestScheduler(() => undefined);
  return scheduler.run(({ flush }) => {
    const store = scriptedStore(scheduler, mode, answer);
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

describe('pollEvery', () => {
  const polling = pollEvery(60 * second, 5 * second);

  it('fetches at once and then once per interval', () => {
    let seen: unknown[] = [];
    const store = play(polling, numbered(), 200 * second, (scene) => {
      seen = documents(scene.store);
    });
    expect(store.fetchedAt).toEqual([0, 60, 120, 180].map((s) => s * second));
    expect(seen).toEqual(['v1', 'v2', 'v3', 'v4']);
  });

  it('counts the interval from start to start, whatever a fetch takes', () => {
    const slow: Answer = (_, now) => of(fetched('v', now)).pipe(delay(20 * second));
    expect(play(polling, slow, 150 * second, () => undefined).fetchedAt).toEqual([0, 60, 120].map((s) => s * second));
  });

  it('never starts a fetch while one is under way, and starts a late one at once', () => {
    const verySlow: Answer = (_, now) => of(fetched('v', now)).pipe(delay(90 * second));
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
    const completions = [0, Infinity].map((limit) => {
      let completion = {};
      play(pollEvery(60 * second, limit), slow, 30 * second, ({ completionOf, store: { read$ } }) => {
        completion = completionOf(read$);
      });
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

describe('fetchWhenOlderThan', () => {
  const lazy = fetchWhenOlderThan(60 * second);

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
});

describe('fetchOnDemand', () => {
  it('fetches only when it is told to, and reads what is there', () => {
    const completions: object[] = [];
    const store = play(fetchOnDemand, numbered(), 100 * second, ({ at, completionOf, store: { read$, refresh$ } }) => {
      for (const s of [10, 30]) at(s * second, () => completions.push(completionOf(read$)));
      at(20 * second, () => refresh$.subscribe());
    });
    expect(store.fetchedAt).toEqual([20 * second]);
    expect(completions).toEqual([{ at: 10 * second }, { at: 30 * second }]);
  });
});

describe('refresh$', () => {
  it('joins the fetch under way and learns how it ended', () => {
    const results: unknown[] = [];
    const store = play(
      fetchOnDemand,
      () => of(failedFetch).pipe(delay(2 * second)),
      30 * second,
      ({ at, store: { refresh$ } }) => {
        for (const s of [10, 11, 11.5])
          at(s * second, () => refresh$.subscribe((result) => results.push(result.errorCode)));
      },
    );
    expect(store.fetchedAt).toEqual([10 * second]);
    expect(results).toEqual([1103, 1103, 1103]);
  });

  it('completes without a result when the client is disposed first', () => {
    const events: string[] = [];
    play(
      fetchOnDemand,
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

  it('sees the state that it led to', () => {
    let seen: unknown;
    play(fetchOnDemand, numbered(), 30 * second, ({ at, store: { refresh$, state } }) => {
      at(10 * second, () =>
        refresh$.subscribe(() => {
          seen = state().content;
        }),
      );
    });
    expect(seen).toBe('v1');
  });
});
