import type { CompiledSetting, Ruleset } from '../evaluation/ruleset.js';
import type { SettingType } from '../model/config.js';
import type { User } from '../model/user.js';
import type { WireFlag } from './message.js';

const types: readonly (SettingType | undefined)[] = ['boolean', 'string', 'int', 'double'];
const nothing = { usesSalt: false, segments: new Set<number>(), prerequisites: new Set<string>() };

/**
 * Makes a ruleset of values that somebody else has decided: each setting has one value and no rules. Settings that are what
 * they were stay the same object, by which whoever follows them can tell.
 *
 * @param isFor - whether the values are those of a user.
 */
export function rulesetOf(
  flags: ReadonlyMap<string, WireFlag>,
  previous: Ruleset | undefined,
  isFor: (user: User | undefined) => boolean,
): Ruleset {
  const settings = new Map<string, CompiledSetting>();
  flags.forEach((flag, key) => {
    const before = previous?.get(key);
    settings.set(key, before && isSameSetting(before, flag) ? before : settingOf(flag));
  });
  return {
    layers: [],
    keys: [...settings.keys()],
    get: settings.get.bind(settings),
    decide: ({ otherwise }, user) => {
      if (!isFor(user)) throw new Error('A remote client knows the values of its own user: see setUser().');
      return otherwise;
    },
    compiled: settings,
    memo: undefined as never,
    inOrder: undefined,
    lastValues: undefined,
  };
}

function isSameSetting({ type, otherwise }: CompiledSetting, [, value, variationId, typeNumber]: WireFlag): boolean {
  return (
    otherwise.value === (value ?? undefined) &&
    otherwise.variationId === (variationId ?? undefined) &&
    type === types[typeNumber]
  );
}

function settingOf([key, value, variationId, type]: WireFlag): CompiledSetting {
  return {
    key,
    type: types[type],
    plainOverride: undefined,
    // A type of a later version says nothing about its values.
    typeofValue: value === null ? undefined : typeof value,
    dependencies: nothing,
    rules: [],
    choice: undefined,
    otherwise: {
      errorCode: 0,
      // There is none where the relay cannot evaluate the flag.
      value: value ?? undefined,
      variationId: variationId ?? undefined,
      ruleIndex: undefined,
      optionIndex: undefined,
    },
    attributes: undefined,
    isKnown: false,
    last: undefined,
  };
}
