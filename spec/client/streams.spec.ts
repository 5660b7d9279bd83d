import type { Observable } from 'rxjs';
import {
  BehaviorSubject,
  EMPTY,
  Subject,
  combineLatest,
  filter,
  firstValueFrom,
  lastValueFrom,
  take,
  throwError,
  toArray,
} from 'rxjs';
import type { ConfigCache, User } from '../../src';
import { autoPoll, lazyLoad, manualPoll } from '../../src';
import { flag$ } from '../../src/functions';
import { configByUser, configOf, stage } from '../support/client';
import { record } from '../support/record';

const minute = 60_000;
const kate: User = { identifier: 'kate' };
const jack: User = { identifier: 'jack' };

function cacheWith(config: object, time = '0'): ConfigCache {
  return { get: () => `${time}\n"e"\n${JSON.stringify(config)}`, set: () => undefined };
}

describe('flag$', () => {
  it('waits for the first config, then emits each value that differs', async () => {
    const { client, clock, serve } = stage(configOf({ dark: true }));
    const { values } = record(client.flag$('dark', false));
    expect(values).toEqual([]);
    await clock.advance(0);
    expect(values).toEqual([true]);
    serve(configOf({ dark: true, other: 1 }));
    await clock.advance(minute);
    expect(values).toEqual([true]);
    serve(configOf({ dark: false }));
    await clock.advance(minute);
    expect(values).toEqual([true, false]);
    client.dispose();
  });

  it('emits the default value when the first fetch fails, and the value when one succeeds', async () => {
    const { client, clock, serve } = stage(500);
    const { values } = record(client.flag$('dark', false));
    await clock.advance(50);
    expect(values).toEqual([false]);
    serve(configOf({ dark: true }));
    await clock.advance(minute);
    expect(values).toEqual([false, true]);
    client.dispose();
  });

  it('emits the default value when the init wait is over', async () => {
    const { client, clock } = stage('silence');
    const { values } = record(client.flag$('dark', false));
    await clock.advance(4_999);
    expect(values).toEqual([]);
    await clock.advance(1);
    expect(values).toEqual([false]);
    client.dispose();
  });

  it('emits at once what is known already', async () => {
    const { client, clock } = stage(configOf({ dark: true }));
    await clock.advance(0);
    expect(record(client.flag$('dark', false)).values).toEqual([true]);
    client.dispose();
  });

  it('emits in the tick of its creation when a synchronous cache has a fresh config', () => {
    const { client } = stage('silence', { cache: cacheWith(configOf({ dark: true })) });
    expect(record(client.flag$('dark', false)).values).toEqual([true]);
    client.dispose();
  });

  it('emits undefined without a default value while the flag cannot be evaluated', async () => {
    const { client, clock, serve } = stage(configOf({}));
    const { values } = record(client.flag$('dark'));
    await clock.advance(0);
    serve(configOf({ dark: true }));
    await clock.advance(minute);
    expect(values).toEqual([undefined, true]);
    client.dispose();
  });

  it('gives the default value for one of another type, and says so in the log', async () => {
    const { client, clock, log } = stage(configOf({ dark: true }));
    const { values } = record(client.flag$('dark', 'text'));
    await clock.advance(0);
    expect(values).toEqual(['text']);
    expect(log).toEqual([expect.stringMatching(/^error 1002 Error occurred in the `flag\$` method/)]);
    client.dispose();
  });

  it('equals getValue() for its first value', async () => {
    const { client, clock } = stage(configByUser('kate'));
    const first = Promise.all([
      firstValueFrom(client.flag$('plan', '', kate)),
      client.getValue('plan', '', kate),
      firstValueFrom(client.flag$('plan', kate)),
    ]);
    await clock.advance(0);
    expect(await first).toEqual(['KATE', 'KATE', 'KATE']);
    client.dispose();
  });

  it('completes when the client is disposed', async () => {
    const { client, clock } = stage(configOf({ dark: true }));
    const waiting = record(client.flag$('dark', false));
    const followsUsers = record(client.flag$('dark', false, new Subject<User>()));
    client.dispose();
    await clock.advance(minute);
    expect([waiting, followsUsers]).toMatchObject([
      { values: [], isComplete: true },
      { values: [], isComplete: true },
    ]);
  });

  it('of a disposed client is its last value, once', async () => {
    const { client, clock } = stage(configOf({ dark: true }));
    await clock.advance(0);
    client.dispose();
    expect(record(client.flag$('dark', false))).toMatchObject({ values: [true], isComplete: true });
    expect(record(client.flag$('dark', false, new Subject<User>()))).toMatchObject({ values: [], isComplete: true });
  });

  it.each(['wait', 'default', 'cached'] as const)(
    'of a disposed client is its last value though that has expired (initial: %s)',
    async (initial) => {
      const { client, clock, requests } = stage(configOf({ a: 1 }), { initial }, lazyLoad());
      await client.getValue('a', 0);
      await clock.advance(10 * minute);
      client.dispose();
      expect(record(client.flag$('a', 0))).toMatchObject({ values: [1], isComplete: true });
      expect(requests).toHaveLength(1);
    },
  );

  it('names what is wrong with what is asked', () => {
    const { client } = stage('silence');
    expect(() => flag$(client, 'a', {} as never, kate)).toThrow(/^Invalid argument `defaultValue`\./);
    expect(() => flag$(client, 'a', 0, 'kate' as never)).toThrow(/`user`/);
    expect(() => client.flag$('a', 0, undefined, { initial: 'never' as never })).toThrow(/`options\.initial`/);
    client.dispose();
  });

  it('takes `null` for a default value, and an object alone for a user', async () => {
    const { client } = stage(configByUser('kate'), { logLevel: 'off' }, manualPoll());
    await client.forceRefresh();
    expect(record(flag$(client, 'none', null)).values).toEqual([null]);
    expect(record(flag$(client, 'plan', kate)).values).toEqual(['KATE']);
    expect(record(flag$(client, 'plan', null, kate)).values).toEqual(['KATE']);
    client.dispose();
  });

  it('fetches on subscription when a lazily loaded config has expired', async () => {
    const { client, clock, requests, serve } = stage(configOf({ dark: true }), {}, lazyLoad());
    const first = record(client.flag$('dark', false));
    await clock.advance(2 * minute);
    expect(requests).toHaveLength(1);
    serve(configOf({ dark: false }));
    const second = record(client.flag$('dark', true));
    expect(second.values).toEqual([]);
    await clock.advance(0);
    expect([first.values, second.values]).toEqual([[true, false], [false]]);
    client.dispose();
  });

  it('emits the default value at once in manual polling, and the value after a refresh', async () => {
    const { client, clock } = stage(configOf({ dark: true }), {}, manualPoll());
    const { values } = record(client.flag$('dark', false));
    expect(values).toEqual([false]);
    const refreshed = client.forceRefresh();
    await clock.advance(0);
    expect(await refreshed).toEqual({ isSuccess: true, errorCode: 0 });
    expect(values).toEqual([false, true]);
    client.dispose();
  });

  it('combines with other streams', async () => {
    const { client, clock, serve } = stage(configOf({ a: 1, b: 1 }));
    const { values } = record(combineLatest([client.flag$('a', 0), client.flag$('b', 0)]));
    await clock.advance(0);
    serve(configOf({ a: 2, b: 2 }));
    await clock.advance(minute);
    expect(values.at(0)).toEqual([1, 1]);
    expect(values.at(-1)).toEqual([2, 2]);
    client.dispose();
  });
});

