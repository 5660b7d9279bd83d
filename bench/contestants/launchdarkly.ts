import type { LDContext } from '@launchdarkly/node-server-sdk';
import { init } from '@launchdarkly/node-server-sdk';
import { TestData } from '@launchdarkly/node-server-sdk/integrations';
import type { Condition, Flag, Operator, Rule } from '../flags.js';
import { hasHashedLists, segmentsOf, valuesOf } from '../flags.js';
import { defineContestant } from './contestant.js';

const operators: Partial<Record<Operator, string>> = {
  contains: 'contains',
  oneOf: 'in',
  equals: 'in',
  numberEquals: 'in',
  numberAbove: 'greaterThan',
  versionAbove: 'semVerGreaterThan',
  after: 'after',
};

interface Data {
  readonly flags: readonly { readonly key: string }[];
  readonly segments: readonly object[];
}

const quiet = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

/** LaunchDarkly's server SDK over its own TestData source. It has no synchronous evaluation. */
export const launchDarkly = defineContestant<LDContext>({
  hash: 'launchdarkly',
  cannot: (flags) => (hasHashedLists(flags) ? 'has no hashed lists' : undefined),
  write: (flags) => {
    const segments = segmentsOf(flags);
    return JSON.stringify({
      flags: flags.map((flag) => flagJson(flag, segments)),
      segments: segments.map(segmentJson),
    });
  },
  open: async (text) => {
    const { flags, segments } = JSON.parse(text) as Data;
    const source = new TestData();
    for (const flag of flags) source.usePreconfiguredFlag(flag);
    for (const segment of segments) source.usePreconfiguredSegment(segment);
    const client = init('sdk-key', {
      updateProcessor: source.getFactory(),
      sendEvents: false,
      diagnosticOptOut: true,
      logger: quiet,
    });
    await client.waitForInitialization({ timeout: 10 });
    return {
      // Dates are texts or milliseconds here.
      user: ({ id, joined, ...user }) => ({ kind: 'user', key: id, ...user, joined: joined * 1000 }),
      value: (key, fallback, user) => client.variation(key, user, fallback),
      all: (user) => client.allFlagsState(user).then((state) => state.allValues()),
      values: (all, keys) => keys.map((key) => (all as Record<string, unknown>)[key]),
      close: () => client.close(),
    };
  },
});

function flagJson(flag: Flag, segments: readonly Rule[]) {
  const variations = valuesOf(flag);
  const index = (value: unknown) => variations.findIndex((variation) => variation === value);
  const prerequisites = flag.rules.flatMap(({ prerequisite }) => prerequisite ?? []);
  const otherwise = { variation: index(flag.otherwise) };
  return {
    key: flag.key,
    version: 1,
    on: true,
    salt: `${flag.key}-salt`,
    variations,
    offVariation: otherwise.variation,
    prerequisites: prerequisites.map((key) => ({ key, variation: 0 })),
    rules: flag.rules
      .filter(({ prerequisite }) => prerequisite === undefined)
      .map((rule, i) => ({ id: `${flag.key}-${i}`, variation: index(rule.serve), clauses: clauses(rule, segments) })),
    // Where a prerequisite is missed the flag is off; else it falls through to what its rule serves.
    fallthrough: flag.split
      ? { rollout: { variations: flag.split.map((side) => ({ variation: index(side), weight: 50_000 })) } }
      : prerequisites.length > 0
        ? { variation: index(flag.rules[0]!.serve) }
        : otherwise,
  };
}

const clauses = (rule: Rule, segments: readonly Rule[]) =>
  rule.isSegment
    ? [{ attribute: '', op: 'segmentMatch', values: [`segment${segments.indexOf(rule)}`] }]
    : rule.conditions.map(clause);

const clause = ({ attribute, operator, operands }: Condition) => ({
  contextKind: 'user',
  attribute: attribute === 'id' ? 'key' : attribute,
  op: operators[operator]!,
  values: operator === 'after' ? operands.map((seconds) => Number(seconds) * 1000) : operands,
});

const segmentJson = ({ conditions }: Rule, i: number) => ({
  key: `segment${i}`,
  version: 1,
  salt: 'salt',
  included: [],
  excluded: [],
  rules: [{ id: 'rule', clauses: conditions.map(clause) }],
});
