import type { Subscriber } from 'rxjs';
import { Observable } from 'rxjs';
import type { FetchFunction, PollingMode } from '../../src';
import { autoPoll, createClient, lazyLoad, manualPoll } from '../../src';
import { requestLimits } from '../../src/acquisition/request-bound';
import { createCoreSnapshot, resolveCoreOptions } from '../../src/client/create-core';
import { createCore } from '../../src/core/core';
import type { Group, Slices } from '../../src/core/dispatcher';
import { createDispatcher, membersOf } from '../../src/core/dispatcher';
import type { InternalSnapshot } from '../../src/core/snapshot';
import { settingOf, snapshotOf } from '../../src/core/snapshot';
import { cacheKeyOf, coreOf } from '../../src/core/source';
import { createFanOut } from '../../src/flags/fan-out';
import { version } from '../../src/version';
import { configOf, stage } from '../support/client';
import { createRequestBoundRuntime } from '../support/request-bound';
import { createVirtualClock } from '../support/virtual-time';

/** An SDK key that no other spec has a client for. */
const keyOf = (name: string) => `configcat-sdk-1/${name.padEnd(22, '0')}/abcdefghijklmnopqrstuv`;

describe('requests', () => {
  it.each<[string, string, PollingMode]>([
    ['auto', 'a', autoPoll()],
    ['lazy', 'l', lazyLoad()],
    ['manual', 'm', manualPoll()],
  ])('say who asks, and that it polls in mode %s', async (_, letter, polling) => {
    const agents: unknown[] = [];
    const fetch: FetchFunction = (_url, init) => {
      const { 'User-Agent': agent, 'X-ConfigCat-UserAgent': own } = init.headers;
      agents.push([agent, own]);
      return Promise.resolve({
        status: 200,
        statusText: '',
        headers: { get: () => null },
        text: () => Promise.resolve(JSON.stringify(configOf({ a: true }))),
      });
    };
    const clock = createVirtualClock();
    const { scheduler } = clock;
    const client = createClient(keyOf(`agent-${letter}`), { polling, fetch, scheduler });
    const refreshed = client.forceRefresh();
    await clock.advance(1000);
    expect(await refreshed).toMatchObject({ isSuccess: true });
    const agent = `ConfigCat-Rx-Node/${letter}-${version}`;
    expect(agents.length).toBeGreaterThan(0);
    for (const each of agents) expect(each).toEqual([agent, agent]);
    client.dispose();
  });
});

describe('events of a fetch', () => {
  it('say whether the user has asked for it', async () => {
    const { client, clock } = stage(configOf({ a: true }));
    const told: unknown[] = [];
    client.events$.subscribe((event) => {
      if (event.type === 'configFetched') told.push(event.isInitiatedByUser);
    });
    await clock.advance(1000);
    void client.forceRefresh();
    await clock.advance(1000);
    await clock.advance(120_000);
    expect(told.slice(0, 3)).toEqual([false, true, false]);
    client.dispose();
  });
});

describe('a core whose timers end with the request that set them', () => {
  function coreInWorker(name: string) {
    const { clock, scheduler, handle, isInRequest } = createRequestBoundRuntime();
    let requests = 0;
    const options = resolveCoreOptions(keyOf(name), {
      polling: autoPoll(),
      scheduler,
      random: () => 0,
      fetch: () => {
        requests++;
        return Promise.resolve({
          status: 200,
          statusText: '',
          headers: { get: () => null },
          text: () => Promise.resolve(JSON.stringify(configOf({ a: true }))),
        });
      },
    });
    const core = createCore({ ...options, limits: requestLimits(isInRequest) }, createFanOut, {
      createPublicSnapshot: createCoreSnapshot,
    });
    return { core, clock, handle, requests: () => requests };
  }

  it('fetches for whoever waits until it is ready', async () => {
    const { core, clock, handle, requests } = coreInWorker('in-worker');
    await clock.advance(1000);
    expect(requests()).toBe(0);
    const emissions: string[] = [];
    let isComplete = false;
    handle(() => {
      core.data.ready$.subscribe({ next: (state) => emissions.push(state), complete: () => (isComplete = true) });
    });
    await clock.advance(1000);
    expect([requests(), emissions, isComplete]).toEqual([1, ['up-to-date'], true]);
    core.lifetime.dispose();
  });
});

