import type { User } from '../../src';
import { createClient, flagOverrides, manualPoll, snapshotOfText } from '../../src';
import { explain } from '../../src/explain';
import * as core from '../../src/functions';
import { configByUser, configOf, sdkKey, stage } from '../support/client';
import { record } from '../support/record';

const kate: User = { identifier: 'kate' };

const textOf = (config: object, fetchedAtMs: number | string = 7) => `${fetchedAtMs}\n"e"\n${JSON.stringify(config)}`;

describe('a snapshot of a text', () => {
  it('answers as that of a client which knows the config does', () => {
    const cache = { get: () => textOf(configByUser('kate')), set: () => undefined };
    const client = createClient(sdkKey, { cache, polling: manualPoll(), logLevel: 'off', defaultUser: kate });
    const [known, given] = [snapshotOfText(client, client.snapshot().cacheText), client.snapshot()];
    const members = ['cacheState', 'cacheText', 'defaultUser', 'fetchedAt'] as const;
    expect(members.map((name) => known[name])).toEqual(members.map((name) => given[name]));
    for (const snapshot of [known, given]) {
      expect(snapshot.value('plan', '')).toBe('KATE');
      expect(core.values(snapshot, { identifier: 'ben' })).toEqual({ plan: 'nobody' });
      expect(core.keys(snapshot)).toEqual(['plan']);
      expect(explain(snapshot, 'plan')).toMatchObject({ value: 'KATE', user: kate });
    }
    expect(core.details(known, 'plan', '')).toEqual(given.details('plan', ''));
    expect(core.details(known, 'none', '').errorMessage).toBe(given.details('none', '').errorMessage);
    client.dispose();
  });

  it('is of a core as it is of a client, and of what a core reads', () => {
    const lean = core.createCore(sdkKey, { polling: manualPoll(), logLevel: 'off' });
    const full = core.createCore(sdkKey, { polling: manualPoll(), logLevel: 'off', formats: [core.configV5] });
    const former = textOf({ f: { plan: { v: 'former', t: 1, i: 'id-former', p: [], r: [] } } });
    expect(snapshotOfText(lean, textOf(configByUser())).value('plan', '-')).toBe('nobody');
    expect(snapshotOfText(lean, former).value('plan', '-')).toBe('-');
    expect(snapshotOfText(full, former).value('plan', '-')).toBe('former');
    lean.dispose();
    full.dispose();
  });

  it('has the default user of the moment', () => {
    const { client } = stage('silence', { defaultUser: kate });
    const snapshot = snapshotOfText(client, textOf(configByUser('kate', 'ben')));
    client.setDefaultUser({ identifier: 'ben' });
    expect(snapshot.value('plan', '')).toBe('KATE');
    client.dispose();
  });

  it('knows nothing of overrides', () => {
    const overrides = { source: flagOverrides({ plan: 'local' }), behaviour: 'local-only' } as const;
    const { client } = stage('silence', { overrides });
    expect(snapshotOfText(client, textOf(configByUser())).value('plan', '-')).toBe('nobody');
    expect(snapshotOfText(client, undefined)).toMatchObject({ cacheState: 'no-flag-data', cacheText: undefined });
    expect(snapshotOfText(client, undefined).value('plan', '-')).toBe('-');
    client.dispose();
  });

  it('logs and tells nothing of evaluations', () => {
    const { client, log } = stage('silence', { logLevel: 'debug' });
    const before = [...log];
    const events = record(client.events$);
    const snapshot = snapshotOfText(client, textOf(configByUser('kate')));
    expect([snapshot.value('plan', ''), snapshot.value('none', '-'), snapshot.value('plan', 5 as never)]).toEqual([
      'nobody',
      '-',
      5,
    ]);
    core.details(snapshot, 'plan', '');
    core.values(snapshot);
    core.keyAndValue(snapshot, 'none');
    expect(log).toEqual(before);
    expect(events.values).toEqual([]);
    client.dispose();
  });

  it.each([
    'no cache text',
    'time\n\n{}',
    '1\n\n{',
    '1\n\n[]',
    7 as never,
    {} as never,
    () => {
      throw new Error('Nothing was embedded.');
    },
  ])('is one of no config when it cannot read %p, which the client logs unless it is told not to', (text) => {
    const { client, log } = stage('silence');
    expect(snapshotOfText(client, text, { isSilent: true }).cacheState).toBe('no-flag-data');
    expect(log).toEqual([]);
    const snapshot = snapshotOfText(client, text);
    expect(log).toEqual([expect.stringContaining('error 2200')]);
    expect([snapshot.cacheState, snapshot.value('count', 5)]).toEqual(['no-flag-data', 5]);
    client.dispose();
  });

  it.each([undefined, null, '', () => undefined, '1\n"e"\n'])('is one of no config where there is none: %p', (text) => {
    const { client, log } = stage('silence');
    expect(snapshotOfText(client, text)).toMatchObject({ cacheState: 'no-flag-data', fetchedAt: undefined });
    expect(log).toEqual([]);
    client.dispose();
  });

  it('reads no clock and no dice, and starts no timer', () => {
    const { client } = stage('silence');
    const spies = [
      jest.spyOn(Date, 'now'),
      jest.spyOn(Math, 'random'),
      jest.spyOn(globalThis, 'setTimeout'),
      jest.spyOn(globalThis, 'setInterval'),
    ];
    const snapshot = snapshotOfText(client, textOf(configByUser('kate')));
    core.details(snapshot, 'plan', '');
    expect(snapshot.cacheState).toBe('cached');
    const calls = spies.map(({ mock }) => mock.calls.length);
    jest.restoreAllMocks();
    expect(calls).toEqual([0, 0, 0, 0]);
    client.dispose();
  });

  it('names what is no source', () => {
    expect(() => snapshotOfText({}, textOf(configOf({ count: 1 })))).toThrow('Expected a core, or a client.');
  });
});
