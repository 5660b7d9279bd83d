import type { LogEntryLevel, User } from '../../src';
import { createClient, createCoreFromText, manualPoll } from '../../src';
import * as core from '../../src/functions';
import { configByUser, configOf, sdkKey } from '../support/client';
import { record } from '../support/record';

const kate: User = { identifier: 'kate' };

const textOf = (config: object, fetchedAtMs: number | string = 7) => `${fetchedAtMs}\n"e"\n${JSON.stringify(config)}`;

const configV5 = { f: { plan: { v: 'former', t: 1, i: 'id-former', p: [], r: [] } } };

/** A logger that keeps what it is told. */
function recorder() {
  const entries: string[] = [];
  const errors: unknown[] = [];
  const logger = {
    log: (level: LogEntryLevel, eventId: number, message: string, error?: unknown) => {
      entries.push(`${level} ${eventId} ${message}`);
      errors.push(error);
    },
  };
  return { entries, errors, logger };
}

describe('a core that knows a text', () => {
  it('answers as the client did that knew it', () => {
    const cache = { get: () => textOf(configByUser('kate')), set: () => undefined };
    const client = createClient(sdkKey, { cache, polling: manualPoll(), logLevel: 'off', defaultUser: kate });
    const { cacheText: text } = client.snapshot();
    const twin = createCoreFromText(text, { defaultUser: kate, texts: core.logTexts });
    const [known, given] = [twin.snapshot(), client.snapshot()];
    expect(known.value('plan', '')).toBe('KATE');
    expect(core.details(known, 'plan', '')).toEqual(given.details('plan', ''));
    expect(core.details(known, 'none', '').errorMessage).toBe(given.details('none', '').errorMessage);
    expect(core.values(known, { identifier: 'ben' })).toEqual({ plan: 'nobody' });
    const { cacheState, cacheText, defaultUser, fetchedAt } = known;
    expect({ cacheState, cacheText, defaultUser, fetchedAt }).toEqual({
      cacheState: 'cached',
      cacheText: given.cacheText,
      defaultUser: kate,
      fetchedAt: given.fetchedAt,
    });
    client.dispose();
  });

  it('takes its text from a function, when it is made and never again', () => {
    const text = jest.fn(() => textOf(configOf({ count: 1 })));
    const known = createCoreFromText(text);
    expect([1, 2].map(() => known.snapshot().value('count', 0))).toEqual([1, 1]);
    expect(text).toHaveBeenCalledTimes(1);
  });

  it.each([undefined, null, '', () => undefined, '1\n"e"\n'])(
    'knows no config where there is none: %p',
    async (text) => {
      const { entries, logger } = recorder();
      const known = createCoreFromText(text, { logger });
      expect(known.snapshot().value('count', 5)).toBe(5);
      expect(known.snapshot()).toMatchObject({
        cacheState: 'no-flag-data',
        cacheText: undefined,
        fetchedAt: undefined,
      });
      expect(record(core.flag$(known, 'count', 5)).values).toEqual([5]);
      expect(record(core.ready$(known))).toMatchObject({ values: ['no-flag-data'], isComplete: true });
      expect(await core.getAllKeys(known)).toEqual([]);
      expect(entries).toEqual([]);
    },
  );

  it.each([
    ['no cache text', 'Number of values is fewer than expected.'],
    ['time\n\n{}', 'Invalid fetch time: time'],
    ['1\n\n{', 'JSON'],
    ['1\n\n[]', 'Type mismatch at $'],
    [7 as never, ''],
    [{} as never, ''],
    [
      () => {
        throw new Error('Nothing was embedded.');
      },
      'Nothing was embedded.',
    ],
  ])('says that it cannot read %p, and knows no config', (text, reason) => {
    const { entries, errors, logger } = recorder();
    const known = createCoreFromText(text, { logger, texts: core.logTexts });
    expect(entries).toEqual(['error 2200 Error occurred while reading the cache.']);
    expect(String(errors[0])).toContain(reason);
    expect(known.snapshot().cacheState).toBe('no-flag-data');
  });

  it('logs nothing of evaluations, and all else', () => {
    const { entries, logger } = recorder();
    const known = createCoreFromText(textOf(configByUser('kate')), { logger, logLevel: 'debug' });
    const snapshot = known.snapshot();
    expect(snapshot.value('plan', '')).toBe('nobody');
    expect([snapshot.value('none', '-'), snapshot.value('plan', 5 as never)]).toEqual(['-', 5]);
    core.values(snapshot);
    core.keyAndValue(snapshot, 'none');
    record(core.flag$(known, 'none', '-'));
    expect(entries).toEqual([]);
    core.watch(known, 'plan', '').subscribe(() => {
      throw new Error('A listener.');
    });
    known.setDefaultUser(kate);
    expect(entries).toEqual([expect.stringContaining('error 1003')]);
  });

  it('tells who listens of evaluations and of being ready', () => {
    const known = createCoreFromText(textOf(configByUser('kate')));
    const events = record(core.events$(known));
    known.snapshot().value('plan', '');
    expect(events.values).toMatchObject([
      { type: 'ready', cacheState: 'cached' },
      { type: 'flagEvaluated', details: { value: 'nobody' } },
    ]);
  });

  it('reads the formats that it is given', () => {
    const { errors, logger } = recorder();
    const planOf = (options: core.TextCoreOptions) =>
      createCoreFromText(textOf(configV5), { logger, ...options })
        .snapshot()
        .value('plan', '-');
    expect(planOf({ formats: [core.configV5] })).toBe('former');
    expect(errors).toEqual([]);
    expect(planOf({})).toBe('-');
    expect(String(errors)).toContain('pass `formats: [configV5]`');
  });

  it('asks nobody, whatever it is told', async () => {
    const fetch = jest.spyOn(globalThis, 'fetch');
    const known = createCoreFromText(textOf(configOf({ count: 1 })));
    core.setOnline(known, true);
    expect([core.isReady(known), core.isOnline(known), core.currentStatus(known).isOnline]).toEqual([
      true,
      false,
      false,
    ]);
    expect(await known.refresh()).toMatchObject({ isSuccess: false, errorCode: 3200 });
    expect(fetch).not.toHaveBeenCalled();
    expect(await core.getValue(known, 'count', 0)).toBe(1);
    await known.disposeWhenWritten();
    expect(known.snapshot().value('count', 0)).toBe(1);
    fetch.mockRestore();
  });

  it('reads no clock and no dice, and starts no timer', () => {
    const text = textOf(configByUser('kate'));
    const spies = [
      jest.spyOn(Date, 'now'),
      jest.spyOn(Math, 'random'),
      jest.spyOn(globalThis, 'setTimeout'),
      jest.spyOn(globalThis, 'setInterval'),
    ];
    const known = createCoreFromText(text);
    record(core.flag$(known, 'plan', ''));
    record(core.allFlags$(known));
    core.details(known.snapshot(), 'plan', '');
    known.setDefaultUser(kate);
    known.dispose();
    const calls = spies.map(({ mock }) => mock.calls.length);
    jest.restoreAllMocks();
    expect(calls).toEqual([0, 0, 0, 0]);
  });

  it.each(['9'.repeat(400), '9000000000000000'])('takes no time for a date that is none: %s', (time) => {
    expect(createCoreFromText(textOf(configOf({ count: 1 }), time)).snapshot().fetchedAt).toEqual(new Date(0));
  });

  it('keeps what it knows from names that objects have by themselves', () => {
    const flags = JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}') as Record<string, number>;
    const known = createCoreFromText(textOf(configOf(flags)));
    expect(['__proto__', 'constructor', 'toString', 'valueOf'].map((key) => known.snapshot().value(key, 0))).toEqual([
      1, 2, 3, 0,
    ]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('names what is wrong', () => {
    expect(() => createCoreFromText('', null as never)).toThrow('Invalid argument `options`');
    expect(() => createCoreFromText('').setDefaultUser(5 as never)).toThrow('Invalid argument `user`');
  });
});
