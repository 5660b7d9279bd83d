import type { SettingValue } from '../index.js';

/** Comparators of a text, a version or a list of the user with a list. Versions are `version…`. */
export type TestListComparator =
  | 'isOneOf'
  | 'isNotOneOf'
  | 'containsAnyOf'
  | 'notContainsAnyOf'
  | 'versionIsOneOf'
  | 'versionIsNotOneOf'
  | 'startsWithAnyOf'
  | 'notStartsWithAnyOf'
  | 'endsWithAnyOf'
  | 'notEndsWithAnyOf'
  | 'arrayContainsAnyOf'
  | 'arrayNotContainsAnyOf';

/** Comparators of a text or a version with another. */
export type TestTextComparator =
  'equals' | 'notEquals' | 'versionLess' | 'versionLessOrEquals' | 'versionGreater' | 'versionGreaterOrEquals';

/** Comparators of a number with another. */
export type TestNumberComparator =
  'numberEquals' | 'numberNotEquals' | 'numberLess' | 'numberLessOrEquals' | 'numberGreater' | 'numberGreaterOrEquals';

/** Comparators of a time with another. */
export type TestDateComparator = 'before' | 'after';

/** What must hold of an attribute of the user: `Identifier`, `Email`, `Country`, or a custom one by its name. */
export type UserTestCondition = { readonly attribute: string } & (
  | { readonly comparator: TestListComparator; readonly value: readonly string[] }
  | { readonly comparator: TestTextComparator; readonly value: string }
  | { readonly comparator: TestNumberComparator; readonly value: number }
  | { readonly comparator: TestDateComparator; readonly value: Date }
);

/**
 * What must hold of a user, or of what another flag serves this user.
 *
 * @example
 * const isGrown: TestCondition = { attribute: 'age', comparator: 'numberGreaterOrEquals', value: 18 };
 * const hasCheckout: TestCondition = { flag: 'newCheckout', comparator: 'equals', value: true };
 */
export type TestCondition =
  | UserTestCondition
  | { readonly flag: string; readonly comparator: 'equals' | 'notEquals'; readonly value: SettingValue };

/** The numbers of comparators in config JSON. Source: protocol section 6.1. */
const comparators: Readonly<Record<UserTestCondition['comparator'], number>> = {
  isOneOf: 0,
  isNotOneOf: 1,
  containsAnyOf: 2,
  notContainsAnyOf: 3,
  versionIsOneOf: 4,
  versionIsNotOneOf: 5,
  versionLess: 6,
  versionLessOrEquals: 7,
  versionGreater: 8,
  versionGreaterOrEquals: 9,
  numberEquals: 10,
  numberNotEquals: 11,
  numberLess: 12,
  numberLessOrEquals: 13,
  numberGreater: 14,
  numberGreaterOrEquals: 15,
  before: 18,
  after: 19,
  equals: 28,
  notEquals: 29,
  startsWithAnyOf: 30,
  notStartsWithAnyOf: 31,
  endsWithAnyOf: 32,
  notEndsWithAnyOf: 33,
  arrayContainsAnyOf: 34,
  arrayNotContainsAnyOf: 35,
};

/** A condition as config JSON has it. */
export function conditionJson(condition: TestCondition, valueJson: (value: SettingValue) => object): object {
  if ('flag' in condition) {
    const { flag, comparator, value } = condition;
    return { p: { f: flag, c: comparator === 'equals' ? 0 : 1, v: valueJson(value) } };
  }
  const { attribute, comparator, value } = condition;
  if (!Object.keys(comparators).includes(comparator)) {
    throw new TypeError(`Invalid comparator \`${comparator}\` of attribute \`${attribute}\`.`);
  }
  return { u: { a: attribute, c: comparators[comparator], ...operandJson(value) } };
}

function operandJson(value: UserTestCondition['value']): object {
  if (typeof value === 'string') return { s: value };
  if (typeof value === 'number') return { d: value };
  return value instanceof Date ? { d: value.getTime() / 1000 } : { l: value };
}
