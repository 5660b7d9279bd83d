import * as fc from 'fast-check';
import type { Observable } from 'rxjs';
import { BehaviorSubject, switchMap, tap } from 'rxjs';
import type { ClientOptions, User } from '../../src';
import { createClient, inSlices, manualPoll } from '../../src';
import { createCore, flag$, manualPoll as manual } from '../../src/functions';
import { configByUser, configOf, sdkKey, stage } from '../support/client';
import { record } from '../support/record';
import { createVirtualClock } from '../support/virtual-time';

const keys = ['a', 'b', 'c', 'd'] as const;
const allOf = (value: number) => configOf(Object.fromEntries(keys.map((key) => [key, value])));

/** A client that knows a config in which all flags are 1, and whose subscribers each take a millisecond. */
async function slicedStage(sliceMs = 2, config = allOf(1), options: ClientOptions = {}) {
  const staged = stage(config, { delivery: inSlices({ sliceMs }), ...options }, manualPoll());
  const { client, clock, serve } = staged;
  await client.forceRefresh();
  const order: string[] = [];
  const follow = <T>(name: string, stream$: Observable<T>) =>
    record(
      stream$.pipe(
        tap(() => {
          order.push(name);
          clock.scheduler.frame += 1;
        }),
      ),
    );
  return {
    ...staged,
    order,
    follow,
    change: async (next: object) => {
      order.length = 0;
      serve(next);
      await client.forceRefresh();
    },
    /** Lets all slices have their turn. */
    rest: () => clock.advance(1000),
  };
}

