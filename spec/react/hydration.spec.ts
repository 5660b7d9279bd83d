/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import type { ReactElement } from 'react';
import { Subject } from 'rxjs';
import type { ConfigCache, ConfigCatClient, EvaluationDetails, User } from '../../src';
import { createClient, flagOverrides, manualPoll } from '../../src';
import { dehydrate, hydrate } from '../../src/react';
import { configByUser, configOf, sdkKey, stage } from '../support/client';
import type { ReactParts } from '../support/react';
import { loadReact, majors } from '../support/react';

const kate: User = { identifier: 'kate' };

/** What would harm a page, each in a flag. */
const harmful = [
  '</script><script>alert(1)</script>',
  '<!-- <script>',
  ']]>',
  'line\u2028and\u2029paragraph',
  '&lt;&amp;"\'`',
  '\u0000\ud800\\',
];

/** The state of a client that has this config. */
async function stateOf(config: object | number): Promise<string> {
  const { client, clock } = stage(config);
  await clock.advance(0);
  const state = dehydrate(client);
  client.dispose();
  return state;
}

describe.each(majors)('a page that a server renders with React %d', (major) => {
  let parts: ReactParts;
  let errors: jest.SpyInstance;

  beforeEach(() => {
    parts = loadReact(major);
    errors = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });

  afterEach(() => {
    expect(errors.mock.calls).toEqual([]);
    errors.mockRestore();
  });

  const seen: string[] = [];
  const App = () => {
    const plan = parts.hooks.useFlag('plan', 'default', { ...kate });
    const { variationId } = parts.hooks.useFlagDetails('plan', 'default');
    const { other } = parts.hooks.useFlags({ other: 'none' });
    const all = parts.hooks.useFlags();
    const text = `${plan} ${variationId} ${other} ${Object.keys(all).length}`;
    seen.push(text);
    return parts.react.createElement('p', { 'data-plan': plan }, text);
  };
  const provide = (client: ConfigCatClient, state?: string | null): ReactElement =>
    parts.react.createElement(
      parts.react.StrictMode,
      null,
      parts.react.createElement(
        parts.hooks.ConfigCatProvider,
        { client, state },
        parts.react.createElement(
          parts.hooks.ConfigCatProvider,
          { user: { identifier: 'ben' } },
          parts.react.createElement(App),
        ),
      ),
    );
  /** What the browser has before it runs anything. */
  const pageOf = async (config: object | number) => {
    const { client, clock } = stage(config);
    await clock.advance(0);
    const state = dehydrate(client);
    const container = document.createElement('div');
    container.innerHTML = parts.server.renderToString(provide(client, state));
    client.dispose();
    seen.length = 0;
    return { state, container };
  };
  const older = { f: { ...flagsOf(configByUser('kate', 'ben')), ...flagsOf(configOf({ other: 'old' })) } };
  const newer = { f: { ...flagsOf(configByUser('ben')), ...flagsOf(configOf({ other: 'new', third: 3 })) } };

  it('is taken over as it is by a client that knows no config yet, and then follows the client', async () => {
    const { state, container } = await pageOf(older);
    expect(container.textContent).toBe('KATE id-ben old 2');
    const before = container.firstChild;
    const { client, clock, log } = stage(newer);
    const page = parts.hydrate(provide(client, state), container);
    expect(page.text()).toBe('KATE id-ben old 2');
    expect(new Set(seen)).toEqual(new Set(['KATE id-ben old 2']));
    await parts.react.act(() => clock.advance(0));
    expect(page.text()).toBe('nobody id-ben new 3');
    expect(container.firstChild).toBe(before);
    expect(log).toEqual([]);
    page.unmount();
    client.dispose();
  });

  it('is taken over as it is by a client that knows a newer config already', async () => {
    const { state, container } = await pageOf(older);
    const { client, clock } = stage(newer);
    await clock.advance(0);
    const page = parts.hydrate(provide(client, state), container);
    expect(seen[0]).toBe('KATE id-ben old 2');
    expect(page.text()).toBe('nobody id-ben new 3');
    page.unmount();
    client.dispose();
  });

  it('is taken over as it is when an attribute of the default user cannot be read', async () => {
    const { state, container } = await pageOf(older);
    const hostile = {
      identifier: 'kate',
      get email(): string {
        throw new Error('Hands off.');
      },
    };
    const { client, clock } = stage(newer, { defaultUser: hostile });
    const page = parts.hydrate(provide(client, state), container);
    expect(page.text()).toBe('KATE id-ben old 2');
    await parts.react.act(() => clock.advance(0));
    expect(page.text()).toBe('nobody id-ben new 3');
    page.unmount();
    client.dispose();
  });

  it('stays while nothing can be fetched', async () => {
    const { state, container } = await pageOf(older);
    const { client, clock } = stage(500);
    const page = parts.hydrate(provide(client, state), container);
    await parts.react.act(() => clock.advance(60_000));
    expect(new Set(seen)).toEqual(new Set(['KATE id-ben old 2']));
    expect(page.text()).toBe('KATE id-ben old 2');
    page.unmount();
    client.dispose();
  });

  it('shows default values in the browser, too, when the server had no config', async () => {
    const { state, container } = await pageOf(500);
    expect(container.textContent).toBe('default undefined none 0');
    const { client, clock } = stage(newer);
    await clock.advance(0);
    const page = parts.hydrate(provide(client, state), container);
    expect(seen[0]).toBe('default undefined none 0');
    expect(page.text()).toBe('nobody id-ben new 3');
    page.unmount();
    client.dispose();
  });

  it('can do without a state when both clients know the same config', async () => {
    const { container } = await pageOf(older);
    const { client, clock } = stage(older);
    await clock.advance(0);
    const page = parts.hydrate(provide(client), container);
    expect(new Set(seen)).toEqual(new Set(['KATE id-ben old 2']));
    page.unmount();
    client.dispose();
  });

  it('is the page of one config, also when another one arrives while it is rendered', async () => {
    const { client, clock, serve } = stage(older);
    await clock.advance(0);
    const state = dehydrate(client);
    serve(newer);
    await clock.advance(60_000);
    expect(parts.server.renderToString(provide(client, state))).toContain('KATE id-ben old 2');
    expect(parts.server.renderToString(provide(client))).toContain('nobody id-ben new 3');
    client.dispose();
  });

  it('gives its config to the client that a provider makes, which has nothing to fetch as long as it is fresh', async () => {
    const { state } = await pageOf(older);
    const { clock, client: unused } = stage('silence');
    unused.dispose();
    const requests: string[] = [];
    const fetch = (url: string) => {
      requests.push(url);
      return new Promise<never>(() => undefined);
    };
    const options = { scheduler: clock.scheduler, random: () => 0, fetch };
    const provider = () =>
      parts.react.createElement(
        parts.hooks.ConfigCatProvider,
        { sdkKey, options, state, user: { identifier: 'ben' } },
        parts.react.createElement(App),
      );
    const container = document.createElement('div');
    container.innerHTML = parts.server.renderToString(provider());
    expect(container.textContent).toBe('KATE id-ben old 2');
    // The client of the server is another one.
    await clock.advance(5000);
    const page = parts.hydrate(provider(), container);
    await parts.react.act(() => clock.advance(1000));
    expect(page.text()).toBe('KATE id-ben old 2');
    expect(requests).toEqual([]);
    page.unmount();
    await clock.advance(10_000);
  });

  it('is nothing that another client begins with', async () => {
    const { state, container } = await pageOf(older);
    const [first, second] = [stage('silence'), stage('silence', { logLevel: 'off' })];
    const page = parts.hydrate(provide(first.client, state), container);
    expect(page.text()).toBe('KATE id-ben old 2');
    page.update(provide(second.client, state));
    expect(page.text()).toBe('default undefined none 0');
    page.unmount();
    const { ConfigCatProvider } = parts.hooks;
    const options = { polling: manualPoll(), logLevel: 'off' } as const;
    const own = (key: string) =>
      parts.react.createElement(ConfigCatProvider, { sdkKey: key, options, state }, parts.react.createElement(App));
    first.client.dispose();
    second.client.dispose();
    const ownPage = parts.mount(own(sdkKey));
    expect(ownPage.text()).toBe('KATE id-nobody old 2');
    ownPage.update(own(sdkKey.replace('1234', 'abcd')));
    expect(ownPage.text()).toBe('default undefined none 0');
    ownPage.unmount();
  });

  it('prefers overrides to the state of the server, once it is taken over', async () => {
    const { state, container } = await pageOf(older);
    const source = flagOverrides({ plan: 'overridden' });
    const { client } = stage('silence', { overrides: { source, behaviour: 'local-over-remote' } });
    const page = parts.hydrate(provide(client, state), container);
    expect(seen[0]).toBe('KATE id-ben old 2');
    expect(page.text()).toBe('overridden undefined old 2');
    page.unmount();
    client.dispose();
  });

  it('does without a state that is none, and says so once', async () => {
    const errorsOf: unknown[] = [];
    const logger = { log: (...[, eventId, , error]: unknown[]) => errorsOf.push([eventId, error]) };
    const { client, clock } = stage(newer, { logger, logLevel: 'error' });
    await clock.advance(0);
    const provider = parts.react.createElement(
      parts.hooks.ConfigCatProvider,
      { client, state: '{"not": "ours"}' },
      parts.react.createElement(App),
    );
    const page = parts.mount(provider);
    page.update(provider);
    expect(page.text()).toBe('nobody id-nobody new 3');
    expect(errorsOf).toEqual([[2200, new TypeError('Invalid argument `state`. Expected what dehydrate() gave.')]]);
    page.unmount();
    client.dispose();
  });

  it('shows details of the state', async () => {
    const state = await stateOf(configByUser('kate'));
    const { client } = stage('silence');
    let details: EvaluationDetails | undefined;
    const Plan = () => (details = parts.hooks.useFlagDetails('plan', '', kate)).value;
    const tree = parts.react.createElement(
      parts.hooks.ConfigCatProvider,
      { client, state },
      parts.react.createElement(Plan),
    );
    expect(parts.server.renderToString(tree)).toBe('KATE');
    expect(details).toMatchObject({ variationId: 'id-kate', isDefaultValue: false, user: kate });
    expect(details?.matchedTargetingRule).toBeDefined();
    client.dispose();
  });
});

