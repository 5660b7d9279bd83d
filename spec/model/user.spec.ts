import * as fc from 'fast-check';
import type * as attributes from '../../src/evaluation/attributes';
import { quickReader } from '../../src/evaluation/attributes';
import type { User } from '../../src/model/user';
import { attributeReader } from '../../src/model/user';
import { isSameUser } from '../../src/model/user-copy';

/** The reader of engines that throw, or show nothing, where somebody looks a prototype up by its old name. */
function readerWithout(descriptor: PropertyDescriptor | undefined): typeof quickReader {
  const shown = Object.getOwnPropertyDescriptor(Object.prototype, '__proto__')!;
  let reader = quickReader;
  delete (Object.prototype as { __proto__?: unknown }).__proto__;
  try {
    if (descriptor) Object.defineProperty(Object.prototype, '__proto__', { configurable: true, ...descriptor });
    jest.isolateModules(() => {
      reader = jest.requireActual<typeof attributes>('../../src/evaluation/attributes').quickReader;
    });
  } finally {
    Object.defineProperty(Object.prototype, '__proto__', shown);
  }
  return reader;
}

const throwing: PropertyDescriptor = {
  get: () => {
    throw new Error('There are no prototypes here.');
  },
};

describe.each([
  ['attributeReader', attributeReader],
  ['quickReader', quickReader],
  ['quickReader where prototypes throw', readerWithout(throwing)],
  ['quickReader where prototypes are not shown', readerWithout(undefined)],
])('%s', (_name, readerOf) => {
  const custom = {
    Identifier: 'custom',
    Email: 'custom',
    Country: 'custom',
    email: 'lower case',
    plan: 'pro',
    '': 'no name',
    toString: 'own',
    none: null,
  };
  const full = { identifier: '42', email: 'kate@example.com', country: 'Hungary', custom };
  it.each<[string, object, string, unknown]>([
    ['the identifier', full, 'Identifier', '42'],
    ['the email', full, 'Email', 'kate@example.com'],
    ['the country', full, 'Country', 'Hungary'],
    ['a custom attribute', full, 'plan', 'pro'],
    ['a custom attribute in another case', full, 'email', 'lower case'],
    ['nothing in another case', full, 'Plan', undefined],
    ['an attribute without name', full, '', 'no name'],
    ['an own attribute with an inherited name', full, 'toString', 'own'],
    ['an attribute that is null', full, 'none', null],
    ['empty text for an absent identifier', { custom }, 'Identifier', ''],
    ['empty text for a null identifier', { identifier: null, custom }, 'Identifier', ''],
    ['nothing for an absent email, whatever is custom', { custom }, 'Email', undefined],
    ['nothing for an absent country, whatever is custom', { custom }, 'Country', undefined],
    ['nothing for an inherited name', { custom: {} }, 'toString', undefined],
    ['nothing for the prototype', { custom: {} }, '__proto__', undefined],
    [
      'an own attribute that is called like the prototype',
      { custom: JSON.parse('{"__proto__":"own"}') as object },
      '__proto__',
      'own',
    ],
    ['nothing without custom attributes', { identifier: '42' }, 'plan', undefined],
    ['nothing from custom attributes that are null', { identifier: '42', custom: null }, 'plan', undefined],
    [
      'an attribute without prototype',
      { custom: Object.assign(Object.create(null), { plan: 'pro' }) as object },
      'plan',
      'pro',
    ],
    [
      'an attribute of a class',
      {
        custom: new (class Visitor {
          readonly plan = 'pro';
        })(),
      },
      'plan',
      'pro',
    ],
    [
      'nothing that a class has',
      {
        custom: new (class Visitor {
          readonly kind = ' pro';
          get plan() {
            return this.kind.slice(1);
          }
        })(),
      },
      'plan',
      undefined,
    ],
    [
      'an attribute beside one that is called like the prototype and throws',
      { custom: Object.defineProperty({ plan: 'own' }, '__proto__', throwing) as object },
      'plan',
      'own',
    ],
    ['nothing that another object lends', { custom: Object.create({ plan: 'pro' }) as object }, 'plan', undefined],
    [
      'an attribute beside one that is called like the prototype',
      { custom: JSON.parse('{"__proto__":{"plan":"lent"},"plan":"own"}') as object },
      'plan',
      'own',
    ],
    [
      'nothing of one that is called like the prototype',
      { custom: JSON.parse('{"__proto__":{"plan":"lent"}}') as object },
      'plan',
      undefined,
    ],
  ])('reads %s', (_, user, name, attribute) => {
    expect(readerOf(name)(user)).toBe(attribute);
  });
});

