import type { CommonOptions, Logger, User } from '../../src';
import { flagOverrides, manualPoll, maskSdkKey } from '../../src';
import { explain } from '../../src/explain';
import { configOf, sdkKey, stage } from '../support/client';

type Told = Parameters<Logger['log']>;

const disposables: { dispose(): void }[] = [];
afterEach(() => {
  for (const client of disposables.splice(0)) client.dispose();
});

/** A client that knows a config, and what its logger and its filter have been told since. */
async function listening(config: object, options: CommonOptions = {}) {
  const logged: Told[] = [];
  const filtered: Told[] = [];
  const staged = stage(
    config,
    {
      logger: { log: (...told) => logged.push(told) },
      logFilter: (...told) => filtered.push(told) > 0,
      ...options,
    },
    manualPoll(),
  );
  disposables.push(staged.client);
  await staged.client.forceRefresh();
  logged.length = filtered.length = 0;
  return { ...staged, logged, filtered, parameters: () => logged.map(([, id, , , told]) => [id, told]) };
}

const rule = (a: string, c: number, value: object) => ({
  c: [{ u: { a, c, ...value } }],
  s: { v: { b: true } },
});
const targeted = {
  p: { s: 'salt' },
  f: {
    byEmail: { t: 0, v: { b: false }, r: [rule('Email', 2, { l: ['x'] })] },
    byVersion: { t: 0, v: { b: false }, r: [rule('Version', 6, { s: '1.0.0' })] },
    bySeats: { t: 0, v: { b: false }, r: [rule('Seats', 28, { s: '1' })] },
    byShare: { t: 0, v: { b: false }, a: 'Country', p: [{ p: 100, v: { b: true } }] },
  },
};
const user: User = { identifier: 'kate', custom: { Version: 'new', Seats: 1, Secret: 'hidden' } };

describe('the parameters of a log entry', () => {
  it('are those of its event, for the logger and for the filter', async () => {
    const { client, logged, filtered } = await listening(configOf({ a: 1 }));
    await client.getValue('missing', 5);
    const message = expect.stringContaining("'missing'") as string;
    expect(logged).toEqual([['error', 1001, message, undefined, { key: 'missing', defaultValue: 5, keys: ['a'] }]]);
    expect(filtered).toEqual(logged);
  });

  it('let a filter decide by the flag', async () => {
    const logged: number[] = [];
    const { client } = await listening(configOf({ a: 1 }), {
      logger: { log: (_, eventId) => logged.push(eventId) },
      logFilter: (_level, _id, _message, _error, told) => told?.key !== 'quiet',
    });
    await client.getValue('quiet', 5);
    await client.getValue('loud', 5);
    expect(logged).toEqual([1001]);
  });

  it('of warnings name flag, attribute and condition, and of the user what the text has', async () => {
    const { client, logged, parameters } = await listening(targeted);
    await client.getValue('byEmail', false);
    for (const key of ['byEmail', 'byVersion', 'bySeats', 'byShare']) await client.getValue(key, false, user);
    expect(parameters()).toEqual([
      [3001, { key: 'byEmail' }],
      [3003, { key: 'byEmail', attribute: 'Email', condition: "User.Email CONTAINS ANY OF ['x']" }],
      [
        3004,
        {
          key: 'byVersion',
          attribute: 'Version',
          condition: "User.Version < '1.0.0'",
          reason: "'new' is not a valid semantic version",
        },
      ],
      [3005, { key: 'bySeats', attribute: 'Seats', condition: "User.Seats EQUALS '1'", text: '1' }],
      [3003, { key: 'byShare', attribute: 'Country', condition: undefined }],
    ]);
    expect(JSON.stringify(logged)).not.toContain('hidden');
  });

  it('of an evaluation are its flag and value, and not its user', async () => {
    const { client, logged, parameters } = await listening(targeted, { logLevel: 'info' });
    const snapshot = client.snapshot();
    snapshot.value('byShare', false, { ...user, country: 'HU' });
    expect(parameters()).toEqual([[5000, { key: 'byShare', value: true }]]);
    expect(logged[0]![2]).toBe(explain(snapshot, 'byShare', { ...user, country: 'HU' }).text);
  });

  it('do not show what came in place of default values', async () => {
    const { client, logged } = await listening(configOf({ a: 1 }));
    client.flags$({ email: 'kate@example.com' }).subscribe();
    expect(logged.map(([, id, , , told]) => [id, told])).toEqual([
      [1001, { key: 'email', defaultValue: '<not shown>', keys: ['a'] }],
    ]);
  });

  it.each<[object | number | 'silence', number, object]>([
    [403, 1100, { sdkKey: maskSdkKey(sdkKey), rayId: undefined }],
    [503, 1101, { status: 503, reason: '', rayId: undefined }],
    [304, 1106, { status: 304, reason: '', rayId: undefined }],
    [[], 1105, { rayId: undefined }],
  ])('of a refresh that is answered %j are what the answer was', async (answer, eventId, told) => {
    const logged: Told[] = [];
    const { client, clock } = stage(answer, { logger: { log: (...entry) => logged.push(entry) } }, manualPoll());
    const refreshed = client.forceRefresh();
    // An answer that may be better a moment later is asked for twice.
    await clock.advance(100);
    await refreshed;
    client.dispose();
    expect(logged.map(([, id, , , parameters]) => [id, parameters])).toEqual([[eventId, told]]);
  });

  it('hide the SDK key, whoever has put it there', async () => {
    const url = `https://cdn.test/configuration-files/${sdkKey}/config_v6.json`;
    const { client, logged } = await listening(configOf({ [sdkKey]: 1 }), { baseUrl: 'https://cdn.test' });
    await client.getValue(url, sdkKey);
    const [, , , , told] = logged[0]!;
    expect(told).toMatchObject({ key: expect.stringMatching(/\*qrstuv\/config_v6\.json$/) as string });
    expect(JSON.stringify(logged)).not.toContain(sdkKey.slice(17, 39));
  });

  it('of what has no effect are the method that was called', async () => {
    const overrides = { source: flagOverrides({ a: 1 }), behaviour: 'local-only' } as const;
    const { client, parameters } = await listening({}, { overrides });
    client.setOnline();
    expect(parameters()).toEqual([[3202, { method: 'setOnline' }]]);
  });

  it('are theirs: what a logger does to them changes nothing', async () => {
    const spoil = (told: unknown) => (told as { keys: string[] }).keys.push('b');
    const { client, logged } = await listening(configOf({ a: 1 }), { logFilter: (...told) => spoil(told[4]) > 0 });
    await client.getValue('x', 0);
    expect(logged).toHaveLength(1);
    expect(await client.getAllKeys()).toEqual(['a']);
  });
});

