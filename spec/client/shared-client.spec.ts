import type { Observable } from 'rxjs';
import { BehaviorSubject } from 'rxjs';
import type { ClientOptions, ConfigCatClient, RefreshResult } from '../../src';
import { autoPoll, createClient, flagOverrides, lazyLoad, manualPoll, sharedClient } from '../../src';
import { flag$, flagState$, flags$ } from '../../src/functions';
import { configByUser, configOf, sdkKey, stageOf } from '../support/client';
import type { Library } from '../support/variants';
import { loadLibrary } from '../support/variants';

const otherKey = sdkKey.replace('1234567890123456789012', 'abcdefghijklmnopqrstuv');

describe('sharedClient()', () => {
  let staged: ReturnType<typeof stageFor>;
  const clients = new Set<ConfigCatClient>();

  const stageFor = (first: object | number | 'silence') => stageOf<ClientOptions>((given) => given, first);
  beforeEach(() => {
    staged = stageFor(configOf({ greeting: 'Hello' }));
  });

  afterEach(async () => {
    for (const client of clients) for (let uses = 0; uses < 20; uses++) client.dispose();
    clients.clear();
    const { length } = staged.requests;
    await staged.clock.advance(1_000_000);
    expect(staged.requests).toHaveLength(length);
  });

  /** As a module does that runs again: with options and functions of its own each time. */
  const use = (
    options: ClientOptions = {},
    { sharedClient: share }: Pick<Library, 'sharedClient'> = { sharedClient },
  ) => {
    const { logger, fetch, random } = staged.source;
    const functions = {
      logger: { ...logger! },
      fetch: (...args: Parameters<typeof fetch & object>) => fetch!(...args),
    };
    const client = share(sdkKey, {
      scheduler: staged.clock.scheduler,
      random: () => random!(),
      ...functions,
      ...options,
    });
    clients.add(client);
    return client;
  };
  const poll = (pollIntervalSeconds: number) => ({ polling: autoPoll({ pollIntervalSeconds }) });
  const record = <T>(stream$: Observable<T>) => {
    const seen: unknown[] = [];
    stream$.subscribe({ next: (value) => seen.push(value), complete: () => seen.push('|') });
    return seen;
  };

  it('is the same client each time, of another copy of the library as well, and polls once', async () => {
    const client = use(poll(30));
    const copies = [loadLibrary('servers'), loadLibrary('browsers')];
    for (let run = 0; run < 10; run++) expect(use(poll(30), copies[run % 3])).toBe(client);
    expect(sharedClient(otherKey, { ...staged.source, offline: true })).not.toBe(client);
    sharedClient(otherKey, { ...staged.source, offline: true }).dispose();
    sharedClient(otherKey, { ...staged.source, offline: true }).dispose();
    await staged.clock.advance(0);
    expect(client.snapshot().value('greeting', '')).toBe('Hello');
    expect(staged.requests).toHaveLength(1);
    await staged.clock.advance(90_000);
    expect(staged.requests).toHaveLength(4);
    expect(staged.log).toEqual([]);
  });

  it('leaves no SDK key on the global object', () => {
    use();
    const symbols = Object.getOwnPropertySymbols(globalThis).filter((symbol) =>
      String(symbol).includes('configcat-rx'),
    );
    const found = symbols.flatMap((symbol) => [
      ...(globalThis as unknown as Record<symbol, Map<string, unknown>>)[symbol]!.keys(),
    ]);
    expect(found).not.toEqual([]);
    expect(found.join()).not.toContain('1234567890');
  });

  it.each<[string, ClientOptions, ClientOptions]>([
    ['a polling mode of equal options', poll(30), poll(30)],
    [
      'options in another order',
      { baseUrl: 'http://a.example', offline: true },
      { offline: true, baseUrl: 'http://a.example' },
    ],
    [
      'options that are not given',
      { offline: true },
      { offline: true, logLevel: undefined } as unknown as ClientOptions,
    ],
    ['other functions', { logFilter: () => true }, { logFilter: () => false }],
    [
      'another cache of the same kind',
      { cache: { get: () => '', set: () => undefined } },
      { cache: { get: () => '', set: () => undefined } },
    ],
    [
      'an equal user',
      { defaultUser: { identifier: '1', custom: { since: new Date(5) } } },
      { defaultUser: { identifier: '1', custom: { since: new Date(5) } } },
    ],
    [
      'equal overrides',
      { overrides: { source: flagOverrides({ a: true }), behaviour: 'local-over-remote' } },
      { overrides: { source: flagOverrides({ a: true }), behaviour: 'local-over-remote' } },
    ],
  ])('takes for the same: %s', async (_, first, second) => {
    const client = use(first);
    const states = record(client.status$);
    await staged.clock.advance(0);
    const { length } = states;
    const { length: requests } = staged.requests;
    use(second);
    await staged.clock.advance(0);
    expect(states).toHaveLength(length);
    expect(staged.requests).toHaveLength(requests);
  });

  it('goes on by other options, while no stream ends, nothing is lost and nobody sees a default value', async () => {
    const client = use(poll(60));
    await staged.clock.advance(0);
    const seen = [
      record(client.flag$('greeting', 'default')),
      record(flag$(client, 'greeting', 'default')),
      record(flags$(client, { greeting: 'default' })),
      record(client.allFlags$()),
      record(client.keys$),
    ];
    const states = record(flagState$(client, 'greeting', 'default')) as { value: string; status: string }[];
    const statuses = record(client.status$);
    const events = record(client.events$);
    const watched = client.watch('greeting', 'default');
    let calls = 0;
    watched.subscribe(() => calls++);
    const before = seen.map((values) => [...values]);

    use(poll(10));
    expect(seen).toEqual(before);
    await staged.clock.advance(0);
    expect(seen).toEqual(before);
    expect(staged.requests).toHaveLength(1);

    staged.serve(configOf({ greeting: 'Howdy' }));
    await staged.clock.advance(10_000);
    expect(staged.requests).toHaveLength(2);
    expect(seen.map((values) => values.at(-1))).toEqual([
      'Howdy',
      'Howdy',
      { greeting: 'Howdy' },
      { greeting: 'Howdy' },
      ['greeting'],
    ]);
    expect(states.map(({ value }) => value).filter((value, i, all) => value !== all[i - 1])).toEqual([
      'Hello',
      'Howdy',
    ]);
    expect(calls).toBe(1);
    expect(watched.current()).toBe('Howdy');
    expect(events).toContainEqual(expect.objectContaining({ type: 'configChanged' }));
    // The old one is gone.
    await staged.clock.advance(60_000);
    expect(staged.requests).toHaveLength(8);
    expect([seen, states, statuses].flat()).not.toContain('|');
    expect(staged.log).toEqual([]);
  });

  it.each<[string, ClientOptions]>([
    ['auto polling', poll(10)],
    ['lazy loading', { polling: lazyLoad() }],
  ])('lets whoever waits for a first config wait for the new one: %s', async (_, options) => {
    staged.serve('silence');
    const client = use({ ...poll(60), baseUrl: 'http://nobody.example' });
    const seen = record(client.flag$('greeting', 'default'));
    const answers: unknown[] = [];
    for (const read of [
      client.getValue('greeting', 'default'),
      client.getSnapshot().then((s) => s.value('greeting', 'default')),
    ]) {
      void read.then((value) => answers.push(value));
    }
    let refreshed: RefreshResult | undefined;
    void client.forceRefresh().then((result) => (refreshed = result));
    await staged.clock.advance(1000);
    expect([seen, answers, refreshed]).toEqual([[], [], undefined]);
    staged.serve(configOf({ greeting: 'Hello' }));
    use(options);
    await staged.clock.advance(2000);
    expect(seen).toEqual(['Hello']);
    expect(answers).toEqual(['Hello', 'Hello']);
    expect(refreshed).toMatchObject({ isSuccess: true });
    expect(staged.log).toEqual([]);
  });

  it('shows other overrides, and none, without anything in between', async () => {
    const withFlags = (greeting: string): ClientOptions => ({
      overrides: { source: flagOverrides({ greeting }), behaviour: 'local-over-remote' },
    });
    const client = use(withFlags('mine'));
    const seen = record(client.flag$('greeting', 'default'));
    await staged.clock.advance(0);
    use(withFlags('ours'));
    use(withFlags('theirs'));
    use({ overrides: { source: flagOverrides({ greeting: 'alone' }), behaviour: 'local-only' } });
    expect(client.snapshot().cacheState).toBe('local-only');
    use();
    await staged.clock.advance(0);
    expect(seen).toEqual(['mine', 'ours', 'theirs', 'alone', 'Hello']);
    expect(staged.requests).toHaveLength(1);
    expect(client.snapshot().cacheState).toBe('up-to-date');
  });

  it('keeps the user that was set and whether it is online, unless the options say something else', async () => {
    staged.serve(configByUser('kate', 'ben'));
    const client = use({ defaultUser: { identifier: 'ben' } });
    const seen = record(client.flag$('plan', 'default'));
    await staged.clock.advance(0);
    client.setDefaultUser({ identifier: 'kate' });
    client.setOffline();
    use({ defaultUser: { identifier: 'ben' }, ...poll(10) });
    await staged.clock.advance(100_000);
    expect(staged.requests).toHaveLength(1);
    expect(client.isOnline).toBe(false);
    expect(seen).toEqual(['BEN', 'KATE']);
    use({ defaultUser: { identifier: 'nobody' }, offline: true, ...poll(20) });
    use({ ...poll(20) });
    await staged.clock.advance(0);
    expect(client.isOnline).toBe(true);
    expect(staged.requests).toHaveLength(2);
    expect(seen).toEqual(['BEN', 'KATE', 'nobody']);
    expect(client.snapshot().defaultUser).toBeUndefined();
  });

  it('logs, and tells of changes, as the new options say', async () => {
    const told: unknown[] = [];
    const client = use({ logLevel: 'off' });
    await staged.clock.advance(0);
    client.snapshot().value('missing', 1);
    expect(staged.log).toEqual([]);
    use({ logLevel: 'info', onConfigChanged: (snapshot) => void told.push(snapshot.value('greeting', '')) });
    client.snapshot().value('greeting', 'default');
    expect(staged.log).toEqual([expect.stringMatching(/^info 5000 Evaluating 'greeting'/)]);
    staged.serve(configOf({ greeting: 'Howdy' }));
    await staged.clock.advance(60_000);
    expect(told).toEqual(['Howdy']);
    use({ logFilter: () => false, logLevel: 'warn' });
    client.snapshot().value('missing', 1);
    expect(staged.log).toHaveLength(2);
  });

  it('refuses wrong options, and goes on as before', async () => {
    const client = use(poll(30));
    await staged.clock.advance(0);
    expect(() => use({ baseUrl: 'nowhere' })).toThrow('options.baseUrl');
    expect(() => sharedClient(sdkKey, { polling: 'auto' } as never)).toThrow('options.polling');
    expect(() => sharedClient('no key')).toThrow('sdkKey');
    expect(() => sharedClient(5 as never)).toThrow('sdkKey');
    expect(use(poll(30))).toBe(client);
    await staged.clock.advance(30_000);
    expect(staged.requests).toHaveLength(2);
  });

  it('counts its uses, of which the last ends it', async () => {
    const client = use();
    use();
    use();
    const seen = record(client.flag$('greeting', 'default'));
    await staged.clock.advance(0);
    client.dispose();
    client[Symbol.dispose]();
    await staged.clock.advance(60_000);
    expect(staged.requests).toHaveLength(2);
    await client[Symbol.asyncDispose]();
    expect(seen).toEqual(['Hello', '|']);
    const { length } = staged.requests;
    await staged.clock.advance(600_000);
    expect(staged.requests).toHaveLength(length);
    client.dispose();
    const next = use(poll(10));
    expect(next).not.toBe(client);
    await staged.clock.advance(0);
    expect(next.snapshot().value('greeting', 'default')).toBe('Hello');
  });

  it('is one of the live clients, which are warned of when there is another', () => {
    use();
    const other = createClient(sdkKey, { ...staged.source, polling: manualPoll() });
    expect(staged.log).toEqual([expect.stringMatching(/^warn 3000/)]);
    other.dispose();
  });

  it('takes streams that make it fetch along with their options, and leaves the old ones alone', async () => {
    const streams = [new BehaviorSubject(0), new BehaviorSubject(0)];
    use({ refreshOn$: streams[0]!, polling: manualPoll() });
    await staged.clock.advance(0);
    use({ refreshOn$: streams[1]!, polling: lazyLoad() });
    await staged.clock.advance(0);
    expect(streams.map(({ observed }) => observed)).toEqual([false, true]);
  });
});
