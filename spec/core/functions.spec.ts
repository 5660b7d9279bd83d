import { EMPTY, Subject, firstValueFrom, of } from 'rxjs';
import type { CommonOptions, FetchFunction, User } from '../../src';
import { createClient } from '../../src';
import { explain } from '../../src/explain';
import type { FlagCore, FlagSource } from '../../src/functions';
import * as functions from '../../src/functions';
import type { RemoteCore, RemoteOptions } from '../../src/remote';
import { createRemote, createRemoteClient } from '../../src/remote';
import { createTestClient } from '../../src/testing';
import { sdkKey } from '../support/client';
import { createFakeRelay } from '../support/fake-relay';
import { record } from '../support/record';
import { createVirtualClock, settlePromises } from '../support/virtual-time';

const {
  allFlags$,
  changes$,
  autoPoll,
  configV5,
  createCore,
  createCoreFromText,
  details,
  events$,
  exposures,
  externalCache,
  flag$,
  flagDetails$,
  flagState$,
  flags$,
  getAllKeys,
  getAllValueDetails,
  getAllValues,
  getJson,
  getKeyAndValue,
  getValue,
  getValueDetails,
  isOnline,
  json,
  json$,
  jsonDetails,
  keyAndValue,
  keys,
  keys$,
  logTexts,
  manualPoll,
  ready$,
  refreshOn,
  setOnline,
  setting,
  snapshot$,
  status$,
  switchFlag,
  values,
  watch,
} = functions;

const kate: User = { identifier: 'kate' };

const configWith = (plan: string) =>
  JSON.stringify({
    f: {
      plan: {
        t: 1,
        v: { s: plan },
        i: `id-${plan}`,
        r: [{ c: [{ u: { a: 'Identifier', c: 28, s: 'kate' } }], s: { v: { s: 'KATE' }, i: 'id-kate' } }],
      },
      size: { t: 2, v: { i: 3 } },
      layout: { t: 1, v: { s: `{"plan": "${plan}"}` } },
    },
  });

/** A source of flags. What is asked of it is done when the promise resolves. */
interface Made {
  readonly source: FlagSource & Pick<FlagCore, 'snapshot' | 'dispose'>;
  readonly setDefaultUser: (user: User) => void | Promise<void>;
  /** It knows the values of its own user, and nothing else: neither rules nor what others are shown. */
  readonly onlyValues?: boolean;
}

/** A source of flags, and the way to give it another config. */
interface Changing extends Made {
  readonly setConfig: (text: string) => void | Promise<void>;
}

/** A cache with one config, which the spec replaces. */
function servedBy<T extends Made['source']>(
  create: (options: Omit<CommonOptions, 'hold'>) => T,
): { source: T; put: Changing['setConfig'] } {
  const change$ = new Subject<void>();
  let ageMs = 0;
  let entry = '';
  const put = (text: string) => {
    entry = `${++ageMs}\n"e"\n${text}`;
    change$.next();
  };
  put(configWith('free'));
  const cache = { get: () => entry, set: () => undefined, changes$: change$ };
  return { source: create({ cache, offline: true, logLevel: 'off' }), put };
}

/** A second copy of the library in this process, as where its ES modules meet its CommonJS. */
function anotherCopy(): { readonly createClient: typeof createClient; readonly functions: typeof functions } {
  let copy: ReturnType<typeof anotherCopy> | undefined;
  jest.isolateModules(() => {
    copy = {
      ...jest.requireActual<Pick<ReturnType<typeof anotherCopy>, 'createClient'>>('../../src'),
      functions: jest.requireActual<typeof functions>('../../src/functions'),
    };
  });
  return copy!;
}

/** A remote core or client, and a relay that decides by the config of the spec. */
async function remoteOf(
  create: (options: RemoteOptions) => Changing['source'] & Pick<RemoteCore, 'setUser'>,
): Promise<Changing> {
  const clock = createVirtualClock();
  const { fetch, requests } = createFakeRelay(clock);
  const decider = createTestClient({}, { logLevel: 'off' });
  let order = 0;
  const say = async () => {
    const { body, values: send, stream } = requests.at(-1)!;
    const { user } = (body ?? {}) as { user?: User };
    const flags = await getAllValueDetails(decider, user);
    const types: readonly unknown[] = ['boolean', 'string', 'number'];
    stream();
    send(
      `"${++order}"`,
      [order],
      flags.map(({ key, value, variationId }) => [
        key,
        value ?? null,
        variationId ?? null,
        types.indexOf(typeof value),
      ]),
    );
    await settlePromises();
  };
  const source = create({ url: 'https://relay.example', fetch, scheduler: clock.scheduler, logLevel: 'off' });
  const made: Changing = {
    source,
    onlyValues: true,
    setConfig: (text) => {
      decider.setConfig(text);
      return say();
    },
    setDefaultUser: (user) => {
      source.setUser(user);
      return say();
    },
  };
  await made.setConfig(configWith('free'));
  return made;
}

