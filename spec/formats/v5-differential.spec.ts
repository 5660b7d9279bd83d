import { isDeepStrictEqual } from 'node:util';
import type { IConfigCatClientSnapshot, SettingValue } from 'configcat-common';
import { getClient, LogLevel, PollingMode } from 'configcat-common';
import * as fc from 'fast-check';
import type { Snapshot, User } from '../../src';
import { createClient, manualPoll } from '../../src';
import { sdkKey } from '../support/client';
import { legacyConfig, legacyUser } from '../support/v5-arbitraries';

const configs = Number(process.env.DIFFERENTIAL_CONFIGS ?? 340);
const usersPerConfig = 10;
const seed = Number(process.env.DIFFERENTIAL_SEED ?? 20261124);
const defaults: readonly SettingValue[] = [null, false, 'text', 5];

/** All that a user of either SDK can see of one evaluation. */
interface Seen {
  readonly value: unknown;
  readonly variationId: string | undefined;
  readonly isDefaultValue: boolean;
  readonly ruleValue: unknown;
  readonly optionValue: unknown;
  readonly warnings: readonly string[];
}

describe('evaluation of the previous format, beside the official SDK of its time', () => {
  it(`agrees on value, variation, matched rule and warnings of ${configs} random configs (seed ${seed})`, async () => {
    const counts = { evaluations: 0, byRule: 0, byOption: 0, defaulted: 0, warned: 0 };
    await fc.assert(
      fc.asyncProperty(
        legacyConfig,
        fc.array(legacyUser, { minLength: usersPerConfig, maxLength: usersPerConfig }),
        async ({ text, keys }, users) => {
          const here = evaluatorHere(text);
          const there = await evaluatorThere(text);
          try {
            keys.forEach((key, k) => {
              users.forEach((user, u) => {
                const defaultValue = defaults[(k + u) % defaults.length]!;
                const expected = there.evaluate(key, defaultValue, user);
                // One client warns once of each cause, and the other each time.
                const fresh = expected.warnings.length > 0 ? evaluatorHere(text) : undefined;
                const actual = (fresh ?? here).evaluate(key, defaultValue, user);
                fresh?.dispose();
                if (!isDeepStrictEqual(actual, expected))
                  expect({ key, user, ...actual }).toEqual({ key, user, ...expected });
                counts.evaluations++;
                if (expected.ruleValue !== undefined) counts.byRule++;
                if (expected.optionValue !== undefined) counts.byOption++;
                if (expected.isDefaultValue) counts.defaulted++;
                if (expected.warnings.length > 0) counts.warned++;
              });
            });
            expect(here.variations()).toEqual(await there.variations());
          } finally {
            here.dispose();
            there.dispose();
          }
        },
      ),
      { numRuns: configs, seed },
    );
    // Agreement means something only where there was something to disagree about.
    expect(counts.evaluations).toBe(configs * usersPerConfig * 6);
    for (const kind of ['byRule', 'byOption', 'defaulted', 'warned'] as const) {
      expect(counts[kind]).toBeGreaterThan(counts.evaluations / 25);
    }
  });
});

const variationIds = ['v1', 'v2', 'v3', 'v4'];

function evaluatorHere(text: string) {
  let warnings: string[] = [];
  const client = createClient(sdkKey, {
    polling: manualPoll(),
    cache: { get: () => `1\n"e"\n${text}`, set: () => undefined },
    logger: { log: (level, eventId) => level === 'warn' && warnings.push(String(eventId)) },
  });
  const snapshot: Snapshot = client.snapshot();
  warnings = [];
  return {
    evaluate: (key: string, defaultValue: SettingValue, user: User | undefined): Seen => {
      const details = snapshot.details(key, defaultValue, user);
      const seen = {
        value: details.value,
        variationId: details.variationId,
        isDefaultValue: details.isDefaultValue,
        ruleValue: details.matchedTargetingRule?.servedValue?.value,
        optionValue: details.matchedPercentageOption?.value,
        warnings,
      };
      warnings = [];
      return seen;
    },
    variations: () => variationIds.map((id) => snapshot.keyAndValue(id)),
    dispose: () => client.dispose(),
  };
}

async function evaluatorThere(text: string) {
  let warnings: string[] = [];
  const options = {
    logger: {
      log: (level: LogLevel, eventId: number) => level === LogLevel.Warn && warnings.push(String(eventId)),
    },
  };
  const client = getClient('oracle', PollingMode.ManualPoll, options, {
    sdkType: 'oracle',
    sdkVersion: '1',
    configFetcher: {
      fetchLogic: () => Promise.resolve({ statusCode: 200, reasonPhrase: 'OK', eTag: '"e"', body: text }),
    },
  });
  await client.forceRefreshAsync();
  const snapshot: IConfigCatClientSnapshot = client.snapshot();
  warnings = [];
  return {
    evaluate: (key: string, defaultValue: SettingValue, user: User | undefined): Seen => {
      // It was not written for users without a type.
      const given = user as Parameters<IConfigCatClientSnapshot['getValueDetails']>[2];
      const details = snapshot.getValueDetails(key, defaultValue, given);
      const seen = {
        value: details.value,
        variationId: details.variationId ?? undefined,
        isDefaultValue: details.isDefaultValue,
        ruleValue: details.matchedEvaluationRule?.value,
        optionValue: details.matchedEvaluationPercentageRule?.value,
        warnings,
      };
      warnings = [];
      return seen;
    },
    variations: async () => {
      const found = await Promise.all(variationIds.map((id) => client.getKeyAndValueAsync(id)));
      return found.map((item) => item && { key: item.settingKey, value: item.settingValue });
    },
    dispose: () => client.dispose(),
  };
}
