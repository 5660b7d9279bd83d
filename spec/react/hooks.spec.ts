/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import type { ReactNode } from 'react';
import { filter } from 'rxjs';
import type { ConfigCatClient, EvaluationDetails, User } from '../../src';
import { createTestClient } from '../../src/testing';
import { configByUser, stage } from '../support/client';
import type { ReactParts } from '../support/react';
import { loadReact, majors } from '../support/react';
import { record } from '../support/record';

const kate: User = { identifier: 'kate', custom: { plan: 'pro', joinedAt: new Date(0), tags: ['a', 'b'] } };

describe.each(majors)('with React %d', (major) => {
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

  /** A component that counts how often it renders. */
  const counting = (show: () => string) => {
    const component = Object.assign(
      () => {
        component.renders++;
        return show();
      },
      { renders: 0 },
    );
    return component;
  };
  const below = (client: ConfigCatClient, ...children: readonly ReactNode[]) =>
    parts.react.createElement(parts.hooks.ConfigCatProvider, { client }, ...children);

  it('is the version that it says', () => {
    expect(parts.react.version.split('.')[0]).toBe(String(major));
  });

  describe('useFlag', () => {
    it('shows the value at once, and each further one', () => {
      const client = createTestClient({ greeting: 'Hello' });
      const seen: string[] = [];
      const Greeting = () => {
        const greeting = parts.hooks.useFlag('greeting', 'nothing');
        seen.push(greeting);
        return greeting;
      };
      const page = parts.mount(below(client, parts.react.createElement(Greeting)));
      expect(page.text()).toBe('Hello');
      parts.react.act(() => {
        client.set({ greeting: 'Moin' });
      });
      expect(page.text()).toBe('Moin');
      expect(seen).toEqual(['Hello', 'Moin']);
      page.unmount();
      client.dispose();
    });

    it('renders one of a thousand components when one of a thousand flags changes', () => {
      const keys = Array.from({ length: 1000 }, (_, i) => `flag${i}`);
      const client = createTestClient(Object.fromEntries(keys.map((key) => [key, 0])));
      const components = keys.map((key) => counting(() => `${parts.hooks.useFlag(key, -1)};`));
      const page = parts.mount(
        below(client, ...components.map((component, key) => parts.react.createElement(component, { key }))),
      );
      expect(page.text()).toBe('0;'.repeat(1000));
      expect(components.every(({ renders }) => renders === 1)).toBe(true);
      parts.react.act(() => {
        client.set({ flag617: 1 });
      });
      expect(page.text()).toBe(`${'0;'.repeat(617)}1;${'0;'.repeat(382)}`);
      expect(components.map(({ renders }) => renders)).toEqual(keys.map((key) => (key === 'flag617' ? 2 : 1)));
      page.unmount();
      client.dispose();
    });

    it('stays subscribed while it is given equal users, however often it renders', () => {
      const client = createTestClient({ plan: { value: 'free', rules: [] } });
      const evaluated = record(client.events$);
      const Plan = ({ tag }: { tag: number }) => {
        const copy = { ...kate, custom: { plan: 'pro', joinedAt: new Date(0), tags: ['a', 'b'] } };
        return `${tag} ${parts.hooks.useFlag('plan', '', copy)}`;
      };
      const page = parts.mount(below(client, parts.react.createElement(Plan, { tag: 0 })));
      const { length } = evaluated.values;
      for (let tag = 1; tag <= 10; tag++) page.update(below(client, parts.react.createElement(Plan, { tag })));
      expect(page.text()).toBe('10 free');
      expect(evaluated.values).toHaveLength(length);
      page.unmount();
      client.dispose();
    });

    it('leaves no subscription behind, in StrictMode either', () => {
      const client = createTestClient({ a: 1, b: 1 });
      const evaluated = record(client.events$.pipe(filter(({ type }) => type === 'flagEvaluated')));
      const evaluationsOf = (act: () => void) => {
        const { length } = evaluated.values;
        parts.react.act(act);
        return evaluated.values.length - length;
      };
      const All = ({ name }: { name: string }) => {
        const { useFlag, useFlagDetails, useFlags } = parts.hooks;
        return [useFlag(name, 0), useFlagDetails(name, 0).value, useFlags({ a: 0 }).a, useFlags().a].join();
      };
      const { createElement, StrictMode } = parts.react;
      const tree = (name: string) => createElement(StrictMode, null, below(client, createElement(All, { name })));
      const page = parts.mount(tree('a'));
      expect(page.text()).toBe('1,1,1,1');
      page.update(tree('b'));
      expect(evaluationsOf(() => client.set({ a: 2, b: 2 }))).toBeGreaterThan(0);
      expect(page.text()).toBe('2,2,2,2');
      page.unmount();
      expect(evaluationsOf(() => client.set({ a: 3, b: 3 }))).toBe(0);
      client.dispose();
    });

    it('never shows one user the value of another', async () => {
      const { client, clock } = stage(configByUser('kate', 'ben'));
      await clock.advance(0);
      const seen: string[] = [];
      const Plan = ({ user }: { user: User }) => {
        const plan = parts.hooks.useFlag('plan', '', user);
        seen.push(`${user.identifier} ${plan}`);
        return plan;
      };
      const page = parts.mount(below(client, parts.react.createElement(Plan, { user: kate })));
      page.update(below(client, parts.react.createElement(Plan, { user: { identifier: 'ben' } })));
      expect(page.text()).toBe('BEN');
      expect(seen).toEqual(['kate KATE', 'ben BEN']);
      page.unmount();
      client.dispose();
    });

    it('evaluates for its own user, else for that of the nearest provider, else for the default user', async () => {
      const { client, clock } = stage(configByUser('kate', 'ben', 'ada', 'zoe'), { defaultUser: kate });
      await clock.advance(0);
      const { createElement } = parts.react;
      const { ConfigCatProvider } = parts.hooks;
      const Plan = ({ user }: { user?: User }) => `${parts.hooks.useFlag('plan', '', user)} `;
      const tree = (identifier: string) =>
        below(
          client,
          createElement(Plan),
          createElement(
            ConfigCatProvider,
            { user: { identifier } },
            createElement(ConfigCatProvider, null, createElement(Plan)),
            createElement(Plan),
            createElement(Plan, { user: { identifier: 'ada' } }),
          ),
        );
      const page = parts.mount(tree('ben'));
      expect(page.text()).toBe('KATE BEN BEN ADA ');
      page.update(tree('zoe'));
      expect(page.text()).toBe('KATE ZOE ZOE ADA ');
      parts.react.act(() => {
        client.setDefaultUser({ identifier: 'nobody' });
      });
      expect(page.text()).toBe('nobody ZOE ZOE ADA ');
      page.unmount();
      client.dispose();
    });

    it('shows the default value until the client knows a config', async () => {
      const { client, clock, log, serve } = stage(500);
      const Plan = counting(() => parts.hooks.useFlag('plan', 'default'));
      const page = parts.mount(below(client, parts.react.createElement(Plan)));
      expect(page.text()).toBe('default');
      expect(log).toEqual([]);
      await parts.react.act(() => clock.advance(0));
      expect(page.text()).toBe('default');
      expect(Plan.renders).toBe(1);
      serve(configByUser('kate'));
      await parts.react.act(() => clock.advance(60_000));
      expect(page.text()).toBe('nobody');
      expect(Plan.renders).toBe(2);
      page.unmount();
      client.dispose();
    });

    it('notices what changes between rendering and subscribing', () => {
      const client = createTestClient({ count: 1 });
      const Count = () => String(parts.hooks.useFlag('count', 0));
      const Meddler = () => {
        parts.react.useLayoutEffect(() => {
          client.set({ count: 2 });
        }, []);
        return null;
      };
      const { createElement } = parts.react;
      const page = parts.mount(below(client, createElement(Count), createElement(Meddler)));
      expect(page.text()).toBe('2');
      page.unmount();
      client.dispose();
    });

    it('follows another key, default value and client', () => {
      const [first, second] = [createTestClient({ a: 'a1', b: 'b1' }), createTestClient({ b: 'b2' })];
      const Flag = ({ name, fallback }: { name: string; fallback: string }) => parts.hooks.useFlag(name, fallback);
      const flag = (client: ConfigCatClient, name: string, fallback: string) =>
        below(client, parts.react.createElement(Flag, { name, fallback }));
      const page = parts.mount(flag(first, 'a', ''));
      const texts = [page.text()];
      const missing: [ConfigCatClient, string, string][] = [
        [first, 'b', ''],
        [second, 'b', ''],
      ];
      for (const args of missing) {
        page.update(flag(...args));
        texts.push(page.text());
      }
      expect(texts).toEqual(['a1', 'b1', 'b2']);
      page.unmount();
      first.dispose();
      second.dispose();
    });

    it('takes flags by any name for what they are', () => {
      const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', ' ', '💥'];
      const client = createTestClient(Object.fromEntries(keys.map((key, i) => [key, i + 1])), { logLevel: 'off' });
      const Flags = () => {
        const all = parts.hooks.useFlags();
        const some = parts.hooks.useFlags(Object.fromEntries(keys.map((key) => [key, 0])));
        const single = keys.map((key) => parts.hooks.useFlag(key, 0));
        return JSON.stringify([keys.map((key) => all[key]), keys.map((key) => some[key]), single]);
      };
      const page = parts.mount(below(client, parts.react.createElement(Flags)));
      const values = keys.map((_, i) => i + 1);
      expect(JSON.parse(page.text()!)).toEqual([values, values, values]);
      page.unmount();
      client.dispose();
    });

    it('keeps its value when the client is disposed, also in components that come later', () => {
      const client = createTestClient({ greeting: 'Hello' });
      const Greeting = () => parts.hooks.useFlag('greeting', 'nothing');
      const { createElement } = parts.react;
      const page = parts.mount(below(client, createElement(Greeting, { key: 1 })));
      parts.react.act(() => {
        client.dispose();
      });
      page.update(below(client, createElement(Greeting, { key: 1 }), createElement(Greeting, { key: 2 })));
      expect(page.text()).toBe('HelloHello');
      page.unmount();
    });
  });

  describe('useFlagDetails', () => {
    it('tells how the value came about, and renders when that differs', async () => {
      const { client, clock, serve } = stage(configByUser('kate'));
      await clock.advance(0);
      const seen: EvaluationDetails[] = [];
      const Plan = () => {
        const details = parts.hooks.useFlagDetails('plan', '', { identifier: 'kate' });
        seen.push(details);
        return `${details.value} ${details.variationId}`;
      };
      const page = parts.mount(below(client, parts.react.createElement(Plan)));
      expect(page.text()).toBe('KATE id-kate');
      expect(seen[0]?.matchedTargetingRule?.servedValue?.variationId).toBe('id-kate');
      const text = JSON.stringify(configByUser('kate'));
      for (const edited of [text.replace('id-nobody', 'id-none'), text.replace('id-kate', 'id-k')]) {
        serve(JSON.parse(edited) as object);
        await parts.react.act(() => clock.advance(60_000));
      }
      expect(page.text()).toBe('KATE id-k');
      expect(seen).toHaveLength(2);
      page.unmount();
      client.dispose();
    });

    it('says that there is no config yet', () => {
      const { client } = stage('silence');
      let details: EvaluationDetails | undefined;
      const Plan = () => (details = parts.hooks.useFlagDetails('plan', 'default', kate)).value;
      const page = parts.mount(below(client, parts.react.createElement(Plan)));
      expect(details).toMatchObject({ value: 'default', isDefaultValue: true, errorCode: 1000, user: kate });
      page.unmount();
      client.dispose();
    });
  });

  describe('useFlags', () => {
    it('gives several flags by one config, in one render', () => {
      const client = createTestClient({ a: 1, b: 1, c: 1 });
      const seen: string[] = [];
      const Sum = () => {
        const { a, b } = parts.hooks.useFlags({ a: 0, b: 0 });
        seen.push(`${a}${b}`);
        return null;
      };
      const page = parts.mount(below(client, parts.react.createElement(Sum)));
      for (const flags of [{ a: 2, b: 2 }, { c: 2 }, { b: 3 }]) {
        parts.react.act(() => {
          client.set(flags);
        });
      }
      expect(seen).toEqual(['11', '22', '23']);
      page.unmount();
      client.dispose();
    });

    it('gives all flags, as the same object while no value differs', () => {
      const client = createTestClient({ a: 1, b: 'x' });
      const seen: unknown[] = [];
      const All = () => {
        seen.push(parts.hooks.useFlags());
        return null;
      };
      const tree = () => below(client, parts.react.createElement(All));
      const page = parts.mount(tree());
      page.update(tree());
      parts.react.act(() => {
        client.set({ c: true });
      });
      page.update(tree());
      expect(seen).toEqual([
        { a: 1, b: 'x' },
        { a: 1, b: 'x' },
        { a: 1, b: 'x', c: true },
        { a: 1, b: 'x', c: true },
      ]);
      expect(new Set(seen).size).toBe(2);
      page.unmount();
      client.dispose();
    });

    it('takes a flag named like an attribute of users for a flag', () => {
      const client = createTestClient({ identifier: 'flag' });
      const Flag = () => parts.hooks.useFlags({ identifier: '' }).identifier;
      const page = parts.mount(below(client, parts.react.createElement(Flag)));
      expect(page.text()).toBe('flag');
      page.unmount();
      client.dispose();
    });
  });

  describe('users of hooks', () => {
    const plans = {
      plan: {
        value: 'free',
        rules: [{ when: [{ attribute: 'plan', comparator: 'equals', value: 'pro' }], serve: 'pro' }],
      },
    } as const;

    it('are who they are at each render, though the object be the same', () => {
      const client = createTestClient(plans);
      class Account {
        #plan = 'free';
        readonly identifier = 'kate';
        get custom() {
          return { plan: this.#plan };
        }
        upgrade() {
          this.#plan = 'pro';
        }
      }
      const account = new Account();
      const Plan = () =>
        `${parts.hooks.useFlag('plan', '', account)} ${parts.hooks.useFlagDetails('plan', '', account).value}`;
      const page = parts.mount(below(client, parts.react.createElement(Plan)));
      expect(page.text()).toBe('free free');
      account.upgrade();
      parts.react.act(() => {
        client.set({ ...plans, unrelated: true });
      });
      expect(page.text()).toBe('free free');
      page.update(below(client, parts.react.createElement(Plan)));
      expect(page.text()).toBe('pro pro');
      page.unmount();
      client.dispose();
    });

    it('warn once where their objects are never equal', () => {
      const warnings = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
      const client = createTestClient(plans);
      const Inline = ({ custom }: { readonly custom: () => object }) =>
        parts.hooks.useFlag('plan', '', { identifier: 'kate', custom: custom() } as never);
      const page = (custom: () => object) => below(client, parts.react.createElement(Inline, { custom }));
      const shown = parts.mount(
        page(() => ({ plan: 'pro', teams: ['a'], since: new Date(0), home: { city: 'Graz' } })),
      );
      for (let i = 0; i < 3; i++)
        shown.update(page(() => ({ plan: 'pro', teams: ['a'], since: new Date(0), home: { city: 'Graz' } })));
      expect(warnings).not.toHaveBeenCalled();
      for (let i = 0; i < 3; i++) shown.update(page(() => ({ plan: 'pro', seen: new Map([['a', 1]]) })));
      expect(warnings.mock.calls).toEqual([[expect.stringContaining("'seen'")]]);
      expect(shown.text()).toBe('pro');
      shown.unmount();
      client.dispose();
      warnings.mockRestore();
    });
  });

  describe('flagHooks', () => {
    it('are the hooks', () => {
      const { flagHooks, ...all } = parts.hooks;
      const { useClient, useFlag, useFlagDetails, useFlags, useJson, useSuspenseFlag } = all;
      expect(flagHooks()).toEqual({ useClient, useFlag, useFlagDetails, useFlags, useJson, useSuspenseFlag });
    });
  });

  describe('useClient', () => {
    it('gives the client of the provider', () => {
      const client = createTestClient({});
      let given: unknown;
      const Component = () => {
        given = parts.hooks.useClient();
        return null;
      };
      parts.mount(below(client, parts.react.createElement(Component))).unmount();
      expect(given).toBe(client);
      client.dispose();
    });
  });

  describe('wrong use', () => {
    const messageOf = (render: () => string, ...providers: readonly object[]) => {
      const component = parts.react.createElement(render);
      const tree = providers.reduce<ReactNode>(
        (child, props) => parts.react.createElement(parts.hooks.ConfigCatProvider, props as never, child),
        component,
      );
      let message = '';
      try {
        parts.server.renderToString(tree);
      } catch (error) {
        message = (error as Error).message;
      }
      return message;
    };

    it('names its culprit', () => {
      const client = createTestClient({ a: 1 }, { logLevel: 'off' });
      const { useClient, useFlag, useFlags } = parts.hooks;
      const a = () => String(useFlag('a', 0));
      expect(messageOf(() => useClient().constructor.name)).toBe(
        'useClient() and the hooks of flags need a <ConfigCatProvider> above them.',
      );
      expect(messageOf(a)).toContain('<ConfigCatProvider>');
      expect(messageOf(a, {})).toContain('`sdkKey`');
      expect(messageOf(a, { sdkKey: 'no key' })).toContain('`sdkKey`');
      expect(messageOf(a, { sdkKey: 'any', options: { pollIntervalSeconds: 0 } })).toMatch(/`/);
      expect(messageOf(a, { client: {} })).toContain('`client`');
      expect(messageOf(() => String(useFlag('', 0)), { client })).toContain('`key`');
      expect(messageOf(() => String(useFlag('a', {} as number)), { client })).toContain('`defaultValue`');
      expect(messageOf(() => String(useFlag('a', 0, 'kate' as never)), { client })).toContain('`user`');
      expect(messageOf(() => String(useFlags([] as never)), { client })).toContain('`defaults`');
      expect(messageOf(a, { client, user: 5 })).toContain('`user`');
      expect(messageOf(a, { client })).toBe('');
      client.dispose();
    });
  });
});