const changing: readonly [string, () => Changing | Promise<Changing>][] = [
  [
    'a core',
    () => {
      const { source, put } = servedBy(({ cache, ...options }) =>
        createCore(sdkKey, { ...options, cache: externalCache(cache!), polling: manualPoll() }),
      );
      return { source, setConfig: put, setDefaultUser: (user) => source.setDefaultUser(user) };
    },
  ],
  [
    'a client',
    () => {
      const { source, put } = servedBy((options) => createClient(sdkKey, { ...options, polling: manualPoll() }));
      return { source, setConfig: put, setDefaultUser: (user) => source.setDefaultUser(user) };
    },
  ],
  [
    'a test client',
    () => {
      const source = createTestClient({}, { logLevel: 'off' });
      source.setConfig(configWith('free'));
      return { source, setConfig: (text) => source.setConfig(text), setDefaultUser: (user) => source.setUser(user) };
    },
  ],
  [
    'a client of another copy of the library',
    () => {
      const copy = anotherCopy();
      expect(copy.functions.flag$).not.toBe(flag$);
      const { source, put } = servedBy((options) => copy.createClient(sdkKey, { ...options, polling: manualPoll() }));
      return { source, setConfig: put, setDefaultUser: (user) => source.setDefaultUser(user) };
    },
  ],
  [
    'a core of another copy of the library',
    () => {
      const { functions: copy } = anotherCopy();
      const create = ({ cache, ...options }: Omit<CommonOptions, 'hold'>): FlagCore =>
        copy.createCore(sdkKey, { ...options, cache: copy.externalCache(cache!), polling: copy.manualPoll() });
      const { source, put } = servedBy(create);
      return { source, setConfig: put, setDefaultUser: (user) => source.setDefaultUser(user) };
    },
  ],
  ['a remote core', () => remoteOf(createRemote)],
  ['a remote client', () => remoteOf(createRemoteClient)],
];

const sources: readonly [string, () => Made | Promise<Made>][] = [
  ...changing,
  [
    'a core that knows a text',
    () => {
      const source = createCoreFromText(`1\n"e"\n${configWith('free')}`);
      return { source, setDefaultUser: (user) => source.setDefaultUser(user) };
    },
  ],
  [
    'a core of another copy of the library that knows a text',
    () => {
      const source = anotherCopy().functions.createCoreFromText(`1\n"e"\n${configWith('free')}`);
      return { source, setDefaultUser: (user) => source.setDefaultUser(user) };
    },
  ],
];

