import type { OpenFeatureError } from '@openfeature/web-sdk';
import { OpenFeature } from '@openfeature/web-sdk';
import type { CommonOptions, ConfigCatClient, FetchFunction, PollingMode } from '../../src';
import { lazyLoad, manualPoll } from '../../src';
import { createProvider } from '../../src/openfeature';
import { createWebProvider } from '../../src/openfeature/web';
import type { Stage } from '../support/client';
import { configOf, sdkKey, stage } from '../support/client';
import type { Details, EventName, Sdk } from '../support/openfeature';
import { sdks } from '../support/openfeature';
import { settlePromises } from '../support/virtual-time';

const eventNames: readonly EventName[] = ['Ready', 'Error', 'Stale', 'ConfigurationChanged'];
const pollMs = 60_000;

let current: { readonly sdk: Sdk; readonly stage: Stage } | undefined;
afterEach(async () => {
  await current?.sdk.reset();
  current?.stage.client.dispose();
});

/** A provider over a client in virtual time, and the events that it has sent. */
function play(sdk: Sdk, answer: object | number | 'silence', options?: CommonOptions, polling?: PollingMode) {
  const played = stage(answer, options, polling);
  current = { sdk, stage: played };
  // First, because the SDK calls the provider that it has beforehand ready.
  const installed = sdk.install(played.client).then(
    () => 'ready',
    (error: unknown) => {
      const { code, message } = error as OpenFeatureError;
      return `${code} ${message}`;
    },
  );
  const events: string[] = [];
  for (const name of eventNames) {
    sdk.listen(name, (details) => {
      const { flagsChanged, message } = details as { flagsChanged?: readonly string[]; message?: string };
      events.push([name, ...(flagsChanged ?? []), ...(message ? [message] : [])].join(' '));
    });
  }
  const evaluate = (key: string, targetingKey?: string): Promise<Details> =>
    sdk.evaluate({ type: 'Boolean', key, defaultValue: false, ...(targetingKey && { context: { targetingKey } }) });
  return { ...played, events, installed, evaluate };
}

/** A fetch that answers when the spec says so. */
function heldFetch(config: object) {
  let answer: () => void = () => undefined;
  const fetch: FetchFunction = () =>
    new Promise((resolve) => {
      answer = () => {
        resolve({
          status: 200,
          statusText: '',
          headers: { get: () => null },
          text: () => Promise.resolve(JSON.stringify(config)),
        });
      };
    });
  return { fetch, answer: () => answer() };
}

/** `child` is on where `parent` is; `targeted` asks a segment; `alone` has nothing to do with them. */
function family(parent: boolean, segment: string): object {
  return {
    s: [{ n: 'team', r: [{ a: 'Identifier', c: 28, l: undefined, s: segment }] }],
    f: {
      alone: { t: 0, v: { b: true } },
      child: {
        t: 0,
        v: { b: false },
        r: [{ c: [{ p: { f: 'parent', c: 0, v: { b: true } } }], s: { v: { b: true } } }],
      },
      targeted: { t: 0, v: { b: false }, r: [{ c: [{ s: { s: 0, c: 0 } }], s: { v: { b: true } } }] },
      parent: { t: 0, v: { b: parent } },
    },
  };
}