describe('isSameUser', () => {
  const kate = (custom?: object): User => ({ identifier: '42', email: 'kate@example.com', custom }) as User;
  const cyclic = () => {
    const custom: Record<string, unknown> = {};
    custom.self = custom;
    return kate(custom);
  };
  const throwing = () => {
    const custom = {};
    const get = () => {
      throw new Error('no attribute');
    };
    Object.defineProperty(custom, 'plan', { enumerable: true, get });
    return kate(custom);
  };

  it.each<[string, User | undefined, User | undefined]>([
    ['nobody and nobody', undefined, undefined],
    ['equal predefined attributes', kate(), kate()],
    ['equal custom attributes', kate({ plan: 'pro', seats: 5 }), kate({ plan: 'pro', seats: 5 })],
    ['attributes in another order', kate({ plan: 'pro', seats: 5 }), kate({ seats: 5, plan: 'pro' })],
    ['equal dates', kate({ at: new Date(5) }), kate({ at: new Date(5) })],
    ['invalid dates', kate({ at: new Date(NaN) }), kate({ at: new Date(NaN) })],
    ['equal lists', kate({ teams: ['a', 'b'] }), kate({ teams: ['a', 'b'] })],
    ['lists under an inherited name', kate({ constructor: ['a'] }), kate({ constructor: ['a'] })],
    ['NaN and NaN', kate({ seats: NaN }), kate({ seats: NaN })],
  ])('finds %s the same', (_, a, b) => {
    expect(isSameUser(a, b)).toBe(true);
  });

  it.each<[string, User | undefined, User | undefined]>([
    ['nobody and somebody', undefined, kate()],
    ['other identifiers', kate(), { ...kate(), identifier: '43' }],
    ['other emails', kate(), { ...kate(), email: 'Kate@example.com' }],
    ['an attribute more', kate({ plan: 'pro' }), kate({ plan: 'pro', seats: 5 })],
    ['an attribute less', kate({ plan: 'pro', seats: 5 }), kate({ plan: 'pro' })],
    ['other names', kate({ plan: 'pro' }), kate({ Plan: 'pro' })],
    ['other types', kate({ seats: 5 }), kate({ seats: '5' })],
    ['other dates', kate({ at: new Date(5) }), kate({ at: new Date(6) })],
    ['a date and its time', kate({ at: new Date(5) }), kate({ at: 5 })],
    ['a date and an object', kate({ at: new Date(5) }), kate({ at: {} })],
    ['lists in another order', kate({ teams: ['a', 'b'] }), kate({ teams: ['b', 'a'] })],
    ['a longer list', kate({ teams: ['a'] }), kate({ teams: ['a', 'b'] })],
    ['a list and an object', kate({ teams: ['a'] }), kate({ teams: { 0: 'a' } })],
    ['a list and its text', kate({ teams: ['a'] }), kate({ teams: '["a"]' })],
    ['zeros of either sign', kate({ seats: 0 }), kate({ seats: -0 })],
    ['an inherited name', kate({ toString: 'a' }), kate({ valueOf: 'a' })],
    ['cyclic attributes', cyclic(), cyclic()],
    ['attributes that throw', throwing(), throwing()],
  ])('tells %s apart', (_, a, b) => {
    expect(isSameUser(a, b)).toBe(false);
    expect(isSameUser(b, a)).toBe(false);
  });

  it('finds every user the same as itself, cyclic or not', () => {
    const user = cyclic();
    expect(isSameUser(user, user)).toBe(true);
  });

  const attribute = fc.oneof(fc.string(), fc.double(), fc.date({ noInvalidDate: false }), fc.array(fc.string()));
  const anyUser = fc.record(
    {
      identifier: fc.string(),
      email: fc.string(),
      country: fc.string(),
      custom: fc.dictionary(fc.string(), attribute, { noNullPrototype: true }),
    },
    { requiredKeys: ['identifier'], noNullPrototype: true },
  );

  it('finds every user the same as a copy', () => {
    fc.assert(
      fc.property(fc.clone(anyUser, 2), ([a, b]) => {
        expect(a).not.toBe(b);
        expect(isSameUser(a, b)).toBe(true);
      }),
    );
  });

  it('tells a user apart from one with another attribute', () => {
    fc.assert(
      fc.property(fc.clone(anyUser, 2), fc.string(), ([a, b], name) => {
        expect(isSameUser(a, { ...b, custom: { ...b.custom, [name]: Symbol(name) } } as unknown as User)).toBe(false);
      }),
    );
  });
});
