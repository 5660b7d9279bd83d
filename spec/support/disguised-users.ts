import * as fc from 'fast-check';
import type { User } from '../../src';
import type { createTestClient } from '../../src/testing';

/** The attributes of somebody, as plain data. */
export interface Attributes {
  readonly identifier: string;
  readonly email: string | undefined;
  readonly country: string | undefined;
  readonly custom:
    | { readonly plan?: string; readonly seats?: number; readonly since?: Date; readonly teams?: readonly string[] }
    | undefined;
}

export const attributes: fc.Arbitrary<Attributes> = fc.record({
  identifier: fc.constantFrom('', 'kate', 'ben'),
  email: fc.constantFrom(undefined, 'kate@example.com', 'ben@example.com'),
  country: fc.constantFrom(undefined, 'AT', 'DE'),
  custom: fc.option(
    fc.record(
      {
        plan: fc.constantFrom('free', 'pro'),
        seats: fc.constantFrom(1, 100),
        since: fc.constantFrom(0, 2e12).map((ms) => new Date(ms)),
        teams: fc.subarray(['red', 'green']),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
    { nil: undefined },
  ),
});

/** Flags that between them show each attribute. */
export const flagsByAttribute = {
  byIdentifier: { value: 'other', rules: [rule('Identifier', 'equals', 'kate')] },
  byEmail: { value: 'other', rules: [rule('Email', 'equals', 'kate@example.com')] },
  byCountry: { value: 'other', rules: [rule('Country', 'equals', 'AT')] },
  byPlan: { value: 'other', rules: [rule('plan', 'equals', 'pro')] },
  bySeats: {
    value: 'other',
    rules: [{ when: [{ attribute: 'seats', comparator: 'numberGreater', value: 10 }], serve: 'match' }],
  },
  bySince: {
    value: 'other',
    rules: [{ when: [{ attribute: 'since', comparator: 'after', value: new Date(1e12) }], serve: 'match' }],
  },
  byTeams: {
    value: 'other',
    rules: [{ when: [{ attribute: 'teams', comparator: 'arrayContainsAnyOf', value: ['red'] }], serve: 'match' }],
  },
} as const satisfies Parameters<typeof createTestClient>[0];

function rule(attribute: string, comparator: 'equals', value: string) {
  return { when: [{ attribute, comparator, value }], serve: 'match' };
}

/** A user object that has these attributes for now, and may be given others later without becoming another object. */
export interface DisguisedUser {
  readonly user: User;
  readonly become: (next: Attributes) => void;
}

/** A plain copy, which shares no part with the original. */
export function plainCopy({ custom, ...rest }: Attributes): User {
  const { since, teams } = custom ?? {};
  const copied = custom && {
    ...custom,
    ...(since && { since: new Date(since) }),
    ...(teams && { teams: [...teams] }),
  };
  return { ...rest, ...(copied && { custom: copied }) } as User;
}

class Account {
  #current: Attributes;

  constructor(first: Attributes) {
    this.#current = first;
  }

  get identifier() {
    return this.#current.identifier;
  }

  get email() {
    return this.#current.email;
  }

  get country() {
    return this.#current.country;
  }

  get custom() {
    return this.#current.custom;
  }

  become(next: Attributes) {
    this.#current = next;
  }
}

/** What applications have for users. */
const disguises: readonly ((first: Attributes) => DisguisedUser)[] = [
  function plainObjectMutatedInPlace(first) {
    const user = plainCopy(first) as unknown as Record<string, unknown>;
    return {
      user: user as unknown as User,
      become: (next) => {
        for (const name of Object.keys(user)) Reflect.deleteProperty(user, name);
        Object.assign(user, plainCopy(next));
      },
    };
  },
  function customAttributesMutatedInPlace(first) {
    const user = { ...plainCopy(first), custom: { ...plainCopy(first).custom } } as Record<string, unknown>;
    const custom = user.custom as Record<string, unknown>;
    return {
      user: user as unknown as User,
      become: (next) => {
        for (const name of Object.keys(custom)) Reflect.deleteProperty(custom, name);
        Object.assign(custom, plainCopy(next).custom);
        Object.assign(user, { ...plainCopy(next), custom });
      },
    };
  },
  function classWithPrivateFields(first) {
    const user = new Account(first);
    return { user: user as unknown as User, become: (next) => user.become(next) };
  },
  function heirOfAnAccount(first) {
    const account = new Account(first);
    const user = Object.create(Object.create(account) as object) as User;
    for (const name of ['identifier', 'email', 'country', 'custom'] as const) {
      Object.defineProperty(user, name, { get: () => account[name] });
    }
    return { user, become: (next) => account.become(next) };
  },
  function proxyOverWhateverIsCurrent(first) {
    let current = plainCopy(first);
    const user = new Proxy({} as User, { get: (_, name) => Reflect.get(current, name) as unknown });
    return { user, become: (next) => (current = plainCopy(next)) };
  },
  function scheduler(first) {
    const user = { ...plainCopy(first), schedule: () => undefined } as Record<string, unknown>;
    return {
      user: user as unknown as User,
      become: (next) => Object.assign(user, { custom: undefined }, plainCopy(next)),
    };
  },
  function customAttributesBehindAGetter(first) {
    let current = first;
    const user = {
      get identifier() {
        return current.identifier;
      },
      get email() {
        return current.email;
      },
      get country() {
        return current.country;
      },
      get custom() {
        const entries = Object.entries(current.custom ?? {});
        return Object.defineProperties(
          {},
          Object.fromEntries(entries.map(([name, value]) => [name, { get: () => value, enumerable: true }])),
        );
      },
    };
    return { user: user as User, become: (next) => (current = next) };
  },
];

export const disguised: fc.Arbitrary<(first: Attributes) => DisguisedUser> = fc.constantFrom(...disguises);
