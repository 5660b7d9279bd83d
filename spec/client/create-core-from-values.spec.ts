import type { EvaluationDetails, LogEntryLevel, User } from '../../src';
import { explain } from '../../src/explain';
import * as core from '../../src/functions';
import { createCoreFromValues, dehydrateValues } from '../../src/functions';
import { configByUser, configOf, sdkKey, stage } from '../support/client';
import { record } from '../support/record';

const kate: User = {
  identifier: 'kate',
  email: 'kate@secret.example',
  custom: { born: new Date(0), tags: ['b', 'a'] },
};
const ben: User = { identifier: 'ben' };

/** A config whose rules have in them what nobody is to see. */
const config = {
  p: { s: 'the-salt' },
  s: [{ n: 'The segment', r: [{ a: 'Email', c: 2, l: ['@segment.example'] }] }],
  f: {
    plan: {
      t: 1,
      v: { s: 'nobody' },
      i: 'id-nobody',
      r: [
        { c: [{ u: { a: 'Identifier', c: 28, s: 'kate' } }], s: { v: { s: 'KATE' }, i: 'id-kate' } },
        { c: [{ u: { a: 'Region', c: 28, s: 'Atlantis' } }], s: { v: { s: 'of others' }, i: 'id-others' } },
        { c: [{ s: { s: 0, c: 0 } }], s: { v: { s: 'of a segment' }, i: 'id-segment' } },
        { c: [{ p: { f: 'hidden', c: 0, v: { s: 'prerequisite' } } }], s: { v: { s: 'of a flag' }, i: 'id-flag' } },
      ],
      p: [
        { p: 50, v: { s: 'first half' }, i: 'id-first' },
        { p: 50, v: { s: 'second half' }, i: 'id-second' },
      ],
    },
    hidden: { t: 1, v: { s: 'of the hidden flag' }, i: 'id-hidden' },
    limit: { t: 2, v: { i: 5 }, i: 'id-limit' },
    ratio: { t: 3, v: { d: 0.5 } },
    dark: { t: 0, v: { b: true } },
    layout: { t: 1, v: { s: '{"columns": 3, "__proto__": {"polluted": true}}' } },
    broken: { t: 1, v: { b: true } },
  },
};

/** A client that knows a config. */
async function clientOf(json: object | number, options = {}) {
  const { client, clock, log } = stage(json, options);
  await clock.advance(0);
  return { client, log };
}

async function stateOf(options: core.DehydrateOptions, json: object | number = config): Promise<string> {
  const { client } = await clientOf(json, { logLevel: 'off' });
  const state = dehydrateValues(client, options);
  client.dispose();
  return state;
}

/** A logger that keeps what it is told. */
function recorder() {
  const entries: string[] = [];
  const logger = {
    log: (level: LogEntryLevel, eventId: number, message: string, error?: unknown) => {
      entries.push(`${level} ${eventId} ${message}${error instanceof Error ? ` ${error.message}` : ''}`);
    },
  };
  return { entries, logger };
}