describe.each(sdks.map((sdk) => [sdk.name, sdk] as const))('the provider for the %s SDK', (_, sdk) => {
  it('becomes ready late when the server is slow, without having failed', async () => {
    const { fetch, answer } = heldFetch(configOf({ dark: true }));
    const { clock, events, installed, evaluate } = play(sdk, 'silence', { fetch });
    await clock.advance(25_000);
    expect([sdk.status(), events]).toEqual(['NOT_READY', []]);
    expect(await evaluate('dark')).toMatchObject({ value: false, errorCode: 'PROVIDER_NOT_READY' });
    answer();
    expect(await installed).toBe('ready');
    await settlePromises();
    expect([sdk.status(), events]).toEqual(['READY', ['Ready']]);
    expect(await evaluate('dark')).toMatchObject({ value: true, reason: 'STATIC' });
  });

  it('fails when nothing can be fetched, and is ready as soon as something is', async () => {
    const { clock, events, installed, evaluate, serve } = play(sdk, 500);
    await clock.advance(10_000);
    const message = 'Unexpected HTTP response was received while trying to fetch config JSON: 500 ';
    expect(await installed).toBe(`GENERAL ${message}`);
    await settlePromises();
    expect([sdk.status(), events]).toEqual(['ERROR', [`Error ${message}`]]);
    expect(await evaluate('dark')).toMatchObject({ value: false, errorCode: 'PROVIDER_NOT_READY' });
    serve(configOf({ dark: true }));
    await clock.advance(5 * pollMs);
    expect([sdk.status(), events.slice(1)]).toEqual(['READY', ['Ready']]);
    expect(await evaluate('dark')).toMatchObject({ value: true });
  });

  it('calls a wrong SDK key fatal, and recovers once the server knows it', async () => {
    const { clock, installed, serve } = play(sdk, 404);
    await clock.advance(10_000);
    expect(await installed).toMatch(/^PROVIDER_FATAL .*SDK Key/);
    expect(sdk.status()).toBe('FATAL');
    serve(configOf({ dark: true }));
    await clock.advance(5 * pollMs);
    expect(sdk.status()).toBe('READY');
  });

  it('names exactly the flags that have changed, through prerequisites and segments, too', async () => {
    const { clock, events, installed, serve } = play(sdk, family(false, 'kate'));
    await clock.advance(0);
    await installed;
    const changesAfter = async (config: object) => {
      events.length = 0;
      serve(config);
      await clock.advance(pollMs);
      return events;
    };
    expect(await changesAfter(family(true, 'kate'))).toEqual(['ConfigurationChanged child parent']);
    expect(await changesAfter(family(true, 'lisa'))).toEqual(['ConfigurationChanged targeted']);
    expect(await changesAfter({ ...family(true, 'lisa'), p: { u: 'https://example.com' } })).toEqual([]);
    expect(await changesAfter(configOf({ fresh: true }))).toEqual([
      'ConfigurationChanged fresh alone child targeted parent',
    ]);
  });

  it('is stale while the server cannot be asked, and says nothing while all is well', async () => {
    const { clock, events, evaluate, installed, serve } = play(sdk, configOf({ dark: true }));
    await clock.advance(10 * pollMs);
    await installed;
    expect(events).toEqual(['Ready']);
    serve(500);
    await clock.advance(1.5 * pollMs);
    expect(events.slice(1)).toEqual([expect.stringMatching(/^Stale Unexpected HTTP response/)]);
    expect(await evaluate('dark')).toMatchObject({ value: true, reason: 'STALE' });
    await sdk.setContext({ targetingKey: '42' });
    await settlePromises();
    expect(sdk.status()).toBe('STALE');
    events.length = 0;
    serve(configOf({ dark: true }));
    await clock.advance(5 * pollMs);
    expect([sdk.status(), events]).toEqual(['READY', ['Ready']]);
    expect(await evaluate('dark')).toMatchObject({ value: true, reason: 'STATIC' });
  });

  it('is stale from the start over an old cache and a server that fails', async () => {
    const cache = { get: () => `0\n"e"\n${JSON.stringify(configOf({ dark: true }))}`, set: () => undefined };
    const { client, clock, events, installed } = play(sdk, 500, { cache }, manualPoll());
    void client.forceRefresh();
    await clock.advance(10_000);
    expect(await installed).toBe('ready');
    await settlePromises();
    expect([sdk.status(), events]).toEqual(['STALE', ['Ready', expect.stringMatching(/^Stale /)]]);
  });

  it('says that a value is cached until the server has confirmed it', async () => {
    const cache = { get: () => `0\n"e"\n${JSON.stringify(configOf({ dark: true }))}`, set: () => undefined };
    const { client, installed, evaluate } = play(sdk, configOf({ dark: true }), { cache }, manualPoll());
    expect(await installed).toBe('ready');
    expect(await evaluate('dark')).toMatchObject({ value: true, reason: 'CACHED' });
    await client.forceRefresh();
    expect(await evaluate('dark')).toMatchObject({ value: true, reason: 'STATIC' });
  });

  it('fetches at once in lazy loading', async () => {
    const { clock, installed, requests } = play(sdk, configOf({ dark: true }), { initial: 'default' }, lazyLoad());
    await clock.advance(0);
    expect(await installed).toBe('ready');
    expect(requests).toHaveLength(1);
  });

  it('does not wait for what nobody fetches', async () => {
    const { client, events, installed, requests } = play(sdk, configOf({ dark: true }), {}, manualPoll());
    expect(await installed).toBe('GENERAL No flags are known, and none are being fetched.');
    expect(requests).toEqual([]);
    await client.forceRefresh();
    await settlePromises();
    expect([sdk.status(), events.at(-1)]).toEqual(['READY', 'Ready']);
  });

  it('stops waiting when it is closed, and leaves a client that was given alone', async () => {
    const { client, clock, installed } = play(sdk, 'silence');
    await clock.advance(6_000);
    await sdk.reset();
    expect(await installed).toMatch(/^GENERAL /);
    expect(client.isOnline).toBe(true);
  });

  it('fails over a client that was disposed', async () => {
    const { client } = stage(configOf({}));
    client.dispose();
    await expect(sdk.install(client)).rejects.toThrow('The provider or its client was closed');
    await sdk.reset();
  });

  it.each([
    ['a share of the users', { p: [{ p: 100, v: { b: true }, i: 'half' }] }, 'SPLIT', 'half'],
    [
      'a share of those that a rule reaches',
      { r: [{ c: [{ u: { a: 'Identifier', c: 28, s: '42' } }], p: [{ p: 100, v: { b: true }, i: 'p' }] }] },
      'SPLIT',
      'p',
    ],
    [
      'those that a rule reaches',
      { r: [{ c: [{ u: { a: 'Identifier', c: 28, s: '42' } }], s: { v: { b: true }, i: 'rule' } }] },
      'TARGETING_MATCH',
      'rule',
    ],
    [
      'everybody else',
      { r: [{ c: [{ u: { a: 'Identifier', c: 28, s: '43' } }], s: { v: { b: false } } }] },
      'DEFAULT',
      'all',
    ],
    ['everybody', {}, 'STATIC', 'all'],
  ])('tells why: %s', async (__, targeting, reason, variant) => {
    const flag = { t: 0, v: { b: true }, i: 'all', ...targeting };
    const { clock, evaluate } = play(sdk, { f: { flag } });
    await clock.advance(0);
    expect(await evaluate('flag', '42')).toMatchObject({ value: true, reason, variant });
  });

  it.each([
    ['targetingKey', '42'],
    ['email', 'kate@example.com'],
    ['country', 'HU'],
    ['identifier', '43'],
    ['Email', 'kate@example.com'],
    ['plan', '{"name":"pro"}'],
    ['seats', '[1,"two"]'],
  ])('lets rules name the attribute %s', async (a, s) => {
    const rule = { c: [{ u: { a, c: 28, s } }], s: { v: { b: true } } };
    const { clock } = play(sdk, { f: { flag: { t: 0, v: { b: false }, r: [rule] } } });
    await clock.advance(0);
    const who = { targetingKey: '42', identifier: '43', email: 'kate@example.com', country: 'HU' };
    const context = { ...who, plan: { name: 'pro' }, seats: [1, 'two'] };
    expect((await sdk.evaluate({ type: 'Boolean', key: 'flag', defaultValue: false, context })).value).toBe(true);
    const other = { targetingKey: '44', identifier: '44', email: 'e', country: 'DE', plan: 'pro', seats: 'two' };
    const details = await sdk.evaluate({ type: 'Boolean', key: 'flag', defaultValue: false, context: other });
    expect(details.value).toBe(false);
  });

  it.each([
    ['JSON that is a number', { t: 1, v: { s: '5' } }, 'TYPE_MISMATCH', "The JSON of flag 'flag' is neither"],
    ['JSON that is null', { t: 1, v: { s: 'null' } }, 'TYPE_MISMATCH', "The JSON of flag 'flag' is neither"],
    ['a text that is no JSON', { t: 1, v: { s: '{a' } }, 'PARSE_ERROR', "The text of flag 'flag' is not JSON: Syn"],
    ['another type', { t: 0, v: { b: true } }, 'TYPE_MISMATCH', 'The type of a setting must match'],
    ['a flag that means nothing', { t: 1, v: {} }, 'PARSE_ERROR', 'InvalidConfigModelError'],
  ])('refuses to make an object of %s', async (__, flag, errorCode, message) => {
    const { clock } = play(sdk, { f: { flag } });
    await clock.advance(0);
    const details = await sdk.evaluate({ type: 'Object', key: 'flag', defaultValue: { a: 1 } });
    expect(details).toMatchObject({ value: { a: 1 }, reason: 'ERROR', errorCode });
    expect(details.errorMessage).toContain(message);
  });

  it('reads lists, and takes hostile JSON for data', async () => {
    const { clock } = play(sdk, configOf({ list: '[1,{"a":null}]', hostile: '{"__proto__":{"polluted":1}}' }));
    await clock.advance(0);
    expect((await sdk.evaluate({ type: 'Object', key: 'list', defaultValue: [] })).value).toEqual([1, { a: null }]);
    const { value } = await sdk.evaluate({ type: 'Object', key: 'hostile', defaultValue: {} });
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect({}).not.toHaveProperty('polluted');
  });

  it('calls everything else a general error', async () => {
    const { clock, evaluate } = play(sdk, configOf({ dark: true }));
    await clock.advance(0);
    expect(await evaluate('')).toMatchObject({ value: false, errorCode: 'GENERAL' });
  });
});

