import { NEVER, delay, map, of, switchMap, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { ConfigCache } from '../../src/acquisition/cache';
import { openerSymbol } from '../../src/acquisition/external-cache';
import { readNewerEntry } from '../../src/acquisition/cache-read';
import { firstStep, succeeded } from '../../src/acquisition/outcome';
import { autoPoll } from '../../src/acquisition/polling/auto';
import { lazyLoad } from '../../src/acquisition/polling/lazy';
import { manualPoll } from '../../src/acquisition/polling/manual';
import type { PollingMode } from '../../src/acquisition/polling/mode';
import { planOf } from '../../src/acquisition/polling/mode';
import type { Time } from '../../src/time';
import type { Answer, ScriptedStore } from '../support/store';
import { failedFetch, fetched, numbered, rejecting, scriptedStore, throwing } from '../support/store';
import { createVirtualClock, settlePromises } from '../support/virtual-time';

const second = 1000;
const polling = autoPoll({ pollIntervalSeconds: 60, maxInitWaitTimeSeconds: 5 });

/** A synchronous cache around one text, with a list of what was written. */
function textCache(text?: string): ConfigCache & { text: string | undefined; readonly written: string[] } {
  return {
    text,
    written: [],
    get() {
      return this.text;
    },
    set(_key, value) {
      this.text = value;
      this.written.push(value);
    },
  };
}

/** Plays a store with a cache; `act` may do things at points in time. */
function play(
  mode: PollingMode,
  answer: Answer,
  cache: ConfigCache,
  untilMs: number,
  act: (store: ScriptedStore, at: (ms: number, task: () => void) => void) => void = () => undefined,
): ScriptedStore {
  const scheduler = new TestScheduler(() => undefined);
  return scheduler.run(({ flush }) => {
    const store = scriptedStore(scheduler, mode, answer, cache);
    const at = (ms: number, task: () => void) => timer(ms, scheduler).subscribe(task);
    store.start();
    act(store, at);
    at(untilMs, store.dispose);
    flush();
    return store;
  });
}

describe('a synchronous cache', () => {
  it('gives the store its config before the first line after creation', () => {
    const scheduler = new TestScheduler(() => undefined);
    const store = scriptedStore(scheduler, polling, () => NEVER, textCache('0\n"e"\nstored'));
    store.start();
    expect(store.state()).toMatchObject({ content: 'stored', isInitialised: true });
    expect(store.state().entry).toEqual({
      configText: 'stored',
      etag: '"e"',
      fetchedAtMs: 0,
      requestedAtMs: 0,
    });
    store.dispose();
  });

  it('spares fetches while another process keeps it fresh, and every poll takes over what is new', () => {
    const cache = textCache();
    const seen: unknown[] = [];
    const store = play(polling, numbered(), cache, 230 * second, ({ step$ }, at) => {
      step$.subscribe(({ state: { content } }) => {
        if (seen.at(-1) !== content) seen.push(content);
      });
      for (const s of [59, 119, 179]) {
        at(s * second, () => {
          cache.text = `${s * second}\n\nfrom elsewhere at ${s}`;
        });
      }
    });
    expect(store.fetchedAt).toEqual([0]);
    expect(seen).toEqual(['v1', 'from elsewhere at 59', 'from elsewhere at 119', 'from elsewhere at 179']);
  });

  it.each([
    ['is fresh', 0, [60]],
    ['is half a second from being due', 59_500, [60]],
    ['is almost due', 59_501, [0, 60]],
    ['is due', 60_001, [0, 60]],
    ['has a time in the future', -1, [0, 60]],
  ])('spares an auto-polling client its first fetch while it is fresh: one that %s', async (_, ageMs, expected) => {
    const clock = createVirtualClock();
    const startMs = 1_000_000;
    await clock.advance(startMs);
    const cache = textCache(`${startMs - ageMs}\n"e"\nstored`);
    const store = scriptedStore(clock.scheduler, polling, numbered(), cache);
    store.start();
    await clock.advance(100 * second);
    store.dispose();
    expect(store.fetchedAt).toEqual(expected.map((s) => startMs + s * second));
  });

  it('gives what it has at once when the first poll waits, and is then read once more', () => {
    const cache = textCache('0\n"e"\nstored');
    let reads = 0;
    const counted: ConfigCache = {
      get: () => {
        reads++;
        return cache.get('key');
      },
      set: () => undefined,
    };
    const scheduler = new TestScheduler(() => undefined);
    scheduler.run(({ flush }) => {
      const spread = autoPoll({ pollIntervalSeconds: 60, maxFirstPollDelaySeconds: 100 });
      const store = scriptedStore(scheduler, spread, numbered(), counted, { random: () => 0.99 });
      store.start();
      expect([store.state(), reads]).toMatchObject([{ content: 'stored', isInitialised: true }, 1]);
      timer(99.5 * second, scheduler).subscribe(store.dispose);
      flush();
      expect([store.fetchedAt, reads]).toEqual([[99 * second], 2]);
    });
  });

  it('spares a fetch after one that failed, too', () => {
    const cache = textCache();
    const store = play(
      polling,
      () => of(failedFetch),
      cache,
      70 * second,
      (_, at) => {
        at(59 * second, () => {
          cache.text = `${59 * second}\n\nfrom elsewhere`;
        });
      },
    );
    expect([store.fetchedAt, store.state().content]).toEqual([[0], 'from elsewhere']);
  });

  it('is read by every read of a lazily loading client, and spares it the fetch', () => {
    const cache = textCache();
    const store = play(lazyLoad({ cacheTimeToLiveSeconds: 60 }), numbered(), cache, 200 * second, ({ read$ }, at) => {
      at(99 * second, () => {
        cache.text = `${99 * second}\n\nfresh`;
      });
      at(100 * second, () => read$.subscribe());
    });
    expect(store.fetchedAt).toEqual([]);
    expect(store.state().content).toBe('fresh');
  });

  it('stores what is fetched, in the format of all SDKs, and a new time when the server vouches for it', () => {
    const cache = textCache();
    const answers: Answer[] = [
      (_, now) => of(fetched('v', now)),
      (_, now) =>
        of({
          patch: {},
          checked: { fetchedAtMs: now, requestedAtMs: now },
          log: [],
          result: { isSuccess: true, errorCode: 0 },
        }),
      () => of(failedFetch),
    ];
    play(polling, (known, now) => answers.shift()?.(known, now) ?? NEVER, cache, 130 * second);
    expect(cache.written).toEqual(['0\n"v"\nv', `${60 * second}\n"v"\nv`]);
  });

  it('is never given an empty entry, not even after a definite refusal', () => {
    const cache = textCache();
    const store = play(
      polling,
      (_, now) => of({ ...failedFetch, checked: { fetchedAtMs: now, requestedAtMs: now } }),
      cache,
      30 * second,
    );
    expect(cache.written).toEqual([]);
    expect(store.state().entry).toEqual({
      configText: undefined,
      etag: undefined,
      fetchedAtMs: 0,
      requestedAtMs: 0,
    });
  });
});

describe('the newest good config', () => {
  it.each([
    ['an older entry', `${5 * second}\n"old"\nold`],
    ['an entry of the same age', `${10 * second}\n"other"\nother`],
    ['an entry without a document', `${900 * second}\n"e"\n`],
    ['a corrupt entry', 'garbage'],
    ['an entry whose document is broken', `${900 * second}\n"e"\nbroken`],
  ])('stays when the cache holds %s', (_, text) => {
    const cache = textCache();
    const store = play(manualPoll(), numbered(), cache, 100 * second, ({ read$, refresh$ }, at) => {
      at(10 * second, () => refresh$.subscribe());
      at(20 * second, () => {
        cache.text = text;
        read$.subscribe();
      });
    });
    expect(store.state().content).toBe('v1');
  });

  it('comes from the cache when that is newer, whoever wrote it', () => {
    const cache = textCache();
    const store = play(manualPoll(), numbered(), cache, 100 * second, ({ read$, refresh$ }, at) => {
      at(10 * second, () => refresh$.subscribe());
      at(20 * second, () => {
        cache.text = `${15 * second}\n\nnewer`;
        read$.subscribe();
      });
    });
    expect(store.state().content).toBe('newer');
  });
});

describe('an entry of a cache', () => {
  it('that is due lets reads wait for the server, which a fresh one does not', () => {
    const waits = [0, -100_000].map((timeMs) => {
      let completedAt: number | undefined;
      const slow: Answer = (_, now) => of(fetched('v', now)).pipe(delay(2 * second));
      const scheduler = new TestScheduler(() => undefined);
      scheduler.run(({ flush }) => {
        const store = scriptedStore(scheduler, polling, slow, textCache(`${timeMs}\n\nstored`));
        store.start();
        store.read$.subscribe({ complete: () => (completedAt = scheduler.now()) });
        timer(10 * second, scheduler).subscribe(store.dispose);
        flush();
      });
      return completedAt;
    });
    expect(waits).toEqual([0, 2 * second]);
  });

  it('is taken whatever its age where the server has given none', () => {
    const cache = textCache();
    const refused: Answer = (_, now) => of({ ...failedFetch, checked: { fetchedAtMs: now, requestedAtMs: now } });
    const store = play(manualPoll(), refused, cache, 100 * second, ({ read$, refresh$ }, at) => {
      at(50 * second, () => refresh$.subscribe());
      at(60 * second, () => {
        cache.text = '1\n\nolder';
        read$.subscribe();
      });
    });
    expect(store.state().content).toBe('older');
  });

  it('without a document is none, whatever else it has', () => {
    const known: unknown[] = [];
    const store = play(
      manualPoll(),
      (entry, now) => {
        known.push(entry.etag);
        return of(fetched('v', now));
      },
      textCache('1\n"e"\n'),
      100 * second,
      ({ refresh$ }, at) => {
        at(10 * second, () => refresh$.subscribe());
      },
    );
    expect([known, store.log]).toEqual([[undefined], []]);
  });

  it('with the same document vouches for it', () => {
    const cache = textCache();
    const store = play(manualPoll(), numbered(), cache, 100 * second, ({ read$, refresh$ }, at) => {
      at(10 * second, () => refresh$.subscribe());
      at(20 * second, () => {
        cache.text = `${15 * second}\n"v1"\nv1`;
        read$.subscribe();
      });
    });
    expect(store.state()).toMatchObject({ content: 'v1', entry: { etag: '"v1"', fetchedAtMs: 15 * second } });
  });

  it.each([
    ['the same', 'text', true],
    ['another', 'other', false],
  ])('with %s text as that of the state gives the same content: %s', (_, text, expected) => {
    const content = { parsed: 'text' };
    const entry = { configText: 'text', etag: undefined, fetchedAtMs: 0, requestedAtMs: 0 };
    const state = { ...firstStep.state, entry, content };
    const read = { entry: { ...entry, configText: text, requestedAtMs: 1 }, content: { parsed: text } };
    const time = { scheduler: new TestScheduler(() => undefined) } as unknown as Time;
    const cache = { read: () => of({ patch: read }) };
    const given: unknown[] = [];
    readNewerEntry({ cache, polling: planOf('mode', polling), time }, () => state)().subscribe(({ patch }) =>
      given.push(patch.content),
    );
    expect(given).toEqual([{ parsed: text }]);
    expect(given[0] === content).toBe(expected);
  });

  it.each([false, true])('is told of once, however often it is read (of a cache that orders them: %p)', (isOrdered) => {
    const cache = { ...textCache('1\n\nstored'), isOrdered };
    let steps = 0;
    play(manualPoll(), numbered(), cache, 100 * second, ({ read$, step$ }, at) => {
      step$.subscribe(() => steps++);
      const before = steps;
      for (const s of [10, 20, 30]) at(s * second, () => read$.subscribe());
      at(40 * second, () => {
        expect(steps).toBe(before);
      });
    });
    expect(steps).toBeGreaterThan(0);
  });

  it.each([
    ['by its time', false],
    ['though it orders its entries', true],
  ])('that comes late does not replace what the server has said meanwhile, %s', async (_, isOrdered) => {
    const clock = createVirtualClock();
    await clock.advance(1_000_000);
    let tell: (text: string | null) => void = () => undefined;
    const cache: ConfigCache = {
      isOrdered,
      get: () => new Promise((resolve) => (tell = resolve)),
      set: () => undefined,
    };
    const slow: Answer = (_known, now) => of(fetched('v', now)).pipe(delay(second, clock.scheduler));
    const store = scriptedStore(clock.scheduler, manualPoll(), slow, cache);
    store.start();
    tell(null);
    await clock.advance(0);
    store.refresh$.subscribe();
    tell(null);
    await clock.advance(500);
    store.read$.subscribe();
    await clock.advance(1000);
    expect(store.state().content).toBe('v');
    tell('1\n\nold');
    await clock.advance(0);
    expect(store.state().content).toBe('v');
    store.dispose();
  });
});

describe('an answer that vouches for a config', () => {
  it('does not vouch for the newer one that came from the cache meanwhile, and is not stored over it', () => {
    const cache = textCache();
    const vouched = (now: number) => ({
      patch: {},
      checked: { fetchedAtMs: now, requestedAtMs: now },
      log: [],
      result: succeeded,
    });
    const answers: Answer[] = [
      (_, now) => of(fetched('old', now)),
      () => timer(20 * second).pipe(map(() => vouched(30 * second))),
    ];
    const store = play(
      manualPoll(),
      (known, now) => (answers.shift() ?? numbered())(known, now),
      cache,
      100 * second,
      ({ read$, refresh$ }, at) => {
        at(second, () => refresh$.subscribe());
        at(10 * second, () => refresh$.subscribe());
        at(20 * second, () => {
          cache.text = `${15 * second}\n"new"\nnew`;
          read$.subscribe();
        });
      },
    );
    expect(store.state().entry).toMatchObject({ configText: 'new', etag: '"new"', fetchedAtMs: 15 * second });
    expect(cache.written).toEqual([`${second}\n"old"\nold`]);
  });
});

describe('a cache that fails', () => {
  it.each([
    ['without enough lines', 'garbage', 'Number of values is fewer than expected.'],
    ['without a time', 'x\n"e"\n{}', 'Invalid fetch time: x'],
    ['with a broken document', '1\n"e"\nbroken', 'broken document'],
  ])('is reported once for an entry %s, however often it is read', (_, text, problem) => {
    const store = play(manualPoll(), numbered(), textCache(text), 100 * second, ({ read$ }, at) => {
      for (const s of [1, 2, 3]) at(s * second, () => read$.subscribe());
    });
    expect(store.log).toEqual(['error 2200 Error occurred while reading the cache.']);
    expect(store.errors.map((error) => (error as Error).message)).toEqual([problem]);
  });

  it.each<[unknown, string]>([
    [5, 'number'],
    [{ schedule: () => 'later' }, 'object'],
    [true, 'boolean'],
  ])('is reported when it gives something else than text: %j', (given, type) => {
    const store = play(manualPoll(), numbered(), { ...textCache(), get: () => given as string }, second);
    expect(store.log).toEqual(['error 2200 Error occurred while reading the cache.']);
    expect(store.errors).toEqual([new TypeError(`The cache returned a ${type} instead of a string.`)]);
  });

  it('keeps nobody from fetching when it throws', () => {
    const store = play(polling, numbered(), throwing, 70 * second);
    expect(store.fetchedAt).toEqual([0, 60 * second]);
    expect(store.state().content).toBe('v2');
    expect(new Set(store.log)).toEqual(
      new Set([
        'error 2200 Error occurred while reading the cache.',
        'error 2201 Error occurred while writing the cache.',
      ]),
    );
  });

  it('keeps nobody from fetching when it rejects', async () => {
    const scheduler = new TestScheduler(() => undefined);
    const store = scriptedStore(scheduler, polling, numbered(), rejecting);
    store.start();
    await settlePromises();
    expect(store.state().content).toBe('v1');
    expect(store.log).toEqual([
      'error 2200 Error occurred while reading the cache.',
      'error 2201 Error occurred while writing the cache.',
    ]);
    store.dispose();
  });

  it('is reported again when it fails in another way, and when it has worked in between', () => {
    const errors = ['a', 'a', 'b', 'b', undefined, 'b'];
    const flaky: ConfigCache = {
      get: () => {
        const error = errors.shift();
        if (error !== undefined) throw new Error(error);
        return undefined;
      },
      set: () => undefined,
    };
    const store = play(manualPoll(), numbered(), flaky, 100 * second, ({ read$ }, at) => {
      for (const s of [1, 2, 3, 4, 5]) at(s * second, () => read$.subscribe());
    });
    expect(store.log).toEqual(Array(3).fill('error 2200 Error occurred while reading the cache.'));
  });

  it('delays a lazy read by two seconds at most in all, and no read by what is written', () => {
    const completedAt: number[] = [];
    const scheduler = new TestScheduler(() => undefined);
    const hanging: ConfigCache = { get: () => new Promise(() => undefined), set: () => new Promise(() => undefined) };
    scheduler.run(({ flush }) => {
      const store = scriptedStore(scheduler, lazyLoad({ cacheTimeToLiveSeconds: 1 }), numbered(), hanging);
      store.start();
      for (const s of [10, 20, 30]) {
        timer(s * second, scheduler)
          .pipe(switchMap(() => store.read$))
          .subscribe({ complete: () => completedAt.push(scheduler.now() - s * second) });
      }
      timer(100 * second, scheduler).subscribe(store.dispose);
      flush();
    });
    expect(completedAt.every((ms) => ms <= 2 * second)).toBe(true);
    expect(completedAt).toHaveLength(3);
  });

  it('is given the last of what is fetched while it writes', () => {
    const scheduler = new TestScheduler(() => undefined);
    const written: string[] = [];
    const slow: ConfigCache = {
      get: () => null,
      set: (_, text) => {
        written.push(text.split('\n')[2] ?? '');
        const answered = {
          then: (done: () => void) => {
            timer(1500, scheduler).subscribe(done);
            return { then: () => undefined };
          },
        };
        return answered as unknown as Promise<void>;
      },
    };
    scheduler.run(({ flush }) => {
      const store = scriptedStore(scheduler, manualPoll(), numbered(), slow);
      store.start();
      for (const ms of [1000, 1500, 1900])
        timer(ms, scheduler)
          .pipe(switchMap(() => store.refresh$))
          .subscribe();
      timer(10 * second, scheduler).subscribe(store.dispose);
      flush();
    });
    expect(written).toEqual(['v1', 'v3']);
  });

  it.each([
    ['at once where nothing is being written', undefined, 0],
    ['when it has been written', 1500, 1500],
    ['after two seconds where that takes longer', 5000, 2000],
  ])('says %s that nothing is being written any more', async (_, writeMs, expected) => {
    const clock = createVirtualClock();
    await clock.advance(1_000_000);
    let written: () => void = () => undefined;
    const slow: ConfigCache = { get: () => null, set: () => new Promise<void>((resolve) => (written = resolve)) };
    const store = scriptedStore(clock.scheduler, manualPoll(), numbered(), slow);
    store.start();
    if (writeMs !== undefined) {
      store.refresh$.subscribe();
      timer(writeMs, clock.scheduler).subscribe(() => {
        written();
      });
    }
    await clock.advance(0);
    let completedAt: number | undefined;
    store.written$.subscribe({ complete: () => (completedAt = clock.scheduler.now()) });
    await clock.advance(10 * second);
    expect(completedAt).toBe(1_000_000 + expected);
    store.dispose();
  });

  it('keeps what an answer of an earlier request would replace', () => {
    const cache = textCache();
    const answers: Answer[] = [
      (_, now) => of(fetched('slow', now)).pipe(delay(6 * second)),
      (_, now) => of(fetched('next', now)),
    ];
    const store = play(
      lazyLoad({ cacheTimeToLiveSeconds: 3600 }),
      (known, now) => answers.shift()!(known, now),
      cache,
      20 * second,
      (own, at) => {
        at(10 * second, () => own.read$.subscribe());
        at(12 * second, () => {
          cache.text = `${11 * second}\n"n"\nnewer`;
          own.read$.subscribe();
        });
      },
    );
    expect(store.state().content).toBe('newer');
    expect(cache.written).toEqual([]);
  });

  it('believes a cache that orders its entries, whatever times stand in it', () => {
    const cache = { ...textCache(), isOrdered: true };
    const seen: unknown[] = [];
    play(manualPoll(), numbered(), cache, 100 * second, (own, at) => {
      at(10 * second, () => own.refresh$.subscribe());
      for (const [s, text] of [
        [20, `${5 * second}\n\nearlier`],
        [30, `${9_000 * second}\n\nfuture`],
        [40, '1\n\nold'],
      ] as const) {
        at(s * second, () => {
          cache.get = () => text;
          own.read$.subscribe({ complete: () => seen.push(own.state().content) });
        });
      }
    });
    expect(seen).toEqual(['earlier', 'future', 'old']);
  });

  it('hides no later config behind a time in the future', () => {
    const cache = textCache(`${3600 * second}\n\nahead`);
    const store = play(manualPoll(), numbered(), cache, 200 * second, (own, at) => {
      at(100 * second, () => {
        cache.text = `${99 * second}\n\nlater`;
        own.read$.subscribe();
      });
    });
    expect(store.state().content).toBe('later');
  });

  it('holds up nobody for more than two seconds when it hangs, and is left alone for a minute', () => {
    const readAt: number[] = [];
    const completedAt: number[] = [];
    const scheduler = new TestScheduler(() => undefined);
    const hanging: ConfigCache = {
      get: () => {
        readAt.push(scheduler.now());
        return new Promise(() => undefined);
      },
      set: () => undefined,
    };
    scheduler.run(({ flush }) => {
      const store = scriptedStore(scheduler, lazyLoad({ cacheTimeToLiveSeconds: 1000 }), numbered(), hanging);
      store.start();
      const read = () => {
        store.read$.subscribe({ complete: () => completedAt.push(scheduler.now()) });
      };
      for (const s of [1, 1.5, 10, 20, 61, 62, 63]) timer(s * second, scheduler).subscribe(read);
      timer(100 * second, scheduler).subscribe(store.dispose);
      flush();
      expect(readAt).toEqual([0, 62 * second]);
      expect(completedAt).toEqual([2, 2, 10, 20, 61, 64, 64].map((s) => s * second));
      expect(store.fetchedAt).toEqual([2 * second]);
      expect(store.log).toEqual(['error 2200 Error occurred while reading the cache.']);
      expect(store.errors).toEqual([new Error('The cache has not answered within 2000 ms.')]);
    });
  });

  it('holds up a refresh for two seconds once when it does not store, and is written to later', () => {
    const written: string[] = [];
    const hanging: ConfigCache = {
      get: () => undefined,
      set: (_, text) => {
        written.push(text);
        return new Promise(() => undefined);
      },
    };
    const store = play(polling, numbered(), hanging, 190 * second);
    expect(store.fetchedAt).toEqual([0, 60, 120, 180].map((s) => s * second));
    expect(written.map((text) => text.split('\n')[0])).toEqual(['0', '120000']);
    expect(store.log).toEqual(['error 2201 Error occurred while writing the cache.']);
  });

  it.each([
    ['in time', 1],
    ['after nobody has waited for it any more', 30],
  ])('is believed in its order again once it has answered a write %s', async (_, afterSeconds) => {
    const clock = createVirtualClock();
    let stored: (() => void) | undefined;
    const slow: ConfigCache = {
      isOrdered: true,
      get: () => '1\n\nold by its time',
      set: () => new Promise<void>((resolve) => (stored = resolve)),
    };
    const store = scriptedStore(clock.scheduler, manualPoll(), numbered(), slow);
    store.start();
    await clock.advance(10 * second);
    store.refresh$.subscribe();
    await clock.advance(afterSeconds * second);
    store.read$.subscribe();
    await clock.advance(0);
    expect(store.state().content).toBe('v1');
    stored!();
    await clock.advance(0);
    store.read$.subscribe();
    await clock.advance(0);
    expect(store.state().content).toBe('old by its time');
    store.dispose();
  });

  it('is still believed in its order when a write ends that is older than what was read since', async () => {
    const clock = createVirtualClock();
    await clock.advance(1_000_000);
    let stored: () => void = () => undefined;
    let text: string | undefined;
    const slow: ConfigCache = {
      isOrdered: true,
      get: () => text,
      set: () => new Promise<void>((resolve) => (stored = resolve)),
    };
    const store = scriptedStore(clock.scheduler, manualPoll(), numbered(), slow);
    store.start();
    store.refresh$.subscribe();
    await clock.advance(3 * second);
    text = '1001000\n\nnewer';
    store.read$.subscribe();
    expect(store.state().content).toBe('newer');
    stored();
    await clock.advance(0);
    text = '1\n\nold by its time';
    store.read$.subscribe();
    expect(store.state().content).toBe('old by its time');
    store.dispose();
  });

  it('is asked again at once when it answers after all', async () => {
    let answer: (text: string) => void = () => undefined;
    let reads = 0;
    const slow: ConfigCache = {
      get: () => (reads++ === 0 ? new Promise((resolve) => (answer = resolve)) : '0\n"e"\nstored'),
      set: () => undefined,
    };
    const clock = createVirtualClock();
    const store = scriptedStore(clock.scheduler, manualPoll(), numbered(), slow);
    store.start();
    await clock.advance(3 * second);
    store.read$.subscribe();
    expect([reads, store.state().content]).toEqual([1, undefined]);
    answer('');
    await clock.advance(0);
    store.read$.subscribe();
    expect([reads, store.state().content]).toEqual([2, 'stored']);
    store.dispose();
  });
});

describe('an asynchronous cache', () => {
  it('is read once for reads at the same time', async () => {
    let reads = 0;
    const scheduler = new TestScheduler(() => undefined);
    const cache: ConfigCache = {
      get: () => {
        reads++;
        return Promise.resolve('1\n"e"\nstored');
      },
      set: () => undefined,
    };
    const store = scriptedStore(scheduler, manualPoll(), numbered(), cache);
    store.start();
    for (let i = 0; i < 10; i++) store.read$.subscribe();
    await settlePromises();
    expect(reads).toBe(1);
    expect(store.state().content).toBe('stored');
    store.dispose();
  });
});

describe('an external cache', () => {
  it('is found by other copies of this version', () => {
    expect(openerSymbol).toBe(Symbol.for('configcat-rx/1.cache'));
  });
});