describe.each(changing)('functions of %s', (_, make) => {
  it('emit what a flag is, and each change', async () => {
    const { source, setConfig, setDefaultUser, onlyValues } = await make();
    const value = record(flag$(source, 'plan', '-'));
    const own = record(flag$(source, 'plan', '-', kate));
    const ids = record(flagDetails$(source, 'plan', '-'));
    const states = record(flagState$(source, 'plan', '-'));
    const layouts = record(json$(source, 'layout'));
    const some = record(flags$(source, { plan: '-', missing: 1 }));
    const all = record(allFlags$(source));
    const keys = record(keys$(source));
    const snapshots = record(snapshot$(source));
    const changes = record(changes$(source));
    const events = record(events$(source));
    const watched = watch(source, 'plan', '-');
    await setConfig(configWith('paid'));
    expect(watched.current()).toBe('paid');
    await setDefaultUser(kate);
    source.dispose();
    expect(value).toMatchObject({ values: ['free', 'paid', 'KATE'], isComplete: true });
    expect(own).toMatchObject({ values: onlyValues ? ['-', 'paid', 'KATE'] : ['KATE'], isComplete: true });
    expect(ids.values.map(({ variationId }) => variationId)).toEqual(['id-free', 'id-paid', 'id-kate']);
    expect(layouts).toMatchObject({ values: [{ plan: 'free' }, { plan: 'paid' }], isComplete: true });
    expect([...new Set(states.values.map((state) => state.value))]).toEqual(['free', 'paid', 'KATE']);
    expect(some.values.map(({ plan, missing }) => [plan, missing])).toEqual([
      ['free', 1],
      ['paid', 1],
      ['KATE', 1],
    ]);
    expect(all.values.map(({ plan, size }) => [plan, size])).toEqual([
      ['free', 3],
      ['paid', 3],
      ['KATE', 3],
    ]);
    expect(keys).toMatchObject({ values: [['plan', 'size', 'layout']], isComplete: true });
    const seen = snapshots.values.map((snapshot) => snapshot.value('plan', '-'));
    // Other values are what another config is to others.
    expect([...new Set(seen)]).toEqual(['free', 'paid', ...(onlyValues ? ['KATE'] : [])]);
    expect(changes.values.map(({ flags }) => flags.map(({ key }) => key))).toEqual([
      ['plan', 'layout'],
      ...(onlyValues ? [['plan']] : []),
    ]);
    expect(events.values.filter(({ type }) => type === 'flagEvaluated').length).toBeGreaterThan(3);
  });

  it('go on offline when they are told to', async () => {
    const { source } = await make();
    setOnline(source, true);
    expect(isOnline(source)).toBe(true);
    setOnline(source, false);
    expect(isOnline(source)).toBe(false);
    source.dispose();
    expect(isOnline(source)).toBe(false);
  });

  it('serve operators', async () => {
    const { source, setConfig } = await make();
    const switched = record(switchFlag(source, 'dark', { on: of('on'), off: of('off') }));
    const exposed = record(exposures(source));
    record(flag$(source, 'plan', '-'));
    await setConfig(configWith('paid'));
    expect(switched.values).toEqual(['off']);
    expect(exposed.values.map(({ key, variationId }) => [key, variationId])).toEqual([
      ['plan', 'id-free'],
      ['plan', 'id-paid'],
    ]);
    source.dispose();
    expect(exposed.isComplete).toBe(true);
  });

  it('share what they are asked with the methods of a client', async () => {
    const { source, setConfig } = await make();
    const [early, late] = [record(flag$(source, 'plan', '-')), record(flag$(source, 'plan', '-'))];
    await setConfig(configWith('paid'));
    expect([early.values, late.values]).toEqual([
      ['free', 'paid'],
      ['free', 'paid'],
    ]);
    source.dispose();
  });
});

