import { OverrideBehaviour as Official, PollingMode, createFlagOverridesFromMap, getClient } from '@configcat/sdk';
import fc from 'fast-check';
import { BehaviorSubject, NEVER, Observable, ReplaySubject, Subject, of, throwError } from 'rxjs';
import type {
  ClientOptions,
  ConfigCatClient,
  ConfigCache,
  OverrideBehaviour,
  OverrideFlags,
  OverrideSource,
  OverrideUpdate,
} from '../../src/index';
import {
  OverrideProblem,
  createClient,
  createClientWithManualPoll,
  flagOverrides,
  lazyLoad,
  manualPoll,
} from '../../src/index';
import type { RecordedLog } from '../support/recorded-log';
import { recordLog } from '../support/recorded-log';

const sdkKey = 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv';
const clients: ConfigCatClient[] = [];
let log: RecordedLog;

beforeEach(() => {
  log = recordLog();
});

afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});

/** A cache that holds a config, as fetched at 1 s. */
function cacheOf(config: object | undefined): ConfigCache {
  return { get: () => config && `1000\n"e"\n${JSON.stringify(config)}`, set: () => undefined };
}

function start(
  source: OverrideSource,
  behaviour: OverrideBehaviour,
  remote?: object,
  options: ClientOptions = {},
): ConfigCatClient {
  const client = createClientWithManualPoll(sdkKey, {
    overrides: { source, behaviour },
    cache: cacheOf(remote),
    logger: log.logger,
    ...options,
  });
  clients.push(client);
  return client;
}

const text = (value: string) => ({ t: 1, v: { s: value } });
/** A flag that tells what another one is. */
const dependent = (flagKey: string, v: object, c = 0) => ({
  ...text('else'),
  r: [{ c: [{ p: { f: flagKey, c, v } }], s: { v: { s: 'equal' } } }],
});

