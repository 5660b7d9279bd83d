import { createSnapshot, publicSnapshotOf, snapshotOf } from '../core/snapshot.js';
import type { FlagSource } from '../core/source.js';
import { coreOf } from '../core/source.js';
import type { CoreSnapshot } from '../core/types.js';
import { evaluationFailed, settingMissing } from '../logging/events.js';
import type { LogEntry } from '../logging/event-text.js';
import type { Log } from '../logging/logger.js';

/**
 * Snapshots for whoever evaluates for many users, as a relay does: a flag that cannot be evaluated is logged for the first of
 * them, and by the next snapshot with how often it was left out.
 *
 * @param source - the core or client that the snapshots are of.
 * @returns a function to be called with each snapshot of another config.
 *
 * @example
 * const forMany = forManyUsers(client);
 * client.snapshot$.pipe(map(forMany)).subscribe((snapshot) => users.map((user) => snapshot.value('plan', 'free', user)));
 */
export function forManyUsers(source: FlagSource): (snapshot: CoreSnapshot) => CoreSnapshot {
  const { log } = coreOf(source).context;
  let counts = new Map<string, number>();
  return (snapshot) => {
    const { state, ruleset, defaultUser, context } = snapshotOf(snapshot);
    const former = counts;
    const present = (counts = new Map<string, number>());
    const logOnce = (...entry: LogEntry): void => {
      const [event, parameters, error] = entry;
      if (event !== evaluationFailed && event !== settingMissing) {
        log(...entry);
        return;
      }
      const { key } = parameters as { readonly key: string };
      const cause = `${event} ${key}`;
      const count = present.get(cause);
      present.set(cause, (count ?? -1) + 1);
      if (count !== undefined) return;
      const repeated = former.get(cause);
      log(...([event, { ...parameters, ...(repeated && { repeated }) }, error] as unknown as LogEntry));
    };
    const quieter: Log = Object.assign(logOnce, { isEnabled: log.isEnabled, textOf: log.textOf });
    return publicSnapshotOf(createSnapshot(state, ruleset, defaultUser, { ...context, log: quieter }));
  };
}
