import type { SettingChange } from '../evaluation/changes.js';
import type { Snapshot } from './snapshot.js';

/**
 * What a new config changes.
 *
 * @example
 * client.changes$.subscribe(({ flags }) => console.log(flags.map(({ key, reasons }) => `${key}: ${reasons}`)));
 */
export interface ConfigChange {
  /** The flags that do not mean what they did, in the order of the new config, those that are gone last. */
  readonly flags: readonly SettingChange[];
  readonly before: Snapshot;
  readonly after: Snapshot;
}