describe.each([
  ['createProvider', createProvider, (client: ConfigCatClient) => createProvider(client)],
  ['createWebProvider', createWebProvider, (client: ConfigCatClient) => createWebProvider(client)],
] as const)('%s', (_, create, createOver) => {
  it('disposes the client that it has created, and touches neither hooks nor tracking', async () => {
    const provider = create(sdkKey, { offline: true, logLevel: 'off' });
    expect(provider).not.toHaveProperty('hooks');
    expect(provider).not.toHaveProperty('track');
    let isCompleted = false;
    provider.client.status$.subscribe({ complete: () => (isCompleted = true) });
    await provider.onClose?.();
    expect(isCompleted).toBe(true);
  });

  it('names the argument that is wrong', () => {
    expect(() => create('')).toThrow(/sdkKey/);
  });

  it('sends no events before it is initialized', async () => {
    const { client, clock, serve } = stage(configOf({ dark: true }));
    const provider = createOver(client);
    const handler = jest.fn();
    provider.events?.addHandler('PROVIDER_CONFIGURATION_CHANGED' as never, handler);
    await clock.advance(0);
    serve(configOf({ dark: false }));
    await clock.advance(pollMs);
    expect(handler).not.toHaveBeenCalled();
    client.dispose();
  });
});

describe('the provider for the web SDK', () => {
  it('answers at once, for the context of the moment', async () => {
    const sdk = sdks[1]!;
    const rule = { c: [{ u: { a: 'Identifier', c: 28, s: '42' } }], s: { v: { b: true } } };
    const { clock, installed } = play(sdk, { f: { beta: { t: 0, v: { b: false }, r: [rule] } } });
    await clock.advance(0);
    await installed;
    const client = OpenFeature.getClient();
    expect(client.getBooleanValue('beta', false)).toBe(false);
    await sdk.setContext({ targetingKey: '42' });
    expect(client.getBooleanValue('beta', false)).toBe(true);
    await sdk.setContext({ targetingKey: '43' });
    expect(client.getBooleanValue('beta', true)).toBe(false);
  });
});
