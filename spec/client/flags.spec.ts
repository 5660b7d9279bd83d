import { Subject, combineLatest } from 'rxjs';
import type { CommonOptions, ConfigChange, User } from '../../src';
import { lazyLoad, manualPoll } from '../../src';
import { configByUser, configOf, stage } from '../support/client';
import { record } from '../support/record';

const kate: User = { identifier: 'kate' };

async function readyStage(config: object, options: CommonOptions = {}) {
  const staged = stage(config, options, manualPoll());
  await staged.client.forceRefresh();
  const change = async (next: object) => {
    staged.serve(next);
    await staged.client.forceRefresh();
  };
  return { ...staged, change };
}

describe('flags$', () => {
  it('emits one state per config where combined flags show a mixed one', async () => {
    const { client, change } = await readyStage(configOf({ a: 1, b: 1 }));
    const together = record(client.flags$({ a: 0, b: 0 }));
    const combined = record(combineLatest({ a: client.flag$('a', 0), b: client.flag$('b', 0) }));
    await change(configOf({ a: 2, b: 2 }));
    expect(together.values).toEqual([
      { a: 1, b: 1 },
      { a: 2, b: 2 },
    ]);
    expect(combined.values).toContainEqual({ a: 2, b: 1 });
    client.dispose();
    expect(together.isComplete).toBe(true);
  });

  it('evaluates and emits nothing for a config that changes other flags only', async () => {
    const { client, change } = await readyStage(configOf({ a: 1, b: 1, c: 1 }));
    const { values } = record(client.flags$({ a: 0, b: 0 }));
    let evaluated = 0;
    client.events$.subscribe(({ type }) => (evaluated += type === 'flagEvaluated' ? 1 : 0));
    await change(configOf({ a: 1, b: 1, c: 2 }));
    expect([values.length, evaluated]).toEqual([1, 0]);
    client.dispose();
  });

  it('follows users, each with all of his values', async () => {
    const { client } = await readyStage(configByUser('kate', 'ben'));
    const user$ = new Subject<User | undefined>();
    const { values } = record(client.flags$({ plan: '', missing: 'default' }, user$));
    const byDefault = record(client.flags$({ plan: '' }));
    client.setDefaultUser({ identifier: 'ben' });
    user$.next(kate);
    user$.next({ ...kate });
    user$.next(undefined);
    expect(values.map(({ plan }) => plan)).toEqual(['KATE', 'BEN']);
    expect(values.every(({ missing }) => missing === 'default')).toBe(true);
    expect(byDefault.values).toEqual([{ plan: 'nobody' }, { plan: 'BEN' }]);
    client.dispose();
  });

  it('gives all flags, and the same object while nothing differs', async () => {
    const { client, change } = await readyStage(configOf({ a: 1, b: 'x' }));
    const { values } = record(client.allFlags$());
    await change({ ...configOf({ b: 'x', a: 1 }), p: { u: 'https://elsewhere.example', r: 0 } });
    await change(configOf({ a: 1, b: 'y' }));
    expect(values).toEqual([
      { a: 1, b: 'x' },
      { a: 1, b: 'y' },
    ]);
    const late = record(client.allFlags$());
    expect(late.values[0]).toEqual(values[1]);
    client.dispose();
  });

  it.each([
    ['is added', { a: 1, b: 'x', c: 2 }],
    ['is removed', { a: 1 }],
    ['has another name', { a: 1, d: 'x' }],
  ])('emits all flags when one %s and all others stay', async (_, next) => {
    const { client, change } = await readyStage(configOf({ a: 1, b: 'x' }));
    const { values } = record(client.allFlags$());
    await change(configOf(next));
    expect(values).toEqual([{ a: 1, b: 'x' }, next]);
    client.dispose();
  });

  it('waits for the first config like a single flag, or shows the defaults first', async () => {
    const options = [{}, { initial: 'default' }] as const;
    for (const [i, given] of options.entries()) {
      const { client, clock } = stage(configOf({ a: 1 }), given, lazyLoad());
      const { values } = record(client.flags$({ a: 0 }));
      expect(values).toEqual(i === 0 ? [] : [{ a: 0 }]);
      await clock.advance(1);
      expect(values.at(-1)).toEqual({ a: 1 });
      client.dispose();
    }
  });

  it('takes what looks like a user for default values', async () => {
    const { client } = await readyStage({ f: { identifier: { t: 1, v: { s: 'a flag' } } } });
    expect(record(client.flags$({ identifier: 'kate' })).values).toEqual([{ identifier: 'a flag' }]);
    client.dispose();
  });

  it.each(['warn', 'info'] as const)('writes no default value into the log, at level %s', async (logLevel) => {
    const { client, log } = await readyStage(configOf({ flag: 1 }), { logLevel });
    // From JavaScript even a user without an identifier may come.
    const notAUser = { email: 'secret@example.com', country: 'secret', flag: 'secret' };
    expect(record(client.flags$(notAUser)).values).toEqual([notAUser]);
    const failures = log.filter((entry) => entry.startsWith('error'));
    expect(failures).toHaveLength(3);
    expect(failures[0]).toContain("in your application: '<not shown>'.");
    expect(log.join('\n')).not.toContain('secret');
    client.dispose();
  });

  it('refuses default values that no flag can have, and users that are none', async () => {
    const { client } = await readyStage(configOf({}));
    expect(() => client.flags$({ a: {} as never })).toThrow('Invalid argument `defaultValue`');
    expect(() => client.flags$({ '': 1 })).toThrow('Invalid argument `key`');
    expect(() => client.flags$({ a: 1 }, 'kate' as never)).toThrow('Invalid argument `user`');
    expect(() => client.flags$(5 as never)).toThrow('Invalid argument `defaults`');
    client.dispose();
  });
});

