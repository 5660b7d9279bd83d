import type { Config, Setting, TargetingRule } from '../model/config.js';
import type { AttributeReader } from '../model/user.js';
import { attributeReader } from '../model/user.js';
import { compileCondition, compileUserCondition, fails } from './conditions.js';
import { toDecision, typeofSetting } from './decide.js';
import type { Hasher } from './hasher.js';
import { createHasher } from './hasher.js';
import { createMemo } from './memo.js';
import { compileOptions } from './options.js';
import { keepUnchanged, topLayer } from './reuse.js';
import type {
  Attributes,
  CompiledRule,
  CompiledSegment,
  CompiledSetting,
  Decision,
  OptionChoice,
  Origin,
  Ruleset,
} from './ruleset.js';
import type { Link, Scope, UserScope, Workshop } from './scope.js';

/** More attributes than that are not worth comparing at each evaluation. */
const mostAttributes = 12;

/**
 * Prepares configs for evaluation; each setting when it is first read. Never throws: what means nothing becomes a
 * closure that throws when evaluation reaches it, because an unreachable fault must not break a flag.
 *
 * @param layers - lowest first: a setting comes from the highest layer that has it, with the salt and the segments of
 * that layer, while prerequisites are looked up in all of them. Source: protocol sections 4.6 and 10.
 * @param previous - what the layers replace: settings that have not changed keep their compiled form.
 */
export function compile(layers: readonly Config[], previous?: Ruleset): Ruleset {
  const compiled = previous ? keepUnchanged(previous, layers) : new Map<string, CompiledSetting>();
  const memo = previous?.memo ?? createMemo();
  const underWay = new Map<string, Link>();
  const workshops = new Map<Config, Workshop>();

  const workshopOf = (config: Config): Workshop => {
    const known = workshops.get(config);
    const workshop = known ?? { config, memo, link, segments: new Map(), readers: new Map(), attributes: new Map() };
    if (!known) workshops.set(config, workshop);
    return workshop;
  };
  const link = (key: string): Link | undefined => {
    const known = compiled.get(key);
    const started = known ? { setting: known } : underWay.get(key);
    if (started) return started;
    const config = topLayer(layers, key);
    if (!config) return undefined;
    const created: Link = { setting: undefined };
    underWay.set(key, created);
    try {
      const setting = compileSetting(config.readSetting(key)!, workshopOf(config));
      created.setting = setting;
      compiled.set(key, setting);
    } finally {
      underWay.delete(key);
    }
    return created;
  };

  return {
    layers,
    keys:
      layers.length === 1
        ? layers[0]!.keys
        : Object.keys(Object.fromEntries(layers.flatMap(({ keys }) => keys.map((key) => [key, key])))),
    get: (key) => compiled.get(key) ?? link(key)?.setting,
    compiled,
    memo,
    inOrder: undefined,
    lastValues: undefined,
  };
}

function compileSetting(setting: Setting, workshop: Workshop): CompiledSetting {
  const { key, type, simple, isLegacy, targetingRules, percentageOptions, servedValue } = setting;
  const used = createUsage();
  const scope = createScope(key, workshop, used);
  const rules = targetingRules.map((rule, i): CompiledRule => ({
    conditions: rule.conditions.map((condition) => compileCondition(condition, scope)),
    serve: compileServe(rule, i, setting, scope),
  }));
  const chooseOption =
    percentageOptions.length > 0 ? compileOptions(percentageOptions, setting, scope, undefined) : undefined;
  const { attributes, segments = nothing, prerequisites = nothing } = used;
  const isComparable = used.isComplete && attributes.length <= mostAttributes;
  return {
    key,
    type,
    simple,
    isLegacy,
    typeofValue: isLegacy || !type ? undefined : typeofSetting(type),
    origin:
      used.salt || segments.size + prerequisites.size > 0
        ? { usesSalt: used.salt, segments, prerequisites }
        : independent,
    rules: rules.length > 0 ? rules : noRules,
    chooseOption,
    fallback: toDecision(servedValue, undefined, undefined),
    attributes: isComparable ? attributesOf(attributes, workshop) : undefined,
    last: undefined,
  };
}

