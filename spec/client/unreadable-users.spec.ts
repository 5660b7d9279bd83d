import { explain } from '../../src/explain';
import type { User } from '../../src';
import { createClientWithManualPoll } from '../../src';
import { sdkKey } from '../support/client';
import { recordLog } from '../support/recorded-log';

const comparison = (a: string) => ({ c: [{ u: { a, c: 28, s: 'x' } }], s: { v: { s: 'matched' } } });
const flag = (r: readonly object[], more: object = {}) => ({ t: 1, v: { s: 'off' }, r, ...more });
const config = {
  p: { s: 'salt' },
  s: [{ n: 'Beta', r: [{ a: 'Email', c: 28, s: 'x' }] }],
  f: {
    email: flag([comparison('Email')]),
    plan: flag([comparison('plan')]),
    second: flag([{ ...comparison('Identifier') }, comparison('plan')]),
    segment: flag([{ c: [{ s: { s: 0, c: 0 } }], s: { v: { s: 'in' } } }]),
    prerequisite: flag([{ c: [{ p: { f: 'email', c: 0, v: { s: 'off' } } }], s: { v: { s: 'met' } } }]),
    percentage: flag([], { p: [{ p: 100, v: { s: 'all' } }], a: 'plan' }),
    plain: flag([]),
  },
};

function clientOf(logLevel: 'warn' | 'info' = 'warn', defaultUser?: User) {
  const log = recordLog();
  const cache = { get: () => `1\n"e"\n${JSON.stringify(config)}`, set: () => undefined };
  const options = { cache, logger: log.logger, logLevel, ...(defaultUser && { defaultUser }) };
  return { log, client: createClientWithManualPoll(sdkKey, options) };
}

const refuse = (): never => {
  throw new Error('Hands off.');
};
const untouchable = new Proxy(
  {},
  { get: refuse, has: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse, getPrototypeOf: refuse },
);

/** Users some of whose attributes cannot be read. */
const users: readonly (readonly [string, () => User])[] = [
  [
    'a getter that throws',
    () => ({
      identifier: 'kate',
      get email() {
        return refuse();
      },
      custom: {
        get plan() {
          return refuse();
        },
      },
    }),
  ],
  [
    'a getter that throws what cannot be looked at',
    () => ({
      identifier: 'kate',
      get email(): string {
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw untouchable;
      },
      get custom(): never {
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw untouchable;
      },
    }),
  ],
  [
    'a getter that throws an error whose message throws',
    () => ({
      identifier: 'kate',
      get email(): string {
        throw Object.defineProperty(new Error(), 'message', { get: refuse });
      },
      custom: untouchable,
    }),
  ],
  [
    'a class whose getters throw',
    () =>
      new (class {
        get identifier() {
          return refuse();
        }

        get email() {
          return refuse();
        }

        get custom() {
          return refuse();
        }
      })(),
  ],
  ['nothing that can be touched', () => untouchable as User],
];

describe.each(users)('explain, for a user with %s,', (_, userOf) => {
  it.each(Object.keys(config.f))('never fails, and comes to what evaluation comes to: %s', async (key) => {
    const { client } = clientOf('warn', userOf());
    for (const explanation of [
      await client.explain(key, userOf()),
      explain(client.snapshot(), key, userOf()),
      explain(client.snapshot(), key),
      await client.explain(key),
    ]) {
      const details = await client.getValueDetails(key, null, userOf());
      expect(explanation.errorCode).toBe(details.errorCode);
      expect(explanation.value ?? null).toBe(details.value);
      expect(explanation.text.startsWith(`Evaluating '${key}' for User '{`)).toBe(true);
      expect(explanation.text).toContain('"[unreadable]"');
    }
    client.dispose();
  });

  it('says in the tree what could not be read', () => {
    const { client } = clientOf();
    const explained = (key: string) => explain(client.snapshot(), key, userOf());
    const [condition] = explained('email').setting!.rules[0]!.conditions;
    expect(condition).toMatchObject({ kind: 'user', operand: undefined, result: undefined });
    expect(condition!.reason).toMatch(/^the User\.Email attribute cannot be read \(.*\)$/);
    const options = explained('percentage').setting!.percentageOptions;
    expect(options?.reason).toMatch(/^the User\.plan attribute cannot be read \(.*\)$/);
    const segment = explained('segment').setting!.rules[0]!.conditions[0];
    expect(segment).toMatchObject({ conditions: [{ reason: condition!.reason }] });
    const prerequisite = explained('prerequisite').setting!.rules[0]!.conditions[0];
    expect(prerequisite).toMatchObject({ prerequisite: { rules: [{ conditions: [{ reason: condition!.reason }] }] } });
    client.dispose();
  });

  it('writes the evaluation log at level info all the same', async () => {
    const { client, log } = clientOf('info');
    await client.getValue('email', '', userOf());
    expect(log.take().filter((entry) => entry.startsWith('info 5000 Evaluating'))).toHaveLength(1);
    client.dispose();
  });
});

describe('explain', () => {
  it('gives no reason for an attribute that can be read at the second time', () => {
    const { client } = clientOf();
    let reads = 0;
    const user = {
      identifier: 'kate',
      get email() {
        return ++reads === 1 ? refuse() : 'x';
      },
    };
    const { value, setting } = explain(client.snapshot(), 'email', user);
    // Whoever copies users at the border reads them once.
    expect([value, setting?.rules[0]?.conditions[0]?.reason]).toEqual(
      reads > 1 ? ['matched', undefined] : [undefined, expect.stringContaining('cannot be read')],
    );
    client.dispose();
  });
});
