import * as fc from 'fast-check';
import type { Subscription } from 'rxjs';
import { BehaviorSubject, Subject, map, tap } from 'rxjs';
import type { ClientEvent, User } from '../../src';
import { manualPoll } from '../../src';
import { createTestClient } from '../../src/testing';
import { formOf } from '../../src/model/user-copy';
import { configByUser, configOf, stage } from '../support/client';
import { record } from '../support/record';

const kate: User = { identifier: 'kate', custom: { seats: 5, since: new Date(0) } };

/** A client that knows a config already, and what it evaluates from then on. */
async function readyStage(config: object) {
  const staged = stage(config, {}, manualPoll());
  await staged.client.forceRefresh();
  const evaluated: string[] = [];
  staged.client.events$.subscribe((event: ClientEvent) => {
    if (event.type === 'flagEvaluated') evaluated.push(event.details.key);
  });
  const change = async (next: object) => {
    staged.serve(next);
    await staged.client.forceRefresh();
  };
  return { ...staged, evaluated, change };
}

describe('the fan-out', () => {
  it('evaluates only the settings that a config changes', async () => {
    const { client, evaluated, change } = await readyStage(configOf({ a: 1, b: 1, c: 1 }));
    const [a, b] = [record(client.flag$('a', 0)), record(client.flag$('b', 0))];
    evaluated.length = 0;
    await change(configOf({ a: 2, b: 1, c: 2 }));
    expect(evaluated).toEqual(['a']);
    expect([a.values, b.values]).toEqual([[1, 2], [1]]);
    await change(configOf({ a: 2, b: 2, c: 2 }));
    expect(evaluated).toEqual(['a', 'b']);
    client.dispose();
  });

  it.each(['values first', 'details first'])(
    'gives values and details of one flag to who asks for each: %s',
    async (order) => {
      const { client, change } = await readyStage(configOf({ a: 1 }));
      const follow = [
        () => record(client.flag$('a', 0, kate)),
        () => record(client.flagDetails$('a', 0, kate).pipe(map(({ key, value }) => ({ key, value })))),
      ];
      if (order === 'details first') follow.reverse();
      const records = follow.map((start) => start());
      await change(configOf({ a: 2 }));
      const values = [1, 2];
      const details = values.map((value) => ({ key: 'a', value }));
      const expected: unknown[] = [values, details];
      if (order === 'details first') expected.reverse();
      expect(records.map((each) => each.values)).toEqual(expected);
      client.dispose();
    },
  );

  it('evaluates nothing for who has left, wherever they stood among those with other default values', async () => {
    for (const leaving of [0, 1, 2]) {
      const { client, evaluated, change } = await readyStage(configOf({ a: 1 }));
      const records = [0, 1, 2].map((fallback) => record(client.flag$('a', fallback, kate)));
      records[leaving]!.stop();
      evaluated.length = 0;
      await change(configOf({ a: 2 }));
      expect(evaluated).toEqual(['a', 'a']);
      expect(records.map(({ values }) => values.length)).toEqual([0, 1, 2].map((i) => (i === leaving ? 1 : 2)));
      client.dispose();
    }
  });

  it('evaluates nothing for users who are the same, and of a default user nobody who has another', async () => {
    const { client, evaluated } = await readyStage(configByUser('kate'));
    const user$ = new BehaviorSubject<User | undefined>(kate);
    record(client.flag$('plan', '', user$));
    record(client.flag$('plan', '', { identifier: 'eve' }));
    const byDefault = record(client.flag$('plan', ''));
    client.setDefaultUser({ identifier: 'ben' });
    evaluated.length = 0;
    user$.next({ ...kate });
    client.setDefaultUser({ identifier: 'ben' });
    expect(evaluated).toEqual([]);
    client.setDefaultUser(kate);
    expect([evaluated, byDefault.values]).toEqual([['plan'], ['nobody', 'KATE']]);
    client.dispose();
  });

  it('tells who follows a flag that there is not when a config is known, which has it neither', async () => {
    const { client } = stage(configOf({ a: 1 }), { logLevel: 'off' }, manualPoll());
    const { values } = record(client.flagDetails$('missing', 0).pipe(map(({ errorCode }) => errorCode)));
    await client.forceRefresh();
    expect(values).toEqual([1000, 1001]);
    client.dispose();
  });

  it('evaluates nothing when nothing new comes, whether a config is known or not', async () => {
    for (const [first, later] of [
      [configOf({ a: 1 }), 404],
      [configOf({ a: 1 }), 304],
      [404, 404],
    ] as const) {
      const { client, serve, log } = stage(first, { logLevel: 'error' }, manualPoll());
      const refresh = () => client.forceRefresh();
      client.setOffline();
      client.setOnline();
      record(client.flag$('a', 0));
      record(client.flagDetails$('a', 0));
      record(client.flags$({ a: 0 }));
      if (first !== 404) await refresh();
      const evaluated: string[] = [];
      client.events$.subscribe(({ type }) => type === 'flagEvaluated' && evaluated.push(type));
      serve(later);
      log.length = 0;
      client.setOffline();
      client.setOnline();
      await refresh();
      expect([evaluated, log.filter((line) => !line.includes(' 1100 '))]).toEqual([[], []]);
      client.dispose();
    }
  });

  it('is silent to who follows details that stay as they are, though the flag is another one', async () => {
    const { client, change } = await readyStage(configByUser('kate', 'leo'));
    const { values } = record(client.flagDetails$('plan', '', { identifier: 'kate' }));
    await change(configByUser('kate', 'ben'));
    await change(configByUser('kate'));
    expect(values.map(({ value }) => value)).toEqual(['KATE']);
    client.dispose();
  });

  it('gives whoever comes later the time of the latest config, and does not tell the others of it', async () => {
    const { client, clock, change } = await readyStage(configOf({ a: 1, b: 1 }));
    const early = record(client.flagDetails$('a', 0));
    await clock.advance(1000);
    await change(configOf({ a: 1, b: 2 }));
    const late = record(client.flagDetails$('a', 0));
    const later = record(client.flagDetails$('a', 0));
    const times = [early, late, later].map(({ values }) => values.map(({ fetchedAt }) => fetchedAt?.getTime()));
    expect(times).toEqual([[0], [1000], [1000]]);
    client.dispose();
  });

  it('evaluates once for all who ask the same for equal users', async () => {
    const { client, evaluated, change } = await readyStage(configByUser('kate'));
    const equal = { ...kate, custom: { since: new Date(0), seats: 5 } };
    const records = [kate, equal, { ...equal }].map((user) => record(client.flag$('plan', '', user)));
    const other = record(client.flag$('plan', 'other default', kate));
    expect(evaluated).toEqual(['plan', 'plan']);
    await change(configByUser('ben'));
    expect(evaluated).toHaveLength(4);
    for (const { values } of [...records, other]) expect(values).toEqual(['KATE', 'nobody']);
    client.dispose();
  });

  it('evaluates once for all who ask the same for equal users, whoever else comes and goes', async () => {
    const crowd = { identifier: 'anonymous', email: 'a@example.com' };
    const users: readonly (User | undefined)[] = [
      undefined,
      { identifier: 'anonymous' },
      crowd,
      { ...crowd, country: 'AT' },
      { email: 'a@example.com' } as User,
      { identifier: 5 } as unknown as User,
      { identifier: '' },
      // Whatever a user is called, it is nobody else.
      { identifier: formOf(crowd) },
      { identifier: `0;value;1:x;${formOf(crowd)}` },
    ];
    const defaults = ['x', 'y'];
    const { client, evaluated, change } = await readyStage(configOf({ a: 0 }));
    let revision = 0;
    const question = fc.tuple(fc.nat(users.length - 1), fc.nat(defaults.length - 1), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(question, { maxLength: 12 }), async (questions) => {
        const present: (readonly [string, Subscription])[] = [];
        for (const asked of questions) {
          const [user, fallback, isLeaving] = asked;
          if (isLeaving) present.shift()?.[1].unsubscribe();
          const copy = users[user] && { ...users[user] };
          const asks = client.flag$('a', defaults[fallback]!, copy).subscribe();
          present.push([`${user} ${fallback}`, asks]);
          evaluated.length = 0;
          await change(configOf({ a: ++revision }));
          expect(evaluated).toHaveLength(new Set(present.map(([name]) => name)).size);
        }
        for (const [, subscription] of present) subscription.unsubscribe();
      }),
    );
    client.dispose();
  });

  it('tells those who are left when others leave, and holds nobody when all have left', async () => {
    const { client, evaluated, change } = await readyStage(configOf({ a: 1 }));
    const users = [undefined, kate, { ...kate }, { identifier: 'kate' }];
    const subscriptions = users.map((user) => client.flag$('a', 0, user).subscribe());
    const last = record(client.flag$('a', 0, { identifier: 'kate' }));
    subscriptions.forEach((subscription) => {
      subscription.unsubscribe();
    });
    evaluated.length = 0;
    await change(configOf({ a: 2 }));
    expect([evaluated, last.values]).toEqual([['a'], [1, 2]]);
    last.stop();
    await change(configOf({ a: 3 }));
    expect(evaluated).toEqual(['a']);
    client.dispose();
  });

  it('tells who is left in the order of subscription, in whatever order the others leave and come back', () => {
    const ids = [0, 1, 2, 3, 4];
    const client = createTestClient({ a: 0 }, { logLevel: 'off' });
    let value = 0;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ids), { maxLength: 20 }), (toggled) => {
        const told: number[] = [];
        const present = new Map<number, Subscription>();
        for (const id of [...ids, ...toggled]) {
          const subscription = present.get(id);
          subscription?.unsubscribe();
          if (!present.delete(id)) {
            present.set(
              id,
              client.flag$('a', 0).subscribe(() => told.push(id)),
            );
          }
          told.length = 0;
          client.set({ a: ++value });
          expect(told).toEqual([...present.keys()]);
        }
        for (const subscription of present.values()) subscription.unsubscribe();
      }),
    );
    client.dispose();
  });

  it('has every answer up to date before it tells anybody', async () => {
    const { client, change } = await readyStage(configOf({ a: 1, b: 1 }));
    const seen: unknown[] = [];
    client.flag$('a', 0).subscribe(() => seen.push(...record(client.flag$('b', 0)).values));
    client.flag$('b', 0).subscribe();
    await change(configOf({ a: 2, b: 2 }));
    expect(seen).toEqual([1, 2]);
    client.dispose();
  });

  it('tells in the order of subscription, also who comes and goes while others are told', async () => {
    const { client, change } = await readyStage(configOf({ a: 1 }));
    const told: string[] = [];
    const flag$ = client.flag$('a', 0);
    const second = new Subject<void>();
    flag$.subscribe((value) => {
      told.push(`first ${value}`);
      if (value === 2) {
        second.next();
        record(flag$.pipe(tap((late) => told.push(`late ${late}`))));
      }
    });
    const leaving = flag$.subscribe((value) => told.push(`second ${value}`));
    second.subscribe(() => {
      leaving.unsubscribe();
    });
    flag$.subscribe((value) => told.push(`third ${value}`));
    told.length = 0;
    await change(configOf({ a: 2 }));
    expect(told).toEqual(['first 2', 'late 2', 'third 2']);
    client.dispose();
  });

  it('follows the default user, one answer per user that makes a difference', async () => {
    const { client } = await readyStage(configByUser('kate', 'ben'));
    const { values } = record(client.flag$('plan', ''));
    client.setDefaultUser(kate);
    client.setDefaultUser({ ...kate });
    client.setDefaultUser({ identifier: 'ben' });
    client.clearDefaultUser();
    expect(values).toEqual(['nobody', 'KATE', 'BEN', 'nobody']);
    client.dispose();
  });

  it('never shows the old user’s value once the new user is known', async () => {
    const { client, change } = await readyStage(configByUser('kate', 'ben'));
    const user$ = new BehaviorSubject<User | undefined>(kate);
    const pairs: unknown[] = [];
    client
      .flag$('plan', '', user$)
      .pipe(map((plan) => [user$.value?.identifier, plan]))
      .subscribe((pair) => pairs.push(pair));
    user$.next({ identifier: 'ben' });
    await change(configByUser('ben'));
    user$.next(kate);
    expect(pairs).toEqual([
      ['kate', 'KATE'],
      ['ben', 'BEN'],
      ['kate', 'nobody'],
    ]);
    client.dispose();
  });

  it('completes everybody with the client', async () => {
    const { client } = await readyStage(configOf({ a: 1 }));
    const records = [undefined, kate, new Subject<User>()].map((user) => record(client.flag$('a', 0, user)));
    client.dispose();
    expect(records.map(({ isComplete }) => isComplete)).toEqual([true, true, true]);
  });
});
