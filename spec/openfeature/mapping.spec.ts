import type { EvaluationContext } from '@openfeature/core';
import type { User } from '../../src';
import { toUser } from '../../src/openfeature/mapping';

const date = new Date('2026-03-01T00:00:00.5Z');
const hostile = {
  toString: () => {
    throw new Error('no text');
  },
};
const bare = Object.create(null) as object;

describe('toUser', () => {
  it.each<[string, EvaluationContext, User | undefined]>([
    ['nothing', {}, undefined],
    ['nothing but null', { targetingKey: null as unknown as string, email: null }, undefined],
    ['a targeting key', { targetingKey: '42' }, { identifier: '42', custom: {} }],
    ['attributes without a targeting key', { plan: 'pro' }, { identifier: '', custom: { plan: 'pro' } }],
    [
      'the predefined attributes',
      { targetingKey: '42', email: 'kate@example.com', country: 'HU' },
      { identifier: '42', email: 'kate@example.com', country: 'HU', custom: {} },
    ],
    [
      "the predefined attributes by ConfigCat's names",
      { Identifier: '42', Email: 'kate@example.com', Country: 'HU' },
      { identifier: '42', email: 'kate@example.com', country: 'HU', custom: {} },
    ],
    [
      "both names, of which OpenFeature's wins",
      { targetingKey: '42', Identifier: '43', email: 'a@example.com', Email: 'b@example.com' },
      { identifier: '42', email: 'a@example.com', custom: {} },
    ],
    [
      'what ConfigCat compares',
      { text: '', seats: 5.5, joined: date, tags: ['a', 'b'], none: [] },
      { identifier: '', custom: { text: '', seats: 5.5, joined: date, tags: ['a', 'b'], none: [] } },
    ],
    [
      'what becomes text',
      { yes: true, no: false, mixed: ['a', 1], nested: { plan: 'pro' }, list: [['a']] },
      { identifier: '', custom: { yes: 'true', no: 'false', mixed: 'a,1', nested: '[object Object]', list: 'a' } },
    ],
    [
      'predefined attributes that are no text',
      { targetingKey: 42 as unknown as string, email: true, country: date },
      { identifier: '42', email: 'true', country: '1772323200.5', custom: {} },
    ],
    [
      'what has no text',
      { hostile, bare, symbol: Symbol('s') } as unknown as EvaluationContext,
      { identifier: '', custom: { hostile: '[unknown]', bare: '[object Object]', symbol: '[symbol]' } },
    ],
  ])('understands %s', (_, context, user) => {
    expect(toUser(context)).toEqual(user);
  });

  it('takes hostile names for names', () => {
    const context = JSON.parse('{ "__proto__": { "polluted": true }, "constructor": "c" }') as EvaluationContext;
    const { custom } = toUser(context)!;
    expect(Object.entries(custom!)).toEqual([
      ['__proto__', '[object Object]'],
      ['constructor', 'c'],
    ]);
    expect(Object.getPrototypeOf(custom)).toBe(Object.prototype);
    expect({}).not.toHaveProperty('polluted');
  });
});