describe.each(sources)('functions of %s', (_, make) => {
  it('emit at once, and again for another default user, and complete', async () => {
    const { source, setDefaultUser, onlyValues } = await make();
    const value = record(flag$(source, 'plan', '-'));
    const own = record(flag$(source, 'plan', '-', kate));
    const ids = record(flagDetails$(source, 'plan', '-'));
    const states = record(flagState$(source, 'plan', '-'));
    const some = record(flags$(source, { plan: '-', missing: 1 }));
    const all = record(allFlags$(source));
    const keys = record(keys$(source));
    const snapshots = record(snapshot$(source));
    const changes = record(changes$(source));
    const statuses = record(status$(source));
    const exposed = record(exposures(source));
    const switched = record(switchFlag(source, 'dark', { on: of('on'), off: of('off') }));
    const watched = watch(source, 'plan', '-');
    const heard = jest.fn();
    watched.subscribe(heard);
    expect(watched.current()).toBe('free');
    await setDefaultUser(kate);
    expect(watched.current()).toBe('KATE');
    expect(heard).toHaveBeenCalledTimes(1);
    source.dispose();
    expect(value).toMatchObject({ values: ['free', 'KATE'], isComplete: true });
    expect(own).toMatchObject({ values: onlyValues ? ['-', 'free', 'KATE'] : ['KATE'], isComplete: true });
    expect(ids.values.map(({ variationId }) => variationId)).toEqual(['id-free', 'id-kate']);
    expect([...new Set(states.values.map((state) => state.value))]).toEqual(['free', 'KATE']);
    expect(some).toMatchObject({
      values: [
        { plan: 'free', missing: 1 },
        { plan: 'KATE', missing: 1 },
      ],
      isComplete: true,
    });
    expect(all.values).toEqual([
      { plan: 'free', size: 3, layout: '{"plan": "free"}' },
      { plan: 'KATE', size: 3, layout: '{"plan": "free"}' },
    ]);
    expect(keys).toMatchObject({ values: [['plan', 'size', 'layout']], isComplete: true });
    const seen = snapshots.values.map((snapshot) => snapshot.value('plan', '-'));
    expect([...new Set(seen)]).toEqual(onlyValues ? ['free', 'KATE'] : ['free']);
    const changed = changes.values.map(({ flags }) => flags.map(({ key }) => key));
    expect([changed, changes.isComplete]).toEqual([onlyValues ? [['plan']] : [], true]);
    const cacheState = onlyValues ? 'up-to-date' : 'cached';
    expect(statuses.values.at(-1)).toMatchObject({ isFetching: false, cacheState });
    expect(exposed.values.map(({ variationId }) => variationId)).toContain('id-kate');
    expect(exposed.isComplete).toBe(true);
    expect(switched.values).toEqual(['off']);
    // Whoever comes later is told the last of it.
    expect(record(flag$(source, 'plan', '-'))).toMatchObject({ values: ['KATE'], isComplete: true });
  });

  it('answer once', async () => {
    const { source, setDefaultUser, onlyValues } = await make();
    expect(await getValue(source, 'plan', '-')).toBe('free');
    expect((await getAllValueDetails(source)).map(({ value }) => value)).toEqual(['free', 3, '{"plan": "free"}']);
    expect(await getJson(source, 'layout')).toEqual({ plan: 'free' });
    if (onlyValues) await setDefaultUser(kate);
    expect(await getValue(source, 'plan', '-', kate)).toBe('KATE');
    expect(await getValueDetails(source, 'plan', '-', kate)).toMatchObject({ value: 'KATE', variationId: 'id-kate' });
    expect(await getAllKeys(source)).toEqual(['plan', 'size', 'layout']);
    expect(await getAllValues(source, kate)).toEqual({ plan: 'KATE', size: 3, layout: '{"plan": "free"}' });
    // Which rule serves a variation is nothing that values tell.
    expect(await getKeyAndValue(source, 'id-kate')).toEqual(onlyValues ? null : { key: 'plan', value: 'KATE' });
    expect(await firstValueFrom(ready$(source))).toMatch(/cached|up-to-date/);
    expect(await firstValueFrom(status$(source))).toMatchObject({ isFetching: false });
    source.dispose();
  });

  it('answer from a snapshot', async () => {
    const { source, setDefaultUser, onlyValues } = await make();
    await setDefaultUser(kate);
    const snapshot = source.snapshot();
    expect(details(snapshot, 'plan', '-')).toMatchObject({ value: 'KATE', variationId: 'id-kate', user: kate });
    const ofBen = details(snapshot, 'plan', '-', { identifier: 'ben' });
    expect(ofBen).toMatchObject(onlyValues ? { value: '-', errorCode: -1 } : { value: 'free' });
    expect(values(snapshot)).toEqual({ plan: 'KATE', size: 3, layout: '{"plan": "free"}' });
    expect(json(snapshot, 'layout')).toEqual({ plan: 'free' });
    expect(jsonDetails(snapshot, 'plan')).toMatchObject({ value: undefined, errorCode: 1900, user: kate });
    expect(keys(snapshot)).toEqual(['plan', 'size', 'layout']);
    expect(keyAndValue(snapshot, 'id-free')).toEqual(onlyValues ? null : { key: 'plan', value: 'free' });
    const served = { key: 'size', servedValue: { value: 3 } };
    expect([setting(snapshot, 'size')]).toMatchObject([onlyValues ? undefined : served]);
    expect(explain(snapshot, 'plan')).toMatchObject({ value: 'KATE', user: kate });
    source.dispose();
  });
});

describe('a function of a core', () => {
  it.each([undefined, null, {}, 'a client', { flag$: () => undefined }])('names what is no source: %p', (given) => {
    for (const ask of [
      () => flag$(given as FlagSource, 'plan', ''),
      () => flagDetails$(given as FlagSource, 'plan', ''),
      () => flags$(given as FlagSource, { plan: '' }),
      () => keys$(given as FlagSource),
      () => watch(given as FlagSource, 'plan', ''),
    ]) {
      expect(ask).toThrow(new TypeError('Invalid argument `source`. Expected a core, or a client.'));
    }
  });

  it('names a wrong key', () => {
    const core = createCore(sdkKey, { polling: manualPoll(), logLevel: 'off' });
    expect(() => flag$(core, '', false)).toThrow('Invalid argument `key`');
    expect(() => flag$(core, 5 as never, false)).toThrow('Invalid argument `key`');
    core.dispose();
  });
});

