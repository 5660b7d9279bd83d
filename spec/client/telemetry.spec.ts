import { createClient, flagOverrides, manualPoll } from '../../src';
import type { User } from '../../src';
import { configVersion, flagSetId, reportFailure, resultReason } from '../../src/functions';
import { sha1Hex } from '../../src/hash';
import { configOf, sdkKey, stage } from '../support/client';
import { record } from '../support/record';

const kate: User = { identifier: 'kate' };

describe('flagSetId()', () => {
  it('is the key of caches, and does not tell the SDK key', () => {
    const { client } = stage('silence');
    expect(flagSetId(client)).toBe(sha1Hex(`${sdkKey}_config_v6.json_v2`));
    client.dispose();
  });
});

describe('configVersion()', () => {
  it('is the ETag of the config that an evaluation went by, while that is the present one', async () => {
    const { client, clock, serve } = stage(configOf({ a: 1 }), {}, manualPoll());
    await client.forceRefresh();
    const before = client.snapshot().details('a', 0);
    expect(configVersion(client, before)).toBe('"0"');
    await clock.advance(1000);
    serve(configOf({ a: 2 }));
    await client.forceRefresh();
    const after = client.snapshot().details('a', 0);
    expect([configVersion(client, before), configVersion(client, after)]).toEqual([undefined, '"1"']);
    expect(configVersion(client, { fetchedAt: undefined })).toBeUndefined();
    client.dispose();
  });

  it('is none of local overrides', () => {
    const overrides = { source: flagOverrides({ a: 1 }), behaviour: 'local-only' as const };
    const client = createClient('local', { overrides });
    expect(configVersion(client, client.snapshot().details('a', 0))).toBeUndefined();
    client.dispose();
  });
});

describe('resultReason()', () => {
  const rule = { c: [{ u: { a: 'Identifier', c: 28, s: 'kate' } }], s: { v: { s: 'KATE' } } };
  const all = [{ p: 100, v: { s: 'all' } }];
  const config = {
    f: {
      plain: { t: 1, v: { s: 'x' } },
      ruled: { t: 1, v: { s: 'x' }, r: [rule] },
      split: { t: 1, v: { s: 'x' }, p: all },
      both: { t: 1, v: { s: 'x' }, r: [rule], p: all },
      ruledSplit: { t: 1, v: { s: 'x' }, r: [{ c: rule.c, p: all }] },
    },
  };

  it.each<[string, User | undefined, string]>([
    ['plain', kate, 'static'],
    ['plain', undefined, 'static'],
    ['ruled', kate, 'targeting_match'],
    ['ruled', { identifier: 'leo' }, 'default'],
    ['split', kate, 'split'],
    ['split', undefined, 'default'],
    ['both', kate, 'targeting_match'],
    ['both', { identifier: 'leo' }, 'split'],
    ['both', undefined, 'default'],
    ['ruledSplit', kate, 'split'],
    ['none', kate, 'error'],
  ])('of %s for %j is %s', async (key, user, expected) => {
    const { client } = stage(config, { logLevel: 'off' }, manualPoll());
    await client.forceRefresh();
    expect(resultReason(client, client.snapshot().details(key, '', user))).toBe(expected);
    client.dispose();
  });

  it('is static where no config is known any more that says otherwise', () => {
    const { client } = stage('silence', { logLevel: 'off' }, manualPoll());
    const details = { ...client.snapshot().details('plain', ''), errorCode: 0 as const };
    expect(resultReason(client, details)).toBe('static');
    client.dispose();
  });
});

describe('reportFailure()', () => {
  it('is logged under the name that is given, and told as an event', () => {
    const { client, log } = stage('silence');
    const events = record(client.events$);
    const error = new Error('closed');
    reportFailure(client, 'toWarehouse', error);
    const message = 'Error occurred in the `toWarehouse` method.';
    expect(log).toEqual([`error 1003 ${message}`]);
    expect(events.values).toEqual([{ type: 'error', message, error }]);
    client.dispose();
  });
});
