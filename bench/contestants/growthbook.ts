import type { FeatureDefinitions, UserContext } from '@growthbook/growthbook';
import { GrowthBookClient } from '@growthbook/growthbook';
import type { Condition, Flag, Operator, Rule } from '../flags.js';
import { hasHashedLists } from '../flags.js';
import { defineContestant } from './contestant.js';

const tests: Partial<Record<Operator, (operands: readonly (string | number)[]) => unknown>> = {
  contains: (operands) => ({ $regex: operands.map((text) => String(text).replaceAll('.', '\\.')).join('|') }),
  oneOf: (operands) => ({ $in: operands }),
  equals: ([operand]) => operand,
  numberEquals: ([operand]) => operand,
  numberAbove: ([operand]) => ({ $gt: operand }),
  versionAbove: ([operand]) => ({ $vgt: operand }),
  after: ([operand]) => ({ $gt: operand }),
};

/** GrowthBook's multi-user client with an inline payload. Its server sends segments as the conditions they stand for. */
export const growthBook = defineContestant<UserContext>({
  hash: 'growthbook',
  cannot: (flags) => (hasHashedLists(flags) ? 'hashes no list of this form' : undefined),
  write: (flags) => JSON.stringify(Object.fromEntries(flags.map((flag) => [flag.key, feature(flag)]))),
  open: (text) => {
    const features = JSON.parse(text) as FeatureDefinitions;
    const client = new GrowthBookClient().initSync({ payload: { features } });
    return {
      user: (user) => ({ attributes: user }),
      value: (key, fallback, user) => client.getFeatureValue(key, fallback, user),
      all: (user, keys, fallbacks) => keys.map((key, i) => client.getFeatureValue(key, fallbacks[i]!, user)),
      values: (all) => all as unknown[],
      close: () => client.destroy(),
    };
  },
});

function feature({ rules, split, otherwise }: Flag) {
  return split
    ? { defaultValue: split[1], rules: [{ force: split[0], coverage: 0.5, hashAttribute: 'id' }] }
    : { defaultValue: otherwise, rules: rules.map(ruleJson) };
}

const ruleJson = ({ conditions, prerequisite, serve }: Rule) =>
  prerequisite === undefined
    ? { condition: Object.fromEntries(conditions.map(testOf)), force: serve }
    : { parentConditions: [{ id: prerequisite, condition: { value: true } }], force: serve };

const testOf = ({ attribute, operator, operands }: Condition) => [attribute, tests[operator]!(operands)] as const;
