import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Flags } from 'flagsmith-nodejs';
import { Flagsmith, LocalFileHandler } from 'flagsmith-nodejs';
import type { Condition, Flag, Operator, Value } from '../flags.js';
import { hasHashedLists, hasPrerequisites } from '../flags.js';
import { defineContestant } from './contestant.js';

const operators: Partial<Record<Operator, string>> = {
  contains: 'CONTAINS',
  oneOf: 'IN',
  equals: 'EQUAL',
  numberEquals: 'EQUAL',
  numberAbove: 'GREATER_THAN',
  versionAbove: 'GREATER_THAN',
  after: 'GREATER_THAN',
};

interface Identity {
  readonly id: string;
  readonly traits: Record<string, string | number>;
}

/** Flagsmith evaluating locally. Its document comes by file; it has no synchronous evaluation. */
export const flagsmith = defineContestant<Identity>({
  hash: 'flagsmith',
  cannot: (flags) =>
    hasHashedLists(flags) ? 'has no hashed lists' : hasPrerequisites(flags) ? 'has no prerequisites' : undefined,
  write: (flags) => JSON.stringify(environment(flags)),
  open: (text) => {
    const client = new Flagsmith({ offlineMode: true, offlineHandler: handlerOf(text) });
    const valueOf = (flags: Flags, key: string, fallback: Value) =>
      typeof fallback === 'boolean' ? flags.isFeatureEnabled(key) : flags.getFeatureValue(key);
    return {
      user: ({ id, ...traits }) => ({ id, traits: { id, ...traits } }),
      value: async (key, fallback, { id, traits }) => valueOf(await client.getIdentityFlags(id, traits), key, fallback),
      all: async ({ id, traits }, keys, fallbacks) => {
        const flags = await client.getIdentityFlags(id, traits);
        return keys.map((key, i) => valueOf(flags, key, fallbacks[i]!));
      },
      values: (all) => all as unknown[],
      close: () => client.close(),
    };
  },
});

/** Its file is read at once, so that nothing is left behind by a process that is killed. */
function handlerOf(text: string): LocalFileHandler {
  const folder = mkdtempSync(join(tmpdir(), 'bench-flagsmith-'));
  try {
    const path = join(folder, 'environment.json');
    writeFileSync(path, text);
    return new LocalFileHandler(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function environment(flags: readonly Flag[]) {
  let segmentId = 0;
  const segments = flags.flatMap((flag, featureId) =>
    flag.rules.map((rule, priority) => ({
      id: ++segmentId,
      name: `${flag.key} ${priority}`,
      rules: [{ type: 'ALL', rules: [], conditions: rule.conditions.map(condition) }],
      feature_states: [{ ...state(flag, featureId, rule.serve), feature_segment: { priority } }],
    })),
  );
  return {
    id: 1,
    api_key: 'bench',
    name: 'bench',
    project: {
      id: 1,
      name: 'bench',
      hide_disabled_flags: false,
      organisation: {
        id: 1,
        name: 'bench',
        feature_analytics: false,
        stop_serving_flags: false,
        persist_trait_data: true,
      },
      segments,
    },
    feature_states: flags.map((flag, featureId) => state(flag, featureId, flag.otherwise, flag.split)),
  };
}

const state = ({ key }: Flag, featureId: number, value: Value, sides: readonly string[] = []) => ({
  feature: { id: featureId + 1, name: key, type: sides.length > 0 ? 'MULTIVARIATE' : 'STANDARD' },
  enabled: value !== false,
  django_id: featureId + 1,
  featurestate_uuid: `00000000-0000-4000-8000-${String(featureId).padStart(12, '0')}`,
  feature_state_value: typeof value === 'string' ? value : null,
  multivariate_feature_state_values: sides.map((side, i) => ({
    id: featureId * 2 + i + 1,
    mv_fs_value_uuid: `00000000-0000-4000-9000-${String(featureId * 2 + i).padStart(12, '0')}`,
    percentage_allocation: 50,
    multivariate_feature_option: { id: featureId * 2 + i + 1, value: side },
  })),
});

const condition = ({ attribute, operator, operands }: Condition) => ({
  operator: operators[operator]!,
  property_: attribute,
  value: operator === 'versionAbove' ? `${operands[0]}:semver` : operands.join(','),
});