describe('a warning that repeats', () => {
  const nobody = { identifier: 'nobody', custom: { Version: 'new', Seats: 1 } };

  it.each([
    ['byEmail', 3003],
    ['byVersion', 3004],
    ['bySeats', 3005],
    ['byShare', 3003],
  ])('is told once for each flag and attribute: %s', async (key, eventId) => {
    const { client, parameters } = await listening(targeted);
    for (let i = 0; i < 3; i++) await client.getValue(key, false, nobody);
    client.snapshot().details(key, false, { ...nobody, identifier: 'another' });
    expect(parameters().map(([id]) => id)).toEqual([eventId]);
  });

  it('is told again of another flag, and of no user', async () => {
    const { client, logged } = await listening(targeted);
    for (const key of ['byEmail', 'bySeats', 'byEmail', 'bySeats']) await client.getValue(key, false);
    await client.getValue('byEmail', false, nobody);
    expect(logged.map(([, id, , , told]) => [id, told?.key])).toEqual([
      [3001, 'byEmail'],
      [3001, 'bySeats'],
      [3003, 'byEmail'],
    ]);
  });

  it('is told again when there is another config, with how often it was left out', async () => {
    const { client, serve, logged } = await listening(targeted);
    const ask = () => client.getValue('byEmail', false, nobody);
    const change = async (value: string) => {
      serve({ ...targeted, p: { s: value } });
      await client.forceRefresh();
    };
    for (let i = 0; i < 4; i++) await ask();
    await change('a');
    await ask();
    await client.forceRefresh();
    await ask();
    await change('b');
    await ask();
    await change('c');
    await ask();
    expect(logged.map(([, , , , told]) => told?.repeated)).toEqual([undefined, 3, 1, undefined]);
    expect(logged[1]![2]).toMatch(/ \(With the config before, this was left out 3 times\.\)$/);
    expect(logged[3]![2]).not.toContain('left out');
  });
});
