/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import type { FunctionComponent, ReactNode } from 'react';
import type { ClientOptions, ConfigCache, User } from '../../src';
import { Subject } from 'rxjs';
import { createClient } from '../../src';
import { autoPoll, createCore } from '../../src/functions';
import { createTestClient } from '../../src/testing';
import { configOf, sdkKey, stageOf } from '../support/client';
import type { Mounted, ReactParts } from '../support/react';
import { loadReact, majors } from '../support/react';

/** Each rendering takes a while to load, and both of version 18 would find nothing more. */
const ways = [
  [19, 'plainly'],
  [19, 'in StrictMode'],
  [18, 'in StrictMode'],
] as const;

const stageOptions = (first: object | number | 'silence') => stageOf<ClientOptions>((given) => given, first);

describe.each(ways)('on a page of React %d, rendered %s,', (major, how) => {
  let parts: ReactParts;
  const problems: unknown[] = [];
  const pages: Mounted[] = [];
  let staged: ReturnType<typeof stageOptions>;
  const seen: string[] = [];

  beforeEach(() => {
    parts = loadReact(major);
    seen.length = 0;
    staged = stageOptions(configOf({ greeting: 'Hello', other: 1 }));
    problems.length = 0;
    for (const method of ['error', 'warn'] as const) {
      jest.spyOn(console, method).mockImplementation((...args) => void problems.push(args));
    }
  });

  afterEach(async () => {
    for (const page of pages.splice(0)) page.unmount();
    const { length } = staged.requests;
    await pass(1_000_000);
    expect(staged.requests).toHaveLength(length);
    expect(staged.log).toEqual([]);
    expect(problems).toEqual([]);
  });

  /** Properties are checked where components are written, as in JSX. */
  const element = (type: unknown, props: object | null = null, ...children: ReactNode[]) =>
    parts.react.createElement(type as FunctionComponent<object>, props, ...children);
  const inItsWay = (child: ReactNode) => (how === 'plainly' ? child : element(parts.react.StrictMode, null, child));
  const show = (child: ReactNode): Mounted => {
    const page = parts.mount(inItsWay(child));
    pages.push(page);
    return page;
  };
  const pass = (ms: number) => parts.react.act(() => staged.clock.advance(ms));
  const note = (text: string) => {
    seen.push(text);
    return text;
  };
  /** What has been seen, where StrictMode renders twice. */
  const told = () => seen.filter((text, i) => how === 'plainly' || text !== seen[i - 1]);

  const Spinner = () => note('…');
  const Greeting = ({ user }: { user?: User }) => note(parts.hooks.useFlag('greeting', 'default', user));
  const Patient = ({ user }: { user?: User }) => note(parts.hooks.useSuspenseFlag('greeting', 'default', user));
  const Ready = () => note(String(parts.hooks.useReady()));

  interface Props {
    readonly options?: ClientOptions;
    readonly fallback?: ReactNode;
    readonly suspend?: boolean;
  }
  const provide = (child: ReactNode, props: Props = {}) =>
    element(parts.hooks.ConfigCatProvider, { sdkKey, options: staged.source, ...props }, child);
  const wait = (child: ReactNode) => element(parts.react.Suspense, { fallback: element(Spinner) }, child);
  const silently = (maxInitWaitTimeSeconds: number): Props => {
    staged.serve('silence');
    return { options: { ...staged.source, logLevel: 'off', polling: autoPoll({ maxInitWaitTimeSeconds }) } };
  };

  it('useReady() is false until there is a config, and renders nothing anew afterwards', async () => {
    show(provide(element(Ready)));
    expect(told()).toEqual(['false']);
    await pass(0);
    expect(told()).toEqual(['false', 'true']);
    staged.serve(configOf({ greeting: 'Howdy', other: 2 }));
    await pass(60_000);
    expect(staged.requests).toHaveLength(2);
    expect(told()).toEqual(['false', 'true']);
  });

  it.each([
    ['useReady()', () => provide(element(Ready), silently(3)), 'false', 'true'],
    ['a fallback', () => provide(element(Greeting), { ...silently(3), fallback: element(Spinner) }), '…', 'default'],
    ['a hook that suspends', () => provide(wait(element(Patient)), silently(3)), '…', 'default'],
    ['a provider that suspends', () => wait(provide(element(Patient), silently(3))), '…', 'default'],
  ])('%s waits no longer than the client, and no more when it is shown again', async (_, tree, before, after) => {
    show(tree());
    await pass(2999);
    expect(told()).toEqual([before]);
    await pass(1);
    expect(told()).toEqual([before, after]);
    expect(staged.requests).toHaveLength(1);
  });

  it('a fallback is rendered once, then the children with their values, and no default value in between', async () => {
    const page = show(provide(element(Greeting), { fallback: element(Spinner) }));
    expect(page.text()).toBe('…');
    await pass(0);
    expect(page.text()).toBe('Hello');
    expect(told()).toEqual(['…', 'Hello']);
    staged.serve(configOf({ greeting: 'Hello', other: 2 }));
    await pass(60_000);
    expect(staged.requests).toHaveLength(2);
    expect(told()).toEqual(['…', 'Hello']);
  });

  it('a fallback may be nothing at all', async () => {
    const page = show(provide(element(Greeting), { fallback: null }));
    expect(page.text()).toBe('');
    await pass(0);
    expect(told()).toEqual(['Hello']);
  });

  describe.each([
    ['above', (child: () => ReactNode, props?: Props) => wait(provide(child(), props))],
    ['below', (child: () => ReactNode, props?: Props) => provide(wait(child()), props)],
  ])('with a boundary %s the provider, a hook that suspends', (place, tree) => {
    it('shows the fallback once, then the value, by one client and one request', async () => {
      const clients = new Set<unknown>();
      const Spy = () => {
        const greeting = parts.hooks.useSuspenseFlag('greeting', 'default');
        clients.add(parts.hooks.useClient());
        return note(greeting);
      };
      const page = show(tree(() => element(Spy)));
      expect(page.text()).toBe('…');
      await pass(0);
      expect(page.text()).toBe('Hello');
      expect(told()).toEqual(['…', 'Hello']);
      expect(clients.size).toBe(1);
      expect(staged.requests).toHaveLength(1);
      await pass(59_999);
      expect(staged.requests).toHaveLength(1);
    });

    it('never suspends again, for another config, another user or another default value', async () => {
      const page = show(tree(() => element(Patient)));
      await pass(0);
      staged.serve(configOf({ greeting: 'Howdy', other: 1 }));
      await pass(60_000);
      page.update(inItsWay(tree(() => element(Patient, { user: { identifier: 'ben' } }))));
      expect(page.text()).toBe('Howdy');
      expect(new Set(told())).toEqual(new Set(['…', 'Hello', 'Howdy']));
      expect(told().filter((text) => text === '…')).toHaveLength(1);
    });

    it('is not rendered for the changes of other flags', async () => {
      show(tree(() => element(Patient)));
      await pass(0);
      const { length } = seen;
      for (const other of [2, 3, 4]) {
        staged.serve(configOf({ greeting: 'Hello', other }));
        await pass(60_000);
      }
      expect(staged.requests).toHaveLength(4);
      expect(seen).toHaveLength(length);
    });

    it('does not suspend where a cache answers at once', () => {
      const text = `${staged.clock.scheduler.now()}\n\n${JSON.stringify(configOf({ greeting: 'Cached' }))}`;
      const cache: ConfigCache = { get: () => text, set: () => undefined };
      show(tree(() => element(Patient), { options: { ...staged.source, cache } }));
      expect(new Set(seen)).toEqual(new Set(['Cached']));
      if (how === 'plainly') expect(seen).toEqual(['Cached']);
    });

    it('is rendered once where the config arrives while React renders', async () => {
      const text = `${staged.clock.scheduler.now()}\n\n${JSON.stringify(configOf({ greeting: 'Meanwhile' }))}`;
      const changes$ = new Subject<void>();
      const cache: ConfigCache = {
        get: () => (seen.includes('…') ? text : undefined),
        set: () => undefined,
        changes$,
      };
      // What else happens in a browser that renders a large page piece by piece.
      const Meanwhile = () => {
        if (seen.includes('…')) changes$.next();
        return null;
      };
      staged.serve('silence');
      const child = () => [element(Meanwhile, { key: 1 }), element(Patient, { key: 2 })];
      const again = () => tree(child, { options: { ...staged.source, cache } });
      const page = show(again());
      // Version 19 renders what waits once more by itself.
      if (major === 18) page.update(inItsWay(again()));
      await pass(0);
      expect(page.text()).toBe('Meanwhile');
      expect(told()).toEqual(['…', 'Meanwhile']);
    });

    it('leaves nothing behind when the page is given up before it is shown', async () => {
      show(tree(() => element(Patient)));
      pages.splice(0)[0]!.unmount();
      await pass(0);
      expect(told()).toEqual(['…']);
      // Below the provider that is given up, the client ends before it has asked.
      expect(staged.requests).toHaveLength(place === 'above' ? 1 : 0);
    });

    it('is all that a provider lets its other hooks be', async () => {
      const All = () => {
        const { greeting } = parts.hooks.useFlags({ greeting: 'default' });
        return note([greeting, parts.hooks.useFlagDetails('greeting', 'default').value].join());
      };
      const page = show(tree(() => [element(All, { key: 1 }), element(Greeting, { key: 2 })], { suspend: true }));
      expect(page.text()).toBe('…');
      await pass(0);
      expect(page.text()).toBe('Hello,HelloHello');
      expect(told().join()).not.toContain('default');
    });
  });

  it('a provider below another suspends as that does, unless it is told otherwise', async () => {
    const below = (props: Props) => element(parts.hooks.ConfigCatProvider, props, element(Greeting));
    const page = show(
      provide([element('i', { key: 1 }, wait(below({}))), element('b', { key: 2 }, below({ suspend: false }))], {
        suspend: true,
      }),
    );
    expect(page.text()).toBe('…default');
    await pass(0);
    expect(page.text()).toBe('HelloHello');
  });

  it('what has been claimed by a page that is shown late is still there, and resumes', async () => {
    let isOpen = false;
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const Gate = () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      if (!isOpen) throw gate;
      return null;
    };
    const page = show(wait(provide([element(Patient, { key: 1 }), element(Gate, { key: 2 })])));
    await pass(2000);
    isOpen = true;
    await parts.react.act(async () => {
      open();
      await gate;
    });
    expect(page.text()).toBe('Hello');
    expect(told().join()).not.toContain('default');
    expect(staged.requests).toHaveLength(1);
    await pass(60_000);
    expect(staged.requests).toHaveLength(2);
  });

  it.each([
    ['a client', () => createClient(sdkKey, staged.source)],
    ['a core', () => createCore(sdkKey, { ...(staged.source as object), polling: autoPoll() })],
  ])('a provider of %s lets hooks wait for it as well', async (_, create) => {
    const source = create();
    const child = [
      element('i', { key: 1 }, wait(element(Patient))),
      element('b', { key: 2 }, element(Ready)),
      element(parts.coreHooks.ConfigCatProvider, { key: 3, fallback: '…' }, element(Greeting)),
    ];
    const page = show(element(parts.coreHooks.ConfigCatProvider, { source }, child));
    expect(page.text()).toBe('…false…');
    await pass(0);
    expect(page.text()).toBe('HellotrueHello');
    expect(told().join()).not.toContain('default');
    page.unmount();
    source.dispose();
  });

  it('a client that is disposed keeps nobody waiting', async () => {
    const client = createClient(sdkKey, { ...staged.source, logLevel: 'off' });
    const page = show(element(parts.hooks.ConfigCatProvider, { client }, wait(element(Patient)), element(Ready)));
    expect(page.text()).toBe('…false');
    parts.react.act(() => {
      client.dispose();
    });
    await pass(0);
    expect(page.text()).toBe('defaulttrue');
  });

  it('nobody waits for flags that are known', () => {
    const client = createTestClient({ greeting: 'Known' });
    const page = show(
      element(
        parts.hooks.ConfigCatProvider,
        { client, fallback: element(Spinner), suspend: true },
        element(Greeting),
        element(Ready),
      ),
    );
    expect(told()).toEqual(['Known', 'true']);
    page.unmount();
    client.dispose();
  });
});