describe('the values of a user, written down', () => {
  it.each([
    ['all flags', undefined],
    ['some flags', ['plan', 'dark']],
  ])('tell neither rules nor others nor who the user is: %s', async (_, flags) => {
    const state = await stateOf({ user: kate, flags });
    expect(state).toContain('KATE');
    expect(state).toContain('id-kate');
    const secrets =
      /Atlantis|Region|others|segment|prerequisite|nobody|half|first|second|salt|secret|Identifier|"kate"/;
    expect(state).not.toMatch(secrets);
    expect(state).not.toContain(sdkKey);
    expect(state).not.toContain(sdkKey.slice(-6));
    expect(state.includes('hidden')).toBe(flags === undefined);
  });

  it('are of those flags alone that are named, and say so where there is none', async () => {
    const { client, log } = await clientOf(configOf({ a: 1, b: 2 }));
    const known = createCoreFromValues(dehydrateValues(client, { user: kate, flags: ['b', 'c'] }));
    expect(core.values(known.snapshot())).toEqual({ b: 2 });
    expect(log).toEqual([expect.stringMatching(/^error 1001 .*'c'/)]);
    client.dispose();
  });

  it('are those of the default user where nobody is named', async () => {
    const { client } = await clientOf(config, { defaultUser: kate, logLevel: 'off' });
    for (const state of [dehydrateValues(client), dehydrateValues(client, {})]) {
      expect(createCoreFromValues(state).snapshot().value('plan', '', kate)).toBe('KATE');
    }
    client.dispose();
  });

  it('are nothing while there is no config', async () => {
    expect(await stateOf({ user: kate }, 404)).toBe('null');
    const known = createCoreFromValues('null');
    expect(known.snapshot()).toMatchObject({ cacheState: 'no-flag-data', hasConfig: false, fetchedAt: undefined });
  });

  it('are safe inside of a script element', async () => {
    const text = '</script><script>alert(1)</script><!-- & \u2028\u2029';
    const state = await stateOf({ user: kate }, configOf({ [text]: text }));
    expect(state).not.toMatch(/[<>&\u2028\u2029]/);
    expect(createCoreFromValues(state).snapshot().value(text, '')).toBe(text);
  });

  it('show no flag to anybody', async () => {
    const { client } = await clientOf(config, { logLevel: 'off' });
    const events = record(client.events$);
    dehydrateValues(client, { user: kate });
    expect(events.values.filter(({ type }) => type === 'flagEvaluated')).toEqual([]);
    client.dispose();
  });

  it('name what is wrong', async () => {
    const { client } = await clientOf(config);
    expect(() => dehydrateValues({})).toThrow('Invalid argument `source`');
    expect(() => dehydrateValues(client, { user: 'kate' as never })).toThrow('Invalid argument `user`');
    expect(() => dehydrateValues(client, { flags: [5 as never] })).toThrow('Invalid argument `key`');
    client.dispose();
  });
});

