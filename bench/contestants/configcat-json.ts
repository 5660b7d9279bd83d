import { createHash } from 'node:crypto';
import type { BenchUser, Condition, Flag, Operator, Rule, Value } from '../flags.js';
import { segmentsOf } from '../flags.js';

const salt = 'bench-salt-0123456789abcdefghijklmnopqrstuvw=';
const attributes: Record<string, string> = { id: 'Identifier', email: 'Email', country: 'Country' };
const comparators: Record<Operator, number> = {
  oneOf: 0,
  contains: 2,
  versionAbove: 8,
  numberEquals: 10,
  numberAbove: 14,
  hashedOneOf: 16,
  after: 19,
  equals: 28,
};

/** Flags as ConfigCat's CDN serves them. Source: protocol section 2. */
export function configJson(flags: readonly Flag[]): string {
  const segments = segmentsOf(flags);
  const settings = flags.map((flag) => [
    flag.key,
    {
      t: typeof flag.otherwise === 'boolean' ? 0 : 1,
      v: value(flag.otherwise),
      i: `${flag.key}-0`,
      ...(flag.rules.length > 0 && { r: flag.rules.map((rule) => targetingRule(rule, flag.key, segments)) }),
      ...(flag.split && { p: flag.split.map((side) => ({ p: 50, v: value(side), i: `${flag.key}-${side}` })) }),
    },
  ]);
  return JSON.stringify({
    p: { u: 'https://cdn-global.configcat.com', r: 0, s: salt },
    ...(segments.length > 0 && { s: segments.map(segment) }),
    f: Object.fromEntries(settings) as unknown,
  });
}

const value = (of: Value) => (typeof of === 'boolean' ? { b: of } : { s: of });

function targetingRule(rule: Rule, key: string, segments: readonly Rule[]) {
  const served = { s: { v: value(rule.serve), i: `${key}-${rule.serve}` } };
  if (rule.prerequisite !== undefined) return { c: [{ p: { f: rule.prerequisite, c: 0, v: { b: true } } }], ...served };
  if (rule.isSegment) return { c: [{ s: { s: segments.indexOf(rule), c: 0 } }], ...served };
  return { c: rule.conditions.map((condition) => ({ u: userCondition(condition, key) })), ...served };
}

const segment = ({ conditions, serve }: Rule) => ({
  n: String(serve),
  r: conditions.map((condition) => userCondition(condition, String(serve))),
});

function userCondition({ attribute, operator, operands }: Condition, contextSalt: string) {
  const texts = operands.map(String);
  const compared =
    operator === 'oneOf' || operator === 'contains'
      ? { l: texts }
      : operator === 'hashedOneOf'
        ? { l: texts.map((text) => sha256(text + salt + contextSalt)) }
        : typeof operands[0] === 'number'
          ? { d: operands[0] }
          : { s: operands[0] };
  return { a: attributes[attribute] ?? attribute, c: comparators[operator], ...compared };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The user as both ConfigCat libraries take it. */
export const configCatUser = ({ id, email, country, plan, version, seats, joined }: BenchUser) => ({
  identifier: id,
  email,
  country,
  custom: { plan, version, seats, joined },
});

export const sdkKey = 'bench-bench-bench-benc/bench-bench-bench-benc';
