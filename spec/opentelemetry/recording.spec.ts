import { BehaviorSubject, NEVER } from 'rxjs';
import { createCore, details, flagSetId, manualPoll, reportFailure } from '../../src/functions';
import type { Attributes, EvaluationRecordingOptions, Meter, Observe } from '../../src/opentelemetry';
import { recordEvaluations, recordMetrics } from '../../src/opentelemetry';
import type { TestClient } from '../../src/testing';
import { createTestClient } from '../../src/testing';
import { configOf, sdkKey, stage } from '../support/client';
import { record } from '../support/record';

const kate = { identifier: 'kate', email: 'kate@example.com' };
const jack = { identifier: 'jack' };
const plan = {
  value: 'free',
  variationId: 'v-free',
  rules: [
    {
      when: [{ attribute: 'Identifier', comparator: 'equals', value: 'kate' } as const],
      serve: { value: 'pro', variationId: 'v-pro' },
    },
  ],
};

const disposables: { dispose(): void }[] = [];
afterEach(() => {
  for (const client of disposables.splice(0)) client.dispose();
});

function clientOf(flags: Parameters<typeof createTestClient>[0], logged: unknown[] = []): TestClient {
  const client = createTestClient(flags, { logger: { log: (...entry) => logged.push(entry.slice(0, 3)) } });
  disposables.push(client);
  return client;
}

/** What a logger has been given, by attribute. */
function recording(client: TestClient, options: EvaluationRecordingOptions = {}) {
  const emitted: Attributes[] = [];
  const subscription = recordEvaluations(client, {
    logger: { emit: ({ attributes = {} }) => emitted.push(attributes) },
    ...options,
  });
  const all = (name: string) => emitted.map((attributes) => attributes[name]);
  return { emitted, subscription, all, keys: () => all('feature_flag.key') };
}

