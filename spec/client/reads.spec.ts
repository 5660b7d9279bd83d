import { firstValueFrom } from 'rxjs';
import type { ConfigCache, User } from '../../src';
import { lazyLoad, manualPoll } from '../../src';
import { configByUser, configOf, stage } from '../support/client';
import { record } from '../support/record';

const kate: User = { identifier: 'kate' };

describe('one-off reads', () => {
  it('answer when the client is ready', async () => {
    const { client, clock } = stage({ f: { ...flags(configOf({ a: 1, b: true })), ...flags(configByUser('kate')) } });
    const reads = Promise.all([
      client.getValue('a', 0),
      client.getValueDetails('plan', '', kate),
      client.getAllKeys(),
      client.getAllValues(kate),
      client.getKeyAndValue('id-kate'),
      client.waitForReady(),
    ]);
    await clock.advance(0);
    expect(await reads).toEqual([
      1,
      expect.objectContaining({ value: 'KATE', variationId: 'id-kate', user: kate, isDefaultValue: false }),
      ['a', 'b', 'plan'],
      { a: 1, b: true, plan: 'KATE' },
      { key: 'plan', value: 'KATE' },
      'up-to-date',
    ]);
    client.dispose();
  });

  it('make one request and one cache read, however many lazily loading ones come at once', async () => {
    let cacheReads = 0;
    const cache: ConfigCache = {
      get: () => {
        cacheReads++;
        return Promise.resolve(undefined);
      },
      set: () => undefined,
    };
    const { client, clock, requests } = stage(configOf({ a: 1 }), { cache }, lazyLoad());
    await clock.advance(0);
    cacheReads = 0;
    const reads = Array.from({ length: 100 }, () => [client.getValue('a', 0), firstValueFrom(client.flag$('a', 0))]);
    await clock.advance(0);
    expect(await Promise.all(reads.flat())).toEqual(Array(200).fill(1));
    expect([requests.length, cacheReads]).toEqual([1, 1]);
    client.dispose();
  });

  it('follow the default user of the time they are answered', async () => {
    const { client, clock } = stage(configByUser('kate'));
    const value = client.getValue('plan', '');
    client.setDefaultUser(kate);
    await clock.advance(0);
    expect([await value, client.snapshot().value('plan', ''), client.snapshot().values()]).toEqual([
      'KATE',
      'KATE',
      { plan: 'KATE' },
    ]);
    client.clearDefaultUser();
    expect(client.snapshot().value('plan', '')).toBe('nobody');
    client.dispose();
  });

  it('give what stands for nothing while no config is known, and say so', async () => {
    const { client, log } = stage(404, {}, manualPoll());
    expect(await client.getValue('a', 'default')).toBe('default');
    expect(await client.getAllKeys()).toEqual([]);
    expect(await client.getAllValues()).toEqual({});
    expect(await client.getAllValueDetails()).toEqual([]);
    expect(await client.getKeyAndValue('id')).toBeNull();
    expect(log).toEqual([
      "error 1000 Config JSON is not present when evaluating setting 'a'. Returning the `defaultValue` parameter that you specified in your application: 'default'.",
      'error 1000 Config JSON is not present. Returning empty array.',
      'error 1000 Config JSON is not present. Returning empty object.',
      'error 1000 Config JSON is not present. Returning empty array.',
      'error 1000 Config JSON is not present. Returning null.',
    ]);
    client.dispose();
  });

  it('give the details of all flags, and tell of each', async () => {
    const { client, clock, log } = stage({
      f: { good: { t: 0, v: { b: true }, i: 'on' }, bad: { t: 9, v: {} } },
    });
    await clock.advance(0);
    const events = record(client.events$);
    const details = await client.getAllValueDetails(kate);
    expect(details).toEqual([
      expect.objectContaining({ key: 'good', value: true, variationId: 'on', user: kate, errorCode: 0 }),
      expect.objectContaining({ key: 'bad', value: null, isDefaultValue: true, errorCode: 1 }),
    ]);
    expect(events.values.filter(({ type }) => type === 'flagEvaluated')).toEqual(
      details.map((of) => ({ type: 'flagEvaluated', details: of, isBulk: true })),
    );
    expect(log).toEqual(['error 1002 Error occurred in the `getAllValueDetails` method. Returning evaluation result.']);
    client.dispose();
  });

  it('tell an unknown key and an unknown variation ID in the log', async () => {
    const { client, clock, log } = stage(configOf({ a: 1, b: 2 }));
    await clock.advance(0);
    expect(await client.getValue('c', null)).toBeNull();
    expect(await client.getKeyAndValue('nothing')).toBeNull();
    expect(log).toEqual([
      "error 1001 Failed to evaluate setting 'c' (the key was not found in config JSON). Returning the `defaultValue` parameter that you specified in your application: 'null'. Available keys: ['a', 'b'].",
      "error 2011 Could not find the setting for the specified variation ID: 'nothing'.",
    ]);
    client.dispose();
  });

  it('sum up in one entry what fails of all values, which is null there', async () => {
    const { client, clock, log } = stage({
      f: { good: { t: 0, v: { b: true } }, bad: { t: 9, v: {} }, worse: { t: 0, v: {} } },
    });
    await clock.advance(0);
    expect(await client.getAllValues()).toEqual({ good: true, bad: null, worse: null });
    expect(log).toEqual(['error 1002 Error occurred in the `getAllValues` method. Returning evaluation result.']);
    client.dispose();
  });

  it('take flags by any name for what they are', async () => {
    const { client, clock } = stage({
      f: JSON.parse('{"__proto__":{"t":2,"v":{"i":1}},"constructor":{"t":2,"v":{"i":2}}}') as object,
    });
    await clock.advance(0);
    expect(Object.entries(await client.getAllValues())).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
    expect(await client.getValue('toString', 'default')).toBe('default');
    client.dispose();
  });

  it('of a disposed client go on with what is known', async () => {
    const { client, clock } = stage(configOf({ a: 1 }));
    await clock.advance(0);
    client.dispose();
    expect(await client.getValue('a', 0)).toBe(1);
    expect(await client.waitForReady()).toBe('up-to-date');
    expect(await client.forceRefresh()).toMatchObject({ isSuccess: false, errorCode: -1 });
  });
});

