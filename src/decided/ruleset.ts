import type { CompiledSetting, Decision, Ruleset } from '../evaluation/ruleset.js';
import type { InternalConfig, SettingType } from '../model/config.js';
import type { User } from '../model/user.js';
import type { DecidedFlag } from './flag.js';

/** The types of flags, each at the place of its number. */
export const types: readonly (SettingType | undefined)[] = ['boolean', 'string', 'int', 'double'];

const nothing = { usesSalt: false, segments: [], prerequisites: [] };

/** Whose values a ruleset has. */
export interface Owner {
  readonly isOwner: (user: User | undefined) => boolean;
  /** What is said of all others. */
  readonly otherUser: string;
}

/**
 * Makes a ruleset of values that somebody else has decided: each setting has one value and no rules. Settings that are what
 * they were stay the same object, by which whoever follows them can tell.
 */
export function rulesetOf(
  flags: ReadonlyMap<string, DecidedFlag>,
  previous: Ruleset | undefined,
  { isOwner, otherUser }: Owner,
): Ruleset {
  const settings = new Map<string, CompiledSetting>();
  flags.forEach((flag, key) => {
    const before = previous?.get(key);
    settings.set(key, before && isSameSetting(before, flag) ? before : settingOf(flag));
  });
  // What only rules need is left out, here and in settings.
  const ruleset: Omit<Ruleset, 'compiled' | 'memo'> = {
    layers: [
      {
        has: (key: string) => flags.has(key),
        settingJson: (key: string) => flags.get(key),
        setting: () => undefined,
      } as unknown as InternalConfig,
    ],
    whyNoRules: 'Values only: no rule is known here.',
    keys: [...flags.keys()],
    get: (key) => settings.get(key),
    decide: ({ otherwise }, user) => {
      if (!isOwner(user)) throw new Error(otherUser);
      return otherwise;
    },
    inOrder: undefined,
    lastValues: undefined,
  };
  return ruleset as Ruleset;
}

function isSameSetting({ type, otherwise }: CompiledSetting, [, value, variationId, typeNumber]: DecidedFlag): boolean {
  return (
    otherwise.value === (value ?? undefined) &&
    otherwise.variationId === (variationId ?? undefined) &&
    type === types[typeNumber]
  );
}

function settingOf([key, value, variationId, type]: DecidedFlag): CompiledSetting {
  const setting: Pick<CompiledSetting, 'key' | 'type' | 'typeofValue'> & {
    // Nobody asks more of it than what it has in it.
    readonly dependencies: typeof nothing;
    readonly otherwise: Pick<Decision, 'errorCode' | 'value' | 'variationId'>;
  } = {
    key,
    type: types[type],
    // A type of a later version says nothing about its values.
    typeofValue: value === null ? undefined : typeof value,
    dependencies: nothing,
    // There is no value where the flag could not be evaluated.
    otherwise: { errorCode: 0, value: value ?? undefined, variationId: variationId ?? undefined },
  };
  return setting as unknown as CompiledSetting;
}