describe('changes$', () => {
  const segment = (email: string) => [{ n: 'Beta', r: [{ a: 'Email', c: 28, s: email }] }];
  const flag = (value: string, ...conditions: object[]) => ({
    t: 1,
    v: { s: value },
    r: conditions.map((condition) => ({ c: [condition], s: { v: { s: 'on' } } })),
  });
  const before = {
    s: segment('kate@example.com'),
    f: {
      plain: flag('a'),
      untouched: flag('a'),
      beta: flag('off', { s: { s: 0, c: 0 } }),
      dependent: flag('off', { p: { f: 'beta', c: 0, v: { s: 'on' } } }),
      gone: flag('a'),
    },
  };
  const after = {
    s: segment('ben@example.com'),
    f: {
      fresh: flag('a'),
      plain: flag('b'),
      untouched: flag('a'),
      beta: flag('off', { s: { s: 0, c: 0 } }),
      dependent: flag('other', { p: { f: 'beta', c: 0, v: { s: 'on' } } }),
    },
  };

  it('names what a config changes, through segments and prerequisites, with before and after', async () => {
    const { client, change } = await readyStage(before);
    const { values } = record<ConfigChange>(client.changes$);
    await change(after);
    await change({ ...after, p: { s: 'salt that nobody uses' } });
    expect(values).toHaveLength(1);
    const { flags, before: old, after: current } = values[0]!;
    expect(flags.map(({ key, reasons }) => [key, ...reasons])).toEqual([
      ['fresh', 'added'],
      ['plain', 'own-rules'],
      ['beta', 'segment'],
      ['dependent', 'own-rules', 'prerequisite'],
      ['gone', 'removed'],
    ]);
    const [fresh, plain, beta, , gone] = flags;
    expect([fresh?.before, gone?.after]).toEqual([undefined, undefined]);
    expect(
      [plain, plain].map((version, i) => (i ? version?.after : version?.before)?.setting.servedValue.value),
    ).toEqual(['a', 'b']);
    expect(beta?.after?.segment(0)?.conditions[0]?.comparisonValue.text).toBe('ben@example.com');
    expect([old.value('plain', ''), current.value('plain', '')]).toEqual(['a', 'b']);
    client.dispose();
  });

  it('is silent for the first config and for one that is the same in other words', async () => {
    const staged = stage(before, {}, manualPoll());
    const { values, isComplete } = record(staged.client.changes$);
    await staged.client.forceRefresh();
    staged.serve({ f: before.f, s: before.s });
    await staged.client.forceRefresh();
    expect([values, isComplete]).toEqual([[], false]);
    staged.client.dispose();
  });

  it('survives circular prerequisites', async () => {
    const requires = (key: string) => ({ p: { f: key, c: 0, v: { s: 'on' } } });
    const circular = (value: string) => ({ f: { a: flag('x', requires('b')), b: flag(value, requires('a')) } });
    const { client, change } = await readyStage(circular('1'));
    const { values } = record(client.changes$);
    await change(circular('2'));
    expect(values[0]?.flags.map(({ key }) => key)).toEqual(['a', 'b']);
    client.dispose();
  });
});

