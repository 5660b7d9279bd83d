/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import { show } from '../support/angular';
import { ChangeDetectionStrategy, Component, Injector, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Subject } from 'rxjs';
import type { ConfigCache, User } from '../../src';
import * as forClients from '../../src/angular';
import { flagInjectors, injectFlagResource } from '../../src/angular/core';
import { currentStatus } from '../../src/functions';
import { setups, setupsInModes } from '../support/angular-sources';
import { configByUser, configOf } from '../support/client';

const changeDetection = ChangeDetectionStrategy.OnPush;
const template = '{{ greeting.status() }} {{ greeting.value() }} {{ greeting.isLoading() }} {{ greeting.hasValue() }}';

@Component({ template, changeDetection })
class Greeting {
  readonly greeting = injectFlagResource('greeting', 'default');
}

describe.each(setupsInModes)('a flag as a resource, in an application %s', (_, mode, { provide, stage }) => {
  it('is loading until the first config is known, for which the application waits', async () => {
    const { source, clock, serve, requests } = stage(configOf({ greeting: 'Hello' }));
    const { text, settled, component } = show(Greeting, mode(), provide(source));
    expect(text()).toBe('loading default true true');
    expect(component.greeting.snapshot()).toEqual({ status: 'loading', value: 'default' });
    expect(component.greeting.reload()).toBe(false);
    let isStable = false;
    const stable = settled().then(() => (isStable = true));
    await Promise.resolve();
    expect(isStable).toBe(false);
    await clock.advance(0);
    await stable;
    expect(text()).toBe('resolved Hello false true');
    expect(component.greeting.snapshot()).toEqual({ status: 'resolved', value: 'Hello' });
    serve(configOf({ greeting: 'Howdy' }));
    await clock.advance(60_000);
    await settled();
    expect(requests).toHaveLength(2);
    expect(text()).toBe('resolved Howdy false true');
    source.dispose();
  });

  it('is waited for as long as other flags are, and then has its default value', async () => {
    const { source, clock } = stage('silence');
    const { text, settled } = show(Greeting, mode(), provide(source));
    let isStable = false;
    const stable = settled().then(() => (isStable = true));
    await clock.advance(4999);
    expect([text(), isStable]).toEqual(['loading default true true', false]);
    await clock.advance(1);
    await stable;
    expect(text()).toBe('error default false false');
    source.dispose();
  });

  it('fetches anew when it is reloaded, during which it shows what it has, and the application is not stable', async () => {
    const { source, clock, serve, requests } = stage(configOf({ greeting: 'Hello' }));
    const { text, settled, component } = show(Greeting, mode(), provide(source));
    await clock.advance(0);
    await settled();
    serve(configOf({ greeting: 'Howdy' }));
    expect(component.greeting.reload()).toBe(true);
    expect(component.greeting.reload()).toBe(false);
    expect(component.greeting.snapshot()).toEqual({ status: 'reloading', value: 'Hello' });
    expect(component.greeting.isLoading()).toBe(true);
    let isStable = false;
    const stable = settled().then(() => (isStable = true));
    await Promise.resolve();
    expect(isStable).toBe(false);
    await clock.advance(0);
    await stable;
    expect(requests).toHaveLength(2);
    expect(text()).toBe('resolved Howdy false true');
    serve(500);
    expect(component.greeting.reload()).toBe(true);
    await clock.advance(60_000);
    await settled();
    expect(text()).toBe('resolved Howdy false true');
    source.dispose();
  });

  it('is resolved at once by what is known, and follows its user', async () => {
    const { source, clock } = stage(configByUser('kate', 'ben'));
    await clock.advance(0);
    const user = signal<User | undefined>({ identifier: 'kate' });
    @Component({ template: '{{ plan.status() }} {{ plan.value() }}', changeDetection })
    class Plan {
      readonly plan = injectFlagResource('plan', 'default', { user });
    }
    const { text, settled, component } = show(Plan, mode(), provide(source));
    expect(text()).toBe('resolved KATE');
    user.set({ identifier: 'ben' });
    expect(component.plan.value()).toBe('BEN');
    await settled();
    expect(text()).toBe('resolved BEN');
    source.dispose();
  });

  it('renders nothing anew for polls, other flags and failed fetches', async () => {
    const { source, clock, serve } = stage(configOf({ greeting: 'Hello' }));
    await clock.advance(0);
    let renders = 0;
    @Component({ template: `${template} {{ greeting.error()?.message }} {{ count() }}`, changeDetection })
    class Counting {
      readonly greeting = injectFlagResource('greeting', 'default');
      count() {
        renders++;
      }
    }
    const { text, settled } = show(Counting, mode(), provide(source));
    await settled();
    const before = renders;
    for (const answer of [configOf({ greeting: 'Hello', other: 1 }), 500, configOf({ greeting: 'Hello', other: 2 })]) {
      serve(answer);
      await clock.advance(120_000);
      await settled();
    }
    expect([text(), renders]).toEqual(['resolved Hello false true', before]);
    serve(configOf({ greeting: 'Howdy' }));
    await clock.advance(120_000);
    await settled();
    expect([text(), renders]).toEqual(['resolved Howdy false true', before + 1]);
    source.dispose();
  });
});

