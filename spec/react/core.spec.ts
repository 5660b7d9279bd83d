/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import type { ReactNode } from 'react';
import type { EvaluationDetails, User } from '../../src';
import type { FlagCore } from '../../src/functions';
import { createCore, createCoreFromText, externalCache, manualPoll } from '../../src/functions';
import { createTestClient } from '../../src/testing';
import { configByUser, sdkKey, stage } from '../support/client';
import type { ReactParts } from '../support/react';
import { loadReact, majors } from '../support/react';
import { createVirtualClock } from '../support/virtual-time';

const kate: User = { identifier: 'kate' };
const ben: User = { identifier: 'ben' };

/** A core whose config the spec serves. */
function createServed(...identifiers: readonly string[]) {
  const clock = createVirtualClock();
  const log: string[] = [];
  let body = JSON.stringify(configByUser(...identifiers));
  const core: FlagCore = createCore(sdkKey, {
    polling: manualPoll(),
    scheduler: clock.scheduler,
    logger: { log: (level, eventId) => log.push(`${level} ${eventId}`) },
    // A core that polls manually is ready before there is a config; and server and browser are in one process here.
    logFilter: (_, eventId) => eventId !== 1000 && eventId !== 3000,
    fetch: () =>
      Promise.resolve({ status: 200, statusText: '', headers: { get: () => null }, text: () => Promise.resolve(body) }),
  });
  const serve = async (...next: readonly string[]) => {
    body = JSON.stringify(configByUser(...next));
    await core.refresh();
  };
  return { core, serve, log };
}