describe('a snapshot', () => {
  it('is the same object as long as nothing has changed', () => {
    const client = createClient(keyOf('snapshots'), { polling: manualPoll(), offline: true });
    const snapshot = client.snapshot();
    expect(client.snapshot()).toBe(snapshot);
    client.setDefaultUser({ identifier: 'kate' });
    expect(client.snapshot()).not.toBe(snapshot);
    expect(client.snapshot().defaultUser).toEqual({ identifier: 'kate' });
    expect(snapshot.defaultUser).toBeUndefined();
    client.dispose();
  });
});

describe('what is handed out', () => {
  it('carries what it is made of, under a symbol that other copies of this version know', () => {
    const client = createClient(keyOf('symbols'), { polling: manualPoll(), offline: true });
    const symbolsOf = (object: object) => Object.getOwnPropertySymbols(object).map((symbol) => Symbol.keyFor(symbol));
    expect(symbolsOf(client)).toContain('configcat-rx/1');
    expect(symbolsOf(client.snapshot())).toEqual(['configcat-rx/1.snapshot']);
    expect(Object.keys(client)).not.toContain('configcat-rx/1');
    expect(coreOf(client).data.snapshot()).toBe(snapshotOf(client.snapshot()));
    client.dispose();
  });

  it('is told from anything else', () => {
    expect(() => coreOf({})).toThrow(new TypeError('Invalid argument `source`. Expected a core, or a client.'));
    expect(() => snapshotOf({})).toThrow(
      new TypeError('Invalid argument `snapshot`. Expected a snapshot of a client.'),
    );
  });
});

describe('the key under which caches have a config', () => {
  it('is that of all SDKs', () => {
    const sdkKey = 'configcat-sdk-1/TEST_KEY-0123456789012/1234567890123456789012';
    expect(cacheKeyOf({ sdkKey })).toBe('f83ba5d45bceb4bb704410f51b704fb6dfa19942');
  });
});

describe('a dispatcher', () => {
  it('forgets who has left', () => {
    const told: number[] = [];
    const slices: Slices = {
      dispatch: (followers) => told.push(followers.length),
      settle: () => undefined,
      flush: () => undefined,
    };
    const state = {} as ReturnType<Parameters<typeof createDispatcher>[0]>;
    const { state$, userChange$, dispatchState, dispatchUserChange } = createDispatcher(() => state, slices);
    const subscriptions = [state$, state$, userChange$].map((stream$) => stream$.subscribe());
    const dispatch = () => {
      dispatchState(state);
      dispatchUserChange();
    };
    dispatch();
    subscriptions[0]!.unsubscribe();
    dispatch();
    for (const subscription of subscriptions) subscription.unsubscribe();
    dispatch();
    expect(told).toEqual([2, 1, 1, 1, 0, 0]);
  });
});

describe('the members of a group', () => {
  it('are listed as they are now', () => {
    const subscribers: Subscriber<unknown>[] = [];
    const source$ = new Observable((subscriber) => void subscribers.push(subscriber));
    for (let i = 0; i < 2; i++) source$.subscribe();
    const [a, b] = subscribers as [Subscriber<unknown>, Subscriber<unknown>];
    const group = (members: Group['members']): Group => ({ level: 0, answer: undefined, members });
    expect(membersOf(group(undefined))).toEqual([]);
    expect(membersOf(group(a))).toEqual([a]);
    const set = new Set([a, b]);
    const listed = membersOf(group(set));
    set.delete(a);
    expect(listed).toEqual([a, b]);
  });
});

describe('the compiled form of a setting', () => {
  it('is none where it cannot be read', () => {
    const setting = {};
    const ruleset = {
      get: (key: string) => {
        if (key === 'broken') throw new RangeError('nested too deeply');
        return key === 'known' ? setting : undefined;
      },
    };
    const snapshot = { ruleset } as unknown as InternalSnapshot;
    expect(['broken', 'known', 'unknown'].map((key) => settingOf(snapshot, key))).toEqual([
      undefined,
      setting,
      undefined,
    ]);
    expect(settingOf({ ...snapshot, ruleset: undefined }, 'known')).toBeUndefined();
  });
});
