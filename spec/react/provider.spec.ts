/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import type { ReactElement, ReactNode } from 'react';
import type { ClientOptions, FetchFunction } from '../../src';
import { createClient } from '../../src';
import { configOf, sdkKey } from '../support/client';
import type { ReactParts } from '../support/react';
import { loadReact, majors } from '../support/react';
import type { VirtualClock } from '../support/virtual-time';
import { createVirtualClock } from '../support/virtual-time';

/** A server in virtual time, whose flag `count` counts the requests. */
interface Traffic {
  readonly clock: VirtualClock;
  readonly options: ClientOptions;
  readonly keys: readonly string[];
  readonly log: readonly string[];
}

function createTraffic(): Traffic {
  const clock = createVirtualClock();
  const keys: string[] = [];
  const log: string[] = [];
  const fetch: FetchFunction = (url) => {
    keys.push(/configcat-sdk-1\/(\w+)/.exec(url)![1]!);
    return Promise.resolve({
      status: 200,
      statusText: '',
      headers: { get: () => null },
      text: () => Promise.resolve(JSON.stringify(configOf({ count: keys.length }))),
    });
  };
  const logger = { log: (level: string, eventId: number) => log.push(`${level} ${eventId}`) };
  return { clock, keys, log, options: { fetch, scheduler: clock.scheduler, random: () => 0, logger } };
}

const intervalMs = 60_000;
const unclaimedForMs = 5000;

describe.each(majors)('a provider of React %d that makes its client', (major) => {
  let parts: ReactParts;
  let traffic: Traffic;
  let errors: jest.SpyInstance;

  beforeEach(() => {
    parts = loadReact(major);
    traffic = createTraffic();
    errors = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });

  afterEach(async () => {
    // Nothing is left of any client: no fetch, however long one waits.
    const { length } = traffic.keys;
    await traffic.clock.advance(20 * intervalMs);
    expect(traffic.keys).toHaveLength(length);
    expect(traffic.log).toEqual([]);
    expect(errors.mock.calls).toEqual([]);
    errors.mockRestore();
  });

  const Count = () => String(parts.hooks.useFlag('count', 0));
  const provide = (child: ReactNode, key = sdkKey): ReactElement =>
    parts.react.createElement(parts.hooks.ConfigCatProvider, { sdkKey: key, options: { ...traffic.options } }, child);
  const strictly = (child: ReactNode) => parts.react.createElement(parts.react.StrictMode, null, child);
  const pass = (ms: number) => parts.react.act(() => traffic.clock.advance(ms));

  it.each(['plainly', 'in StrictMode'])('polls %s while it is mounted, by one client', async (how) => {
    const tree = () => {
      const plain = provide(parts.react.createElement(Count));
      return how === 'plainly' ? plain : strictly(plain);
    };
    const page = parts.mount(tree());
    const texts = [page.text()];
    for (const ms of [0, intervalMs, intervalMs]) {
      await pass(ms);
      texts.push(page.text());
      page.update(tree());
    }
    expect(texts).toEqual(['0', '1', '2', '3']);
    page.unmount();
    await pass(10 * intervalMs);
    expect(traffic.keys).toHaveLength(3);
  });

  it('begins anew when it is mounted again', async () => {
    for (const expected of ['1', '2']) {
      const page = parts.mount(provide(parts.react.createElement(Count)));
      await pass(0);
      expect(page.text()).toBe(expected);
      page.unmount();
      await pass(0);
    }
  });

  it('makes another client for another SDK key, and for nothing else', async () => {
    const other = sdkKey.replace('1234567890123456789012', 'abcdefghijklmnopqrstuv');
    const clients = new Set<unknown>();
    const Spy = () => {
      clients.add(parts.hooks.useClient());
      return parts.react.createElement(Count);
    };
    const page = parts.mount(provide(parts.react.createElement(Spy)));
    await pass(0);
    page.update(provide(parts.react.createElement(Spy)));
    expect(clients.size).toBe(1);
    page.update(provide(parts.react.createElement(Spy), other));
    expect(clients.size).toBe(2);
    expect(page.text()).toBe('0');
    await pass(0);
    expect(page.text()).toBe('2');
    await pass(intervalMs);
    expect(traffic.keys).toEqual(['1234567890123456789012', 'abcdefghijklmnopqrstuv', 'abcdefghijklmnopqrstuv']);
    page.unmount();
  });

  it('makes one client, however often React begins anew before it shows anything', async () => {
    let open!: () => void;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let isOpen = false;
    const Suspended = () => {
      // React takes a promise that is thrown for a wish to wait.
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      if (!isOpen) throw gate;
      return parts.react.createElement(Count);
    };
    const { createElement, Suspense } = parts.react;
    const page = parts.mount(createElement(Suspense, { fallback: '…' }, provide(createElement(Suspended))));
    await pass(1000);
    expect(page.text()).toBe('…');
    isOpen = true;
    await parts.react.act(async () => {
      open();
      await gate;
    });
    expect(page.text()).toBe('1');
    await pass(intervalMs);
    expect(page.text()).toBe('2');
    expect(traffic.keys).toHaveLength(2);
    page.unmount();
  });

  it('ends the client of a page that is given up before it is shown', async () => {
    const never = new Promise<void>(() => undefined);
    const Suspended = () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw never;
    };
    const { createElement, Suspense } = parts.react;
    const page = parts.mount(createElement(Suspense, { fallback: '…' }, provide(createElement(Suspended))));
    page.unmount();
    await pass(unclaimedForMs);
    await pass(10 * intervalMs);
    expect(traffic.keys).toHaveLength(1);
  });

  it('ends the client of a page that a server renders', async () => {
    const html = parts.server.renderToString(provide(parts.react.createElement(Count)));
    expect(html).toBe('0');
    await pass(unclaimedForMs);
    await pass(10 * intervalMs);
    expect(traffic.keys).toHaveLength(1);
  });
});

describe('a provider that React hides', () => {
  it('lets its client end, and makes another one when it is shown again', async () => {
    const { react, hooks, mount } = loadReact(19);
    const { clock, options, keys } = createTraffic();
    const Count = () => String(hooks.useFlag('count', 0));
    const tree = (mode: 'visible' | 'hidden') =>
      react.createElement(react.Activity, {
        mode,
        children: react.createElement(hooks.ConfigCatProvider, { sdkKey, options }, react.createElement(Count)),
      });
    const page = mount(tree('visible'));
    await react.act(() => clock.advance(0));
    page.update(tree('hidden'));
    await react.act(() => clock.advance(10 * intervalMs));
    expect(keys).toHaveLength(1);
    page.update(tree('visible'));
    await react.act(() => clock.advance(0));
    expect(page.text()).toBe('2');
    page.unmount();
    await clock.advance(10 * intervalMs);
    expect(keys).toHaveLength(2);
  });
});

describe('a provider of a given client', () => {
  it('leaves it alone when it is taken down', () => {
    const { react, hooks, mount } = loadReact(19);
    const { options } = createTraffic();
    const client = createClient(sdkKey, options);
    let isDone = false;
    client.events$.subscribe({ complete: () => (isDone = true) });
    mount(
      react.createElement(react.StrictMode, null, react.createElement(hooks.ConfigCatProvider, { client })),
    ).unmount();
    expect(isDone).toBe(false);
    client.dispose();
    expect(isDone).toBe(true);
  });
});
