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
const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;

describe('toUser', () => {
  it.each<[string, EvaluationContext, User | undefined]>([
    ['nothing', {}, undefined],
    ['nothing but null', { targetingKey: null as unknown as string, email: null }, undefined],
    ['a targeting key', { targetingKey: '42' }, { identifier: '42', custom: { targetingKey: '42' } }],
    ['attributes without a targeting key', { plan: 'pro' }, { identifier: '', custom: { plan: 'pro' } }],
    ['an identifier instead', { identifier: '42' }, { identifier: '42', custom: { identifier: '42' } }],
    [
      'an identifier instead of a targeting key that is null',
      { targetingKey: null as unknown as string, identifier: '42' },
      { identifier: '42', custom: { identifier: '42' } },
    ],
    [
      'both, of which the targeting key wins, even if it is empty',
      { targetingKey: '', identifier: '42' },
      { identifier: '', custom: { targetingKey: '', identifier: '42' } },
    ],
    [
      'the predefined attributes, which are custom ones, too',
      { targetingKey: '42', email: 'kate@example.com', country: 'HU' },
      {
        identifier: '42',
        email: 'kate@example.com',
        country: 'HU',
        custom: { targetingKey: '42', email: 'kate@example.com', country: 'HU' },
      },
    ],
    [
      "the predefined attributes by ConfigCat's names",
      { Identifier: '42', Email: 'kate@example.com', Country: 'HU' },
      { identifier: '42', email: 'kate@example.com', country: 'HU', custom: {} },
    ],
    [
      "all names, of which OpenFeature's win",
      { targetingKey: '42', identifier: '43', Identifier: '44', email: 'a@example.com', Email: 'b@example.com' },
      {
        identifier: '42',
        email: 'a@example.com',
        custom: { targetingKey: '42', identifier: '43', email: 'a@example.com' },
      },
    ],
    [
      'what ConfigCat compares',
      { text: '', seats: 5.5, joined: date, tags: ['a', 'b'], none: [] },
      { identifier: '', custom: { text: '', seats: 5.5, joined: date, tags: ['a', 'b'], none: [] } },
    ],
    [
      'what becomes JSON',
      { mixed: ['a', 1, null], nested: { plan: 'pro', since: date }, list: [['a']], numbers: [1, 2] },
      {
        identifier: '',
        custom: {
          mixed: '["a",1,null]',
          nested: '{"plan":"pro","since":"2026-03-01T00:00:00.500Z"}',
          list: '[["a"]]',
          numbers: '[1,2]',
        },
      },
    ],
    ['booleans', { yes: true, no: false }, { identifier: '', custom: { yes: 'true', no: 'false' } }],
    [
      'a targeting key that is no text',
      { targetingKey: 42 as unknown as string },
      { identifier: '42', custom: { targetingKey: 42 } },
    ],
    [
      'an email and a country that are no text, which are custom attributes alone',
      { targetingKey: '42', email: true, country: date },
      { identifier: '42', custom: { targetingKey: '42', email: 'true', country: date } },
    ],
    [
      'what has no text',
      { hostile, bare, cyclic, symbol: Symbol('s'), mute: { toJSON: () => undefined } } as unknown as EvaluationContext,
      {
        identifier: '',
        custom: { hostile: '{}', bare: '{}', cyclic: '[unknown]', symbol: '[symbol]', mute: '[object Object]' },
      },
    ],
  ])('understands %s', (_, context, user) => {
    expect(toUser(context)).toEqual(user);
  });

  it('takes hostile names for names', () => {
    const context = JSON.parse('{ "__proto__": { "polluted": true }, "constructor": "c" }') as EvaluationContext;
    const { custom } = toUser(context)!;
    expect(Object.entries(custom!)).toEqual([
      ['__proto__', '{"polluted":true}'],
      ['constructor', 'c'],
    ]);
    expect(Object.getPrototypeOf(custom)).toBe(Object.prototype);
    expect({}).not.toHaveProperty('polluted');
  });
});
