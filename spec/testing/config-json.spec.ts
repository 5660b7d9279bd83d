import type { SettingValue, User } from '../../src';
import type { TargetedFlag, TestCondition } from '../../src/testing';
import { createTestClient, toConfigJson } from '../../src/testing';
import { createOracle } from '../support/oracle';
import { LogLevel } from '@configcat/sdk';

/** What this library and the official SDK give of the same flags. */
function servedBoth(flags: Record<string, SettingValue | TargetedFlag>, key: string, user: User): unknown[] {
  const client = createTestClient(flags, { logLevel: 'off' });
  const oracle = createOracle(toConfigJson(flags), LogLevel.Off);
  const official = oracle.details(key, 'default', user);
  const details = client.snapshot().details(key, null, user);
  client.dispose();
  oracle.dispose();
  return [
    [details.value, details.variationId],
    [official.value, official.variationId],
  ];
}

function user(attribute: string | number | Date | readonly string[]): User {
  return { identifier: 'kate', email: 'kate@example.com', country: 'HU', custom: { attribute } };
}

const attribute = 'attribute';
const day = new Date('2026-03-01T00:00:00Z');
const later = new Date('2026-03-02T00:00:00Z');

describe('toConfigJson', () => {
  it('writes plain values as settings without targeting', () => {
    expect(JSON.parse(toConfigJson({ dark: true, greeting: 'Hello', limit: 10, share: 0.5 }))).toEqual({
      f: {
        dark: { t: 0, v: { b: true }, r: [], p: [] },
        greeting: { t: 1, v: { s: 'Hello' }, r: [], p: [] },
        limit: { t: 3, v: { d: 10 }, r: [], p: [] },
        share: { t: 3, v: { d: 0.5 }, r: [], p: [] },
      },
    });
  });

  it.each<[TestCondition, User, User]>([
    [{ attribute: 'Identifier', comparator: 'isOneOf', value: ['kate'] }, user('x'), { identifier: 'jack' }],
    [{ attribute: 'Country', comparator: 'isNotOneOf', value: ['HU'] }, { identifier: 'j', country: 'AT' }, user('x')],
    [{ attribute: 'Email', comparator: 'containsAnyOf', value: ['@exa'] }, user('x'), { identifier: 'j', email: 'a' }],
    [{ attribute, comparator: 'notContainsAnyOf', value: ['b'] }, user('acd'), user('abc')],
    [{ attribute, comparator: 'versionIsOneOf', value: ['1.2.3'] }, user('1.2.3'), user('1.2.4')],
    [{ attribute, comparator: 'versionIsNotOneOf', value: ['1.2.3'] }, user('1.2.4'), user('1.2.3')],
    [{ attribute, comparator: 'versionLess', value: '1.2.3' }, user('1.2.2'), user('1.2.3')],
    [{ attribute, comparator: 'versionLessOrEquals', value: '1.2.3' }, user('1.2.3'), user('1.2.4')],
    [{ attribute, comparator: 'versionGreater', value: '1.2.3' }, user('1.2.4'), user('1.2.3')],
    [{ attribute, comparator: 'versionGreaterOrEquals', value: '1.2.3' }, user('1.2.3'), user('1.2.2')],
    [{ attribute, comparator: 'numberEquals', value: 5 }, user(5), user(6)],
    [{ attribute, comparator: 'numberNotEquals', value: 5 }, user(6), user(5)],
    [{ attribute, comparator: 'numberLess', value: 5 }, user(4), user(5)],
    [{ attribute, comparator: 'numberLessOrEquals', value: 5 }, user(5), user(6)],
    [{ attribute, comparator: 'numberGreater', value: 5 }, user(6), user(5)],
    [{ attribute, comparator: 'numberGreaterOrEquals', value: 5 }, user(5), user(4)],
    [{ attribute, comparator: 'before', value: later }, user(day), user(later)],
    [{ attribute, comparator: 'after', value: day }, user(later), user(day)],
    [{ attribute, comparator: 'equals', value: 'abc' }, user('abc'), user('abcd')],
    [{ attribute, comparator: 'notEquals', value: 'abc' }, user('abcd'), user('abc')],
    [{ attribute, comparator: 'startsWithAnyOf', value: ['x', 'ab'] }, user('abc'), user('bcd')],
    [{ attribute, comparator: 'notStartsWithAnyOf', value: ['x', 'ab'] }, user('bcd'), user('abc')],
    [{ attribute, comparator: 'endsWithAnyOf', value: ['x', 'bc'] }, user('abc'), user('bcd')],
    [{ attribute, comparator: 'notEndsWithAnyOf', value: ['x', 'bc'] }, user('bcd'), user('abc')],
    [{ attribute, comparator: 'arrayContainsAnyOf', value: ['a'] }, user(['a', 'b']), user(['b'])],
    [{ attribute, comparator: 'arrayNotContainsAnyOf', value: ['a'] }, user(['b']), user(['a', 'b'])],
    [{ flag: 'other', comparator: 'equals', value: 'on' }, user('yes'), user('no')],
    [{ flag: 'other', comparator: 'notEquals', value: 'on' }, user('no'), user('yes')],
    [{ flag: 'number', comparator: 'equals', value: 1 }, user('yes'), user('no')],
  ])('writes rules that all SDKs follow: %j', (condition, matching, different) => {
    const whenYes = [{ attribute, comparator: 'equals', value: 'yes' }] as const;
    const flags = {
      flag: {
        value: 'no',
        variationId: 'v0',
        rules: [{ when: [condition], serve: { value: 'yes', variationId: 'v1' } }],
      },
      other: { value: 'off', rules: [{ when: whenYes, serve: 'on' }] },
      number: { value: 0, rules: [{ when: whenYes, serve: 1 }] },
    };
    expect(servedBoth(flags, 'flag', matching)).toEqual([
      ['yes', 'v1'],
      ['yes', 'v1'],
    ]);
    expect(servedBoth(flags, 'flag', different)).toEqual([
      ['no', 'v0'],
      ['no', 'v0'],
    ]);
  });

  it('knows every comparator that has no salt', () => {
    const names: Record<Exclude<TestCondition, { flag: string }>['comparator'], true> = {
      isOneOf: true,
      isNotOneOf: true,
      containsAnyOf: true,
      notContainsAnyOf: true,
      versionIsOneOf: true,
      versionIsNotOneOf: true,
      startsWithAnyOf: true,
      notStartsWithAnyOf: true,
      endsWithAnyOf: true,
      notEndsWithAnyOf: true,
      arrayContainsAnyOf: true,
      arrayNotContainsAnyOf: true,
      equals: true,
      notEquals: true,
      versionLess: true,
      versionLessOrEquals: true,
      versionGreater: true,
      versionGreaterOrEquals: true,
      numberEquals: true,
      numberNotEquals: true,
      numberLess: true,
      numberLessOrEquals: true,
      numberGreater: true,
      numberGreaterOrEquals: true,
      before: true,
      after: true,
    };
    const value = { list: ['1.0.0'], text: '1.0.0', number: 1, date: day };
    const conditions = Object.keys(names).map((comparator) => ({ attribute, comparator, value: value.list }));
    const rules = conditions.map((when) => ({ when: [when as TestCondition], serve: true }));
    const { f } = JSON.parse(toConfigJson({ flag: { value: false, rules } })) as {
      f: { flag: { r: { c: [{ u: { c: number } }] }[] } };
    };
    const numbers = f.flag.r.map(({ c: [{ u }] }) => u.c).sort((a, b) => a - b);
    const unsalted = [...Array(36).keys()].filter(
      (number) => ![16, 17, 20, 21, 22, 23, 24, 25, 26, 27].includes(number),
    );
    expect(numbers).toEqual(unsalted);
  });

  it('writes percentage options, also in rules, by any attribute', () => {
    const percentages = [
      { percentage: 30, value: 'a', variationId: 'va' },
      { percentage: 70, value: 'b' },
    ];
    const isHungarian: TestCondition = { attribute: 'Country', comparator: 'equals', value: 'HU' };
    const flags = {
      all: { value: 'x', percentages },
      some: { value: 'x', rules: [{ when: [isHungarian], percentages }], percentageAttribute: 'attribute' },
    };
    const served = Array.from({ length: 40 }, (_, i) => user(`value ${i}`)).map((one, i) => [
      servedBoth(flags, 'all', { ...one, identifier: `user ${i}` }),
      servedBoth(flags, 'some', one),
    ]);
    for (const [ours, theirs] of served.flat()) expect(ours).toEqual(theirs);
    const values = new Set(served.flat(2).map((pair) => (pair as unknown[])[0]));
    expect(values).toEqual(new Set(['a', 'b']));
    expect(servedBoth(flags, 'some', { identifier: 'jack', country: 'AT' })).toEqual([
      ['x', undefined],
      ['x', undefined],
    ]);
  });

  it('joins the conditions of a rule, and tries rules in order', () => {
    const by = (name: string, value: string): TestCondition => ({ attribute: name, comparator: 'equals', value });
    const rules = [
      { when: [by('Country', 'HU'), by('attribute', 'x')], serve: 'both' },
      { when: [by('Country', 'HU')], serve: 'one' },
    ];
    const flags = { flag: { value: 'none', rules } };
    const served = [user('x'), user('y'), { identifier: 'jack' }].map((one) => servedBoth(flags, 'flag', one));
    expect(served.map(([ours]) => (ours as unknown[])[0])).toEqual(['both', 'one', 'none']);
    expect(served.map(([, theirs]) => (theirs as unknown[])[0])).toEqual(['both', 'one', 'none']);
  });

  it('takes any key, and harms nothing with it', () => {
    const hostile = JSON.parse('{"__proto__": true, "constructor": "text", "a b": 1}') as Record<string, SettingValue>;
    const client = createTestClient(hostile);
    client.set(hostile);
    expect(client.snapshot().keys()).toEqual(['__proto__', 'constructor', 'a b']);
    expect(client.snapshot().value('__proto__', false)).toBe(true);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    client.dispose();
  });

  it.each<[string, unknown, string]>([
    ['a list', ['a'], 'Expected a boolean, a text or a finite number, got undefined.'],
    ['an endless number', Infinity, 'got Infinity.'],
    ['nothing', null, 'got null.'],
    [
      'values of two types',
      { value: 'a', rules: [{ when: [], serve: 1 }] },
      'Expected values of one type, got number.',
    ],
    ['options of another type', { value: 'a', percentages: [{ percentage: 100, value: true }] }, 'got boolean.'],
  ])('refuses %s, and names the flag', (_, flag, message) => {
    expect(() => toConfigJson({ fine: true, plan: flag as never })).toThrow('Invalid test flag `plan`.');
    expect(() => toConfigJson({ plan: flag as never })).toThrow(message);
  });

  it('refuses comparators that do not exist, inherited names included', () => {
    for (const comparator of ['resembles', 'constructor', '__proto__']) {
      const when = [{ attribute, comparator, value: 'x' } as never];
      expect(() => toConfigJson({ flag: { value: 'a', rules: [{ when, serve: 'b' }] } })).toThrow(
        `Invalid comparator \`${comparator}\` of attribute \`attribute\`.`,
      );
    }
  });
});