describe('createCore', () => {
  it('is started by a polling mode that is named', () => {
    const message = 'Invalid property `options.polling`. Expected what autoPoll(), lazyLoad() or manualPoll() gives.';
    const others = [undefined, null, 'auto', autoPoll, {}, { name: 'manual' }, externalCache(new Map() as never)];
    for (const polling of others) {
      expect(() => createCore(sdkKey, { polling } as never)).toThrow(new TypeError(message));
    }
    expect(() => createCore(sdkKey, undefined as never)).toThrow('Invalid argument `options`');
  });

  it.each([
    ['says where an event is documented', undefined, /^configcat-rx\/docs\/troubleshooting\.md#1000 \{"key":"plan"/],
    ["has ConfigCat's texts when it is given them", logTexts, /^Config JSON is not present when evaluating/],
  ])('%s', async (_, texts, message) => {
    const lines: string[] = [];
    const logger = { log: (...[, , line]: [string, number, string]) => void lines.push(line) };
    const core = createCore(sdkKey, { polling: manualPoll(), logger, ...(texts && { texts }) });
    expect((await getValueDetails(core, 'plan', '-')).errorMessage).toMatch(message);
    expect(lines).toEqual([expect.stringMatching(message)]);
    core.dispose();
  });

  it.each([
    ['without its reader says what to pass', [], [expect.stringContaining('pass `formats: [configV5]`')], '-'],
    ['is read with its reader', [configV5], [], 'former'],
  ])('a document of the previous format %s', async (_, formats, told, value) => {
    const errors: string[] = [];
    const logger = {
      log: (...[level, , , error]: [string, number, string, unknown?]) => {
        const { cause = error } = Object(error) as { cause?: unknown };
        if (level === 'error') errors.push(String(cause));
      },
    };
    const cache = externalCache({ get: () => `1\n"e"\n{"f":{"plan":{"v":"former","t":1}}}`, set: () => undefined });
    const core = createCore(sdkKey, {
      polling: manualPoll(),
      logger,
      cache,
      formats,
      logFilter: (_, id) => id !== 1000,
    });
    expect(await getValue(core, 'plan', '-')).toBe(value);
    expect(errors).toEqual(told);
    core.dispose();
  });

  it('takes caches that are named as such', () => {
    const cache = { get: () => undefined, set: () => undefined };
    for (const other of ['local', true, cache, { open: () => cache }, externalCache, manualPoll()]) {
      const options = { polling: manualPoll(), cache: other } as never;
      expect(() => createCore(sdkKey, options)).toThrow(
        new TypeError('Invalid property `options.cache`. Expected what externalCache() gives.'),
      );
    }
    expect(() => externalCache({ get: () => undefined } as never)).toThrow('Invalid argument `cache`.');
  });

  it('fetches whenever a stream emits that is named as such', () => {
    const hint$ = new Subject<void>();
    const requested: string[] = [];
    const fetch: FetchFunction = (url) => {
      requested.push(url);
      return new Promise(() => undefined);
    };
    const core = createCore(sdkKey, { polling: manualPoll(), fetch, refreshOn: refreshOn(hint$) });
    hint$.next();
    return Promise.resolve().then(() => {
      expect(requested).toHaveLength(1);
      core.dispose();
      expect(hint$.observed).toBe(false);
    });
  });

  it('takes streams that are named as such', () => {
    expect(() => createCore(sdkKey, { polling: manualPoll(), refreshOn: 7 } as never)).toThrow(
      'Invalid property `options.refreshOn`. Expected a value of type object, got number.',
    );
    expect(() => refreshOn(7 as never)).toThrow('Invalid argument `stream$`.');
    expect(() => refreshOn(EMPTY, { minRefreshAgeSeconds: -1 })).toThrow(
      'Invalid property `options.minRefreshAgeSeconds`.',
    );
  });

  it('shows nothing of its inside', () => {
    const core = createCore(sdkKey, { polling: manualPoll(), logLevel: 'off' });
    expect(Object.keys(core).sort()).toEqual([
      'dispose',
      'disposeWhenWritten',
      'ready$',
      'refresh',
      'setDefaultUser',
      'snapshot',
    ]);
    expect(JSON.stringify(core)).not.toContain('configcat-sdk');
    core.dispose();
  });

  it('answers from its snapshot, fetches when told, and ends', async () => {
    const core = createCore(sdkKey, {
      polling: manualPoll(),
      logLevel: 'off',
      fetch: () =>
        Promise.resolve({
          status: 200,
          statusText: 'OK',
          headers: { get: () => null },
          text: () => Promise.resolve(configWith('fetched')),
        }),
    });
    expect(core.snapshot().value('plan', '-')).toBe('-');
    expect(await core.refresh()).toMatchObject({ isSuccess: true });
    expect(core.snapshot().value('plan', '-')).toBe('fetched');
    expect(core.snapshot().value('plan', '-', kate)).toBe('KATE');
    core.setDefaultUser(kate);
    expect(core.snapshot().value('plan', '-')).toBe('KATE');
    core.setDefaultUser(undefined);
    expect(core.snapshot().value('plan', '-')).toBe('fetched');
    await core.disposeWhenWritten();
    expect(await core.refresh()).toMatchObject({ isSuccess: false });
    expect(core.snapshot().value('plan', '-')).toBe('fetched');
  });
});