describe('the user of a stream', () => {
  it('is evaluated anew when a stream of users emits another one', async () => {
    const { client, clock } = stage(configByUser('kate', 'jack'));
    const user$ = new BehaviorSubject<User | undefined>(kate);
    const { values } = record(client.flag$('plan', '', user$));
    await clock.advance(0);
    user$.next({ identifier: 'kate' });
    user$.next(jack);
    user$.next(undefined);
    expect(values).toEqual(['KATE', 'JACK', 'nobody']);
    client.dispose();
  });

  it('is the default user when none is named, whenever that changes', async () => {
    const { client, clock } = stage(configByUser('kate', 'jack'), { defaultUser: kate });
    const { values } = record(client.flag$('plan', ''));
    const explicit = record(client.flag$('plan', '', jack));
    const loggedOut = record(client.flag$('plan', '', new BehaviorSubject<User | undefined>(undefined)));
    await clock.advance(0);
    client.setDefaultUser(jack);
    client.clearDefaultUser();
    expect(values).toEqual(['KATE', 'JACK', 'nobody']);
    expect(explicit.values).toEqual(['JACK']);
    expect(loggedOut.values).toEqual(['KATE', 'JACK', 'nobody']);
    client.dispose();
  });

  it('stays who it was when the stream of users breaks, which is logged', async () => {
    const { client, clock, log } = stage(configByUser('kate'));
    const user$ = new BehaviorSubject(kate);
    const recorded = record(client.flag$('plan', '', user$));
    await clock.advance(0);
    user$.error(new Error('no more users'));
    expect(recorded).toMatchObject({ values: ['KATE'], isComplete: false });
    expect(log).toEqual(['error 1003 Error occurred in the `user$` method.']);
    client.dispose();
  });

  it('is the default user when the stream of users ends without one', async () => {
    const { client, clock } = stage(configByUser('kate'), { defaultUser: kate });
    const { values } = record(client.flag$('plan', '', EMPTY));
    await clock.advance(0);
    expect(values).toEqual(['KATE']);
    client.dispose();
  });

  it('that is no object is reported instead of thrown', async () => {
    const { client, clock, log } = stage(configByUser('kate'));
    const user$ = new BehaviorSubject<unknown>('kate') as unknown as Observable<User>;
    record(client.flag$('plan', '', user$));
    record(
      client.flag$(
        'plan',
        '',
        throwError(() => new Error('broken')),
      ),
    );
    await clock.advance(0);
    expect(log).toEqual(Array(2).fill('error 1003 Error occurred in the `user$` method.'));
    const errors = record(client.events$.pipe(filter(({ type }) => type === 'error')));
    record(client.flag$('plan', '', user$));
    expect(errors.values).toMatchObject([{ error: { message: expect.stringMatching(/`user`/) as unknown } }]);
    client.dispose();
  });
});