describe('overrides', () => {
  const remote = { f: { both: text('remote'), remote: text('remote') } };
  const local = { local: 'local', both: 'local' };

  it.each<[OverrideBehaviour, object]>([
    ['local-only', { local: 'local', both: 'local' }],
    ['local-over-remote', { both: 'local', remote: 'remote', local: 'local' }],
    ['remote-over-local', { local: 'local', both: 'remote', remote: 'remote' }],
  ])('are laid over or under the config: %s', (behaviour, values) => {
    const snapshot = start(flagOverrides(local), behaviour, remote).snapshot();
    expect(snapshot.values()).toEqual(values);
    // The lower layer comes first, then what the upper one adds.
    expect(snapshot.keys()).toEqual(Object.keys(values));
  });

  it.each<OverrideBehaviour>(['local-only', 'local-over-remote', 'remote-over-local'])(
    'are known before any config is: %s',
    (behaviour) => {
      const snapshot = start(flagOverrides(local), behaviour).snapshot();
      expect(snapshot.value('both', '')).toBe('local');
      expect(snapshot.details('remote', '')).toMatchObject({ value: '', errorCode: 1001 });
      expect(snapshot.cacheState).toBe(behaviour === 'local-only' ? 'local-only' : 'no-flag-data');
      expect(snapshot.hasConfig).toBe(behaviour === 'local-only');
    },
  );

  it('come without a fetch time when they are alone, else with that of the config', () => {
    const times = (['local-only', 'local-over-remote', 'remote-over-local'] as const).map(
      (behaviour) => start(flagOverrides(local), behaviour, remote).snapshot().details('local', '').fetchedAt,
    );
    expect(times).toEqual([undefined, new Date(1000), new Date(1000)]);
    expect(start(flagOverrides(local), 'local-over-remote').snapshot().details('local', '').fetchedAt).toEqual(
      new Date(0),
    );
  });

  it('are what prerequisites are looked up in, while each setting keeps the salt and the segments of its own document', () => {
    const hashed = (salt: string, attribute: string) => ({
      p: { s: salt },
      s: [{ n: `of ${salt}`, r: [{ a: attribute, c: 28, s: salt }] }],
    });
    const inSegment = (value: string) => ({
      ...text('out'),
      r: [{ c: [{ s: { s: 0, c: 0 } }], s: { v: { s: value } } }],
    });
    const document = { ...hashed('a', 'Email'), f: { a: inSegment('in a'), needsB: dependent('b', { s: 'in b' }) } };
    const config = { ...hashed('b', 'Country'), f: { b: inSegment('in b'), needsA: dependent('a', { s: 'in a' }) } };
    const snapshot = start(flagOverrides(of(JSON.stringify(document))), 'local-over-remote', config).snapshot();
    expect(snapshot.values({ identifier: '1', email: 'a', country: 'b' })).toEqual({
      a: 'in a',
      b: 'in b',
      needsA: 'equal',
      needsB: 'equal',
    });
    expect(snapshot.values({ identifier: '1', email: 'b', country: 'a' })).toEqual({
      a: 'out',
      b: 'out',
      needsA: 'else',
      needsB: 'else',
    });
  });

  it('are seen whatever they are, also next to a function that makes them look like a scheduler', () => {
    const flags = { darkMode: true, schedule: () => 'later' } as unknown as { darkMode: boolean };
    expect(start(flagOverrides(flags), 'local-over-remote', remote).snapshot().value('darkMode', false)).toBe(true);
  });

  it('can be a flag of any name', () => {
    const flags = JSON.parse('{"__proto__": 1, "constructor": 2, "toString": true}') as OverrideFlags;
    const snapshot = start(flagOverrides(flags), 'local-over-remote', remote).snapshot();
    expect(snapshot.keys()).toEqual(['both', 'remote', '__proto__', 'constructor', 'toString']);
    expect([snapshot.value('__proto__', 0), snapshot.value('toString', false)]).toEqual([1, true]);
    expect(snapshot.details('hasOwnProperty', 0).errorCode).toBe(1001);
  });

  it('have no variation IDs, and hide none', () => {
    const config = { f: { a: { ...text('x'), i: 'id-a' }, b: { ...text('y'), i: 'id-b' } } };
    const snapshot = start(flagOverrides({ a: 'local' }), 'local-over-remote', config).snapshot();
    expect(snapshot.keyAndValue('id-b')).toEqual({ key: 'b', value: 'y' });
    expect(snapshot.keyAndValue('id-a')).toBeNull();
    expect(snapshot.details('a', '').variationId).toBeUndefined();
  });
});

