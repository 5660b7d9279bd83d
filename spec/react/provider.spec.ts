/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import type { ReactElement, ReactNode } from 'react';
import type * as ReactDom from 'react-dom/client';
import { Observable } from 'rxjs';
import type { ClientOptions, ConfigCache, FetchFunction } from '../../src';
import { autoPoll, createClient, flagOverrides, lazyLoad, manualPoll } from '../../src';
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

  it('fetches nothing for a page that is given up before it is shown', async () => {
    const never = new Promise<void>(() => undefined);
    const Suspended = () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw never;
    };
    const { createElement, Suspense } = parts.react;
    const page = parts.mount(createElement(Suspense, { fallback: '…' }, provide(createElement(Suspended))));
    page.unmount();
    await pass(10 * intervalMs);
    expect(traffic.keys).toEqual([]);
  });

  it.each([
    ['is rendered without it', false, '7'],
    ['is rendered without it before something else waits for it', true, '77'],
  ])('shows what a cache knows before anything is painted, also what %s', async (_, isWaitedFor, expected) => {
    const text = `${traffic.clock.scheduler.now()}\n\n${JSON.stringify(configOf({ count: 7 }))}`;
    const options = { ...traffic.options, cache: { get: () => text, set: () => undefined } };
    const { createElement } = parts.react;
    const container = document.createElement('div');
    const Patient = () => String(parts.hooks.useSuspenseFlag('count', 0));
    // Outside of act(), React lets the browser paint between what it shows and the effects that subscribe.
    (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = false;
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- that of this version of React
    const root = (require('react-dom/client') as typeof ReactDom).createRoot(container);
    const painted = new Promise<string | null>((resolve) => {
      new MutationObserver(() => {
        resolve(container.textContent);
      }).observe(container, { childList: true, subtree: true, characterData: true });
    });
    const children = [createElement(Count, { key: 1 }), isWaitedFor && createElement(Patient, { key: 2 })];
    root.render(createElement(parts.hooks.ConfigCatProvider, { sdkKey, options }, children));
    expect(await painted).toBe(expected);
    (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
    parts.react.act(() => {
      root.unmount();
    });
  });

  it('lets reads of its children wait until it is shown, however early they begin', async () => {
    const read: unknown[] = [];
    const Reader = () => {
      const client = parts.hooks.useClient();
      const [promise] = parts.react.useState(() => client.getValue('count', 0));
      parts.react.useEffect(() => void promise.then((value) => read.push(value)), [promise]);
      return null;
    };
    const page = parts.mount(provide(parts.react.createElement(Reader)));
    await pass(0);
    expect(read).toEqual([1]);
    page.unmount();
  });

  it('disposes its client when it is taken down, after which streams of it end', async () => {
    let isComplete = false;
    const Listener = () => {
      const client = parts.hooks.useClient();
      parts.react.useEffect(() => {
        client.events$.subscribe({ complete: () => (isComplete = true) });
      }, [client]);
      return null;
    };
    const page = parts.mount(strictly(provide(parts.react.createElement(Listener))));
    await pass(0);
    expect(isComplete).toBe(false);
    page.unmount();
    expect(isComplete).toBe(true);
  });
});

describe.each(majors)('a server that renders a provider of React %d which is given an SDK key', (major) => {
  const parts = () => loadReact(major);

  it.each([
    ['without a state', undefined],
    ['with a state', JSON.stringify(`1700000000000\n\n${JSON.stringify(configOf({ count: 7 }))}`)],
  ])('fetches nothing, warns of nothing, starts no timer and reads no clock and no dice, %s', (_, state) => {
    const { react, hooks, server } = parts();
    const { options, keys, log } = createTraffic();
    const Count = () => JSON.stringify([hooks.useFlag('count', 0), hooks.useFlags(), hooks.useFlagDetails('count', 0)]);
    const real = { ...options, scheduler: undefined, random: undefined } as unknown as ClientOptions;
    const page = () =>
      server.renderToString(
        react.createElement(hooks.ConfigCatProvider, { sdkKey, options: real, state }, react.createElement(Count)),
      );
    page();
    const now = jest.spyOn(Date, 'now');
    const spies = [
      now,
      jest.spyOn(Math, 'random'),
      jest.spyOn(globalThis, 'setTimeout'),
      jest.spyOn(globalThis, 'setInterval'),
      jest.spyOn(globalThis, 'queueMicrotask'),
    ];
    const pages = Array.from({ length: 20 }, page);
    const calls = spies.map(({ mock }) => mock.calls.length);
    spies.forEach((spy) => {
      spy.mockRestore();
    });
    expect(new Set(pages).size).toBe(1);
    expect(pages[0]).toContain(state ? '[7,' : '[0,');
    expect(calls).toEqual([0, 0, 0, 0, 0]);
    expect(keys).toEqual([]);
    expect(log).toEqual([]);
  });

  it('shows local overrides, of which streams are left alone afterwards', () => {
    const { react, hooks, server } = parts();
    const { options } = createTraffic();
    let subscribers = 0;
    const source = flagOverrides(
      new Observable<{ count: number }>((subscriber) => {
        subscribers++;
        subscriber.next({ count: 3 });
        return () => subscribers--;
      }),
    );
    const Count = () => String(hooks.useFlag('count', 0));
    for (const behaviour of ['local-only', 'local-over-remote', 'remote-over-local'] as const) {
      const tree = react.createElement(
        hooks.ConfigCatProvider,
        { sdkKey, options: { ...options, overrides: { source, behaviour } } },
        react.createElement(Count),
      );
      expect(server.renderToString(tree)).toBe('3');
      expect(subscribers).toBe(0);
    }
  });

  it('leaves no mismatch to a browser that knows more, also where a part of the page is taken over late', async () => {
    const { react, hooks, server, hydrate } = parts();
    const { options, clock } = createTraffic();
    const errors = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const text = `${clock.scheduler.now()}\n\n${JSON.stringify(configOf({ count: 7 }))}`;
    const seen: number[] = [];
    const Count = () => {
      const count = hooks.useFlag('count', 0);
      seen.push(count);
      return react.createElement('i', null, count);
    };
    const tree = (cache?: ConfigCache) =>
      react.createElement(
        hooks.ConfigCatProvider,
        { sdkKey, options: { ...options, ...(cache && { cache }) } },
        react.createElement(Count),
        react.createElement(react.Suspense, null, react.createElement(Count)),
      );
    const container = document.createElement('div');
    container.innerHTML = server.renderToString(tree());
    expect(container.textContent).toBe('00');
    const [first] = container.querySelectorAll('i');
    const page = hydrate(tree({ get: () => text, set: () => undefined }), container);
    await react.act(() => clock.advance(0));
    expect(seen.slice(0, 3)).toEqual([0, 0, 0]);
    expect(page.text()).toBe('77');
    expect(container.querySelector('i')).toBe(first);
    expect(errors.mock.calls).toEqual([]);
    errors.mockRestore();
    page.unmount();
    await clock.advance(0);
  });
});

