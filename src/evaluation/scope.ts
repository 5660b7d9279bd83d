import type { InternalConfig } from '../model/config.js';
import type { Hasher } from './hasher.js';
import { createHasher } from './hasher.js';
import type { Memo } from './memo.js';
import type { Attributes, CompiledSegment, CompiledSetting } from './ruleset.js';

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
  readonly config: InternalConfig;
  readonly memo: Memo;
  /** The prerequisite flag with this key, `undefined` when there is none. */
  readonly link: (flagKey: string) => Link | undefined;
  readonly segments: Map<number, CompiledSegment>;
  /** None, where all lists of attributes begin; `undefined` when nobody needs them. */
  readonly attributes: Attributes | undefined;
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