describe('dehydrate', () => {
  it('gives JSON that is safe in HTML, whatever flags say', async () => {
    const flags = Object.fromEntries(harmful.map((text, i) => [`flag${i}`, text]));
    const state = await stateOf(configOf({ ...flags, '</script>': 'key' }));
    expect(state).not.toMatch(/[<>&\u2028\u2029]/);
    const page = document.createElement('div');
    page.innerHTML = `<script id="flags" type="application/json">${state}</script><i>after</i>`;
    expect(page.querySelector('i')?.textContent).toBe('after');
    expect(page.querySelectorAll('script')).toHaveLength(1);
    const client = createClient(sdkKey, {
      cache: hydrate(page.querySelector('script')?.textContent),
      polling: manualPoll(),
    });
    expect(client.snapshot().values()).toEqual({ ...flags, '</script>': 'key' });
    client.dispose();
  });

  it('gives what can be embedded as a JavaScript expression, too', async () => {
    const state = await stateOf(configOf({ text: harmful.join('') }));
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const embedded = (new Function(`return ${state}`) as () => string)();
    const client = createClient(sdkKey, { cache: hydrate(embedded), polling: manualPoll() });
    expect(client.snapshot().value('text', '')).toBe(harmful.join(''));
    client.dispose();
  });

  it('gives null while there is no config', async () => {
    expect(await stateOf(404)).toBe('null');
  });
});