describe('a server that renders a page which asks the client itself', () => {
  it.each(['getValue', 'waitForReady', 'flag$'] as const)('gets an answer to %s() after a while', async (method) => {
    const { react, hooks, server } = loadReact(19);
    const { options, clock, keys } = createTraffic();
    const answers: unknown[] = [];
    const Asker = () => {
      const client = hooks.useClient();
      if (method === 'getValue') void client.getValue('count', 0).then((value) => answers.push(value));
      else if (method === 'flag$') client.flag$('count', 0).subscribe((value) => answers.push(value));
      else void client.waitForReady().then((cacheState) => answers.push(cacheState));
      return null;
    };
    const polling = [autoPoll({ maxInitWaitTimeSeconds: -1 }), lazyLoad(), manualPoll()];
    for (const mode of polling) {
      server.renderToString(
        react.createElement(
          hooks.ConfigCatProvider,
          { sdkKey, options: { ...options, polling: mode, logLevel: 'off' } },
          react.createElement(Asker),
        ),
      );
    }
    await clock.advance(10_000);
    const answer = method === 'waitForReady' ? 'no-flag-data' : 0;
    expect(answers).toEqual([answer, answer, answer]);
    expect(keys).toEqual([]);
  });
});

describe('a provider that React hides', () => {
  it('goes on with what it knew when it is shown again, and polls nothing meanwhile', async () => {
    const { react, hooks, mount } = loadReact(19);
    const { clock, options, keys, log } = createTraffic();
    const seen: string[] = [];
    const Count = () => {
      const count = String(hooks.useFlag('count', -1));
      seen.push(count);
      return count;
    };
    const shop = react.createElement(hooks.ConfigCatProvider, { sdkKey, options }, react.createElement(Count));
    const tree = (mode: 'visible' | 'hidden') => react.createElement(react.Activity, { mode, children: shop });
    const page = mount(tree('visible'));
    await react.act(() => clock.advance(0));
    expect(seen).toEqual(['-1', '1']);
    page.update(tree('hidden'));
    page.update(tree('visible'));
    expect(seen).toEqual(['-1', '1']);
    for (const [hiddenMs, requests] of [
      [1000, 1],
      [10 * intervalMs, 2],
    ] as const) {
      page.update(tree('hidden'));
      const { length } = keys;
      await react.act(() => clock.advance(hiddenMs));
      expect(keys).toHaveLength(length);
      seen.length = 0;
      page.update(tree('visible'));
      await react.act(() => clock.advance(0));
      expect(keys).toHaveLength(requests);
      expect(seen).not.toContain('-1');
      expect(page.text()).toBe(String(requests));
    }
    page.unmount();
    await clock.advance(10 * intervalMs);
    expect(keys).toHaveLength(2);
    expect(log).toEqual([]);
  });

  it('does not count among the live clients while it is hidden', async () => {
    const { react, hooks, mount } = loadReact(19);
    const { clock, options, log } = createTraffic();
    const shop = react.createElement(hooks.ConfigCatProvider, { sdkKey, options });
    const tree = (mode: 'visible' | 'hidden') => react.createElement(react.Activity, { mode, children: shop });
    const page = mount(tree('visible'));
    page.update(tree('hidden'));
    await react.act(() => clock.advance(0));
    const other = createClient(sdkKey, options);
    expect(log).toEqual([]);
    page.update(tree('visible'));
    expect(log).toEqual(['warn 3000']);
    other.dispose();
    page.unmount();
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