describe('dispose', () => {
  it('lets waiting promises settle', async () => {
    const { client } = stage('silence');
    const ready = client.waitForReady();
    const waits = [client.getValue('a', 'default'), client.forceRefresh()];
    client.dispose();
    await expect(ready).rejects.toThrow('The client was disposed before it became ready.');
    expect(await Promise.all(waits)).toEqual(['default', expect.objectContaining({ isSuccess: false, errorCode: -1 })]);
  });

  it('is what using a client ends with', async () => {
    const { client } = stage('silence');
    const { client: other } = stage('silence');
    const streams = [client, other].map(({ status$ }) => record(status$));
    client[Symbol.dispose]();
    await other[Symbol.asyncDispose]();
    expect(streams.map(({ isComplete }) => isComplete)).toEqual([true, true]);
  });
});

describe('a second client for an SDK key', () => {
  it('is warned of, until the first is disposed', () => {
    const first = stage('silence');
    const second = stage('silence');
    expect([first.log, second.log]).toEqual([[], [expect.stringMatching(/^warn 3000 .*\*{16}qrstuv/)]]);
    first.client.dispose();
    second.client.dispose();
    const third = stage('silence');
    expect(third.log).toEqual([]);
    third.client.dispose();
  });
});

describe('a snapshot', () => {
  it('gives the same answers for ever', async () => {
    const { client, clock, serve } = stage(configOf({ a: 1 }));
    await clock.advance(0);
    const snapshot = client.snapshot();
    serve(configOf({ a: 2 }));
    await clock.advance(60_000);
    expect([snapshot.value('a', 0), client.snapshot().value('a', 0)]).toEqual([1, 2]);
    expect([snapshot.fetchedAt, client.snapshot().fetchedAt]).toEqual([new Date(0), new Date(60_000)]);
    client.dispose();
  });

  it('says how good its data is, by the polling mode', async () => {
    const auto = stage(configOf({}));
    const manual = stage(configOf({}), {}, manualPoll());
    const states = () => [auto, manual].map(({ client }) => client.snapshot().cacheState);
    expect(states()).toEqual(['no-flag-data', 'no-flag-data']);
    void manual.client.forceRefresh();
    await auto.clock.advance(0);
    await manual.clock.advance(0);
    expect(states()).toEqual(['up-to-date', 'cached']);
    auto.client.dispose();
    await auto.clock.advance(60_001);
    expect(states()).toEqual(['cached', 'cached']);
    manual.client.dispose();
  });
});

describe('logging', () => {
  it.each([
    ['off', 0],
    ['error', 1],
    ['warn', 2],
  ] as const)('at level %s writes %i of an error and a warning', async (logLevel, count) => {
    const { client, clock, log } = stage(configByUser('kate'), { logLevel });
    await clock.advance(0);
    client.snapshot().value('plan', '');
    client.snapshot().value('none', '');
    expect(log).toHaveLength(count);
    client.dispose();
  });

  it('asks the filter for each entry', async () => {
    const seen: unknown[] = [];
    const { client, clock, log } = stage(configByUser('kate'), {
      logFilter: (level, eventId, message) => {
        seen.push([level, eventId, message.slice(0, 15)]);
        return false;
      },
    });
    await clock.advance(0);
    client.snapshot().value('plan', '');
    expect(seen).toEqual([['warn', 3001, 'Cannot evaluate']]);
    expect(log).toEqual([]);
    client.dispose();
  });

  it('survives a logger that throws', async () => {
    const { client, clock } = stage(404, {
      logger: {
        log: () => {
          throw new Error('full disk');
        },
      },
    });
    await clock.advance(0);
    expect(client.snapshot().value('a', 'default')).toBe('default');
    client.dispose();
  });
});

function flags(config: object): object {
  return (config as { f: object }).f;
}

describe('snapshot().setting()', () => {
  it('gives a flag as the config has it, and nothing for one that is not there', async () => {
    const { client, clock, log } = stage(configByUser('kate'));
    expect(client.snapshot().setting('plan')).toBeUndefined();
    await clock.advance(0);
    expect(client.snapshot().setting('plan')).toMatchObject({
      type: 'string',
      servedValue: { value: 'nobody', variationId: 'id-nobody' },
      targetingRules: [{ servedValue: { value: 'KATE' } }],
    });
    expect(client.snapshot().setting('plna')).toBeUndefined();
    expect(log).toEqual([]);
    client.dispose();
  });
});

describe('snapshot().cacheText', () => {
  it('lets another client start with the same config, and ask for a newer one', async () => {
    const { client, clock } = stage(configByUser('kate'));
    expect(client.snapshot().cacheText).toBeUndefined();
    await clock.advance(0);
    const { cacheText } = client.snapshot();
    client.dispose();
    const cache: ConfigCache = { get: () => cacheText, set: () => undefined };
    const twin = stage(304, { cache }, manualPoll());
    expect(twin.client.snapshot().value('plan', '', kate)).toBe('KATE');
    expect(twin.client.snapshot().cacheText).toBe(cacheText);
    void twin.client.forceRefresh();
    await twin.clock.advance(0);
    expect(twin.client.snapshot().value('plan', '', kate)).toBe('KATE');
    expect(twin.log).toEqual([]);
    twin.client.dispose();
  });
});