describe('hydrate', () => {
  it('lets a client begin with a config and ask only for a newer one', async () => {
    const state = await stateOf(configOf({ count: 1 }));
    const { client, clock, requests, serve, log } = stage(304, { cache: hydrate(state) }, manualPoll());
    expect(client.snapshot().value('count', 0)).toBe(1);
    void client.forceRefresh();
    await clock.advance(0);
    expect(requests).toHaveLength(1);
    expect(client.snapshot().value('count', 0)).toBe(1);
    serve(configOf({ count: 2 }));
    void client.forceRefresh();
    await clock.advance(0);
    expect(client.snapshot().value('count', 0)).toBe(2);
    expect(log).toEqual([]);
    client.dispose();
  });

  it('reads and keeps later configs where it is told to', async () => {
    const state = await stateOf(configOf({ count: 1 }));
    const stored = new Map<string, string>();
    const changes$ = new Subject<void>();
    const cache: ConfigCache = {
      get: (key) => stored.get(key),
      set: (key, value) => void stored.set(key, value),
      changes$,
    };
    const { client, clock } = stage(configOf({ count: 2 }), { cache: hydrate(state, cache) }, manualPoll());
    expect(client.snapshot().value('count', 0)).toBe(1);
    void client.forceRefresh();
    await clock.advance(0);
    const [[key, text] = ['', '']] = stored;
    expect(text).toContain('"d":2');
    await clock.advance(10);
    stored.set(key, `5\n\n${JSON.stringify(configOf({ count: 3 }))}`);
    changes$.next();
    expect(client.snapshot().value('count', 0)).toBe(3);
    client.dispose();
  });

  it('begins with what is kept when the server had nothing', async () => {
    const text = `1\n\n${JSON.stringify(configOf({ count: 3 }))}`;
    const cache: ConfigCache = { get: () => text, set: () => undefined };
    for (const state of [await stateOf(404), undefined, null, '']) {
      const { client } = stage('silence', { cache: hydrate(state, cache) });
      expect(client.snapshot().value('count', 0)).toBe(3);
      client.dispose();
    }
  });

  it.each(['no JSON', '{}', '[1]', '"text"', '5', '"1\\n\\n{"', '"1\\n\\n[]"', 7 as never, {} as never])(
    'harms no client with %j, which says so',
    (state) => {
      const { client, log } = stage('silence', { cache: hydrate(state) });
      expect(log).toEqual([expect.stringContaining('error 2200')]);
      expect(client.snapshot().cacheState).toBe('no-flag-data');
      client.dispose();
    },
  );
});

function flagsOf(config: object): object {
  return (config as { f: object }).f;
}