describe('the initial policy', () => {
  const stale = cacheWith(configOf({ text: 'cached' }), '-100000');

  it.each([
    ['wait', ['fresh']],
    ['cached', ['cached', 'fresh']],
    ['default', ['default', 'fresh']],
  ] as const)('%s emits %j from a stale cache', async (initial, expected) => {
    const { client, clock } = stage(configOf({ text: 'fresh' }), { cache: stale, initial });
    const { values } = record(client.flag$('text', 'default'));
    const own = record(client.flag$('text', 'default', undefined, { initial: 'wait' }));
    expect(values).toHaveLength(expected.length - 1);
    await clock.advance(0);
    expect(values).toEqual(expected);
    expect(own.values).toEqual(['fresh']);
    client.dispose();
  });

  it.each([
    ['at once', 0, ['default', 'cached', 'fresh']],
    ['when a slow server has answered', 'silence', ['default', 'cached']],
  ] as const)('cached shows what an asynchronous cache gives %s', async (_, answer, expected) => {
    const answers = answer === 0 ? configOf({ text: 'fresh' }) : answer;
    const cache: ConfigCache = { get: (key) => Promise.resolve(stale.get(key)), set: () => undefined };
    for (const polling of [autoPoll(), lazyLoad()]) {
      const { client, clock } = stage(answers, { cache, initial: 'cached' }, polling);
      const { values } = record(client.flag$('text', 'default'));
      await clock.advance(1_000);
      expect(values).toEqual(expected);
      client.dispose();
    }
  });

  it('cached emits the default value at once when nothing is known, without a word in the log', async () => {
    const { client, clock, log } = stage(configOf({ text: 'fresh' }), { initial: 'cached' });
    const { values } = record(client.flag$('text', 'default'));
    const details = record(client.flagDetails$('text', 'default'));
    expect(values).toEqual(['default']);
    expect(details.values).toMatchObject([{ value: 'default', isDefaultValue: true, errorCode: 1000 }]);
    await clock.advance(0);
    expect(values).toEqual(['default', 'fresh']);
    expect(log).toEqual([]);
    client.dispose();
  });

  it('asks for nothing on behalf of who has left at the default value', async () => {
    const { client, clock, requests } = stage(configOf({ text: 'fresh' }), { initial: 'default' }, lazyLoad());
    const first = record(client.flag$('text', 'default').pipe(take(1)));
    await clock.advance(0);
    expect([first.values, requests]).toEqual([['default'], []]);
    client.dispose();
  });

  it.each(['default', 'cached'] as const)(
    '%s repeats no value, and leaves none out that comes back',
    async (initial) => {
      const { client, clock, serve } = stage(configOf({ text: 'a' }), { initial });
      const { values } = record(client.flag$('text', 'a'));
      const other = record(client.flag$('text', 'b'));
      await clock.advance(0);
      for (const text of ['b', 'a']) {
        serve(configOf({ text }));
        await clock.advance(minute);
      }
      expect([values, other.values]).toEqual([
        ['a', 'b', 'a'],
        ['b', 'a', 'b', 'a'],
      ]);
      client.dispose();
    },
  );
});