describe.each(majors)('a page that a server renders with React %d and a fallback', (major) => {
  it.each([
    ['without a state', (): string | undefined => undefined, ['…', '…', 'Hello']],
    ['with the state of a client that knew nothing', () => 'null', ['…', '…', 'Hello']],
    [
      'with a state',
      (nowMs: number) => JSON.stringify(`${nowMs}\n\n${JSON.stringify(configOf({ greeting: 'Hello' }))}`),
      ['Hello', 'Hello', 'Hello'],
    ],
  ])('is taken over as it is, %s', async (_, stateAt, expected) => {
    const { react, hooks, server, hydrate } = loadReact(major);
    const problems = jest.spyOn(console, 'error');
    const staged = stageOptions(configOf({ greeting: 'Hello' }));
    const seen: string[] = [];
    const Greeting = () => {
      const greeting = hooks.useFlag('greeting', 'default');
      seen.push(greeting, String(hooks.useReady()));
      return greeting;
    };
    const state = stateAt(staged.clock.scheduler.now());
    const props = { sdkKey, options: staged.source, state, fallback: '…' };
    const tree = () => react.createElement(hooks.ConfigCatProvider, props, react.createElement(Greeting));
    const container = document.createElement('div');
    container.innerHTML = server.renderToString(tree());
    const shown: (string | null)[] = [container.textContent];
    expect(staged.requests).toEqual([]);
    const page = hydrate(tree(), container);
    shown.push(page.text());
    await react.act(() => staged.clock.advance(0));
    shown.push(page.text());
    expect(shown).toEqual(expected);
    expect(new Set(seen)).toEqual(new Set(['Hello', 'true']));
    expect(staged.requests).toHaveLength(state?.includes('Hello') ? 0 : 1);
    expect(problems.mock.calls).toEqual([]);
    problems.mockRestore();
    page.unmount();
    await staged.clock.advance(0);
  });
});