describe('a core that knows the values of one user', () => {
  it('answers as the client did that knew the rules', async () => {
    const { client } = await clientOf(config, { logLevel: 'off', defaultUser: kate });
    const known = createCoreFromValues(dehydrateValues(client), { logLevel: 'off', texts: core.logTexts });
    const [shown, given] = [known.snapshot(), client.snapshot()];
    expect(core.values(shown)).toEqual(given.values());
    expect(core.keys(shown)).toEqual(given.keys());
    const told = ({ value, variationId, isDefaultValue, errorCode, fetchedAt }: EvaluationDetails) => {
      return { value, variationId, isDefaultValue, errorCode, fetchedAt };
    };
    for (const [key, otherwise] of [
      ['limit', 0],
      ['ratio', 0],
      ['dark', false],
      ['broken', '-'],
      ['none', '-'],
    ] as const) {
      expect(told(core.details(shown, key, otherwise))).toEqual(told(given.details(key, otherwise)));
    }
    expect(core.details(shown, 'plan', '')).toMatchObject({ value: 'KATE', variationId: 'id-kate', errorCode: 0 });
    expect(core.details(shown, 'limit', '-').errorMessage).toContain("Setting's type was Int");
    expect(shown).toMatchObject({ cacheState: 'cached', cacheText: undefined, hasConfig: true });
    client.dispose();
  });

  it('has streams that emit at once, and complete with it', async () => {
    const known = createCoreFromValues(await stateOf({ user: kate }), { logLevel: 'off' });
    const recordings = [
      record(core.flag$(known, 'plan', '')),
      record(core.flag$(known, 'plan', '', kate)),
      record(core.flags$(known, { plan: '', none: 1 })),
      record(core.json$(known, 'layout')),
      record(core.keys$(known)),
      record(core.ready$(known)),
    ];
    known.dispose();
    expect(recordings.map(({ values }) => values)).toEqual([
      ['KATE'],
      ['KATE'],
      [{ plan: 'KATE', none: 1 }],
      [{ columns: 3 }],
      [['plan', 'hidden', 'limit', 'ratio', 'dark', 'layout', 'broken']],
      ['cached'],
    ]);
    expect(recordings.every(({ isComplete }) => isComplete)).toBe(true);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(await core.getValue(known, 'plan', '')).toBe('KATE');
    expect(await known.refresh()).toMatchObject({ isSuccess: false, errorCode: 3200 });
  });

  it.each<[string, User]>([
    ['another identifier', ben],
    ['another attribute', { ...kate, email: 'kate@other.example' }],
    ['one attribute less', { identifier: 'kate' }],
    ['another custom attribute', { ...kate, custom: { ...kate.custom, tags: ['a', 'b'] } }],
    [
      'an attribute that cannot be read',
      {
        identifier: 'kate',
        get email(): string {
          throw new Error('Hands off.');
        },
      },
    ],
  ])('has default values for a user with %s, and says why', async (_, user) => {
    const { entries, logger } = recorder();
    const known = createCoreFromValues(await stateOf({ user: kate }), { logger });
    const states = record(core.flagState$(known, 'plan', 'default', user));
    expect(states.values).toMatchObject([{ value: 'default', status: 'fallback' }]);
    expect(known.snapshot().value('plan', 'default', user)).toBe('default');
    expect(core.values(known.snapshot(), user)).toMatchObject({ plan: null, dark: null });
    expect(entries[0]).toMatch(/^error 1002 .*Values only, of one user/);
  });

  it('knows its user by equal attributes, whatever they have come by, and answers where nobody is named', async () => {
    const known = createCoreFromValues(await stateOf({ user: kate }));
    const born = { custom: { tags: ['b', 'a'], born: new Date(0) }, email: 'kate@secret.example', identifier: 'kate' };
    for (const user of [undefined, kate, born]) {
      expect(record(core.flagState$(known, 'plan', '', user)).values).toMatchObject([
        { value: 'KATE', status: 'cached' },
      ]);
    }
  });

  it('follows the default user', async () => {
    const known = createCoreFromValues(await stateOf({ user: kate }), { defaultUser: ben, logLevel: 'off' });
    const plans = record(core.flag$(known, 'plan', '-'));
    known.setDefaultUser({ ...kate });
    known.setDefaultUser(ben);
    known.setDefaultUser(undefined);
    expect(plans.values).toEqual(['-', 'KATE', '-', 'KATE']);
  });

  it('belongs to nobody else when the attributes of its user cannot be read', async () => {
    const hostile = {
      identifier: 'kate',
      get email(): string {
        throw new Error('Hands off.');
      },
    };
    const known = createCoreFromValues(await stateOf({ user: hostile }), { logLevel: 'off' });
    expect(known.snapshot().value('limit', 0)).toBe(5);
    expect([hostile, ben, kate].map((user) => known.snapshot().value('limit', 0, user))).toEqual([0, 0, 0]);
  });

  it('says "Values only" where rules are asked for', async () => {
    const { entries, logger } = recorder();
    const known = createCoreFromValues(await stateOf({ user: kate }), { logger });
    const snapshot = known.snapshot();
    const explanation = explain(snapshot, 'plan', kate);
    expect(explanation).toMatchObject({ value: 'KATE', variationId: 'id-kate', errorCode: 0, setting: undefined });
    expect(explanation.text).toMatch(/^Values only: .*\nEvaluating 'plan' for User .*\n {2}Returning 'KATE'\.$/);
    const ofBen = explain(snapshot, 'plan', ben);
    expect(ofBen).toMatchObject({ value: undefined, errorCode: -1 });
    expect(ofBen.errorMessage).toContain('Values only, of one user');
    expect(core.setting(snapshot, 'plan')).toBeUndefined();
    expect(core.details(snapshot, 'plan', '').matchedTargetingRule).toBeUndefined();
    expect(entries).toEqual([]);
    expect(core.keyAndValue(snapshot, 'id-kate')).toBeNull();
    expect(entries).toEqual([expect.stringMatching(/^error 1002 .*Values only: no rule/)]);
  });

  it('reads no clock and starts no timer', async () => {
    const state = await stateOf({ user: kate });
    const spies = [
      jest.spyOn(Date, 'now'),
      jest.spyOn(Math, 'random'),
      jest.spyOn(globalThis, 'setTimeout'),
      jest.spyOn(globalThis, 'setInterval'),
    ];
    const known = createCoreFromValues(state, { logLevel: 'off' });
    record(core.flag$(known, 'plan', ''));
    record(core.allFlags$(known));
    known.dispose();
    const calls = spies.map(({ mock }) => mock.calls.length);
    jest.restoreAllMocks();
    expect(calls).toEqual([0, 0, 0, 0]);
  });

  it('takes what a state stands for as JavaScript, too', async () => {
    const state = JSON.parse(await stateOf({ user: kate })) as object;
    expect(createCoreFromValues(state).snapshot().value('plan', '', kate)).toBe('KATE');
  });

  it('keeps a config that comes after from having been touched', async () => {
    const { client } = await clientOf(configByUser('kate'), { logLevel: 'off' });
    dehydrateValues(client, { user: kate });
    expect(client.snapshot().value('plan', '', ben)).toBe('nobody');
    expect(client.snapshot().details('plan', '', kate).matchedTargetingRule).toBeDefined();
    client.dispose();
  });
});