describe.each(setups)('injectFlagResource, with %s', (_, { provide, stage, withFlags }) => {
  it('says why its value is the default value, which never throws', async () => {
    const { source, clock, serve } = stage(404);
    const { text, settled, component } = show(Greeting, provide(source));
    const { greeting } = component;
    await clock.advance(5000);
    await settled();
    expect(text()).toBe('error default false false');
    const seen: (string | undefined)[] = [];
    const note = () => {
      seen.push(greeting.error()?.message);
      return seen.at(-1);
    };
    expect(note()).toBe(currentStatus(source).lastError!.errorMessage);
    expect(greeting.snapshot()).toEqual({ status: 'error', error: greeting.error() });
    serve(500);
    await clock.advance(1_000_000);
    await settled();
    expect(note()).toBe(currentStatus(source).lastError!.errorMessage);
    serve(configOf({ other: 1 }));
    await clock.advance(1_000_000);
    await settled();
    expect(text()).toBe('error default false false');
    expect(note()).toContain('greeting');
    expect(new Set(seen).size).toBe(3);
    serve(configOf({ greeting: 'Hello' }));
    await clock.advance(1_000_000);
    await settled();
    expect(text()).toBe('resolved Hello false true');
    expect(note()).toBeUndefined();
    source.dispose();
  });

  it.each(['default', 'cached'] as const)(
    'is loading, and no error, also where its source is told %p',
    async (initial) => {
      const cached = `1700000000000\n"e"\n${JSON.stringify(configOf({ greeting: 'Hello' }))}`;
      const cache: ConfigCache = { get: () => Promise.resolve(cached), set: () => undefined };
      const { source, clock } = stage('silence', { initial, cache, logLevel: 'off' });
      const { text, settled } = show(Greeting, provide(source));
      expect(text()).toBe('loading default true true');
      await clock.advance(5000);
      await settled();
      expect(text()).toBe('resolved Hello false true');
      source.dispose();
    },
  );

  it('is idle while it is not known whom it is for, and reloads nothing', async () => {
    const { source, clock, requests } = stage(configByUser('kate'));
    await clock.advance(0);
    const users = new Subject<User>();
    @Component({ template: '{{ plan.status() }} {{ plan.isLoading() }}', changeDetection })
    class Plan {
      readonly plan = injectFlagResource('plan', 'default', { user: users });
    }
    const { text, settled, component } = show(Plan, provide(source));
    await settled();
    expect(text()).toBe('idle false');
    expect(component.plan.reload()).toBe(false);
    users.next({ identifier: 'kate' });
    await settled();
    expect(text()).toBe('resolved false');
    expect(component.plan.value()).toBe('KATE');
    expect(requests).toHaveLength(1);
    source.dispose();
  });

  it('has no value where its default value is none', () => {
    const source = withFlags({});
    TestBed.configureTestingModule({ providers: [provide(source)] });
    const plan = TestBed.runInInjectionContext(() => injectFlagResource('plan', undefined));
    expect([plan.status(), plan.value(), plan.hasValue()]).toEqual(['error', undefined, false]);
    source.dispose();
  });

  it('stays what it was when its source is disposed, also during a reload', async () => {
    const { source, clock } = stage(configOf({ greeting: 'Hello' }));
    const { text, settled, component } = show(Greeting, provide(source));
    await clock.advance(0);
    await settled();
    expect(component.greeting.reload()).toBe(true);
    source.dispose();
    await settled();
    expect(text()).toBe('resolved Hello false true');
  });

  it('names what is wrong at once', () => {
    const source = withFlags({ greeting: 'Hello' });
    TestBed.configureTestingModule({ providers: [provide(source)] });
    expect(() => injectFlagResource('greeting', '')).toThrow('injectFlagResource()');
    const injector = TestBed.inject(Injector);
    expect(injectFlagResource('greeting', '', { injector }).value()).toBe('Hello');
    TestBed.runInInjectionContext(() => {
      expect(() => injectFlagResource('', '')).toThrow('`key`');
      expect(() => injectFlagResource('greeting', {} as never)).toThrow('`defaultValue`');
      expect(flagInjectors().injectFlagResource).toBe(injectFlagResource);
      expect(forClients.flagInjectors().injectFlagResource).toBe(forClients.injectFlagResource);
    });
    source.dispose();
  });
});