describe('flagDetails$', () => {
  it('tells variation, rule and user, and is silent while these stay the same', async () => {
    const { client, clock, serve } = stage(configByUser('kate'));
    const { values } = record(client.flagDetails$('plan', '', kate));
    await clock.advance(0);
    serve({ ...configByUser('kate'), p: { s: 'another salt' } });
    await clock.advance(minute);
    expect(values).toHaveLength(1);
    expect(values[0]).toMatchObject({
      key: 'plan',
      value: 'KATE',
      variationId: 'id-kate',
      isDefaultValue: false,
      errorCode: 0,
      user: kate,
      matchedTargetingRule: { conditions: [{ kind: 'user', attribute: 'Identifier' }] },
    });
    client.dispose();
  });
});

describe('streams', () => {
  it('show every subscriber the same order when one of them causes a change', async () => {
    const { client, clock } = stage(configByUser('kate', 'jack'), { defaultUser: kate });
    const order: string[] = [];
    client.flag$('plan', '').subscribe((plan) => {
      order.push(`first ${plan}`);
      if (plan === 'KATE') client.setDefaultUser(jack);
    });
    client.flag$('plan', '').subscribe((plan) => order.push(`second ${plan}`));
    await clock.advance(0);
    expect(order).toEqual(['first KATE', 'second KATE', 'first JACK', 'second JACK']);
    client.dispose();
  });

  it('survive a subscriber that disposes the client', async () => {
    const { client, clock } = stage(configOf({ dark: true }));
    client.flag$('dark', false).subscribe(() => {
      client.dispose();
    });
    const other = record(client.flag$('dark', false));
    await clock.advance(0);
    expect(other.isComplete).toBe(true);
    expect(client.snapshot().value('dark', false)).toBe(true);
  });

  it('show a subscriber that subscribes while it is told of a value the same config', async () => {
    const { client, clock, serve } = stage(configOf({ a: 1, b: 1 }));
    const seen: number[][] = [];
    client.flag$('a', 0).subscribe((a) => {
      const { values } = record(client.flag$('b', 0));
      seen.push([a, client.snapshot().value('b', 0), ...values]);
    });
    await clock.advance(0);
    serve(configOf({ a: 2, b: 2 }));
    await clock.advance(minute);
    expect(seen).toEqual([
      [1, 1, 1],
      [2, 2, 2],
    ]);
    client.dispose();
  });

  it.each([
    ['auto', autoPoll],
    ['lazy', lazyLoad],
    ['manual', manualPoll],
  ])('keep their pace with subscribers that read and refresh while fetches fail, in %s mode', async (_, polling) => {
    const { client, clock, requests } = stage(500, { logLevel: 'off' }, polling());
    client.events$.subscribe(({ type }) => {
      if (type === 'configFetched') void client.getValue('a', 0).then(() => client.getValue('b', 0));
    });
    client.status$.subscribe(({ lastError }) => {
      if (lastError) void client.forceRefresh();
    });
    client.flag$('a', 0).subscribe();
    void client.forceRefresh();
    await clock.advance(10_000);
    // Each refresh that is demanded asks the server, and a failed request is repeated after 50 ms.
    expect(requests.length).toBeLessThanOrEqual(2 * (10_000 / 50 + 2));
    client.dispose();
  });

  it('make no endless loop of a subscriber that refreshes while fetches fail', async () => {
    const { client, clock, requests } = stage(500);
    let refreshes = 0;
    client.status$.subscribe(({ lastError }) => {
      if (lastError && refreshes++ < 3) void client.forceRefresh();
    });
    await clock.advance(10_000);
    expect(requests.length).toBeLessThanOrEqual(8);
    client.dispose();
  });

  it('leave nothing to run when the client is disposed', async () => {
    const { client, clock } = stage('silence');
    const streams = [record(client.flag$('dark', false)), record(client.status$), record(client.events$)];
    await clock.advance(1);
    client.dispose();
    expect(streams.every(({ isComplete }) => isComplete)).toBe(true);
    expect(clock.scheduler.actions).toEqual([]);
  });
});