describe('delivery in slices', () => {
  it('tells as many as fit into one slice, and the others later', async () => {
    const { client, follow, change, rest } = await slicedStage();
    const all = Array.from({ length: 6 }, (_, i) => follow(`${i}`, client.flag$('a', 0)));
    await change(allOf(2));
    expect(all.map(({ values }) => values.length)).toEqual([2, 2, 1, 1, 1, 1]);
    await rest();
    expect(all.map(({ values }) => values)).toEqual(Array(6).fill([1, 2]));
    client.dispose();
  });

  it('lets timers have their turn between two slices', async () => {
    const { client, follow, change, rest, clock, order } = await slicedStage();
    for (let i = 0; i < 4; i++) follow(`${i}`, client.flag$('a', 0));
    await change(allOf(2));
    clock.scheduler.schedule(() => order.push('timer'));
    await rest();
    expect(order).toEqual(['0', '1', '2', '3', 'timer']);
    order.length = 0;
    clock.scheduler.schedule(() => order.push('timer'));
    await change(allOf(3));
    await rest();
    expect(order).toEqual(['0', '1', 'timer', '2', '3']);
    client.dispose();
  });

  it('gives snapshots, reads and new subscribers the new config meanwhile, and tells the new ones nothing again', async () => {
    const { client, follow, change, rest } = await slicedStage();
    const old = Array.from({ length: 4 }, (_, i) => follow(`${i}`, client.flag$('a', 0)));
    await change(allOf(2));
    const fresh = [client.flag$('a', 0), client.flag$('b', 0), client.flags$({ a: 0, b: 0 })].map((stream$) =>
      record<unknown>(stream$),
    );
    expect(client.snapshot().value('a', 0)).toBe(2);
    expect(await client.getValue('a', 0)).toBe(2);
    await rest();
    expect(fresh.map(({ values }) => values)).toEqual([[2], [2], [{ a: 2, b: 2 }]]);
    expect(old.map(({ values }) => values)).toEqual(Array(4).fill([1, 2]));
    client.dispose();
  });

  it('lets a newer config take the place of what has not been told', async () => {
    const { client, follow, change, rest } = await slicedStage();
    const all = Array.from({ length: 6 }, (_, i) => follow(`${i}`, client.flag$('a', 0)));
    await change(allOf(2));
    await change(allOf(3));
    await rest();
    expect(all.map(({ values }) => values)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [1, 3],
      [1, 3],
      [1, 3],
      [1, 3],
    ]);
    client.dispose();
  });

  it('tells nothing to those who have been told nothing else in between', async () => {
    const { client, follow, change, rest } = await slicedStage();
    const all = Array.from({ length: 4 }, (_, i) => follow(`${i}`, client.flag$('a', 0)));
    await change(allOf(2));
    await change(allOf(1));
    await rest();
    expect(all.map(({ values }) => values)).toEqual([[1, 2, 1], [1, 2, 1], [1], [1]]);
    client.dispose();
  });

  it('does not evaluate before it is needed', async () => {
    const users = Array.from({ length: 5 }, (_, i): User => ({ identifier: `${i}` }));
    const { client, follow, change, rest } = await slicedStage(1, configByUser('kate'));
    users.forEach((user, i) => follow(`${i}`, client.flag$('plan', '', user)));
    const evaluated: unknown[] = [];
    client.events$.subscribe((event) => {
      if (event.type === 'flagEvaluated') evaluated.push(event.details.value);
    });
    await change(configByUser('0', '1', '2', '3', '4'));
    expect(evaluated).toEqual(['0']);
    // Who comes meanwhile has the answer, and has brought it up to date for the others.
    const late = record(client.flag$('plan', '', users[3]));
    expect([evaluated, late.values]).toEqual([['0', '3'], ['3']]);
    await rest();
    expect(evaluated).toEqual(['0', '3', '1', '2', '4']);
    client.dispose();
  });

  it('never shows a mixed config in one stream', async () => {
    const { client, follow, change, rest } = await slicedStage(1);
    const seen = [
      follow('flags', client.flags$({ a: 0, b: 0, c: 0 })),
      follow('all', client.allFlags$()),
      follow('flags too', client.flags$({ a: 0, d: 0 })),
    ];
    for (let i = 2; i < 6; i++) await change(allOf(i));
    await rest();
    for (const { values } of seen) {
      for (const value of values as object[]) expect(new Set(Object.values(value)).size).toBe(1);
      expect(Object.values(values.at(-1)!)[0]).toBe(5);
    }
    client.dispose();
  });

  it('tells those first inside of whom others have subscribed', async () => {
    const { client, follow, change, rest } = await slicedStage(1);
    const inner$ = client.flag$('b', 0);
    const beside = follow('beside', inner$);
    const nested = follow('nested', client.flag$('a', 0).pipe(switchMap(() => inner$)));
    await change(allOf(2));
    await change(allOf(3));
    await rest();
    expect([beside.values.at(-1), nested.values.at(-1)]).toEqual([3, 3]);
    expect(nested.values).toEqual([...new Set(nested.values)]);
    client.dispose();
  });

  it('tells the rest when the client is disposed of', async () => {
    const { client, follow, change, rest } = await slicedStage(1);
    const all = Array.from({ length: 4 }, (_, i) => follow(`${i}`, client.flag$('a', 0)));
    const details = follow('details', client.flagDetails$('a', 0));
    await change(allOf(2));
    client.dispose();
    expect(all.map(({ values, isComplete }) => [values, isComplete])).toEqual(Array(4).fill([[1, 2], true]));
    expect(details.values.map(({ value }) => value)).toEqual([1, 2]);
    const told = all.map(({ values }) => values.length);
    await rest();
    expect(all.map(({ values }) => values.length)).toEqual(told);
  });

  it('tells the rest though a subscriber disposes of the client in its turn', async () => {
    const { client, follow, change } = await slicedStage(1);
    const first = client.flag$('a', 0).subscribe((value) => {
      if (value === 2) client.dispose();
    });
    const all = Array.from({ length: 3 }, (_, i) => follow(`${i}`, client.flag$('a', 0)));
    await change(allOf(2));
    expect(first.closed).toBe(true);
    expect(all.map(({ values, isComplete }) => [values, isComplete])).toEqual(Array(3).fill([[1, 2], true]));
  });

  it('forgets those who leave before their turn', async () => {
    const { client, change, rest, clock } = await slicedStage(1);
    const values: number[] = [];
    const first = client.flag$('a', 0).subscribe(() => {
      clock.scheduler.frame += 1;
    });
    const second = client.flag$('a', 0).subscribe((value) => values.push(value));
    await change(allOf(2));
    second.unsubscribe();
    await rest();
    expect(values).toEqual([1]);
    first.unsubscribe();
    client.dispose();
  });

  it('follows the default user, and a change of it in the middle of a slice', async () => {
    const { client, follow, change, rest } = await slicedStage(1, configByUser('kate', 'ben'), {
      defaultUser: { identifier: 'kate' },
    });
    const all = Array.from({ length: 3 }, (_, i) => follow(`${i}`, client.flag$('plan', '')));
    client.setDefaultUser({ identifier: 'ben' });
    expect(client.snapshot().value('plan', '')).toBe('BEN');
    const switching = client.flag$('plan', '').subscribe((plan) => {
      if (plan === 'nobody') client.setDefaultUser({ identifier: 'kate' });
    });
    await rest();
    expect(all.map(({ values }) => values)).toEqual(Array(3).fill(['KATE', 'BEN']));
    await change(configByUser('kate'));
    await rest();
    expect(all.map(({ values }) => values.at(-1))).toEqual(['KATE', 'KATE', 'KATE']);
    switching.unsubscribe();
    client.dispose();
  });

  it('goes on though the clock is set back', async () => {
    const { client, change, rest, clock } = await slicedStage(5);
    clock.scheduler.frame = 1000;
    const values: number[] = [];
    for (let i = 0; i < 4; i++) {
      client.flag$('a', 0).subscribe((value) => {
        values.push(value);
        clock.scheduler.frame -= 100;
      });
    }
    await change(allOf(2));
    expect(values).toEqual([1, 1, 1, 1, 2]);
    await rest();
    expect(values).toEqual([1, 1, 1, 1, 2, 2, 2, 2]);
    client.dispose();
  });

  it('is there for a core as well', async () => {
    const clock = createVirtualClock();
    let version = 0;
    const core = createCore(sdkKey, {
      polling: manual(),
      delivery: inSlices({ sliceMs: 1 }),
      scheduler: clock.scheduler,
      fetch: () =>
        Promise.resolve({
          status: 200,
          statusText: '',
          headers: { get: () => null },
          text: () => Promise.resolve(JSON.stringify(allOf(++version))),
        }),
    });
    await core.refresh();
    const values: number[] = [];
    for (let i = 0; i < 3; i++) {
      flag$(core, 'a', 0).subscribe((value) => {
        values.push(value);
        clock.scheduler.frame += 1;
      });
    }
    await core.refresh();
    expect(values).toEqual([1, 1, 1, 2]);
    await clock.advance(100);
    expect(values).toEqual([1, 1, 1, 2, 2, 2]);
    core.dispose();
  });

  it('tells all at once where time is virtual and nobody lets it pass', async () => {
    const { client, serve } = stage(allOf(1), { delivery: inSlices() }, manualPoll());
    await client.forceRefresh();
    const all = Array.from({ length: 50 }, () => record(client.flag$('a', 0)));
    serve(allOf(2));
    await client.forceRefresh();
    expect(all.map(({ values }) => values)).toEqual(Array(50).fill([1, 2]));
    client.dispose();
  });

  it.each([
    ['a length of nothing', () => inSlices({ sliceMs: 0 }), /options\.sliceMs/],
    ['a length that is no number', () => inSlices({ sliceMs: '5' as never }), /options\.sliceMs/],
    ['a length in place of options', () => inSlices(5 as never), /options/],
    ['an option that is not there', () => inSlices({ sliceSeconds: 5 } as never), /sliceSeconds/],
    [
      'another delivery',
      () => createClient(sdkKey, { delivery: {} as never, polling: manualPoll() }),
      /options\.delivery/,
    ],
  ])('refuses %s', (_, act, culprit) => {
    expect(act).toThrow(culprit);
  });

  it('holds for all sequences of configs, users, subscribers and slices', async () => {
    type Act =
      | readonly ['config', number, number]
      | readonly ['user', number]
      | readonly ['enter', number, number]
      | readonly ['leave', number]
      | readonly ['slice'];
    const act = fc.oneof(
      fc.tuple(fc.constant('config' as const), fc.nat(2), fc.nat(2)),
      fc.tuple(fc.constant('user' as const), fc.nat(2)),
      fc.tuple(fc.constant('enter' as const), fc.nat(3), fc.nat(2)),
      fc.tuple(fc.constant('leave' as const), fc.nat(20)),
      fc.tuple(fc.constant('slice' as const)),
    ) as fc.Arbitrary<Act>;
    const users = ['kate', 'ben', 'ann'].map((identifier): User => ({ identifier }));
    // Flags `a` and `b` change together; `plan` depends on the user.
    const configOfAct = (value: number, place: number) => {
      const { f: flags } = configOf({ a: value, b: value }) as { f: object };
      const { f: plan } = configByUser(...users.slice(place).map(({ identifier }) => identifier)) as { f: object };
      return { f: { ...flags, ...plan } };
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { minLength: 5, maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        async (acts, sliceMs) => {
          const { client, change, rest, follow, clock } = await slicedStage(sliceMs, configOfAct(0, 0));
          const user$ = new BehaviorSubject<User | undefined>(users[0]);
          const streams: (() => Observable<unknown>)[] = [
            () => client.flag$('a', -1),
            () => client.flag$('plan', ''),
            () => client.flags$({ a: -1, b: -1 }),
            () => client.flag$('a', -1).pipe(switchMap(() => client.flag$('plan', '', user$))),
          ];
          const latest = [
            () => client.snapshot().value('a', -1),
            () => client.snapshot().value('plan', ''),
            () => ({ a: client.snapshot().value('a', -1), b: client.snapshot().value('b', -1) }),
            () => client.snapshot().value('plan', '', user$.value),
          ];
          const members: { kind: number; values: unknown[]; stop: () => void; isGone: boolean }[] = [];
          for (const [name, first = 0, second = 0] of acts) {
            if (name === 'config') await change(configOfAct(first, second));
            else if (name === 'user') {
              client.setDefaultUser(users[first]!);
              user$.next(users[first]);
            } else if (name === 'enter') {
              const { values, stop } = follow('', streams[first]!());
              // Whoever comes is given the newest answer.
              expect(values.at(-1)).toEqual(latest[first]!());
              members.push({ kind: first, values, stop, isGone: false });
            } else if (name === 'leave') {
              const member = members[first];
              member?.stop();
              if (member) member.isGone = true;
            } else await clock.advance(1);
          }
          await rest();
          for (const { kind, values, isGone } of members) {
            if (!isGone) expect(values.at(-1)).toEqual(latest[kind]!());
            // Nothing is said twice, but by the stream of streams, whose inner one begins anew.
            if (kind !== 3)
              values.forEach((value, i) =>
                expect(i > 0 && JSON.stringify(value) === JSON.stringify(values[i - 1])).toBe(false),
              );
            if (kind === 2) for (const { a, b } of values as { a: number; b: number }[]) expect(a).toBe(b);
          }
          client.dispose();
        },
      ),
      { numRuns: 150 },
    );
  });
});
