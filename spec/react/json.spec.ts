/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import * as v from 'valibot';
import { createClient, manualPoll } from '../../src';
import type { AnyFlags, User } from '../../src';
import { createTestClient } from '../../src/testing';
import { configOf, sdkKey } from '../support/client';
import type { ReactParts } from '../support/react';
import { loadReact, majors } from '../support/react';

const layoutSchema = v.object({ columns: v.number() });
const kate: User = { identifier: 'kate' };

describe.each(majors)('useJson, with React %d,', (major) => {
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

  it('gives what the schema gives, and renders again for another text only', () => {
    const client = createTestClient({ layout: '{"columns": 2}', other: 1 }, { logLevel: 'off' });
    const seen: unknown[] = [];
    const Layout = () => {
      // The default value is another object each time.
      const layout = parts.hooks.useJson('layout', layoutSchema, { columns: 1 }, { ...kate });
      seen.push(layout);
      return String(layout.columns);
    };
    const { createElement, act } = parts.react;
    const tree = () => createElement(parts.hooks.ConfigCatProvider, { client }, createElement(Layout));
    const page = parts.mount(tree());
    for (let i = 0; i < 3; i++) page.update(tree());
    expect([page.text(), new Set(seen).size, seen.length]).toEqual(['2', 1, 4]);
    act(() => client.set({ other: 2 }));
    expect(seen).toHaveLength(4);
    act(() => client.set({ layout: '{"columns": 3}' }));
    expect([page.text(), seen.length]).toEqual(['3', 5]);
    act(() => client.set({ layout: '{"columns": "none"}' }));
    act(() => client.set({ layout: 'nor this' }));
    expect([page.text(), seen.length]).toEqual(['1', 6]);
    page.unmount();
    client.dispose();
  });

  it('is one of the hooks of both entries', () => {
    const client = createTestClient({ layout: '[5]' }, { logLevel: 'off' });
    const Layout = () =>
      JSON.stringify([
        parts.coreHooks.useJson('layout'),
        parts.hooks.flagHooks<AnyFlags>().useJson('layout'),
        parts.coreHooks.flagHooks<AnyFlags>().useJson('nothing', undefined, 'otherwise'),
      ]);
    const { createElement } = parts.react;
    const page = parts.mount(createElement(parts.hooks.ConfigCatProvider, { client }, createElement(Layout)));
    expect(page.text()).toBe('[[5],[5],"otherwise"]');
    page.unmount();
    client.dispose();
  });

  it('takes over what a server has rendered, with the same object when the client knows the same', async () => {
    const body = JSON.stringify(configOf({ layout: '{"columns": 2}' }));
    const fetch = () =>
      Promise.resolve({ status: 200, statusText: '', headers: { get: () => null }, text: () => Promise.resolve(body) });
    const options = { fetch, polling: manualPoll(), logFilter: () => false };
    const [onServer, inBrowser] = [createClient(sdkKey, options), createClient(sdkKey, options)];
    await onServer.forceRefresh();
    const seen: unknown[] = [];
    const Layout = () => {
      const layout = parts.hooks.useJson('layout', layoutSchema, { columns: 1 });
      seen.push(layout);
      return String(layout.columns);
    };
    const { createElement, act } = parts.react;
    const state = parts.hooks.dehydrate(onServer);
    const below = (client: typeof onServer) =>
      createElement(parts.hooks.ConfigCatProvider, { client, state }, createElement(Layout));
    const container = document.createElement('div');
    container.innerHTML = parts.server.renderToString(below(onServer));
    expect(container.textContent).toBe('2');
    const page = parts.hydrate(below(inBrowser), container);
    await act(() => inBrowser.forceRefresh());
    expect([page.text(), new Set(seen).size, seen.length]).toEqual(['2', 1, 2]);
    page.unmount();
    for (const client of [onServer, inBrowser]) client.dispose();
  });

  it.each([
    ['a date that is another', new Date(0), new Date(1), 2],
    ['an equal list', [{ a: [1] }], [{ a: [1] }], 1],
    ['a list that is longer', [1], [1, 2], 2],
    ['a list in place of an object', {}, [], 2],
    ['a member less', { a: undefined }, { b: undefined }, 2],
    ['what objects have by themselves', { a: 1 }, { toString: 1 }, 2],
  ])('tells default values apart: %s', (_, first, second, count) => {
    const client = createTestClient({}, { logLevel: 'off' });
    const seen = new Set<unknown>();
    const Value = ({ otherwise }: { readonly otherwise: unknown }) => {
      seen.add(parts.hooks.useJson('nothing', undefined, otherwise));
      return null;
    };
    const { createElement } = parts.react;
    const tree = (otherwise: unknown) =>
      createElement(parts.hooks.ConfigCatProvider, { client }, createElement(Value, { otherwise }));
    const page = parts.mount(tree(first));
    page.update(tree(second));
    expect(seen.size).toBe(count);
    page.unmount();
    client.dispose();
  });
});
