import type { Config } from '../model/config.js';
import type { AttributeReader } from '../model/user.js';
import { attributeReader } from '../model/user.js';
import type { Hasher } from './hasher.js';
import { createHasher } from './hasher.js';
import type { Memo } from './memo.js';
import type { Attributes, CompiledSegment, CompiledSetting } from './ruleset.js';

/** More attributes than that are not worth comparing at each evaluation. */
const mostAttributes = 12;

/** What a setting or a segment is compiled with, and what it turns out to depend on. Most depend on little. */
export interface Scope {
  readonly context: CompileContext;
  /** Key of the setting, or name of the segment, which its hashes are mixed with. */
  readonly name: string;
  /** Those that it reads; `undefined` when they are not all known, or too many. */
  attributes: Attributes | undefined;
  usesSalt: boolean;
  hasher: Hasher | undefined;
  segments: Set<number> | undefined;
  prerequisites: Set<string> | undefined;
  /** Where those find it that it needs itself; `undefined` when there are none. */
  link: Link | undefined;
}

/** A setting that another one refers to. It may still be in the making, because prerequisites can be circular. */
export interface Link {
  setting: CompiledSetting | undefined;
}

/** What the settings of one config are compiled with. */
export interface CompileContext {
  readonly config: Config;
  readonly memo: Memo;
  /** The prerequisite flag with this key, `undefined` when there is none. */
  readonly link: (flagKey: string) => Link | undefined;
  readonly segments: Map<number, CompiledSegment>;
  /** None, where all lists of attributes begin. */
  readonly attributes: Attributes;
}

export function createCompileContext(config: Config, memo: Memo, link: CompileContext['link']): CompileContext {
  return { config, memo, link, segments: new Map(), attributes: { names: [], readers: [], longer: new Map() } };
}

export function createScope(name: string, context: CompileContext): Scope {
  return {
    context,
    name,
    attributes: context.attributes,
    usesSalt: false,
    hasher: undefined,
    segments: undefined,
    prerequisites: undefined,
    link: undefined,
  };
}

/**
 * The hashes of a setting or a segment.
 *
 * @throws InvalidConfigModelError when there is no salt.
 */
export function hasherOf(scope: Scope): Hasher {
  const { memo, config } = scope.context;
  scope.usesSalt = true;
  return (scope.hasher ??= createHasher(memo, config.salt, scope.name));
}

/** The reader of an attribute, which is noted as read. */
export function readerOf(name: string, scope: Scope): AttributeReader {
  const list = (scope.attributes &&= including(name, scope.attributes));
  return list?.readers[list.names.indexOf(name)] ?? attributeReader(name);
}

/** Notes what something else reads; `undefined` when that is not known. */
export function noteAttributes(attributes: Attributes | undefined, scope: Scope): void {
  if (!attributes) scope.attributes = undefined;
  else for (const name of attributes.names) scope.attributes &&= including(name, scope.attributes);
}

/** A list with one more attribute: the same object for all who ask, `undefined` when it gets too long. */
function including(name: string, attributes: Attributes): Attributes | undefined {
  const { names, readers, longer } = attributes;
  const known = longer.get(name);
  if (known) return known;
  if (names.includes(name)) return attributes;
  if (names.length === mostAttributes) return undefined;
  const created = { names: [...names, name], readers: [...readers, attributeReader(name)], longer: new Map() };
  longer.set(name, created);
  return created;
}