describe('a state that is none, or hostile', () => {
  const flag = '["a", 1, null, 3]';

  it.each([undefined, null, '', 'null'])('is no state: %p', (state) => {
    const { entries, logger } = recorder();
    expect(createCoreFromValues(state, { logger }).snapshot().cacheState).toBe('no-flag-data');
    expect(entries).toEqual([]);
  });

  it.each([
    'no JSON',
    '{',
    '5',
    'true',
    '"1700000000000\\n\\n{}"',
    '[]',
    '{}',
    '['.repeat(100_000),
    `{"__proto__": {"fetchedAtMs": 1, "user": null, "flags": [${flag}]}}`,
    `{"fetchedAtMs": "1", "user": null, "flags": [${flag}]}`,
    `{"fetchedAtMs": 1e300, "user": null, "flags": [${flag}]}`,
    `{"fetchedAtMs": 1, "user": {"__proto__": null}, "flags": [${flag}]}`,
    `{"fetchedAtMs": 1, "flags": [${flag}]}`,
    '{"fetchedAtMs": 1, "user": null, "flags": {"length": 1e9}}',
    '{"fetchedAtMs": 1, "user": null, "flags": [null]}',
    '{"fetchedAtMs": 1, "user": null, "flags": ["a"]}',
    '{"fetchedAtMs": 1, "user": null, "flags": [[{"toString": 1}, 1, null, 3]]}',
    '{"fetchedAtMs": 1, "user": null, "flags": [["a", {"polluted": true}, null, 3]]}',
    '{"fetchedAtMs": 1, "user": null, "flags": [["a", [1], null, 3]]}',
    '{"fetchedAtMs": 1, "user": null, "flags": [["a", 1, {}, 3]]}',
    '{"fetchedAtMs": 1, "user": null, "flags": [["a", 1, null, "length"]]}',
    '{"fetchedAtMs": 1, "user": null, "flags": [["a", "text", null, 0]]}',
    '{"fetchedAtMs": 1, "user": null, "flags": [["a", true, null, 3]]}',
    7 as never,
    Symbol('state') as never,
    {
      get flags(): never {
        throw new Error('Hands off.');
      },
    },
  ])('is logged, and throws nothing: %#', (state) => {
    const { entries, logger } = recorder();
    const known = createCoreFromValues(state, { logger });
    expect(entries).toEqual([expect.stringMatching(/^error 2200 /)]);
    expect(known.snapshot().value('a', 5)).toBe(5);
    expect(known.snapshot().cacheState).toBe('no-flag-data');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('has names of flags that objects have by themselves', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const flags = names.map((name, i) => [name, i, null, 2]);
    const known = createCoreFromValues(JSON.stringify({ fetchedAtMs: 1, user: null, flags }), { logLevel: 'off' });
    const snapshot = known.snapshot();
    expect(names.map((name) => snapshot.value(name, -1))).toEqual([0, 1, 2, 3]);
    expect(snapshot.value('valueOf', -1)).toBe(-1);
    expect(Object.getPrototypeOf(core.values(snapshot))).toBe(Object.prototype);
    expect(Object.keys(core.values(snapshot))).toEqual(names);
  });

  it.each<[string, number, number]>([
    ['a type of a later version', 7, 1],
    ['no type', -1, 1],
  ])('with %s answers or gives the default value', (_, type, value) => {
    const state = { fetchedAtMs: 1, user: null, flags: [['a', value, null, type]] };
    const snapshot = createCoreFromValues(state, { logLevel: 'off' }).snapshot();
    expect(snapshot.value('a', value)).toBe(value);
    expect(snapshot.value('a', false)).toBe(false);
  });

  it('names wrong options', () => {
    expect(() => createCoreFromValues('null', null as never)).toThrow('Invalid argument `options`');
    expect(() => createCoreFromValues('null').setDefaultUser(5 as never)).toThrow('Invalid argument `user`');
  });
});
