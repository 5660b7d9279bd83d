import { once } from 'node:events';
import type { ClientFeaturesResponse, Context } from 'unleash-client';
import { InMemStorageProvider, Unleash } from 'unleash-client';
import type { Condition, Flag, Operator, Rule, Value } from '../flags.js';
import { hasHashedLists, hasPrerequisites, segmentsOf } from '../flags.js';
import { defineContestant } from './contestant.js';

const operators: Partial<Record<Operator, string>> = {
  contains: 'STR_CONTAINS',
  oneOf: 'IN',
  equals: 'IN',
  numberEquals: 'NUM_EQ',
  numberAbove: 'NUM_GT',
  versionAbove: 'SEMVER_GT',
  after: 'DATE_AFTER',
};

/** Unleash's Node SDK from a bootstrap, sending and fetching nothing. Text flags are variants of its strategies. */
export const unleash = defineContestant<Context>({
  hash: 'unleash',
  cannot: (flags) =>
    hasHashedLists(flags)
      ? 'has no hashed lists'
      : hasPrerequisites(flags)
        ? 'follows parents to a depth of one'
        : undefined,
  write: (flags) => {
    const segments = segmentsOf(flags);
    return JSON.stringify({
      version: 2,
      features: flags.map((flag) => feature(flag, segments)),
      segments: segments.map(({ conditions }, id) => ({ id, constraints: conditions.map(constraint) })),
    });
  },
  open: async (text) => {
    const { features, segments = [] } = JSON.parse(text) as ClientFeaturesResponse;
    const client = new Unleash({
      appName: 'bench',
      url: 'http://127.0.0.1:9/api',
      refreshInterval: 0,
      disableMetrics: true,
      skipInstanceCountWarning: true,
      storageProvider: new InMemStorageProvider(),
      bootstrap: { data: features, segments: segments as [] },
    });
    // The server that it asks once all the same is not there.
    client.on('error', () => undefined);
    client.on('warn', () => undefined);
    await once(client, 'ready');
    const valueOf = (key: string, fallback: Value, user: Context) =>
      typeof fallback === 'boolean' ? client.isEnabled(key, user, fallback) : client.getVariant(key, user).name;
    return {
      user: ({ id, seats, joined, ...texts }) => ({
        userId: id,
        properties: { ...texts, seats: String(seats), joined: new Date(joined * 1000).toISOString() },
      }),
      value: valueOf,
      all: (user, keys, fallbacks) => keys.map((key, i) => valueOf(key, fallbacks[i]!, user)),
      values: (all) => all as unknown[],
      close: () => client.destroy(),
    };
  },
});

function feature({ key, rules, split, otherwise }: Flag, segments: readonly Rule[]) {
  const isText = typeof otherwise === 'string';
  const strategy = (sides: readonly Value[], more: object) => ({
    name: 'flexibleRollout',
    parameters: { rollout: '100', stickiness: 'default', groupId: key },
    constraints: [],
    ...(isText && { variants: sides.map((name) => variant(name, 1000 / sides.length)) }),
    ...more,
  });
  return {
    name: key,
    type: 'release',
    enabled: true,
    stale: false,
    impressionData: false,
    project: 'default',
    strategies: [
      ...rules.map((rule) =>
        strategy(
          [rule.serve],
          rule.isSegment ? { segments: [segments.indexOf(rule)] } : { constraints: rule.conditions.map(constraint) },
        ),
      ),
      strategy(split ?? [otherwise], {}),
    ],
    variants: [],
  };
}

const variant = (name: Value, weight: number) => ({
  name: String(name),
  weight,
  weightType: 'variable',
  stickiness: 'default',
  payload: { type: 'string', value: String(name) },
});

function constraint({ attribute, operator, operands }: Condition) {
  const hasList = operator === 'contains' || operator === 'oneOf' || operator === 'equals';
  const operand = operator === 'after' ? new Date(Number(operands[0]) * 1000).toISOString() : String(operands[0]);
  return {
    contextName: attribute === 'id' ? 'userId' : attribute,
    operator: operators[operator]!,
    inverted: false,
    caseInsensitive: false,
    ...(hasList ? { values: operands.map(String) } : { value: operand, values: [] }),
  };
}
