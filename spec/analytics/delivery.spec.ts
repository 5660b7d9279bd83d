import { BehaviorSubject, NEVER, Subject, VirtualTimeScheduler, throwError } from 'rxjs';
import type { ConfigCatClient, Session } from '../../src';
import { createClient, flagOverrides, session } from '../../src';
import type { DeliveryOptions, Destination, SentExposure } from '../../src/analytics';
import * as analytics from '../../src/analytics';
import type { TestClient } from '../../src/testing';
import { createTestClient } from '../../src/testing';
import { sdkKey } from '../support/client';

const { sendExposures } = analytics;
const kate = { identifier: 'kate', email: 'kate@example.com' };

const disposables: { dispose(): void }[] = [];
afterEach(() => {
  for (const client of disposables.splice(0)) client.dispose();
});

const flags = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`f${i}`, true]));

/** What a destination is sent of a client's flags, and a clock for the batches. */
function deliver(client: ConfigCatClient, options: DeliveryOptions, destination: Partial<Destination>) {
  disposables.push(client);
  const scheduler = new VirtualTimeScheduler();
  const sent: SentExposure[] = [];
  const subscription = sendExposures(
    client,
    { name: 'toTest', send: (exposure) => sent.push(exposure), ...destination },
    { scheduler, ...options },
  );
  const show = (...keys: readonly string[]) => {
    for (const key of keys) client.snapshot().value(key, null, kate);
  };
  return { scheduler, sent, subscription, show, keys: () => sent.map(({ key }) => key) };
}

/** A client whose flags `f0` to `f9` are on, and its delivery. */
function staged(options: DeliveryOptions = {}, destination: Partial<Destination> = {}) {
  const logged: string[] = [];
  const client: TestClient = createTestClient(flags, {
    logger: { log: (_, eventId, message) => logged.push(`${eventId} ${message}`) },
  });
  return { client, logged, ...deliver(client, options, destination) };
}

/** A page of a visit: all have the same SDK key. */
function pageOf(visit: Session, options: DeliveryOptions = {}, destination: Partial<Destination> = {}) {
  const overrides = { source: flagOverrides(flags), behaviour: 'local-only' as const };
  return deliver(createClient(sdkKey, { overrides }), { session: visit, batchMs: 0, ...options }, destination);
}

