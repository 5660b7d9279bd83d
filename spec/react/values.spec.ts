/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import type { ReactElement } from 'react';
import type { User } from '../../src';
import { createCoreFromValues } from '../../src/functions';
import type { ProvidedSource } from '../../src/react/core';
import { createRemote, renderedValues } from '../../src/remote';
import { configByUser, configOf, sdkKey, stage } from '../support/client';
import { createFakeRelay } from '../support/fake-relay';
import type { ReactParts } from '../support/react';
import { loadReact, majors } from '../support/react';
import { createVirtualClock, settlePromises } from '../support/virtual-time';

const kate: User = { identifier: 'kate', email: 'kate@secret.example' };

const flagsOf = (config: object) => (config as { f: object }).f;
const config = { f: { ...flagsOf(configByUser('ben', 'kate')), ...flagsOf(configOf({ layout: '{"columns": 3}' })) } };

describe.each(majors)('a page that a server renders by values only, with React %d', (major) => {
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
    const { useFlag, useFlagDetails, useFlags, useJson, useReady, useSuspenseFlag } = parts.coreHooks;
    const plan = useSuspenseFlag('plan', 'default');
    const { variationId } = useFlagDetails('plan', 'default');
    const { columns } = useJson('layout') as { columns: number };
    const ofBen = useFlag('plan', 'default', { identifier: 'ben' });
    const text = `${plan} ${variationId} ${columns} ${Object.keys(useFlags()).length} ${ofBen} ${useReady()}`;
    seen.push(text);
    return parts.react.createElement('p', { 'data-plan': plan }, text);
  };
  const provide = (source: ProvidedSource, user?: User): ReactElement =>
    parts.react.createElement(
      parts.react.StrictMode,
      null,
      parts.react.createElement(
        parts.coreHooks.ConfigCatProvider,
        { source, user, suspend: true },
        parts.react.createElement(App),
      ),
    );
  const rendered = 'KATE id-kate 3 2 default true';
  const sourceOf = (state: string | null | undefined) => createCoreFromValues(state, { logLevel: 'off' });
  /** What the browser has before it runs anything. */
  const pageOf = async (user?: User) => {
    const { client, clock } = stage(config);
    await clock.advance(0);
    const state = parts.hooks.dehydrate(client, { user: kate, flags: ['plan', 'layout'] });
    client.dispose();
    const html = parts.server.renderToString(provide(sourceOf(state), user));
    seen.length = 0;
    return `<div>${html}</div><script type="application/json">${state}</script>`;
  };

  it.each([
    ['names no user', undefined],
    ['names the user of the state', kate],
  ])('is taken over as it is when it %s', async (_, user) => {
    const page = document.createElement('div');
    page.innerHTML = await pageOf(user);
    const [container, script] = [page.querySelector('div')!, page.querySelector('script')];
    expect(container.textContent).toBe(rendered);
    const before = container.firstChild;
    const shown = parts.hydrate(provide(sourceOf(script?.textContent), user), container);
    expect(shown.text()).toBe(rendered);
    expect(new Set(seen)).toEqual(new Set([rendered]));
    expect(container.firstChild).toBe(before);
    shown.unmount();
  });

  it('tells neither rules nor others, nor the attributes of its user, nor the SDK key', async () => {
    const html = await pageOf();
    expect(html).toContain('KATE');
    expect(html).not.toMatch(/ben|nobody|Identifier|secret/i);
    expect(html).not.toContain(sdkKey.slice(-6));
  });

  /** A remote core of a fake relay, which begins with what the server has rendered by. */
  const remoteOf = (state: string | null | undefined) => {
    const clock = createVirtualClock();
    const { fetch, requests } = createFakeRelay(clock);
    const rendered = renderedValues(state);
    const remote = createRemote({
      url: 'https://example.com',
      live: false,
      fetch,
      scheduler: clock.scheduler,
      rendered,
      user: kate,
      logLevel: 'off',
    });
    const plan = (value: string): [string, string, string, number] => ['plan', value, `id-${value}`, 1];
    const layout: [string, string, null, number] = ['layout', '{"columns": 4}', null, 1];
    return {
      remote,
      say: async (value: string) => {
        const relay = requests[requests.length - 1]!;
        relay.answer(200, JSON.stringify({ order: [Date.now()], flags: [plan(value), layout] }));
        await settlePromises();
      },
    };
  };

  it('goes on live with a remote core that begins where the server has ended', async () => {
    const page = document.createElement('div');
    page.innerHTML = await pageOf(kate);
    const [container, script] = [page.querySelector('div')!, page.querySelector('script')];
    const before = container.firstChild;
    const { remote, say } = remoteOf(script?.textContent);
    const shown = parts.hydrate(provide(remote, kate), container);
    expect(new Set(seen)).toEqual(new Set([rendered]));
    expect(container.firstChild).toBe(before);
    seen.length = 0;
    await parts.react.act(() => say('live'));
    expect(shown.text()).toBe('live id-live 4 2 default true');
    expect(seen[seen.length - 1]).toBe(shown.text());
    expect(seen.join()).not.toMatch(/default (undefined|id)/);
    shown.unmount();
    remote.dispose();
  });

  it('shows first what the server has rendered, also where the relay has answered before React takes over', async () => {
    const page = document.createElement('div');
    page.innerHTML = await pageOf(kate);
    const [container, script] = [page.querySelector('div')!, page.querySelector('script')];
    const before = container.firstChild;
    const { remote, say } = remoteOf(script?.textContent);
    await say('live');
    const shown = parts.hydrate(provide(remote, kate), container);
    const texts = seen.filter((text, i) => text !== seen[i - 1]);
    expect(texts).toEqual([rendered, 'live id-live 4 2 default true']);
    expect(container.firstChild).toBe(before);
    shown.unmount();
    remote.dispose();
  });

  it('takes default values over as they are where the server knew nothing, whatever else is known by then', async () => {
    const Plan = () => parts.react.createElement('p', null, parts.coreHooks.useFlag('plan', 'default'));
    const of = (source: ProvidedSource) =>
      parts.react.createElement(parts.coreHooks.ConfigCatProvider, { source }, parts.react.createElement(Plan));
    const container = document.createElement('div');
    container.innerHTML = parts.server.renderToString(of(sourceOf('null')));
    expect(container.textContent).toBe('default');
    const { remote, say } = remoteOf('null');
    await say('live');
    const shown = parts.hydrate(of(remote), container);
    expect(shown.text()).toBe('live');
    shown.unmount();
    remote.dispose();
  });

  it('shows default values to another user, and those of the state again to its own', async () => {
    const { client, clock } = stage(config);
    await clock.advance(0);
    const source = sourceOf(parts.coreHooks.dehydrate(client, { user: kate }));
    client.dispose();
    const Plan = () => parts.react.createElement('p', null, parts.coreHooks.useFlag('plan', 'default'));
    const of = (user: User) =>
      parts.react.createElement(parts.coreHooks.ConfigCatProvider, { source, user }, parts.react.createElement(Plan));
    const page = parts.mount(of({ identifier: 'ben' }));
    expect(page.text()).toBe('default');
    page.update(of({ ...kate }));
    expect(page.text()).toBe('KATE');
    page.unmount();
  });

  it('shows default values, and waits for nothing, where there is no state', () => {
    const Plan = () => parts.react.createElement('p', null, parts.coreHooks.useSuspenseFlag('plan', 'default'));
    const tree = parts.react.createElement(
      parts.coreHooks.ConfigCatProvider,
      { source: sourceOf('no state'), fallback: 'waiting' },
      parts.react.createElement(Plan),
    );
    expect(parts.server.renderToString(tree)).toBe('<p>default</p>');
  });

  it('goes on live with a client, once that is ready, and shows no default value in between', async () => {
    const page = document.createElement('div');
    page.innerHTML = await pageOf(kate);
    const shown: string[] = [];
    const Plan = () => {
      const plan = parts.coreHooks.useFlag('plan', 'default');
      shown.push(plan);
      return parts.react.createElement('p', null, plan);
    };
    const of = (source: ProvidedSource) =>
      parts.react.createElement(
        parts.coreHooks.ConfigCatProvider,
        { source, user: kate },
        parts.react.createElement(Plan),
      );
    const mounted = parts.mount(of(sourceOf(page.querySelector('script')?.textContent)));
    const { client, clock } = stage(configByUser('ben'));
    await clock.advance(0);
    mounted.update(of(client));
    expect(shown.filter((plan, i) => plan !== shown[i - 1])).toEqual(['KATE', 'nobody']);
    mounted.unmount();
    client.dispose();
  });
});
