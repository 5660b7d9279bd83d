import type { Snapshot } from 'configcat-rx';
import { defaultVersion } from './config.js';
import type { Witness } from './witness.js';

/** What one client has shown of its config, wherever it did. */
export interface Sight {
  /**
   * Sees a version that is shown now.
   *
   * @param isPlaceholder - it may be the default, though something else has been shown.
   */
  readonly see: (where: string, version: number, isPlaceholder?: boolean) => void;
  /** Expects of flags that they are of one config and one user; gives the version. */
  readonly check: (where: string, flags: Flags) => number;
  /** Sees all flags that belong together; gives their version. */
  readonly seeAll: (where: string, flags: Flags, isPlaceholder?: boolean) => number;
  readonly seeSnapshot: (where: string, snapshot: Snapshot) => number;
  /**
   * Sees a version that was read before it came here, as promises do it.
   *
   * @param shownBefore - what was shown when it was asked for.
   */
  readonly seeRead: (where: string, version: number, shownBefore: number) => void;
  /** What was shown last. */
  readonly shown: () => number;
  /** How often it went back though it may. */
  readonly excused: () => number;
  /** The newest that was ever shown. */
  readonly newest: () => number;
}

/** Flags of one config. */
export type Flags = Readonly<Record<string, unknown>>;

export interface SightOptions {
  readonly name: string;
  readonly witness: Witness;
  /** Tells whether the client may go back to a version, and why; for what it promises nothing about. */
  readonly mayGoBack: (version: number) => boolean;
}

const defaultText = `${defaultVersion} nobody`;

/** What is given for flags that cannot be evaluated. */
export const defaults = { version: defaultVersion, twin: defaultVersion, owner: defaultText, mate: defaultText };

export function createSight({ name, witness, mayGoBack }: SightOptions): Sight {
  let shown = defaultVersion;
  let newest = defaultVersion;
  let excused = 0;

  const see = (where: string, version: number, isPlaceholder = false) => {
    witness.note(version, () => `${name} ${where}: ${version}`);
    if (version === defaultVersion) {
      if (shown === defaultVersion || isPlaceholder) return;
      witness.violate('lost the value', `${name}, ${where}: the default value took the place of version ${shown}`);
      return;
    }
    if (version < shown && mayGoBack(version)) excused++;
    else if (version < shown) {
      witness.violate('went back', `${name}, ${where}: version ${version} took the place of version ${shown}`);
    }
    shown = version;
    newest = Math.max(newest, version);
  };
  const check = (where: string, { version = defaultVersion, twin, owner, mate }: Flags) => {
    const number = Number(version);
    const isWhole = twin === undefined || (twin === version && owner === mate && versionOf(String(owner)) === number);
    if (!isWhole) {
      const seen = JSON.stringify({ version, twin, owner, mate });
      witness.violate('mixed two configs', `${name}, ${where}: ${seen}`);
    }
    return number;
  };
  const seeRead = (where: string, version: number, shownBefore: number) => {
    if (version >= shownBefore && version < shown) witness.note(version, () => `${name} ${where}: ${version}`);
    else see(where, version);
  };
  const seeAll = (where: string, flags: Flags, isPlaceholder = false) => {
    const version = check(where, flags);
    see(where, version, isPlaceholder);
    return version;
  };
  return {
    see,
    check,
    seeAll,
    seeRead,
    seeSnapshot: (where, snapshot) => {
      const shownBefore = shown;
      const version = check(where, {
        version: snapshot.value('version', defaults.version),
        twin: snapshot.value('twin', defaults.twin),
        owner: snapshot.value('owner', defaults.owner),
        mate: snapshot.value('mate', defaults.mate),
      });
      // Evaluation calls the logger and those who listen to events, who may bring about a newer state.
      seeRead(where, version, shownBefore);
      return version;
    },
    shown: () => shown,
    excused: () => excused,
    newest: () => newest,
  };
}

/** The version in a text as `7 kate`. */
export function versionOf(text: string): number {
  return Number.parseInt(text, 10);
}
