import * as fc from 'fast-check';
import type { User } from '../../src/model/user';

const refuse = (): never => {
  throw new Error('Hands off.');
};

/** An object whose every use throws. */
const untouchable = () =>
  new Proxy(
    {},
    { get: refuse, has: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse, getPrototypeOf: refuse },
  );

function cyclicObject(): object {
  const object: Record<string, unknown> = {};
  object.self = object;
  return object;
}

function cyclicList(): unknown[] {
  const list: unknown[] = [];
  list.push(list);
  return list;
}

/**
 * Attribute values that no type allows, or that lie about what they are. Lists with holes are left out: there the official
 * SDK fails where it hashes, and ours finds nothing in the hole.
 */
const makers: readonly (() => unknown)[] = [
  () => '\ud800',
  () => '\udc00\ud800x',
  () => `${'é'.repeat(50_000)}\ud83d`,
  () => `${'1'.repeat(400)}.${'0'.repeat(300)}`,
  () => `${'9'.repeat(250)}.0.0`,
  () => `1.0.0-${'a.'.repeat(100)}a`,
  () => ' '.repeat(50_000) + '!',
  () => '['.repeat(20_000),
  () => Number.MAX_VALUE,
  () => Number.MIN_VALUE,
  () => -0,
  () => NaN,
  () => -Infinity,
  () => 10n ** 400n,
  () => Symbol('hostile'),
  () => refuse,
  cyclicObject,
  cyclicList,
  untouchable,
  () => new Date(NaN),
  () => new Date(8.64e15),
  () => Object.assign(new Date(0), { getTime: refuse }),
  () => ({ toString: refuse }),
  () => ({ toString: () => ({}) }),
  () => ({ valueOf: refuse, toString: () => 'a' }),
  () => ({ toJSON: refuse }),
  () => Object.create(null) as object,
  () => new Map([['a', 'b']]),
  () => ['a', refuse],
  () => Object.defineProperty(['a', 'b'], 0, { get: refuse }),
  () => ['\ud800', 'a'],
  () => true,
  () => null,
  () => '',
  () => 'a',
  () => '1.0.0',
  () => '1',
];

/** A property that gives its value, or throws when it is read. */
type Property = readonly [name: string, make: () => unknown, isTrap: boolean];

const property = (...names: readonly string[]): fc.Arbitrary<Property> =>
  fc.tuple(
    fc.constantFrom(...names),
    fc.constantFrom(...makers),
    fc.nat(9).map((n) => n === 0),
  );

function build(properties: readonly Property[]): object {
  const built = {};
  for (const [name, make, isTrap] of properties) {
    const how = isTrap ? { get: refuse } : { value: make() };
    Object.defineProperty(built, name, { ...how, enumerable: true, configurable: true });
  }
  return built;
}

/**
 * Users that throw, lie and turn in circles. Made anew at each call, so that neither SDK meets what the other one has
 * left behind.
 */
export const hostileUser: fc.Arbitrary<() => User> = fc
  .tuple(
    fc.array(property('identifier', 'email', 'country'), { maxLength: 3 }),
    fc.option(
      fc.array(property('X', 'Y', 'toString', '__proto__', 'identifier', 'Email'), { minLength: 1, maxLength: 5 }),
      { freq: 8 },
    ),
    fc.constantFrom<(user: object) => object>(
      ...Array<(user: object) => object>(12).fill((user) => user),
      untouchable,
      Object.freeze,
      (user) => Object.create(user) as object,
      (user) => Object.create(user, { custom: { value: 'text' } }) as object,
      (user) => Object.create(user, { custom: { value: untouchable() } }) as object,
    ),
  )
  .map(([predefined, custom, disguise]) =>
    Object.assign(
      () => {
        const user = build([...predefined, ...(custom ? [['custom', () => build(custom), false] as const] : [])]);
        return disguise(user) as User;
      },
      // What a failure shows of it.
      { [fc.toStringMethod]: () => `${fc.stringify({ predefined, custom })} as ${disguise.toString()}` },
    ),
  );