describe('a plain value', () => {
  const values = {
    number: 5,
    nothing: null,
    missing: undefined,
    object: { x: 1 },
    list: [1],
    callback: () => 1,
    symbol: Symbol('x'),
    big: 10n,
    nan: NaN,
    flag: true,
    text: 'x',
    hostile: {
      toString: () => {
        throw new Error('no');
      },
    },
  } as unknown as OverrideFlags;
  const mismatch = (type: string, given: string) =>
    `EvaluationError: The type of a setting must match the type of the specified default value. Setting's type was ${type} but the default value's type was ${given}. Please use a default value which corresponds to the setting type ${type}. Learn more: https://configcat.com/docs/sdk-reference/js/overview/#setting-type-mapping`;
  const invalid = (problem: string) => `InvalidConfigModelError: Setting value ${problem}.`;

  it.each([
    ['number', 1, 5, 0, undefined],
    ['number', 1.5, 5, 0, undefined],
    ['number', null, 5, 0, undefined],
    ['number', 'x', 'x', 2, mismatch('Double', 'string')],
    ['nan', 0, NaN, 0, undefined],
    ['flag', false, true, 0, undefined],
    ['flag', 0, 0, 2, mismatch('Boolean', 'number')],
    ['text', 'y', 'x', 0, undefined],
    ['text', false, false, 2, mismatch('String', 'boolean')],
    ['nothing', null, null, 1, invalid('is null')],
    ['nothing', false, false, 1, invalid('is null')],
    ['missing', 'x', 'x', 1, invalid('is undefined')],
    ['object', 1, 1, 1, invalid("'[object Object]' is of an unsupported type (object)")],
    ['list', 1, 1, 1, invalid("'1' is of an unsupported type (object)")],
    ['symbol', 1, 1, 1, invalid("'[symbol]' is of an unsupported type (symbol)")],
    ['big', 1, 1, 1, invalid("'10' is of an unsupported type (bigint)")],
    ['callback', 1, 1, 1, invalid("'() => 1' is of an unsupported type (function)")],
    ['hostile', 1, 1, 1, invalid("'[unknown]' is of an unsupported type (object)")],
  ])('(%s, default %p) gives %p with error code %i', (key, fallback, value, errorCode, errorMessage) => {
    const details = start(flagOverrides(values), 'local-only')
      .snapshot()
      .details(key, fallback as never);
    expect(details).toMatchObject({ value, errorCode, isDefaultValue: errorCode !== 0 });
    expect(details.errorMessage).toBe(errorMessage);
  });

  it.each([
    ['a whole number', 'number', { i: 5 }, 'equal'],
    ['a fraction', 'number', { d: 5 }, 'equal'],
    ['another number', 'number', { d: 6 }, 'else'],
    [
      'both kinds of number',
      'number',
      { i: 5, d: 5 },
      "Type mismatch between comparison value '<invalid value>' and prerequisite flag 'number'.",
    ],
    ['a text', 'number', { s: '5' }, "Type mismatch between comparison value '5' and prerequisite flag 'number'."],
    ['a number among others', 'number', { b: true, i: 5 }, 'equal'],
    ['NaN', 'nan', { d: 5 }, 'else'],
    ['a boolean', 'flag', { b: true }, 'equal'],
    ['a text that is equal', 'text', { s: 'x' }, 'equal'],
    ['anything, when it is null', 'nothing', { s: 'x' }, 'Setting value is null.'],
    [
      'anything, when it is an object',
      'object',
      { s: 'x' },
      "Setting value '[object Object]' is of an unsupported type (object).",
    ],
  ])('is a prerequisite that is compared with %s', (_, flagKey, v, expected) => {
    const config = { f: { dependent: dependent(flagKey, v) } };
    const details = start(flagOverrides(values), 'local-over-remote', config)
      .snapshot()
      .details('dependent', 'default');
    expect(details.errorMessage ?? details.value).toBe(
      /^(equal|else)$/.test(expected) ? expected : `InvalidConfigModelError: ${expected}`,
    );
  });

  it('is copied with its map when the source is made', () => {
    const flags = { a: 1 };
    const source = flagOverrides(flags);
    flags.a = 2;
    const client = start(source, 'local-only');
    flags.a = 3;
    expect(client.snapshot().value('a', 0)).toBe(1);
  });
});

