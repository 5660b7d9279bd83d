/*
 * Flags as every contestant means them, in nobody's format: each contestant translates them into its own, and its
 * answers are compared before anything is timed.
 */

/** What a condition tests; the names are those of the product that the texts of the workloads come from. */
export type Operator =
  'contains' | 'oneOf' | 'hashedOneOf' | 'equals' | 'numberEquals' | 'numberAbove' | 'versionAbove' | 'after';

export type Attribute = 'id' | 'email' | 'country' | 'plan' | 'version' | 'seats' | 'joined';

/** One test of one attribute. `after` compares seconds since the Unix epoch. */
export interface Condition {
  readonly attribute: Attribute;
  readonly operator: Operator;
  readonly operands: readonly (string | number)[];
}

/** Conditions joined by AND, in place or in a segment, or the `true` of another flag; and what is served then. */
export interface Rule {
  readonly conditions: readonly Condition[];
  readonly isSegment?: boolean;
  readonly prerequisite?: string;
  readonly serve: Value;
}

export type Value = boolean | string;

/** Rules are tried in order; then half of the users get each side of the split, or all of them `otherwise`. */
export interface Flag {
  readonly key: string;
  readonly rules: readonly Rule[];
  readonly split?: readonly [string, string];
  readonly otherwise: Value;
}

export interface BenchUser {
  readonly id: string;
  readonly email: string;
  readonly country: string;
  readonly plan: string;
  readonly version: string;
  readonly seats: number;
  readonly joined: number;
}

/** Somebody whom most rules of the workloads hit; the number tells users apart. */
export function userOf(n: number, name = 'user'): BenchUser {
  return {
    id: `${name}-${n}`,
    email: `${name}.${n}@example.com`,
    country: 'HU',
    plan: 'pro',
    version: '2.1.0',
    seats: 12,
    joined: 1_760_000_000,
  };
}

export const flag = (key: string, otherwise: Value, rules: readonly Rule[] = []): Flag => ({ key, otherwise, rules });

export const when = (attribute: Attribute, operator: Operator, ...operands: (string | number)[]): Condition => ({
  attribute,
  operator,
  operands,
});

export const serve = (value: Value, ...conditions: Condition[]): Rule => ({ conditions, serve: value });

/** Every value that a flag may serve, each once. */
export function valuesOf({ rules, split, otherwise }: Flag): Value[] {
  return [...new Set([...rules.map((rule) => rule.serve), ...(split ?? []), otherwise])];
}

/** The segments of all flags, in the order in which their rules come. */
export function segmentsOf(flags: readonly Flag[]): Rule[] {
  return flags.flatMap(({ rules }) => rules.filter((rule) => rule.isSegment));
}

export const hasHashedLists = (flags: readonly Flag[]) =>
  flags.some(({ rules }) => rules.some((rule) => rule.conditions.some(({ operator }) => operator === 'hashedOneOf')));

export const hasPrerequisites = (flags: readonly Flag[]) =>
  flags.some(({ rules }) => rules.some(({ prerequisite }) => prerequisite !== undefined));
