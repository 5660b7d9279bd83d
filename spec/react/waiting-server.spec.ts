import { PassThrough } from 'node:stream';
import type { ReactNode } from 'react';
import type { ReactParts } from '../support/react';
import { loadReact, majors } from '../support/react';
import type { ClientOptions, ConfigCatClient } from '../../src';
import { createClient } from '../../src';
import { createCoreFromValues } from '../../src/functions';
import { configOf, sdkKey, stageOf } from '../support/client';

describe.each(majors)('on a server of React %d, a hook that suspends', (major) => {
  let parts: ReactParts;
  let problems: unknown[];
  const config = configOf({ greeting: 'Hello' });
  const state = JSON.stringify(`1700000000000\n\n${JSON.stringify(config)}`);

  beforeEach(() => {
    parts = loadReact(major);
    problems = [];
    jest.spyOn(console, 'error').mockImplementation((...args) => void problems.push(args));
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** The page, its shell and then the rest, as a server sends it. */
  const send = (tree: ReactNode): Promise<string> =>
    new Promise((resolve, reject) => {
      const stream = new PassThrough();
      let html = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => (html += chunk));
      stream.on('end', () => {
        resolve(html);
      });
      const { pipe } = parts.server.renderToPipeableStream(tree, {
        onError: (error) => {
          problems.push(error);
          return (error as { digest?: string }).digest;
        },
        onShellError: reject,
      });
      pipe(stream);
    });
  const Patient = () => parts.hooks.useSuspenseFlag('greeting', 'default');
  const Greeting = () => parts.hooks.useFlag('greeting', 'default');
  const wait = (child: ReactNode) => parts.react.createElement(parts.react.Suspense, { fallback: '…' }, child);
  const textOf = (html: string) => html.replace(/<script>.*?<\/script>|<template.*?<\/template>|<[^>]*>/g, '');
  const provide = (child: ReactNode, props: { readonly state?: string; readonly suspend?: boolean } = {}) => {
    const staged = stageOf<ClientOptions>((given) => given, config);
    const tree = parts.react.createElement(
      parts.hooks.ConfigCatProvider,
      { sdkKey, options: staged.source, ...props },
      child,
    );
    return { tree, staged };
  };

  describe.each([
    ['useSuspenseFlag()', () => parts.react.createElement(Patient), {}],
    ['useFlag()', () => parts.react.createElement(Greeting), { suspend: true }],
  ])('%s', (_, hook, props) => {
    it('shows the fallback without a state, and fetches nothing', async () => {
      const { tree, staged } = provide(wait(hook()), props);
      const timers = jest.spyOn(globalThis, 'setTimeout');
      expect(textOf(parts.server.renderToString(tree))).toBe('…');
      expect(textOf(await send(tree))).toBe('…');
      expect(timers.mock.calls.filter(([, ms = 0]) => ms > 0)).toEqual([]);
      await staged.clock.advance(100_000);
      expect(staged.requests).toEqual([]);
      expect(String(problems.at(-1))).toContain('give the provider a `state`');
    });

    it('shows the value by a state, without a boundary or with one', async () => {
      for (const child of [hook(), wait(hook())]) {
        const { tree, staged } = provide(child, { ...props, state });
        expect(textOf(parts.server.renderToString(tree))).toBe('Hello');
        expect(textOf(await send(tree))).toBe('Hello');
        expect(staged.requests).toEqual([]);
      }
      expect(problems).toEqual([]);
    });
  });

  it('shows the fallback without a state, also of a client that is ready: the browser will not be', async () => {
    const { source: client, clock } = stageOf<ConfigCatClient>((given) => createClient(sdkKey, given), config);
    await clock.advance(0);
    const tree = (child: ReactNode) => parts.react.createElement(parts.hooks.ConfigCatProvider, { client }, child);
    expect(textOf(await send(tree(wait(parts.react.createElement(Patient)))))).toBe('…');
    expect(textOf(await send(tree(parts.react.createElement(Greeting))))).toBe('Hello');
    client.dispose();
  });

  it('shows the values of a source that knows the same in the browser', async () => {
    const source = createCoreFromValues({ fetchedAtMs: 1, user: null, flags: [['greeting', 'Hello', null, 1]] });
    const Value = () => parts.coreHooks.useSuspenseFlag('greeting', 'default');
    const tree = parts.react.createElement(
      parts.coreHooks.ConfigCatProvider,
      { source, fallback: 'waiting' },
      wait(parts.react.createElement(Value)),
    );
    expect(textOf(parts.server.renderToString(tree))).toBe('Hello');
    expect(textOf(await send(tree))).toBe('Hello');
    expect(problems).toEqual([]);
  });
});