describe('exposures on their way', () => {
  it('wait for each other, and are sent after a second', () => {
    const { show, keys, scheduler } = staged();
    show('f0', 'f1', 'f0');
    expect(keys()).toEqual([]);
    scheduler.maxFrames = 999;
    scheduler.flush();
    expect(keys()).toEqual([]);
    scheduler.maxFrames = 1000;
    scheduler.flush();
    expect(keys()).toEqual(['f0', 'f1']);
    show('f2');
    scheduler.maxFrames = 5000;
    scheduler.flush();
    expect(keys()).toEqual(['f0', 'f1', 'f2']);
  });

  it('are sent at once when enough are there, or when none shall wait', () => {
    const few = staged({ maxBatch: 2 });
    few.show('f0', 'f1', 'f2');
    expect(few.keys()).toEqual(['f0', 'f1']);
    const none = staged({ batchMs: 0 });
    none.show('f0');
    expect(none.keys()).toEqual(['f0']);
  });

  it('that wait are sent when the subscription ends, or the client', () => {
    const first = staged();
    first.show('f0');
    first.subscription.unsubscribe();
    first.show('f1');
    expect(first.keys()).toEqual(['f0']);
    const second = staged();
    second.show('f0');
    second.client.dispose();
    expect(second.keys()).toEqual(['f0']);
  });

  it('wait for consent, and none leaves without it', () => {
    const consent$ = new Subject<boolean>();
    const { show, keys, scheduler } = staged({ consent$ });
    show('f0');
    scheduler.flush();
    expect(keys()).toEqual([]);
    consent$.next(true);
    expect(keys()).toEqual(['f0']);
    show('f1');
    consent$.next(false);
    show('f2');
    scheduler.flush();
    expect(keys()).toEqual(['f0']);
    consent$.next(true);
    scheduler.flush();
    expect(keys()).toEqual(['f0']);
    show('f0', 'f1');
    scheduler.flush();
    expect(keys()).toEqual(['f0', 'f0', 'f1']);
  });

  it.each([
    ['was never given', NEVER],
    ['cannot be had', throwError(() => new Error('broken'))],
    ['is anything but true', new BehaviorSubject('yes' as never)],
  ])('do not leave where consent %s', (_, consent$) => {
    const { show, keys, scheduler, subscription } = staged({ consent$, batchMs: 0 });
    show('f0');
    scheduler.flush();
    subscription.unsubscribe();
    expect(keys()).toEqual([]);
  });

  it('are sent once per session, and what was never sent counts for nothing', () => {
    const visit = session({ storage: 'memory' });
    const refused$ = new Subject<boolean>();
    const refused = pageOf(visit, { consent$: refused$ });
    refused.show('f0', 'f1');
    refused$.next(false);
    expect(refused.keys()).toEqual([]);
    const left = pageOf(visit, { consent$: NEVER });
    left.show('f0');
    left.subscription.unsubscribe();
    const agreed = pageOf(visit);
    agreed.show('f0', 'f0');
    expect(agreed.keys()).toEqual(['f0']);
    refused$.next(true);
    refused.show('f0', 'f1');
    expect(refused.keys()).toEqual(['f1']);
    visit.end();
    agreed.show('f0');
    expect(agreed.keys()).toEqual(['f0', 'f0']);
  });

  it('belong to the session in which they were shown, whenever they are sent', () => {
    const visit = session({ storage: 'memory' });
    const { show, keys, scheduler } = pageOf(visit, { batchMs: 1000 });
    show('f0');
    visit.end();
    scheduler.flush();
    show('f0');
    scheduler.flush();
    expect(keys()).toEqual(['f0', 'f0']);
  });

  it('are sent in a session to each destination, and told in each page to what keeps a state', () => {
    const visit = session({ storage: 'memory' });
    const pages = [{}, { name: 'toOther' }, {}, { keepsState: true }, { keepsState: true }].map((destination) =>
      pageOf(visit, {}, destination),
    );
    for (const { show } of pages) show('f0');
    expect(pages.map(({ sent }) => sent.length)).toEqual([1, 1, 0, 1, 1]);
  });

  it('that wait for consent are a thousand at most', () => {
    const consent$ = new Subject<boolean>();
    const { client, sent } = staged({ consent$ });
    for (let i = 0; i < 1002; i++) client.snapshot().value('f0', null, { identifier: String(i) });
    consent$.next(true);
    expect(sent).toHaveLength(1000);
    expect(sent[0]!.user?.identifier).toBe('2');
  });

  it('tell what keeps a state at once, and again when a value comes back', () => {
    const consent$ = new Subject<boolean>();
    const { client, show, sent, keys } = staged({ consent$ }, { keepsState: true });
    show('f0', 'f1');
    expect(keys()).toEqual([]);
    consent$.next(true);
    expect(keys()).toEqual(['f0', 'f1']);
    for (const f0 of [false, true]) {
      client.set({ f0 });
      show('f0', 'f0');
    }
    expect(sent.map(({ key, variant }) => [key, variant]).slice(2)).toEqual([
      ['f0', false],
      ['f0', true],
    ]);
  });

  it('are lost where a destination throws or rejects, which is logged once for each', async () => {
    const flushed: boolean[] = [];
    const broken = [
      () => {
        throw new Error('broken');
      },
      () => Promise.reject(new Error('broken')),
    ].map((send, i): Destination => ({ name: `to${i}`, send }));
    const good: Destination = { name: 'toGood', send: () => undefined, flush: (isLeaving) => flushed.push(isLeaving) };
    const { client, show, logged } = staged();
    sendExposures(client, [...broken, good], { batchMs: 0 });
    show('f0', 'f1');
    await new Promise(setImmediate);
    expect(logged).toEqual([0, 1].map((i) => `1003 Error occurred in the \`to${i}\` method.`));
    expect(flushed).toEqual([false, false]);
  });

  it('have the value, and for long texts what stands for it', () => {
    const { client, sent } = staged({ batchMs: 0 });
    const long = 'x'.repeat(101);
    const values = { short: 'x'.repeat(100), long, named: { value: long, variationId: 'v-long' }, number: 1.5 };
    client.set(values);
    for (const key of Object.keys(values)) client.snapshot().value(key, null);
    expect(sent.map(({ variant }) => variant)).toEqual([values.short, values.short, 'v-long', 1.5]);
  });

  it('have what a function makes of them', () => {
    const { show, sent } = staged({ batchMs: 0, variantOf: ({ key, value }) => `${key} ${String(value)}` });
    show('f0');
    expect(sent.map(({ variant }) => variant)).toEqual(['f0 true']);
  });

  it.each<[unknown, object, string]>([
    [{}, {}, 'Invalid property `destinations`.'],
    [[{ send: jest.fn() }, undefined], {}, 'destinations'],
    [[], { consent$: true }, 'Invalid property `options.consent$`.'],
    [[], { batchMs: -1 }, 'Invalid property `options.batchMs`.'],
    [[], { maxBatch: 0 }, 'Invalid property `options.maxBatch`.'],
  ])('need arguments that make sense, unlike %j with %j', (destinations, options, message) => {
    const client = createTestClient({});
    disposables.push(client);
    expect(() => sendExposures(client, destinations as Destination, options)).toThrow(
      message.replace('property `destinations`', 'argument `destinations`'),
    );
  });
});

