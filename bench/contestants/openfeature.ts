import { createHash } from 'node:crypto';
import type { EvaluationContext } from '@openfeature/server-sdk';
import { InMemoryProvider, OpenFeature } from '@openfeature/server-sdk';
import type { Condition, Flag, Operator } from '../flags.js';
import { hasHashedLists, valuesOf } from '../flags.js';
import { defineContestant } from './contestant.js';

type Test = (actual: unknown, operands: readonly (string | number)[]) => boolean;

const tests: Partial<Record<Operator, Test>> = {
  contains: (actual, operands) => operands.some((text) => String(actual).includes(String(text))),
  oneOf: (actual, operands) => operands.includes(actual as string),
  equals: (actual, [operand]) => actual === operand,
  numberEquals: (actual, [operand]) => actual === operand,
  numberAbove: (actual, [operand]) => Number(actual) > Number(operand),
  versionAbove: (actual, [operand]) => String(actual).localeCompare(String(operand), 'en', { numeric: true }) > 0,
  after: (actual, [operand]) => Number(actual) > Number(operand),
};

/**
 * OpenFeature's client over its in-memory provider: the cost of the standard itself. The provider knows no rules, so
 * a function of ours stands in for them; its time is part of what is measured.
 */
export const openFeature = defineContestant<EvaluationContext>({
  hash: 'configcat',
  cannot: (flags) => (hasHashedLists(flags) ? 'has no hashed lists' : undefined),
  write: (flags) => JSON.stringify(flags),
  open: async (text) => {
    const flags = new Map((JSON.parse(text) as Flag[]).map((flag) => [flag.key, flag]));
    const provider = new InMemoryProvider(
      Object.fromEntries([...flags].map(([key, flag]) => [key, definition(flag, flags)])),
    );
    await OpenFeature.setProviderAndWait(provider);
    const client = OpenFeature.getClient();
    const valueOf = (key: string, fallback: boolean | string, user: EvaluationContext) =>
      typeof fallback === 'boolean'
        ? client.getBooleanValue(key, fallback, user)
        : client.getStringValue(key, fallback, user);
    return {
      user: ({ id, ...user }) => ({ targetingKey: id, id, ...user }),
      value: valueOf,
      all: async (user, keys, fallbacks) => {
        const values: unknown[] = [];
        for (let i = 0; i < keys.length; i++) values.push(await valueOf(keys[i]!, fallbacks[i]!, user));
        return values;
      },
      values: (all) => all as unknown[],
      close: () => OpenFeature.close(),
    };
  },
});

function definition(flag: Flag, flags: ReadonlyMap<string, Flag>) {
  const variants = Object.fromEntries(valuesOf(flag).map((value) => [String(value), value]));
  const isPlain = flag.rules.length === 0 && !flag.split;
  return {
    variants: variants as Record<string, string>,
    defaultVariant: String(flag.otherwise),
    disabled: false,
    ...(!isPlain && { contextEvaluator: (user: EvaluationContext) => String(evaluate(flag, user, flags)) }),
  };
}

function evaluate(flag: Flag, user: EvaluationContext, flags: ReadonlyMap<string, Flag>): unknown {
  const holds = ({ attribute, operator, operands }: Condition) => tests[operator]!(user[attribute], operands);
  for (const { conditions, prerequisite, serve } of flag.rules) {
    if (prerequisite === undefined ? conditions.every(holds) : evaluate(flags.get(prerequisite)!, user, flags) === true)
      return serve;
  }
  if (!flag.split) return flag.otherwise;
  // ConfigCat's bucket, so that the answers can be compared. Source: protocol section 6.
  const hash = createHash('sha1')
    .update(flag.key + String(user.targetingKey))
    .digest('hex');
  return flag.split[Number.parseInt(hash.slice(0, 7), 16) % 100 < 50 ? 0 : 1];
}