describe('a part that React hides', () => {
  it.each(['above', 'below'] as const)('suspends once, with a boundary %s the provider', async (place) => {
    const { react, hooks, mount } = loadReact(19);
    const staged = stageOptions(configOf({ greeting: 'Hello' }));
    const seen: string[] = [];
    const Patient = () => {
      const greeting = hooks.useSuspenseFlag('greeting', 'default');
      seen.push(greeting);
      return greeting;
    };
    const wait = (child: ReactNode) => react.createElement(react.Suspense, { fallback: '…' }, child);
    const provide = (child: ReactNode) =>
      react.createElement(hooks.ConfigCatProvider, { sdkKey, options: staged.source }, child);
    const inner = react.createElement(Patient);
    const shop = place === 'above' ? wait(provide(inner)) : provide(wait(inner));
    const tree = (mode: 'visible' | 'hidden') => react.createElement(react.Activity, { mode, children: shop });
    const page = mount(tree('visible'));
    await react.act(() => staged.clock.advance(0));
    for (const mode of ['hidden', 'visible', 'hidden', 'visible'] as const) {
      page.update(tree(mode));
      await react.act(() => staged.clock.advance(10_000));
    }
    expect(page.text()).toBe('Hello');
    expect(new Set(seen)).toEqual(new Set(['Hello']));
    expect(staged.requests).toHaveLength(1);
    page.unmount();
    await staged.clock.advance(1_000_000);
    expect(staged.requests).toHaveLength(1);
    expect(staged.log).toEqual([]);
  });
});