describe('recorded evaluations', () => {
  it('are those of reads, snapshots and streams', async () => {
    const client = clientOf({ plan });
    const { all } = recording(client);
    await client.getValue('plan', '', kate);
    client.snapshot().details('plan', '', jack);
    client.flag$('plan', '').subscribe();
    expect(all('feature_flag.result.variant')).toEqual(['v-pro', 'v-free', 'v-free']);
    expect(all('feature_flag.context.id')).toEqual(['kate', 'jack', undefined]);
    expect(all('feature_flag.result.reason')).toEqual(['targeting_match', 'default', 'default']);
  });

  it('tell how a value was determined', () => {
    const split = { value: 'a', percentages: [{ percentage: 100, value: 'b', variationId: 'v-b' }] };
    const client = clientOf({ plan, plain: 1, split });
    const { all } = recording(client);
    const snapshot = client.snapshot();
    for (const key of ['plan', 'plain', 'split', 'missing']) snapshot.value(key, null, kate);
    expect(all('feature_flag.result.reason')).toEqual(['targeting_match', 'static', 'split', 'error']);
  });

  it('say that a config is old which the server does not confirm', async () => {
    const { client, serve, clock } = stage(configOf({ a: 1 }), { logLevel: 'off' });
    disposables.push(client);
    await clock.advance(0);
    const reasons: unknown[] = [];
    recordEvaluations(client, {
      logger: { emit: ({ attributes }) => reasons.push(attributes?.['feature_flag.result.reason']) },
    });
    client.snapshot().value('a', 0);
    serve(503);
    await clock.advance(120_000);
    client.snapshot().value('a', 0);
    expect(reasons).toEqual(['static', 'stale']);
  });

  it('have the version of the config that they went by, and none for one that is gone', async () => {
    const { client, serve } = stage(configOf({ a: 1 }), { logLevel: 'off' }, manualPoll());
    disposables.push(client);
    const versions: unknown[] = [];
    recordEvaluations(client, {
      logger: { emit: ({ attributes }) => versions.push(attributes?.['feature_flag.version']) },
    });
    await client.forceRefresh();
    const old = client.snapshot();
    old.value('a', 0);
    serve(configOf({ a: 2 }));
    await new Promise(setImmediate);
    await client.forceRefresh();
    client.snapshot().value('a', 0);
    expect(versions).toEqual(['"0"', '"1"']);
  });

  it.each<[EvaluationRecordingOptions, (string | number | undefined)[]]>([
    [{}, [undefined, 3]],
    [{ value: true }, ['pro', 3]],
    [{ value: false }, [undefined, undefined]],
    [{ value: (value, key) => (key === 'limit' ? undefined : `${String(value)}!`) }, ['pro!', undefined]],
  ])('with %j have the values %j', (options, values) => {
    const client = clientOf({ plan, limit: 3 });
    const { all } = recording(client, options);
    client.snapshot().value('plan', '', kate);
    client.snapshot().value('limit', 0, kate);
    expect(all('feature_flag.result.value')).toEqual(values);
  });

  it.each<[EvaluationRecordingOptions, string | undefined]>([
    [{}, 'kate'],
    [{ contextId: false }, undefined],
    [{ contextId: ({ identifier }) => `#${identifier.length}` }, '#4'],
  ])('with %j name the user %j', (options, id) => {
    const client = clientOf({ plan });
    const { emitted, all } = recording(client, options);
    client.snapshot().value('plan', '', kate);
    expect(all('feature_flag.context.id')).toEqual([id]);
    expect(JSON.stringify(emitted)).not.toContain('example.com');
  });

  it('do not show default values and the keys of a config, as messages of errors do', () => {
    const client = clientOf({ plan });
    const { emitted } = recording(client, { value: false });
    client.snapshot().value('missing', 'secret', kate);
    expect(emitted).toHaveLength(1);
    expect(JSON.stringify(emitted)).not.toMatch(/secret|'plan'/);
  });

  it('go to the active span only while it is recording', () => {
    const client = clientOf({ a: 1 });
    const events: string[] = [];
    let span: { isRecording: () => boolean; addEvent: (name: string) => unknown } | undefined;
    recordEvaluations(client, { trace: { getActiveSpan: () => span } });
    const addEvent = (name: string) => events.push(name);
    for (const next of [undefined, { isRecording: () => false, addEvent }, { isRecording: () => true, addEvent }]) {
      span = next;
      client.snapshot().value('a', 0);
    }
    expect(events).toEqual(['feature_flag.evaluation']);
  });

  it('are one for each change of what a user is shown, where that is asked', () => {
    const client = clientOf({ plan, a: 1 });
    const { emitted, all } = recording(client, { record: 'change' });
    const snapshot = () => client.snapshot();
    for (const user of [kate, jack, kate, jack, undefined, undefined]) snapshot().value('plan', '', user);
    snapshot().value('a', 0, kate);
    client.set({ plan: 'all' });
    snapshot().value('plan', '', kate);
    client.set({ plan });
    snapshot().value('plan', '', kate);
    snapshot().value('plan', '', kate);
    expect(emitted).toHaveLength(6);
    expect(all('feature_flag.context.id')).toEqual(['kate', 'jack', undefined, 'kate', 'kate', 'kate']);
  });

  it('forgets what it has seen longest ago when it remembers ten thousand', () => {
    const client = clientOf({ a: 1 });
    const { emitted } = recording(client, { record: 'change' });
    const ask = (i: number) => client.snapshot().value('a', 0, { identifier: String(i) });
    for (let i = 0; i < 10_000; i++) ask(i);
    ask(0);
    expect(emitted).toHaveLength(10_000);
    ask(10_000);
    ask(1);
    expect(emitted).toHaveLength(10_002);
  });

  it.each([
    [0, 0, 0],
    [0.1, 60, 140],
    [1, 1000, 1000],
  ])('by the rate %d are those of the same users each time', (rate, min, max) => {
    const client = clientOf({ plan });
    const { emitted, all } = recording(client, { record: { rate } });
    for (let i = 0; i < 2000; i++) client.snapshot().value('plan', '', { identifier: `user ${i % 1000}` });
    const users = new Set(all('feature_flag.context.id'));
    expect(users.size).toBeGreaterThanOrEqual(min);
    expect(users.size).toBeLessThanOrEqual(max);
    expect(emitted).toHaveLength(2 * users.size);
    expect(new Set(all('configcat.sampling.rate'))).toEqual(new Set(rate === 0 ? [] : [rate]));
  });

  it('are lost where loggers and redaction throw, which is said once', async () => {
    const logged: unknown[] = [];
    const client = clientOf({ a: 1 }, logged);
    const broken = () => {
      throw new Error('broken');
    };
    recordEvaluations(client, { logger: { emit: broken } });
    recordEvaluations(client, { logger: { emit: () => Promise.reject(new Error('later')) as never } });
    const { emitted } = recording(client, { contextId: broken });
    const throwing = {
      get identifier(): string {
        return broken();
      },
    };
    for (const user of [kate, throwing, jack]) expect(client.snapshot().value('a', 0, user)).toBe(1);
    await new Promise(setImmediate);
    expect(emitted).toEqual([]);
    expect(logged).toEqual(
      Array<unknown>(3).fill(['error', 1003, 'Error occurred in the `recordEvaluations` method.']),
    );
  });

  it('end with the subscription, and with the client', () => {
    const client = clientOf({ a: 1 });
    const first = recording(client);
    const second = recording(client);
    client.snapshot().value('a', 0);
    first.subscription.unsubscribe();
    client.snapshot().value('a', 0);
    client.dispose();
    client.snapshot().value('a', 0);
    expect([first.emitted.length, second.emitted.length]).toEqual([1, 2]);
    expect(second.subscription.closed).toBe(true);
  });

  it('come from a core as well', async () => {
    const core = createCore(sdkKey, {
      polling: manualPoll(),
      fetch: () => new Promise(() => undefined),
      logLevel: 'off',
    });
    disposables.push(core);
    const keys: unknown[] = [];
    recordEvaluations(core, { logger: { emit: ({ attributes }) => keys.push(attributes?.['feature_flag.key']) } });
    details(core.snapshot(), 'a', 0);
    await Promise.resolve();
    expect(keys).toEqual(['a']);
  });

  it.each<[object, string]>([
    [{}, 'Invalid argument `options`. Expected `trace`, `logger`, or both.'],
    [{ trace: {} }, 'Invalid property `options.trace`.'],
    [{ logger: {} }, 'Invalid property `options.logger`.'],
    [{ logger: { emit: jest.fn() }, record: 'never' }, 'Invalid property `options.record`.'],
    [{ logger: { emit: jest.fn() }, record: { rate: 2 } }, 'Invalid property `options.record.rate`.'],
  ])('need options that make sense, unlike %j', (options, message) => {
    expect(() => recordEvaluations(clientOf({}), options)).toThrow(message);
  });
});

