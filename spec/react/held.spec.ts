/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import * as z from 'zod';
import type { User } from '../../src';
import { session } from '../../src';
import { configByUser, configOf, stage } from '../support/client';
import type { ReactParts } from '../support/react';
import { loadReact, majors } from '../support/react';

const kate: User = { identifier: 'kate' };
const leo: User = { identifier: 'leo' };
const layoutSchema = z.object({ columns: z.number() });

describe.each(majors)('hooks of React %d, over a client that holds flags,', (major) => {
  let parts: ReactParts;

  beforeEach(() => {
    parts = loadReact(major);
  });

  /** A client that holds flags, and has its first config. */
  async function staged(first: object) {
    const { client, clock, serve } = stage(first, { hold: session({ storage: 'memory' }) });
    await clock.advance(0);
    const next = async (config: object) => {
      serve(config);
      await parts.react.act(() => clock.advance(60_000));
    };
    return { client, next };
  }

  /** Shows a flag by a hook with a user of its own. */
  function Plan({ user }: { readonly user: User | undefined }) {
    return parts.hooks.useFlag('plan', '-', user);
  }

  it('show the first values that they have shown, however flags are read', async () => {
    const layout = (columns: number) => JSON.stringify({ columns });
    const { client, next } = await staged(configOf({ text: 'a', layout: layout(1) }));
    let renders = 0;
    const All = () => {
      renders++;
      const { hooks } = parts;
      const { value, held } = hooks.useFlagDetails('text', '');
      return JSON.stringify([
        hooks.useFlag('text', ''),
        hooks.useFlags({ text: '' }),
        hooks.useFlags(),
        hooks.useJson('layout', layoutSchema, { columns: 0 }),
        [value, held?.currentValue],
      ]);
    };
    const { createElement } = parts.react;
    const tree = () => createElement(parts.hooks.ConfigCatProvider, { client }, createElement(All));
    const page = parts.mount(tree());
    const shown = (current: string) =>
      JSON.stringify(['a', { text: 'a' }, { text: 'a', layout: layout(1) }, { columns: 1 }, ['a', current]]);
    expect(page.text()).toBe(shown('a'));
    const before = renders;
    await next(configOf({ text: 'b', layout: layout(2) }));
    // Details say what the value would be now; nothing else differs.
    expect([page.text(), renders - before]).toEqual([shown('b'), 1]);
    page.unmount();
    const again = parts.mount(tree());
    expect(again.text()).toBe(shown('b'));
    again.unmount();
    client.dispose();
  });

  it('leave the user whom another one replaces, and nobody else', async () => {
    const { client, next } = await staged(configByUser('kate', 'leo'));
    const { createElement, Fragment, StrictMode } = parts.react;
    const tree = (first: User | undefined, second: User | undefined) =>
      createElement(
        StrictMode,
        null,
        createElement(
          parts.hooks.ConfigCatProvider,
          { client },
          createElement(
            Fragment,
            null,
            createElement(Plan, { user: first }),
            ' ',
            createElement(Plan, { user: second }),
          ),
        ),
      );
    const page = parts.mount(tree({ ...kate }, { ...leo }));
    expect(page.text()).toBe('KATE LEO');
    await next(configByUser());
    page.update(tree({ ...kate }, { ...leo }));
    expect(page.text()).toBe('KATE LEO');
    page.update(tree(undefined, { ...leo }));
    page.update(tree({ ...kate }, { ...leo }));
    expect(page.text()).toBe('nobody LEO');
    page.unmount();
    // Whoever goes with his component is not left.
    const again = parts.mount(tree({ ...kate }, { ...leo }));
    expect(again.text()).toBe('nobody LEO');
    again.unmount();
    client.dispose();
  });

  it('leave the user of a provider with all hooks below, and those who still show him look again', async () => {
    const { client, next } = await staged(configByUser('kate', 'leo'));
    const { act, createElement, Fragment } = parts.react;
    const tree = (user: User) =>
      createElement(
        Fragment,
        null,
        createElement(
          parts.hooks.ConfigCatProvider,
          { client, user },
          createElement(Plan, { user: undefined }),
          createElement(Plan, { user: undefined }),
        ),
        createElement(parts.hooks.ConfigCatProvider, { client, user: kate }, createElement(Plan, { user: undefined })),
      );
    const page = parts.mount(tree(kate));
    await next(configByUser());
    expect(page.text()).toBe('KATEKATEKATE');
    await act(() => {
      page.update(tree(leo));
      return Promise.resolve();
    });
    expect(page.text()).toBe('nobodynobodynobody');
    page.update(tree(kate));
    expect(page.text()).toBe('nobodynobodynobody');
    page.unmount();
    client.dispose();
  });

  it('hold by themselves, in a session that one of them names', async () => {
    const { client, clock, serve } = stage(configByUser('kate', 'leo'));
    await clock.advance(0);
    const visit = session({ storage: 'memory' });
    const { createElement } = parts.react;
    const Both = () => {
      const { useFlag, useFlags, useFlagDetails } = parts.hooks;
      const options = { hold: visit };
      const held = [useFlag('plan', '-', undefined, options), useFlags({ plan: '-' }, undefined, options).plan];
      return [...held, useFlagDetails('plan', '-', undefined, options).value, useFlag('plan', '-')].join(' ');
    };
    const tree = (user: User) => createElement(parts.hooks.ConfigCatProvider, { client, user }, createElement(Both));
    const page = parts.mount(tree(kate));
    expect(page.text()).toBe('KATE KATE KATE KATE');
    serve(configByUser());
    await parts.react.act(() => clock.advance(60_000));
    expect(page.text()).toBe('KATE KATE KATE nobody');
    page.update(tree(leo));
    page.update(tree(kate));
    expect(page.text()).toBe('nobody nobody nobody nobody');
    page.unmount();
    client.dispose();
  });
});