describe.each(majors)('a provider of a core, with React %d', (major) => {
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

  type Props = Parameters<ReactParts['coreHooks']['ConfigCatProvider']>[0];
  const below = (props: Props, ...children: readonly ReactNode[]) =>
    parts.react.createElement(parts.coreHooks.ConfigCatProvider, props, ...children);
  const Plan = ({ user }: { readonly user?: User }) => {
    const { useFlag, useFlagDetails, useFlags } = parts.coreHooks;
    const value = useFlag('plan', 'none', user);
    const { variationId } = useFlagDetails('plan', 'none', user);
    const { plan } = useFlags({ plan: 'none' }, user);
    return `${value} ${variationId} ${plan} ${String(useFlags(undefined, user).plan)};`;
  };

  it('shows default values, then the flags, and each change', async () => {
    const { core, serve, log } = createServed('kate');
    const page = parts.mount(below({ source: core, user: kate }, parts.react.createElement(Plan)));
    expect(page.text()).toBe('none undefined none undefined;');
    await parts.react.act(() => serve('kate'));
    expect(page.text()).toBe('KATE id-kate KATE KATE;');
    await parts.react.act(() => serve());
    expect(page.text()).toBe('nobody id-nobody nobody nobody;');
    expect(log).toEqual([]);
    page.unmount();
    core.dispose();
  });

  it('evaluates for the user of the hook, of the nearest provider, or of the core', async () => {
    const { core, serve } = createServed('kate', 'ben', 'ada');
    core.setDefaultUser(kate);
    await serve('kate', 'ben', 'ada');
    const { createElement } = parts.react;
    const page = parts.mount(
      below(
        { source: core },
        createElement(Plan),
        below({ user: ben }, createElement(Plan), createElement(Plan, { user: { identifier: 'ada' } })),
      ),
    );
    expect(
      page
        .text()!
        .split(';')
        .map((text) => text.split(' ')[0]),
    ).toEqual(['KATE', 'BEN', 'ADA', '']);
    page.unmount();
    core.dispose();
  });

  it.each([
    ['a client', () => createTestClient({ plan: 'test' })],
    ['a core of a text', () => createCoreFromText('1\n\n{"f":{"plan":{"t":1,"v":{"s":"test"}}}}')],
    [
      'a core with a cache',
      () =>
        createCore(sdkKey, {
          polling: manualPoll(),
          cache: externalCache({ get: () => '1\n\n{"f":{"plan":{"t":1,"v":{"s":"test"}}}}', set: () => undefined }),
        }),
    ],
  ])('takes %s, and leaves it alone when it is taken down', (_, create) => {
    const source = create();
    let isDone = false;
    let given: unknown;
    const Spy = () => {
      given = parts.coreHooks.useSource();
      return parts.coreHooks.useFlag('plan', '');
    };
    const tree = below({ source }, parts.react.createElement(Spy));
    const page = parts.mount(parts.react.createElement(parts.react.StrictMode, null, tree));
    expect(page.text()).toBe('test');
    expect(given).toBe(source);
    parts.react.act(() => void 0);
    page.unmount();
    source.ready$.subscribe({ next: () => (isDone = true) });
    expect(isDone).toBe(true);
    expect(source.snapshot().value('plan', '')).toBe('test');
    source.dispose();
  });

  it('takes over the page that a server has rendered by a state, and then follows the core', async () => {
    const server = createServed('kate');
    await server.serve('kate');
    const state = parts.coreHooks.dehydrate(server.core);
    const tree = (source: FlagCore) => below({ source, state, user: kate }, parts.react.createElement(Plan));
    const container = document.createElement('div');
    container.innerHTML = parts.server.renderToString(tree(server.core));
    expect(container.textContent).toBe('KATE id-kate KATE KATE;');
    const { core, serve } = createServed();
    const page = parts.hydrate(tree(core), container);
    expect(page.text()).toBe('KATE id-kate KATE KATE;');
    await parts.react.act(() => serve());
    expect(page.text()).toBe('nobody id-nobody nobody nobody;');
    page.unmount();
    server.core.dispose();
    core.dispose();
  });

  it('says once by the log of the core that a state is none', () => {
    const { core, log } = createServed();
    const tree = below({ source: core, state: 'no state' }, parts.react.createElement(Plan));
    const page = parts.mount(tree);
    page.update(tree);
    expect(page.text()).toBe('none undefined none undefined;');
    expect(log).toEqual(['error 2200']);
    page.unmount();
    core.dispose();
  });

  it('serves hooks of the other entry, and the other provider serves its hooks', async () => {
    const { core, serve } = createServed('kate');
    await serve('kate');
    const { client, clock } = stage(configByUser('ben'));
    await clock.advance(0);
    const { createElement } = parts.react;
    const Other = () => `${parts.hooks.useFlag('plan', '')} ${parts.hooks.useFlagDetails('plan', '').variationId};`;
    const page = parts.mount(
      createElement(
        parts.react.Fragment,
        null,
        below({ source: core, user: kate }, createElement(Other)),
        createElement(
          parts.hooks.ConfigCatProvider,
          { client, user: ben },
          createElement(Plan),
          below({ user: kate }, createElement(Other)),
        ),
      ),
    );
    expect(page.text()).toBe('KATE id-kate;BEN id-ben BEN BEN;nobody id-nobody;');
    page.unmount();
    core.dispose();
    client.dispose();
  });

  it('has no client to give, which useClient() says, unless it was given one', () => {
    const { core } = createServed();
    const client = createTestClient({});
    const Spy = () => String(parts.hooks.useClient() === client);
    const show = (source: Props['source']) =>
      parts.server.renderToString(below({ source }, parts.react.createElement(Spy)));
    expect(show(client)).toBe('true');
    expect(() => show(core)).toThrow(new Error('useClient() needs a client, and the provider above has a core.'));
    core.dispose();
    client.dispose();
  });

  it('names what is wrong', () => {
    const { core } = createServed();
    const { useFlag, useSource, flagHooks } = parts.coreHooks;
    const show = (props: object | undefined, render: () => string = () => useFlag('plan', '')) => {
      const component = parts.react.createElement(render);
      return () => parts.server.renderToString(props ? below(props as Props, component) : component);
    };
    const expected = 'Invalid property `source`. Expected a core or a client, or another provider above.';
    for (const props of [{}, { source: {} }, { source: 5 }, { source: 'core' }, { client: core }]) {
      expect(show(props)).toThrow(new TypeError(expected));
    }
    expect(show({ source: { snapshot: () => undefined } })).toThrow('a core, or a client');
    expect(show({ source: core, user: 5 })).toThrow('`user`');
    expect(show({ source: core }, () => useFlag('', ''))).toThrow('`key`');
    expect(show(undefined)).toThrow('<ConfigCatProvider>');
    expect(show(undefined, () => typeof useSource())).toThrow('<ConfigCatProvider>');
    expect(flagHooks()).toEqual({ ...flagHooks() });
    expect(flagHooks().useFlag).toBe(useFlag);
    core.dispose();
  });

  it('shows details of a flag that is missing, with the text that its core has', () => {
    const source = createCoreFromText('1\n\n{"f":{}}');
    let details: EvaluationDetails | undefined;
    const Missing = () => (details = parts.coreHooks.useFlagDetails('plan', 'none', kate)).value;
    const page = parts.mount(below({ source }, parts.react.createElement(Missing)));
    expect(details).toMatchObject({ value: 'none', errorCode: 1001, user: kate });
    expect(details!.errorMessage).toContain('#1001');
    page.unmount();
    source.dispose();
  });
});