describe('what vendors are told', () => {
  const exposure: SentExposure = {
    key: 'plan',
    variationId: 'v-pro',
    user: kate,
    variant: 'pro',
    time: new Date(1000),
    isLeaving: false,
  };
  const leaving = { ...exposure, isLeaving: true };

  it('by Amplitude and Mixpanel and PostHog goes by beacon when the page is left, and otherwise as they please', () => {
    const transports: string[] = [];
    const amplitude = {
      track: jest.fn(),
      flush: () => transports.push('flush'),
      setTransport: (how: string) => transports.push(how),
    };
    const destination = analytics.toAmplitude(amplitude);
    destination.send(exposure);
    destination.flush!(false);
    destination.send(leaving);
    destination.flush!(true);
    destination.send(exposure);
    expect(transports).toEqual(['beacon', 'flush', 'fetch']);
    expect(amplitude.track).toHaveBeenLastCalledWith(
      '$exposure',
      { flag_key: 'plan', variant: 'pro', variation_id: 'v-pro' },
      { time: 1000 },
    );
    const track = jest.fn();
    for (const each of [exposure, leaving]) analytics.toMixpanel({ track }).send(each);
    expect(track.mock.calls.map((call: unknown[]) => call[2])).toEqual([undefined, { transport: 'sendBeacon' }]);
    const capture = jest.fn();
    for (const each of [exposure, leaving]) analytics.toPostHog({ capture }).send(each);
    expect(capture.mock.calls.map((call: unknown[]) => call[2])).toEqual([
      { timestamp: exposure.time },
      { timestamp: exposure.time, transport: 'sendBeacon' },
    ]);
  });

  it('on servers names the user, and is nothing without one', () => {
    const track = jest.fn();
    const capture = jest.fn();
    const isServer = true;
    const destinations = [
      analytics.toSegment({ track }, { isServer }),
      analytics.toAmplitude({ track }, { isServer }),
      analytics.toMixpanel({ track }, { isServer }),
      analytics.toPostHog({ capture }, { isServer }),
    ];
    for (const destination of destinations) {
      destination.send({ ...exposure, user: undefined });
      destination.send({ ...exposure, user: { identifier: '' } });
      destination.send(exposure);
    }
    const calls = [track, capture].flatMap(({ mock }): unknown[] => mock.calls).map((call) => JSON.stringify(call));
    expect(calls).toHaveLength(4);
    for (const call of calls) {
      expect(call).toContain('"kate"');
      expect(call).not.toContain('example.com');
    }
  });

  it('in pages does not name the user, whom the vendor knows by a name of its own', () => {
    const track = jest.fn();
    const capture = jest.fn();
    const gtag = jest.fn();
    for (const destination of [
      analytics.toSegment({ track }),
      analytics.toAmplitude({ track }),
      analytics.toMixpanel({ track }),
      analytics.toPostHog({ capture }),
      analytics.toGoogleAnalytics(gtag),
    ]) {
      destination.send(exposure);
    }
    const calls = [track, capture, gtag].flatMap(({ mock }): unknown[] => mock.calls);
    expect(calls).toHaveLength(5);
    expect(JSON.stringify(calls)).not.toContain('kate');
  });

  it('of flags is what is taken as a name', () => {
    const addFeatureFlagEvaluation = jest.fn();
    analytics.toDatadog({ addFeatureFlagEvaluation }).send({ ...exposure, key: 'a.b:c d-e(f)"g"' });
    expect(addFeatureFlagEvaluation.mock.calls).toEqual([['a_b_c_d_e_f__g_', 'pro']]);
    const addFeatureFlag = jest.fn();
    analytics.toSentry({ addFeatureFlag }).send({ ...exposure, variant: true });
    expect(addFeatureFlag.mock.calls).toEqual([['plan', true]]);
  });
});
