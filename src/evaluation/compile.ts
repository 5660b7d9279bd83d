import { createMemo, decideCached, startAttributes } from '#evaluation-memory';
import type { InternalConfig, Setting, TargetingRule } from '../model/config.js';
import { ownRules, plainOverride } from '../model/own-rules.js';
import { compileCondition, fails, joined } from './conditions.js';
import { toDecision, typeofSetting } from './decide.js';
import { compileOptions } from './percentage-options.js';
import { noDependencies, keepCompiled } from './reuse.js';
import type { CompiledRule, CompiledSetting, Dependencies, Ruleset } from './ruleset.js';
import type { Link, Scope, CompileContext } from './scope.js';
import { createScope } from './scope.js';
import { dependenciesFirst } from './traverse.js';

/**
 * Prepares configs for evaluation; each setting when it is first read. Never throws: what means nothing throws when
 * evaluation reaches it, because an unreachable fault must not break a flag.
 *
 * @param layers - lowest first: a setting comes from the highest layer that has it, with the salt and the segments of
 * that layer, while prerequisites are looked up in all of them. Source: protocol sections 4.6 and 10.
 * @param previous - what the layers replace: settings that have not changed keep their compiled form.
 */
export function compile(layers: readonly InternalConfig[], previous?: Ruleset): Ruleset {
  const compiled = previous ? keepCompiled(previous, layers) : new Map<string, CompiledSetting>();
  const memo = previous?.memo ?? createMemo();
  // Settings that wait for their prerequisite flags.
  const making = new Map<string, Opened>();
  const contexts: CompileContext[] = [];

  const link = (key: string): Link | undefined => {
    const known = compiled.get(key);
    if (known) return { setting: known };
    const scope = making.get(key)?.scope;
    return scope && (scope.link ??= { setting: undefined });
  };
  const createContext = (config: InternalConfig): CompileContext => ({
    config,
    memo,
    link,
    segments: new Map(),
    attributes: startAttributes(),
  });
  const open = (key: string): Opened | undefined => {
    for (let layer = layers.length - 1; layer >= 0; layer--) {
      const source = layers[layer]!.readSetting(key);
      if (!source) continue;
      const scope = createScope(key, (contexts[layer] ??= createContext(layers[layer]!)));
      return { source, scope, prerequisites: prerequisitesOf(source) };
    }
    return undefined;
  };
  const close = ({ source, scope }: Opened): CompiledSetting => {
    const setting = compileSetting(source, scope);
    if (scope.link) scope.link.setting = setting;
    compiled.set(scope.name, setting);
    return setting;
  };
  const start = (key: string): CompiledSetting | undefined => {
    const outermost = open(key);
    if (!outermost?.prerequisites) return outermost && close(outermost);
    const enter = (next: string) => {
      if (compiled.has(next) || making.has(next)) return undefined;
      const opened = next === key ? outermost : open(next);
      if (!opened) return undefined;
      making.set(next, opened);
      return opened.prerequisites ?? nothing;
    };
    const leave = (next: string) => {
      close(making.get(next)!);
      making.delete(next);
    };
    try {
      dependenciesFirst(key, enter, leave);
      return compiled.get(key);
    } finally {
      making.clear();
    }
  };

  let lastKey: string | undefined;
  let last: CompiledSetting | undefined;
  return {
    layers,
    keys:
      layers.length === 1
        ? layers[0]!.keys
        : Object.keys(Object.fromEntries(layers.flatMap(({ keys }) => keys.map((key) => [key, key])))),
    get: (key) => {
      // Mostly the same flag is read again.
      if (key !== lastKey) {
        last = compiled.get(key) ?? start(key);
        lastKey = key;
      }
      return last;
    },
    decide: decideCached,
    compiled,
    memo,
    inOrder: undefined,
    lastValues: undefined,
  };
}

/** A setting on its way to be compiled. */
interface Opened {
  readonly source: Setting;
  readonly scope: Scope;
  /** Keys of its prerequisite flags; `undefined` when it has none, as most. */
  readonly prerequisites: readonly string[] | undefined;
}

const nothing: readonly string[] = [];

function prerequisitesOf({ targetingRules }: Setting): readonly string[] | undefined {
  let keys: string[] | undefined;
  for (const { conditions } of targetingRules)
    for (const condition of conditions) if (condition.kind === 'prerequisite') (keys ??= []).push(condition.flagKey);
  return keys;
}

function compileSetting(setting: Setting, scope: Scope): CompiledSetting {
  const { key, type, targetingRules, percentageOptions, servedValue } = setting;
  const rules = targetingRules.map((rule, i) => compileRule(rule, i, setting, scope));
  const choice =
    percentageOptions.length > 0 ? compileOptions(percentageOptions, setting, scope, undefined) : undefined;
  return {
    key,
    type,
    plainOverride: setting[plainOverride],
    typeofValue: setting[ownRules] ? 'any' : type && typeofSetting(type),
    dependencies: dependenciesOf(scope),
    rules: rules.length > 0 ? rules : noRules,
    choice,
    otherwise: toDecision(servedValue, undefined, undefined),
    attributes: scope.attributes,
    isKnown: false,
    last: undefined,
  };
}

const noRules: readonly CompiledRule[] = [];

function dependenciesOf({ usesSalt, segments, prerequisites }: Scope): Dependencies {
  if (!usesSalt && !segments && !prerequisites) return noDependencies;
  return {
    usesSalt,
    segments: segments ?? noDependencies.segments,
    prerequisites: prerequisites ?? noDependencies.prerequisites,
  };
}

function compileRule(rule: TargetingRule, ruleIndex: number, setting: Setting, scope: Scope): CompiledRule {
  const { servedValue, percentageOptions } = rule;
  const condition = joined(rule.conditions.map((each) => compileCondition(each, scope)));
  if (servedValue && !percentageOptions) {
    return { condition, decision: toDecision(servedValue, ruleIndex, undefined), choice: undefined };
  }
  const choice =
    percentageOptions?.length && !servedValue
      ? compileOptions(percentageOptions, setting, scope, ruleIndex)
      : { choose: fails('Targeting rule THEN part is missing or invalid.') };
  return { condition, decision: undefined, choice };
}
