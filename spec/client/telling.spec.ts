import type { Observable } from 'rxjs';
import { BehaviorSubject, distinctUntilChanged, map, switchMap } from 'rxjs';
import type { ConfigCatClient, EvaluationDetails, User } from '../../src';
import { lazyLoad, manualPoll } from '../../src';
import { createTestClient } from '../../src/testing';
import { configByUser, configOf, stage } from '../support/client';
import { record } from '../support/record';

const kate: User = { identifier: 'kate' };

/** A client that knows a config already. */
async function readyStage(config: object, options: Parameters<typeof stage>[1] = {}) {
  const staged = stage(config, options, manualPoll());
  await staged.client.forceRefresh();
  return {
    ...staged,
    change: async (next: object) => {
      staged.serve(next);
      await staged.client.forceRefresh();
    },
  };
}

describe('each answer is told once', () => {
  it('to those who subscribe because another flag of the same config has changed', async () => {
    const { client, change } = await readyStage(configOf({ a: 1, b: 1 }));
    const switched = record(client.flag$('a', 0).pipe(switchMap(() => client.flag$('b', 0))));
    const beside = record(client.flag$('b', 0));
    await change(configOf({ a: 2, b: 2 }));
    expect([switched.values, beside.values]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    client.dispose();
  });

  const shown: Readonly<Record<string, (client: ConfigCatClient, key: string) => Observable<unknown>>> = {
    flag$: (client, key) => client.flag$(key, 0),
    'flag$ of a stream of users': (client, key) => client.flag$(key, 0, new BehaviorSubject(kate)),
    'flag$ that begins with its default value': (client, key) => client.flag$(key, 1, kate, { initial: 'default' }),
    flagDetails$: (client, key) => client.flagDetails$(key, 0).pipe(map(({ value }) => value)),
    flagState$: (client, key) =>
      client.flagState$(key, 0).pipe(
        map(({ value }) => value),
        distinctUntilChanged(),
      ),
    flags$: (client, key) => client.flags$({ [key]: 0 }).pipe(map((values) => values[key])),
    allFlags$: (client, key) => client.allFlags$().pipe(map((values) => values[key])),
    snapshot$: (client, key) => client.snapshot$.pipe(map((snapshot) => snapshot.value(key, 0))),
  };
  const pairs = Object.keys(shown).flatMap((outer) => Object.keys(shown).map((inner) => [outer, inner] as const));

  it.each(pairs)(
    'by %s and, inside of it, by %s, whoever else has subscribed before or after',
    async (outer, inner) => {
      const { client, change } = await readyStage(configOf({ a: 1, b: 1, c: 1 }));
      const before = record(shown[inner]!(client, 'b'));
      const nested = record(shown[outer]!(client, 'a').pipe(switchMap(() => shown[inner]!(client, 'b'))));
      const deeper = record(
        shown[outer]!(client, 'a').pipe(
          switchMap(() => shown[inner]!(client, 'b')),
          switchMap(() => shown[inner]!(client, 'c')),
        ),
      );
      const after = record(shown[inner]!(client, 'b'));
      await change(configOf({ a: 2, b: 2, c: 2 }));
      await change(configOf({ a: 2, b: 3, c: 3 }));
      await change(configOf({ a: 4, b: 4, c: 4 }));
      expect([before, nested, deeper, after].map(({ values }) => values)).toEqual(Array(4).fill([1, 2, 3, 4]));
      client.dispose();
    },
  );

  it('to those who have subscribed inside of a default value that is shown first', async () => {
    const { client, clock, serve } = stage(configOf({ a: 1, b: 1 }), { initial: 'default' });
    const inner$ = client.snapshot$.pipe(map((snapshot) => snapshot.value('b', 0)));
    const { values } = record(client.flag$('a', 1).pipe(switchMap(() => inner$)));
    await clock.advance(1);
    serve(configOf({ a: 2, b: 2 }));
    await client.forceRefresh();
    expect(values).toEqual([1, 2]);
    client.dispose();
  });

  it('to those who subscribe because the default user has changed', async () => {
    const { client } = await readyStage(configByUser('kate'));
    const before = record(client.flag$('plan', 'b'));
    const inTable = record(client.allFlags$().pipe(switchMap(() => client.flag$('plan', 'b'))));
    const switched = record(client.flag$('plan', 'a').pipe(switchMap(() => client.flag$('plan', 'b'))));
    const after = record(client.flag$('plan', 'b'));
    client.setDefaultUser(kate);
    for (const { values } of [before, inTable, switched, after]) expect(values).toEqual(['nobody', 'KATE']);
    client.dispose();
  });

  it('to subscribers of one flag with other default values and other views', async () => {
    const { client, change } = await readyStage(configOf({ a: 1 }));
    const zero = record(client.flag$('a', 0));
    const five = record(client.flag$('a', 5));
    const details = record(client.flagDetails$('a', 0).pipe(map(({ value }) => value)));
    const seven = record(client.flag$('a', 7));
    await change(configOf({ a: 2 }));
    // Whoever stands in the middle leaves, and the others are still told.
    five.stop();
    await change(configOf({ a: 3 }));
    seven.stop();
    await change(configOf({ a: 4 }));
    expect([zero, five, details, seven].map(({ values }) => values)).toEqual([
      [1, 2, 3, 4],
      [1, 2],
      [1, 2, 3, 4],
      [1, 2, 3],
    ]);
    client.dispose();
  });
});

/** The streams that evaluate, each as the value that it shows. */
const streams: readonly (readonly [string, (client: ConfigCatClient) => Observable<unknown>])[] = [
  ['flag$', (client) => client.flag$('plan', '-')],
  ['flag$ of a stream of users', (client) => client.flag$('plan', '-', new BehaviorSubject(undefined))],
  ['flagDetails$', (client) => client.flagDetails$('plan', '-').pipe(map(({ value }) => value))],
  ['flagState$', (client) => client.flagState$('plan', '-').pipe(map(({ value }) => value))],
  ['flags$', (client) => client.flags$({ plan: '-' }).pipe(map(({ plan }) => plan))],
  ['allFlags$', (client) => client.allFlags$().pipe(map(({ plan }) => plan))],
];

/** Foreign code that an evaluation calls. */
type Place = 'getter' | 'logger' | 'events$';
const places: readonly Place[] = ['getter', 'logger', 'events$'];

/** A client whose next evaluation of `plan` calls back once, from one of these places. */
function trapped(place: Place) {
  let act: (() => void) | undefined;
  const spring = () => {
    const once = act;
    act = undefined;
    once?.();
  };
  const staged = createTestClient(
    { plan: plan('free') },
    { logLevel: 'info', logger: { log: () => place === 'logger' && spring() } },
  );
  if (place === 'events$') {
    staged.events$.subscribe(({ type }) => {
      if (type === 'flagEvaluated') spring();
    });
  }
  const nosy = () => {
    if (place === 'getter') spring();
    return 'nosy';
  };
  // Copies are read when they are evaluated only through what throws: lists keep the objects that lie in them.
  staged.setDefaultUser({ identifier: 'first', custom: { nosy: { toString: nosy } } } as unknown as User);
  return {
    client: staged,
    arm: (next: () => void) => {
      act = next;
    },
  };
}

function plan(value: string) {
  return {
    value: `${value} for nobody`,
    rules: [
      { when: [{ attribute: 'nosy', comparator: 'equals', value: 'x' }], serve: 'x' },
      { when: [{ attribute: 'Identifier', comparator: 'equals', value: 'kate' }], serve: `${value} for kate` },
    ],
  } as const;
}

describe.each(streams)('%s, while it is evaluated for the first time', (_, open) => {
  it.each(places)('follows the default user who is set from a %s', (place) => {
    const { client, arm } = trapped(place);
    arm(() => {
      client.setDefaultUser(kate);
    });
    const { values } = record(open(client));
    expect(values).toEqual(['free for kate']);
    client.dispose();
  });

  it.each(places)('follows the config that arrives in a %s', (place) => {
    const { client, arm } = trapped(place);
    arm(() => {
      client.set({ plan: plan('pro') });
    });
    const { values } = record(open(client));
    expect(values).toEqual(['pro for nobody']);
    client.set({ plan: plan('late') });
    expect(values).toEqual(['pro for nobody', 'late for nobody']);
    client.dispose();
  });

  it.each(places)('gives its last value and completes when a %s disposes the client', (place) => {
    const { client, arm } = trapped(place);
    arm(() => {
      client.dispose();
    });
    expect(record(open(client))).toMatchObject({ values: ['free for nobody'], isComplete: true });
  });

  it.each(places)('does not go on for ever when each evaluation sets another user from a %s', (place) => {
    const { client, arm } = trapped(place);
    let count = 0;
    const setAnother = () => {
      arm(setAnother);
      client.setDefaultUser({
        identifier: String(count++),
        custom: { nosy: { toString: () => (place === 'getter' ? (setAnother(), 'nosy') : 'nosy') } },
      } as unknown as User);
    };
    if (place !== 'getter') arm(setAnother);
    else
      client.setDefaultUser({ identifier: 'x', custom: { nosy: { toString: () => (setAnother(), 'nosy') } } } as never);
    const { values, stop } = record(open(client));
    expect(values.at(-1)).toBe('free for nobody');
    expect(count).toBeLessThan(100);
    stop();
    arm(() => undefined);
    client.dispose();
  });

  it.each(places)('bears that the subscriber leaves in a %s', (place) => {
    const { client, arm } = trapped(place);
    const seen: unknown[] = [];
    const other = record(open(client));
    arm(() => {
      other.stop();
    });
    open(client).subscribe((value) => seen.push(value));
    expect(seen.length).toBe(1);
    client.dispose();
  });
});

describe('after dispose()', () => {
  it('every stream of state gives its last value and completes', async () => {
    const { client } = await readyStage(configOf({ plan: 'free' }));
    client.dispose();
    for (const [, open] of streams) expect(record(open(client))).toMatchObject({ values: ['free'], isComplete: true });
    expect(record(client.keys$)).toMatchObject({ values: [['plan']], isComplete: true });
    expect(record(client.snapshot$.pipe(map((snapshot) => snapshot.keys())))).toMatchObject({
      values: [['plan']],
      isComplete: true,
    });
    expect(record(client.status$)).toMatchObject({ values: [{ isOnline: false }], isComplete: true });
    expect(record(client.ready$).isComplete).toBe(true);
    expect(record(client.changes$)).toMatchObject({ values: [], isComplete: true });
    expect(record(client.events$)).toMatchObject({ values: [], isComplete: true });
  });

  it('streams of a client that never knew a config give default values, and what they know: nothing', () => {
    const { client } = stage('silence', { logLevel: 'off' }, manualPoll());
    client.dispose();
    for (const [name, open] of streams) {
      const expected = name === 'allFlags$' ? [undefined] : ['-'];
      expect(record(open(client))).toMatchObject({ values: expected, isComplete: true });
    }
    for (const stream$ of [client.keys$, client.snapshot$]) {
      expect(record<unknown>(stream$)).toMatchObject({ values: [], isComplete: true });
    }
  });

  it.each(streams)('%s completes when a cache disposes the client that is asked', async (_, open) => {
    let act = (): void => undefined;
    const cache = {
      get: () => {
        act();
        return undefined;
      },
      set: () => undefined,
    };
    const { client } = stage(configOf({ plan: 'free' }), { cache, logLevel: 'off' }, lazyLoad());
    await client.getValue('plan', '-');
    act = () => {
      client.dispose();
    };
    const { values, isComplete } = record(open(client));
    expect([values, isComplete]).toEqual([['free'], true]);
  });
});

describe('another rule that serves the same variation', () => {
  const rules = (...identifiers: readonly string[]) => ({
    f: {
      plan: {
        t: 1,
        v: { s: 'free' },
        r: identifiers.map((id) => ({
          c: [{ u: { a: 'Identifier', c: 28, s: id } }],
          s: { v: { s: 'pro' }, i: 'id' },
        })),
      },
    },
  });
  const options = (...percentages: readonly number[]) => ({
    f: { plan: { t: 1, v: { s: 'free' }, p: percentages.map((p) => ({ p, v: { s: 'pro' }, i: 'id' })) } },
  });
  const shown = ({ matchedTargetingRule, matchedPercentageOption }: EvaluationDetails) =>
    matchedTargetingRule ? JSON.stringify(matchedTargetingRule.conditions) : matchedPercentageOption?.percentage;

  it('is told to those who see details, and to nobody else', async () => {
    const { client, change } = await readyStage(rules('kate'));
    const details = record(client.flagDetails$('plan', '', kate).pipe(map(shown)));
    const value = record(client.flag$('plan', '', kate));
    await change({
      f: {
        plan: {
          ...rules('kate').f.plan,
          r: [{ c: [{ u: { a: 'Identifier', c: 32, l: ['te'] } }], s: { v: { s: 'pro' }, i: 'id' } }],
        },
      },
    });
    await change(options(50, 50));
    await change(options(100));
    expect(details.values).toHaveLength(4);
    expect(details.values.at(-1)).toBe(100);
    expect(value.values).toEqual(['pro']);
    // The same rule in another config is no other rule.
    await change({ f: { ...options(100).f, b: { t: 0, v: { b: true } } } });
    expect(details.values).toHaveLength(4);
    client.dispose();
  });
});