describe('keys$ and snapshot$', () => {
  it('replay what is known, emit what differs, and complete with the client', async () => {
    const { client, change } = await readyStage(configOf({ a: 1 }));
    const keys = record(client.keys$);
    const snapshots = record(client.snapshot$);
    await change(configOf({ a: 2 }));
    await change(configOf({ a: 2, b: 1 }));
    await client.forceRefresh();
    expect(keys.values).toEqual([['a'], ['a', 'b']]);
    expect(snapshots.values.map((snapshot) => snapshot.value('a', 0))).toEqual([1, 2, 2]);
    client.dispose();
    expect([keys.isComplete, snapshots.isComplete]).toEqual([true, true]);
  });

  it('emit nothing before there is a config', () => {
    const { client } = stage(configOf({ a: 1 }), {}, manualPoll());
    const records = [record(client.keys$), record(client.snapshot$)];
    expect(records.map(({ values }) => values)).toEqual([[], []]);
    client.dispose();
  });
});

describe('watch', () => {
  it('can be read at any time, and calls when the value has changed', async () => {
    const { client, change, log } = await readyStage(configOf({ a: 1 }));
    const watch = client.watch('a', 0);
    const calls: unknown[] = [];
    expect(watch.current()).toBe(1);
    const stops = [1, 2].map((listener) => watch.subscribe(() => calls.push([listener, watch.current()])));
    await change(configOf({ a: 2 }));
    await change(configOf({ a: 2, b: 1 }));
    stops[0]!();
    stops[0]!();
    await change(configOf({ a: 3 }));
    stops[1]!();
    await change(configOf({ a: 4 }));
    expect(calls).toEqual([
      [1, 2],
      [2, 2],
      [2, 3],
    ]);
    expect(watch.current()).toBe(4);
    expect(log.filter((line) => !line.startsWith('warn 3000'))).toEqual([]);
    client.dispose();
  });

  it('is the default value until there is a config, without a word in the log', async () => {
    const { client, log } = stage(configOf({ a: 1 }), {}, manualPoll());
    const watch = client.watch('a', 0);
    expect([watch.current(), log.filter((line) => line.startsWith('error'))]).toEqual([0, []]);
    const listener = jest.fn();
    watch.subscribe(listener);
    expect(watch.current()).toBe(0);
    await client.forceRefresh();
    expect([watch.current(), listener.mock.calls.length]).toEqual([1, 1]);
    client.dispose();
  });
});

describe('an abort signal', () => {
  it('ends the wait of a read with its reason, and nothing else', async () => {
    const { client, clock, serve } = stage('silence', {}, lazyLoad());
    const controller = new AbortController();
    const reads = [
      client.getValue('a', 0, undefined, { signal: controller.signal }),
      client.getValueDetails('a', 0, undefined, { signal: controller.signal }),
    ];
    const reason = new Error('not needed any more');
    controller.abort(reason);
    for (const read of reads) await expect(read).rejects.toBe(reason);
    await expect(client.waitForReady({ signal: controller.signal })).rejects.toBe(reason);
    serve(configOf({ a: 1 }));
    await clock.advance(31_000);
    expect(await client.getValue('a', 0, undefined, { signal: new AbortController().signal })).toBe(1);
    client.dispose();
  });
});