/** A meter that keeps what is counted, and asks when it is told to. */
function meterOf() {
  const counted: (readonly [name: string, attributes: Attributes])[] = [];
  const asked = new Map<string, Observe>();
  const meter: Meter = {
    createCounter: (name) => ({ add: (_, attributes = {}) => void counted.push([name, attributes]) }),
    createObservableGauge: (name) => ({
      addCallback: (observe) => void asked.set(name, observe),
      removeCallback: () => void asked.delete(name),
    }),
  };
  const read = (name: string) => {
    const observed: (readonly [number, Attributes | undefined])[] = [];
    asked.get(name)?.({ observe: (value, attributes) => void observed.push([value, attributes]) });
    return observed;
  };
  return { meter, counted, asked, read };
}

describe('metrics', () => {
  it('count fetches by how they end', async () => {
    const { client, serve, clock } = stage(configOf({ a: 1 }), { logLevel: 'off' }, manualPoll());
    disposables.push(client);
    const { meter, counted } = meterOf();
    recordMetrics(client, { meter });
    await client.forceRefresh();
    serve(404);
    const refreshed = client.forceRefresh();
    await clock.advance(100);
    await refreshed;
    const set = { 'feature_flag.set.id': flagSetId(client) };
    expect(counted).toEqual([
      ['configcat.client.fetches', { ...set, 'configcat.fetch.outcome': 'success' }],
      ['configcat.client.fetches', { ...set, 'configcat.fetch.outcome': 'failure', 'error.type': '1100' }],
    ]);
  });

  it('count evaluations without what is another one each time', async () => {
    const client = clientOf({ a: 1 });
    const { meter, counted } = meterOf();
    recordMetrics(client, { meter });
    client.snapshot().value('a', 'text', kate);
    await Promise.resolve();
    expect(counted).toEqual([
      [
        'configcat.client.evaluations',
        {
          'feature_flag.key': 'a',
          'feature_flag.provider.name': 'ConfigCat',
          'feature_flag.set.id': flagSetId(client),
          'feature_flag.result.reason': 'error',
          'error.type': 'type_mismatch',
        },
      ],
    ]);
  });

  it('tell age, subscriptions and role when they are collected', async () => {
    const { client, clock } = stage(configOf({ a: 1 }), { logLevel: 'off' });
    disposables.push(client);
    const { meter, read } = meterOf();
    const role$ = new BehaviorSubject('follower');
    recordMetrics(client, { meter, role$ });
    expect(read('configcat.client.config.age')).toEqual([]);
    await clock.advance(0);
    await clock.advance(2500);
    const set = { 'feature_flag.set.id': flagSetId(client) };
    expect(read('configcat.client.config.age')).toEqual([[2.5, set]]);
    const subscription = client.flag$('a', 0).subscribe();
    expect(read('configcat.client.subscribers')).toEqual([[1, set]]);
    subscription.unsubscribe();
    expect(read('configcat.client.subscribers')).toEqual([[0, set]]);
    role$.next('leader');
    expect(read('configcat.client.role')).toEqual([[1, { ...set, 'configcat.client.role': 'leader' }]]);
  });

  it('are asked for no more when the client is disposed', () => {
    const client = clientOf({ a: 1 });
    const { meter, asked } = meterOf();
    const recording = recordMetrics(client, { meter, role$: NEVER });
    expect(asked.size).toBe(3);
    client.dispose();
    expect(asked.size).toBe(0);
    expect(recording.closed).toBe(true);
  });
});

describe('a failure that an adapter reports', () => {
  it('is logged, and told as an event', () => {
    const logged: unknown[] = [];
    const client = clientOf({}, logged);
    const { values } = record(client.events$);
    const error = new Error('broken');
    reportFailure(client, 'toAmplitude', error);
    const message = 'Error occurred in the `toAmplitude` method.';
    expect(logged).toEqual([['error', 1003, message]]);
    expect(values).toContainEqual({ type: 'error', message, error });
  });
});
