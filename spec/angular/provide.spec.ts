/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import { modes, show } from '../support/angular';
import {
  ApplicationRef,
  Component,
  EnvironmentInjector,
  InjectionToken,
  NgZone,
  createEnvironmentInjector,
  inject,
  runInInjectionContext,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { ConfigCatClient, FetchFunction } from '../../src';
import { autoPoll, createClient } from '../../src';
import * as forClients from '../../src/angular';
import { injectConfigCat, injectFlag, provideConfigCat } from '../../src/angular';
import * as forCores from '../../src/angular/core';
import type { FlagCore } from '../../src/functions';
import { createCore, flag$, manualPoll } from '../../src/functions';
import { createTestClient } from '../../src/testing';
import { configOf, sdkKey } from '../support/client';
import { settlePromises } from '../support/virtual-time';

/** A server that answers each request with the next of these, and then with the last one. */
function answering(...configs: readonly object[]): { readonly fetch: FetchFunction; readonly requests: string[] } {
  const requests: string[] = [];
  const fetch: FetchFunction = (url) => {
    const config = configs[Math.min(requests.push(url), configs.length) - 1];
    return Promise.resolve({
      status: 200,
      statusText: '',
      headers: { get: () => null },
      text: () => Promise.resolve(JSON.stringify(config)),
    });
  };
  return { fetch, requests };
}

/** What is injected from an injector of its own. */
function within<T>(injector: EnvironmentInjector, act: () => T): T {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- it is one, says Angular
  return runInInjectionContext(injector, act);
}

const eachSecond = autoPoll({ pollIntervalSeconds: 1 });
const clientOf = () => TestBed.runInInjectionContext(() => injectConfigCat());

describe.each(modes)('an application %s', (_, mode) => {
  @Component({ template: '{{ greeting() }}' })
  class Greeting {
    readonly greeting = injectFlag('greeting', 'default');
  }

  it('becomes stable while its client goes on polling', async () => {
    const { fetch, requests } = answering(configOf({ greeting: 'Hello' }));
    const { text, settled } = show(Greeting, mode(), provideConfigCat(sdkKey, { fetch, polling: eachSecond }));
    await settled();
    expect(text()).toBe('Hello');
    expect(TestBed.inject(NgZone).hasPendingMacrotasks).toBe(false);
    expect(requests).toHaveLength(1);
  });

  it('is stable after a refresh that it has asked for itself', async () => {
    const { fetch } = answering(configOf({ greeting: 'Hello' }), configOf({ greeting: 'Howdy' }));
    const { text, settled } = show(Greeting, mode(), provideConfigCat(sdkKey, { fetch, polling: eachSecond }));
    await settled();
    const zone = TestBed.inject(NgZone);
    const refreshed = await zone.run(() => clientOf().forceRefresh());
    expect(refreshed.isSuccess).toBe(true);
    await settled();
    expect(text()).toBe('Howdy');
    expect(zone.hasPendingMacrotasks).toBe(false);
  });

  it('is stable when its client has been offline, by the will of the page', async () => {
    const { fetch, requests } = answering(configOf({ greeting: 'Hello' }));
    const { settled } = show(Greeting, mode(), provideConfigCat(sdkKey, { fetch, polling: eachSecond }));
    await settled();
    const zone = TestBed.inject(NgZone);
    zone.run(() => clientOf().setOffline());
    zone.run(() => clientOf().setOnline());
    await settlePromises();
    expect(requests).toHaveLength(2);
    await settled();
    expect(zone.hasPendingMacrotasks).toBe(false);
  });

  it('takes a stream of the client in the middle of change detection', () => {
    @Component({ template: '{{ value() }}' })
    class Late {
      readonly client = injectConfigCat();
      value() {
        let value: unknown;
        this.client
          .flag$('greeting', 'default')
          .subscribe((now) => (value = now))
          .unsubscribe();
        return value;
      }
    }
    const client = createTestClient({ greeting: 'Hello' });
    const errors = jest.spyOn(console, 'error');
    const { text } = show(Late, mode(), provideConfigCat(client));
    TestBed.inject(NgZone).runOutsideAngular(() => TestBed.inject(ApplicationRef).tick());
    expect(text()).toBe('Hello');
    expect(errors.mock.calls).toEqual([]);
    errors.mockRestore();
    client.dispose();
  });
});

describe('provideConfigCat', () => {
  const isDisposed = (client: ConfigCatClient) => {
    let isCompleted = false;
    client.status$.subscribe({ complete: () => (isCompleted = true) }).unsubscribe();
    return isCompleted;
  };

  it('makes a client at once, and disposes it with its injector', async () => {
    const { fetch, requests } = answering({});
    TestBed.configureTestingModule({});
    const parent = TestBed.inject(EnvironmentInjector);
    const injector = createEnvironmentInjector([provideConfigCat(sdkKey, { fetch })], parent);
    await settlePromises();
    expect(requests).toHaveLength(1);
    const client = within(injector, () => injectConfigCat());
    expect(isDisposed(client)).toBe(false);
    injector.destroy();
    expect(isDisposed(client)).toBe(true);
  });

  it('disposes a client that a function has made, with what it injects', () => {
    const KEY = new InjectionToken<string>('SDK key');
    const made: ConfigCatClient[] = [];
    TestBed.configureTestingModule({
      providers: [
        { provide: KEY, useValue: sdkKey },
        provideConfigCat((hydrate) => {
          const client = createClient(inject(KEY), { offline: true, cache: hydrate() });
          made.push(client);
          return client;
        }),
      ],
    });
    expect(clientOf()).toBeDefined();
    expect(made.map(isDisposed)).toEqual([false]);
    TestBed.resetTestingModule();
    expect(made.map(isDisposed)).toEqual([true]);
  });

  it('leaves a client alone that is given to it', () => {
    const client = createTestClient({ on: true });
    TestBed.configureTestingModule({ providers: [provideConfigCat(client)] });
    expect(clientOf().snapshot().value('on', false)).toBe(true);
    TestBed.resetTestingModule();
    expect(isDisposed(client)).toBe(false);
    client.dispose();
  });

  it('gives routes a client of their own', () => {
    const [outer, inner] = [createTestClient({ on: false }), createTestClient({ on: true })];
    TestBed.configureTestingModule({ providers: [provideConfigCat(outer)] });
    const parent = TestBed.inject(EnvironmentInjector);
    const injector = createEnvironmentInjector([provideConfigCat(inner)], parent);
    expect(within(injector, () => injectFlag('on', false)())).toBe(true);
    expect(within(parent, () => injectFlag('on', true)())).toBe(false);
    outer.dispose();
    inner.dispose();
  });

  it('gives a client whose members stay the same', () => {
    const client = createTestClient({ on: true });
    TestBed.configureTestingModule({ providers: [provideConfigCat(client)] });
    const first = clientOf();
    expect(first.status$).toBe(first.status$);
    expect(first.isOnline).toBe(true);
    client.dispose();
  });

  it.each<[string, () => unknown]>([
    ['sdkKey', () => provideConfigCat('')],
    ['requestTimeoutMs', () => provideConfigCat(sdkKey, { requestTimeoutMs: 0 })],
    ['provideConfigCat()', () => provideConfigCat(undefined as never)],
    ['provideConfigCat()', () => provideConfigCat((() => undefined) as never)],
  ])('names what is wrong: %s', (name, provide) => {
    TestBed.configureTestingModule({ providers: [provide() as never] });
    expect(clientOf).toThrow(name);
  });
});

describe('configcat-rx/angular/core', () => {
  const makeCore = () => createCore(sdkKey, { polling: manualPoll(), offline: true, logLevel: 'off' });
  const isDisposed = (core: FlagCore) => {
    let isCompleted = false;
    flag$(core, 'on', false)
      .subscribe({ complete: () => (isCompleted = true) })
      .unsubscribe();
    return isCompleted;
  };
  const providing = (...given: Parameters<typeof forCores.provideConfigCat>) => {
    TestBed.configureTestingModule({ providers: [forCores.provideConfigCat(...given)] });
    return TestBed.inject(EnvironmentInjector);
  };

  it('has what configcat-rx/angular has, but for what needs a client', () => {
    const own = ['flagInjectors', 'injectConfigCat', 'provideConfigCat'];
    const common = Object.fromEntries(Object.entries(forClients).filter(([name]) => !own.includes(name)));
    expect(forCores).toMatchObject(common);
    expect(Object.keys(forCores).sort()).toEqual([...Object.keys(common), 'provideConfigCat', 'flagInjectors'].sort());
  });

  it('disposes a core that a function has made, with its injector', () => {
    const made: FlagCore[] = [];
    providing(() => {
      const core = makeCore();
      made.push(core);
      return core;
    });
    expect(made.map(isDisposed)).toEqual([false]);
    TestBed.resetTestingModule();
    expect(made.map(isDisposed)).toEqual([true]);
  });

  it('leaves a core alone that is given to it', () => {
    const core = makeCore();
    providing(core);
    TestBed.resetTestingModule();
    expect(isDisposed(core)).toBe(false);
    core.dispose();
  });

  it('provides a client for the injectors of configcat-rx/angular, and the other way round', () => {
    const client = createTestClient({ on: true });
    const provided = [forCores, forClients].map(({ provideConfigCat: provide }) => {
      const injector = createEnvironmentInjector([provide(client)], providing(client));
      const found = within(injector, () => [
        forClients.injectFlag('on', false)(),
        forCores.injectFlag('on', false)(),
        forClients.injectConfigCat().snapshot().value('on', false),
        forCores.injectAsk()((source) => source.snapshot().value('on', false)),
      ]);
      TestBed.resetTestingModule();
      return found;
    });
    expect(provided).toEqual([
      [true, true, true, true],
      [true, true, true, true],
    ]);
    client.dispose();
  });

  it('says that a core is no client', () => {
    const core = makeCore();
    const injector = providing(core);
    expect(() => within(injector, injectConfigCat)).toThrow('injectAsk()');
    core.dispose();
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['an SDK key', sdkKey],
    ['a function that makes nothing', () => undefined],
    ['what only looks like a core', { snapshot: () => ({}), dispose: () => undefined }],
  ])('names what is wrong: %s', (_, given) => {
    expect(() => providing(given as never)).toThrow(
      'Invalid argument of provideConfigCat(). Expected a core, a client, or what makes one.',
    );
  });
});