describe('overrides beside those of the official SDK', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', '1', '0');
  const value = fc.oneof(
    fc.boolean(),
    fc.constantFrom('', 'x', 'y'),
    fc.constantFrom(0, 1, 1.5, NaN),
    fc.constantFrom(null, undefined, []),
  );
  const wireValue = fc.oneof(
    fc.boolean().map((b) => [0, { b }] as const),
    fc.constantFrom('x', 'y').map((s) => [1, { s }] as const),
    fc.constantFrom(0, 1).map((i) => [2, { i }] as const),
    fc.constantFrom(0, 1.5).map((d) => [3, { d }] as const),
  );
  const setting = fc.oneof(
    wireValue.map(([t, v]) => ({ t, v })),
    fc.tuple(key, wireValue, fc.constantFrom(0, 1)).map(([flagKey, [, v], c]) => dependent(flagKey, v, c)),
  );
  const behaviours = [
    ['local-only', Official.LocalOnly],
    ['local-over-remote', Official.LocalOverRemote],
    ['remote-over-local', Official.RemoteOverLocal],
  ] as const;

  it.each(behaviours)('give the same answers: %s', (behaviour, theirs) => {
    fc.assert(
      fc.property(fc.dictionary(key, value), fc.dictionary(key, setting), (flags, settings) => {
        const remote = { f: settings };
        const official = getClient(sdkKey, PollingMode.ManualPoll, {
          cache: cacheOf(remote),
          logger: { log: () => undefined },
          flagOverrides: createFlagOverridesFromMap(flags as never, theirs),
        });
        const ours = start(flagOverrides(flags as OverrideFlags), behaviour, remote, { logLevel: 'off' });
        try {
          const [theirSnapshot, ourSnapshot] = [official.snapshot(), ours.snapshot()];
          expect(ourSnapshot.keys()).toEqual(theirSnapshot.getAllKeys());
          for (const name of ['a', 'b', 'c', 'd', '1', '0']) {
            for (const fallback of [null, false, 'default', 7]) {
              const [a, b] = [
                ourSnapshot.details(name, fallback as never),
                theirSnapshot.getValueDetails(name, fallback),
              ];
              const isMissing = b.errorMessage?.toString().includes('Available keys') ?? false;
              expect([a.value, a.errorCode, isMissing ? '' : a.errorMessage, a.isDefaultValue]).toEqual([
                b.value,
                b.errorCode,
                isMissing ? '' : b.errorMessage?.toString(),
                b.isDefaultValue,
              ]);
            }
          }
        } finally {
          official.dispose();
          ours.dispose();
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('a client with nothing but local overrides', () => {
  const forbidden = () => {
    throw new Error('not to be used');
  };
  const isolated = (options: ClientOptions = {}) =>
    start(flagOverrides({ isOn: true }), 'local-only', undefined, {
      polling: lazyLoad(),
      fetch: forbidden,
      cache: { get: forbidden, set: forbidden, changes$: new Observable(forbidden) },
      refreshOn$: new Observable(forbidden),
      ...options,
    });

  it('asks neither server nor cache', async () => {
    const client = isolated();
    expect(await client.getValue('isOn', false)).toBe(true);
    await client.forceRefresh();
    client.flag$('isOn', false).subscribe();
    expect(log.take()).toEqual([]);
  });

  it('is ready at once, in the same tick', async () => {
    const client = isolated();
    const seen: unknown[] = [];
    client.ready$.subscribe((state) => seen.push(state));
    client.flag$('isOn', false).subscribe((value) => seen.push(value));
    expect(seen).toEqual(['local-only', true]);
    expect(await client.waitForReady()).toBe('local-only');
    expect(client.snapshot().cacheState).toBe('local-only');
  });

  it('fails to refresh, and says why', async () => {
    expect(await isolated().forceRefresh()).toEqual({
      isSuccess: false,
      errorCode: 1,
      errorMessage:
        'Client is configured to use the LocalOnly override behavior, which prevents synchronization with external cache and making HTTP requests.',
    });
    expect(log.take()).toEqual([]);
  });

  it('is offline and stays so; only going online is worth a warning', () => {
    const client = isolated();
    client.setOffline();
    expect([client.isOnline, log.take()]).toEqual([false, []]);
    client.setOnline();
    expect(client.isOnline).toBe(false);
    expect(log.take()).toEqual([
      'warn 3202 Client is configured to use the `LocalOnly` override behavior, thus `setOnline()` has no effect.',
    ]);
  });

  it('takes any SDK key but an empty one, and shares it without a warning', () => {
    const overrides = { source: flagOverrides({}), behaviour: 'local-only' } as const;
    const create = (key: unknown) => createClient(key as string, { overrides, logger: log.logger });
    clients.push(create('any'), create('any'));
    expect(log.take()).toEqual([]);
    expect(() => create('')).toThrow('Invalid argument `sdkKey`. Expected a non-empty string.');
    expect(() => create(undefined)).toThrow(TypeError);
    const others = { source: flagOverrides({}), behaviour: 'local-over-remote' } as const;
    expect(() => createClient('any', { overrides: others })).toThrow('Invalid argument `sdkKey`');
  });

  it('works on when it is disposed', async () => {
    const client = isolated();
    client.dispose();
    expect(client.snapshot().value('isOn', false)).toBe(true);
    expect(await client.forceRefresh()).toMatchObject({ isSuccess: false });
    client.setOnline();
    expect(log.take().map((line) => line.slice(0, 9))).toEqual(['warn 3201']);
  });
});

describe('a stream of overrides', () => {
  const remote = { f: { a: text('remote'), b: text('remote') } };

  it('makes the flags emit that it changes, and no others', () => {
    const overrides$ = new BehaviorSubject<OverrideUpdate>({ a: 'one' });
    const client = start(flagOverrides(overrides$), 'local-over-remote', remote);
    const seen: string[] = [];
    for (const key of ['a', 'b']) client.flag$(key, '').subscribe((value) => seen.push(`${key} ${value}`));
    expect(seen.splice(0)).toEqual(['a one', 'b remote']);
    overrides$.next({ a: 'two' });
    expect(seen.splice(0)).toEqual(['a two']);
    overrides$.next({ b: 'three' });
    expect(seen.splice(0)).toEqual(['a remote', 'b three']);
    overrides$.next('{"flags": {"a": "four"}}');
    expect(seen.splice(0)).toEqual(['a four', 'b remote']);
    overrides$.next(JSON.stringify({ f: { b: text('five') } }));
    expect(seen.splice(0)).toEqual(['a remote', 'b five']);
  });

  it('may take its time: until then there are none', () => {
    const overrides$ = new Subject<OverrideUpdate>();
    const client = start(flagOverrides(overrides$), 'local-only');
    const seen: unknown[] = [];
    client.flag$('a', 'default').subscribe((value) => seen.push(value));
    overrides$.next({ a: 'late' });
    expect(seen).toEqual(['default', 'late']);
  });

  it.each<[string, unknown, string]>([
    ['no JSON', '{"flags"', 'error 2302 Failed to decode JSON from the local flags.'],
    ['no config', '{"f": []}', 'error 2302 Failed to decode JSON from the local flags.'],
    ['a list', '[]', 'error 2302 Failed to decode JSON from the local flags.'],
    ['a value of no type', '{"f":{"a":{"t":1,"v":["x"]}}}', 'error 2302 Failed to decode JSON from the local flags.'],
    ['neither flags nor text', 5, 'error 2302 Failed to decode JSON from the local flags.'],
    ['null', null, 'error 2302 Failed to decode JSON from the local flags.'],
    ['a problem', new OverrideProblem(1302, 'Something is wrong.'), 'error 1302 Something is wrong.'],
    ['another error', new Error('Something else is wrong.'), 'error 1302 Something else is wrong.'],
  ])('that emits %s is reported, keeps what was good, and goes on', (_, broken, line) => {
    const overrides$ = new ReplaySubject<OverrideUpdate>(2);
    overrides$.next({ a: 'good' });
    overrides$.next(broken as OverrideUpdate);
    const client = start(flagOverrides(overrides$, 'the local flags'), 'local-over-remote', remote);
    expect(log.take()).toEqual([line]);
    expect(client.snapshot().value('a', '')).toBe('good');
    overrides$.next({ a: 'good again' });
    expect(client.snapshot().value('a', '')).toBe('good again');
  });

  it('that emits a config of the previous format is understood', () => {
    const update = '{"f":{"a":{"t":1,"v":"x","r":[{"o":0,"a":"Email","t":2,"c":"@example","v":"y"}]}}}';
    const client = start(flagOverrides(new BehaviorSubject<OverrideUpdate>(update)), 'local-over-remote', remote);
    expect(client.snapshot().value('a', '')).toBe('x');
    expect(client.snapshot().value('a', '', { identifier: 'id', email: 'kate@example.com' })).toBe('y');
  });

  it('that errors is reported, and keeps what was good', () => {
    const overrides$ = new BehaviorSubject<OverrideUpdate>({ a: 'good' });
    const client = start(flagOverrides(overrides$), 'local-over-remote', remote);
    overrides$.error(new Error('broken'));
    expect(log.take()).toEqual(['error 1003 Error occurred in the `overrides` method.']);
    expect(client.snapshot().value('a', '')).toBe('good');
    expect(
      start(flagOverrides(throwError(() => new Error('broken'))), 'local-only')
        .snapshot()
        .keys(),
    ).toEqual([]);
  });

  it('that completes stays as it is', () => {
    const client = start(flagOverrides(of({ a: 'one' }, { a: 'two' })), 'local-only');
    const seen: unknown[] = [];
    client.flag$('a', '').subscribe({ next: (value) => seen.push(value), complete: () => seen.push('complete') });
    expect(seen).toEqual(['two']);
    client.dispose();
    expect(seen).toEqual(['two', 'complete']);
  });

  it('is let go when the client is disposed', () => {
    const overrides$ = new Subject<OverrideUpdate>();
    const clientsOfIt = (['local-only', 'local-over-remote', 'remote-over-local'] as const).map((behaviour) =>
      start(flagOverrides(overrides$), behaviour),
    );
    expect(overrides$.observed).toBe(true);
    for (const client of clientsOfIt) client.dispose();
    expect(overrides$.observed).toBe(false);
  });

  it('that is driven by what it changes shows nobody values out of order', () => {
    const overrides$ = new BehaviorSubject<OverrideUpdate>({ a: 0 });
    const client = start(flagOverrides(overrides$), 'local-only');
    const seen: string[] = [];
    client.flag$('a', -1).subscribe((value) => {
      seen.push(`first ${value}`);
      if (value < 2) overrides$.next({ a: value + 1 });
    });
    client.flag$('a', -1).subscribe((value) => seen.push(`second ${value}`));
    overrides$.next({ a: 1 });
    expect(seen.filter((line) => line.startsWith('second'))).toEqual(['second 2', 'second 1', 'second 2']);
  });

  it('leaves fetching alone: the config arrives below it', async () => {
    let body = JSON.stringify(remote);
    const client = start(
      flagOverrides(new BehaviorSubject<OverrideUpdate>({ a: 'local' })),
      'local-over-remote',
      undefined,
      {
        fetch: () =>
          Promise.resolve({
            status: 200,
            statusText: 'OK',
            headers: { get: () => null },
            text: () => Promise.resolve(body),
          }),
      },
    );
    const seen: string[] = [];
    for (const key of ['a', 'b']) client.flag$(key, '').subscribe((value) => seen.push(`${key} ${value}`));
    expect(await client.forceRefresh()).toMatchObject({ isSuccess: true });
    body = JSON.stringify({ f: { a: text('newer'), b: text('newer') } });
    await client.forceRefresh();
    expect(seen).toEqual(['a local', 'b ', 'b remote', 'b newer']);
  });
});

describe('the overrides option', () => {
  const source = flagOverrides({});

  it.each<[unknown, string]>([
    [5, 'Invalid property `options.overrides`. Expected a value of type object, got number.'],
    ...[
      undefined,
      null,
      'a.json',
      { a: true },
      { origin: 'the file', over: () => undefined },
      flagOverrides,
      manualPoll(),
    ].map((other): [unknown, string] => [
      { source: other, behaviour: 'local-only' },
      'Invalid property `options.overrides.source`. Expected what flagOverrides() gives.',
    ]),
    [
      { source, behaviour: 'LocalOnly' },
      'Invalid property `options.overrides.behaviour`. Expected one of local-only, local-over-remote, remote-over-local, got LocalOnly.',
    ],
    [
      { source },
      'Invalid property `options.overrides.behaviour`. Expected one of local-only, local-over-remote, remote-over-local, got undefined.',
    ],
  ])('refuses %p', (overrides, message) => {
    expect(() => createClient(sdkKey, { polling: manualPoll(), overrides: overrides as never })).toThrow(message);
  });

  it('is none when it is undefined or null', () => {
    const client = createClient(sdkKey, { polling: manualPoll(), overrides: null as never, refreshOn$: NEVER });
    clients.push(client);
    expect(client.snapshot().cacheState).toBe('no-flag-data');
  });
});