/** What a setting turns out to depend on while it is compiled. Most depend on little: the rest takes no memory. */
interface Usage {
  readonly attributes: string[];
  segments: Set<number> | undefined;
  prerequisites: Set<string> | undefined;
  salt: boolean;
  /** No prerequisite is itself still being compiled, so that all attributes are known. */
  isComplete: boolean;
}

// Most settings depend on little: what is the same for all of them takes no memory.
const nothing: ReadonlySet<never> = new Set();
const independent: Origin = { usesSalt: false, segments: nothing, prerequisites: nothing };
const noRules: readonly CompiledRule[] = [];

function attributesOf(names: readonly string[], workshop: Workshop): Attributes {
  const id = names.length === 1 ? `=${names[0]}` : JSON.stringify(names);
  const known = workshop.attributes.get(id);
  if (known) return known;
  const attributes = { names, readers: names.map((name) => readerOf(name, workshop)) };
  workshop.attributes.set(id, attributes);
  return attributes;
}

function readerOf(name: string, { readers }: Workshop): AttributeReader {
  const known = readers.get(name);
  if (known) return known;
  const reader = attributeReader(name);
  readers.set(name, reader);
  return reader;
}

function createUsage(): Usage {
  return { attributes: [], segments: undefined, prerequisites: undefined, salt: false, isComplete: true };
}

function createScope(key: string, workshop: Workshop, used: Usage): Scope {
  const { config, memo } = workshop;
  let hasher: Hasher | undefined;
  const noteAttributes = (attributes: Iterable<string>) => {
    for (const attribute of attributes) if (!used.attributes.includes(attribute)) used.attributes.push(attribute);
  };
  return {
    memo,
    hasher: () => {
      used.salt = true;
      return (hasher ??= createHasher(memo, config.salt, key));
    },
    read: (attribute) => {
      noteAttributes([attribute]);
      return readerOf(attribute, workshop);
    },
    link: (flagKey) => {
      (used.prerequisites ??= new Set()).add(flagKey);
      const link = workshop.link(flagKey);
      const read = link ? link.setting?.attributes?.names : [];
      if (read) noteAttributes(read);
      else used.isComplete = false;
      return link;
    },
    segment: (index) => {
      (used.segments ??= new Set()).add(index);
      const segment = segmentOf(index, workshop);
      if (segment) noteAttributes(segment.attributes);
      used.salt ||= segment?.usesSalt ?? false;
      return segment;
    },
  };
}

/** Shared by all settings of a config, so that a segment with long lists is prepared once. */
function segmentOf(index: number, workshop: Workshop): CompiledSegment | undefined {
  const { config, memo, segments } = workshop;
  const known = segments.get(index);
  const segment = config.segment(index);
  if (known || !segment) return known;
  const attributes = new Set<string>();
  const read = (attribute: string) => {
    attributes.add(attribute);
    return readerOf(attribute, workshop);
  };
  const notes = { usesSalt: false };
  let hasher: Hasher | undefined;
  const scope: UserScope = {
    memo,
    read,
    hasher: () => {
      notes.usesSalt = true;
      return (hasher ??= createHasher(memo, config.salt, segment.name));
    },
  };
  const conditions = segment.conditions.map((condition) => compileUserCondition(condition, scope));
  const compiled = { source: segment, conditions, attributes, usesSalt: notes.usesSalt };
  segments.set(index, compiled);
  return compiled;
}

function compileServe(
  { servedValue, percentageOptions }: TargetingRule,
  ruleIndex: number,
  setting: Setting,
  scope: Scope,
): Decision | OptionChoice {
  if (servedValue && !percentageOptions) return toDecision(servedValue, ruleIndex, undefined);
  if (percentageOptions?.length && !servedValue) return compileOptions(percentageOptions, setting, scope, ruleIndex);
  return fails('Targeting rule THEN part is missing or invalid.');
}
