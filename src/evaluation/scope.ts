import type { Config } from '../model/config.js';
import type { AttributeReader } from '../model/user.js';
import type { Hasher } from './hasher.js';
import type { Memo } from './memo.js';
import type { Attributes, CompiledSegment, CompiledSetting } from './ruleset.js';

/** What conditions on users are compiled with. */
export interface UserScope {
  readonly memo: Memo;
  /** The hashes of the setting or segment that the condition belongs to; throws when there is no salt. */
  readonly hasher: () => Hasher;
  /** Reads an attribute from now on, which is noted. */
  readonly read: (attribute: string) => AttributeReader;
}

/** What the rules and options of a setting are compiled with. */
export interface Scope extends UserScope {
  /** The prerequisite flag with this key, `undefined` when there is none. */
  readonly link: (flagKey: string) => Link | undefined;
  /** The segment at this index, `undefined` when there is none. */
  readonly segment: (index: number) => CompiledSegment | undefined;
}

/** A setting that another one refers to. It may still be in the making, because prerequisites can be circular. */
export interface Link {
  setting: CompiledSetting | undefined;
}

/** What the settings of one config are compiled with. */
export interface Workshop {
  readonly config: Config;
  readonly memo: Memo;
  readonly link: (flagKey: string) => Link | undefined;
  readonly segments: Map<number, CompiledSegment>;
  readonly readers: Map<string, AttributeReader>;
  /** Lists of attributes by what tells them apart. */
  readonly attributes: Map<string, Attributes>;
}
