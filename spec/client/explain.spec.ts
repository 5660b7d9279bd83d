import { explain } from '../../src/explain';
import { createClientWithManualPoll } from '../../src';
import { sdkKey } from '../support/client';
import { recordLog } from '../support/recorded-log';

const config = {
  p: { s: 'salt' },
  s: [{ n: 'Beta', r: [{ a: 'Email', c: 2, l: ['@example.com'] }] }],
  f: {
    main: { t: 1, v: { s: 'off' }, r: [{ c: [{ s: { s: 0, c: 0 } }], s: { v: { s: 'on' }, i: 'main-on' } }] },
    dependent: {
      t: 1,
      v: { s: 'none' },
      r: [
        { c: [{ u: { a: 'Country', c: 0, l: ['DE'] } }], s: { v: { s: 'german' } } },
        { c: [{ p: { f: 'main', c: 0, v: { s: 'on' } } }], p: [{ p: 100, v: { s: 'split' }, i: 'v-split' }] },
      ],
    },
    broken: { t: 1, v: {} },
  },
};

function clientOf(logLevel: 'warn' | 'info' = 'warn') {
  const log = recordLog();
  const cache = { get: () => `1\n"e"\n${JSON.stringify(config)}`, set: () => undefined };
  return { log, client: createClientWithManualPoll(sdkKey, { cache, logger: log.logger, logLevel }) };
}

const kate = { identifier: 'kate', email: 'kate@example.com' };

describe('explain', () => {
  it('tells rule by rule what was compared and what came of it', async () => {
    const { client } = clientOf();
    const explanation = await client.explain('dependent', kate);
    expect(explanation).toMatchObject({
      key: 'dependent',
      user: kate,
      value: 'split',
      variationId: 'v-split',
      matchedPercentageOption: { percentage: 100 },
      errorCode: 0,
      errorMessage: undefined,
      setting: {
        source: { key: 'dependent', type: 'string' },
        value: 'split',
        rules: [
          {
            outcome: 'cannot-evaluate',
            reason: 'the User.Country attribute is missing',
            conditions: [
              {
                kind: 'user',
                text: "User.Country IS ONE OF ['DE']",
                comparator: 'IS ONE OF',
                operand: undefined,
                result: 'cannot-evaluate',
                source: { attribute: 'Country', comparisonValue: { list: ['DE'] } },
              },
            ],
          },
          {
            outcome: 'match',
            percentageOptions: { attribute: 'Identifier', selected: { percentage: 100 }, reason: undefined },
            conditions: [
              {
                kind: 'prerequisite',
                result: true,
                prerequisite: {
                  value: 'on',
                  rules: [
                    {
                      conditions: [
                        {
                          kind: 'segment',
                          name: 'Beta',
                          isInSegment: true,
                          conditions: [{ kind: 'user', operand: 'kate@example.com', result: true }],
                        },
                      ],
                    },
                  ],
                },
              },
            ],
          },
        ],
      },
    });
    client.dispose();
  });

  it.each([
    ['broken', 1, 'InvalidConfigModelError: Setting value is missing or invalid.'],
    ['missing', 1001, expect.stringContaining('the key was not found in config JSON')],
  ])('says what is wrong with the flag %s', (key, errorCode, errorMessage: unknown) => {
    const { client, log } = clientOf();
    const explanation = explain(client.snapshot(), key);
    expect(explanation).toMatchObject({ value: undefined, errorCode, errorMessage });
    expect(explanation.text).toBe(`Evaluating '${key}'\n  Returning 'undefined'.`);
    expect(log.entries).toEqual([]);
    client.dispose();
  });

  it('refuses an empty key at once', () => {
    const { client } = clientOf();
    expect(() => client.explain('')).toThrow('Invalid argument `key`');
    expect(() => explain(client.snapshot(), '')).toThrow('Invalid argument `key`');
    client.dispose();
  });
});

describe('the log at level info', () => {
  it('has the text of every evaluation, also of users that JSON cannot express', () => {
    const { client, log } = clientOf('info');
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    const user = { ...kate, custom: { big: 5n, cyclic, none: null, Email: 'ignored' } };
    expect(client.snapshot().value('main', 'default', user as never)).toBe('on');
    expect(log.take()[0]).toContain(
      `info 5000 Evaluating 'main' for User '{"Identifier":"kate","Email":"kate@example.com","big":"5","cyclic":"[object Object]"}'`,
    );
    client.snapshot().values(kate);
    expect(log.take().filter((line) => line.startsWith('info 5000'))).toHaveLength(3);
    client.dispose();
  });

  it('stands before the entry of an evaluation that fails', () => {
    const { client, log } = clientOf('info');
    expect(client.snapshot().value('broken', 'default')).toBe('default');
    expect(log.take().map((line) => line.slice(0, 10))).toEqual(['info 5000 ', 'error 1002']);
    client.dispose();
  });
});

describe('values', () => {
  it('are the same object as long as nothing differs', () => {
    const { client } = clientOf();
    const snapshot = client.snapshot();
    const values = snapshot.values(kate);
    expect(values).toEqual({ main: 'on', dependent: 'split', broken: null });
    expect(snapshot.values({ ...kate })).toBe(values);
    expect(snapshot.values({ identifier: 'ben' })).toEqual({ main: 'off', dependent: 'none', broken: null });
    client.dispose();
  });
});
