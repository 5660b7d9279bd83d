/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import type { ReactElement } from 'react';
import type { User } from '../../src';
import { createCoreFromValues } from '../../src/functions';
import type { ProvidedSource } from '../../src/react/core';
import { configByUser, configOf, sdkKey, stage } from '../support/client';
import type { ReactParts } from '../support/react';
import { loadReact, majors } from '../support/react';

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