describe('status$', () => {
  it('follows fetching, freshness and failure', async () => {
    const { client, clock, serve } = stage(configOf({}));
    const { values } = record(client.status$);
    await clock.advance(0);
    serve(503);
    await clock.advance(minute + 50);
    const seen = values.map(({ cacheState, isFetching, lastError }) => [cacheState, isFetching, lastError?.errorCode]);
    expect(seen).toEqual([
      ['no-flag-data', true, undefined],
      ['up-to-date', false, undefined],
      ['up-to-date', true, undefined],
      ['cached', false, 1101],
    ]);
    client.dispose();
  });
});

describe('events$', () => {
  it('tells a first fetch in the order fetched, changed, ready, evaluated', async () => {
    const { client, clock } = stage(configOf({ dark: true }));
    const types = record(client.events$);
    record(client.flag$('dark', false));
    await clock.advance(0);
    expect(types.values.map(({ type }) => type)).toEqual(['configFetched', 'configChanged', 'ready', 'flagEvaluated']);
    client.dispose();
  });

  it('calls a config changed only when its content differs', async () => {
    const changes: string[] = [];
    const { client, clock, serve } = stage(configOf({ a: 1 }), {
      onConfigChanged: (snapshot) => changes.push(JSON.stringify(snapshot.values())),
    });
    await clock.advance(0);
    await clock.advance(minute);
    serve(configOf({ a: 1 }));
    await clock.advance(minute);
    serve(configOf({ a: 2 }));
    await clock.advance(minute);
    expect(changes).toEqual(['{"a":1}', '{"a":2}']);
    client.dispose();
  });

  it('reports what a callback throws, and goes on', async () => {
    const { client, clock, log } = stage(configOf({ a: 1 }), {
      onConfigChanged: () => {
        throw new Error('mine');
      },
    });
    const { values } = record(client.flag$('a', 0));
    await clock.advance(0);
    expect(values).toEqual([1]);
    expect(log).toEqual(['error 1003 Error occurred in the `onConfigChanged` method.']);
    client.dispose();
  });

  it('tells errors whatever is logged', async () => {
    const { client, clock, log } = stage(404, { logLevel: 'off' });
    const events = lastValueFrom(client.events$.pipe(toArray()));
    await clock.advance(0);
    client.dispose();
    expect(await events).toMatchObject([
      { type: 'error', message: expect.stringContaining('Your SDK Key seems to be wrong') as unknown },
      { type: 'configFetched', result: { errorCode: 1100 } },
      { type: 'ready', cacheState: 'no-flag-data' },
    ]);
    expect(log).toEqual([]);
  });
});
