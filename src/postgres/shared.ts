import { asyncScheduler } from 'rxjs';
import { requireType } from '../arguments.js';
import { guarded } from '../fleet/guard.js';
import type { FleetMember, FleetOptions } from '../fleet/share.js';
import { joinFleet } from '../fleet/share.js';
import type { PostgresClient } from './connection.js';
import { connectionOf } from './connection.js';
import { postgresEngine } from './engine.js';
import { toFailure } from './failure.js';
import { tableOf, withTable } from './table.js';

/** Options of `postgresShared()`. */
export interface PostgresSharedOptions extends FleetOptions {
  /**
   * Separates fleets in one table that must not share configs, such as those of staging and production: each name has
   * rows of its own.
   *
   * @defaultValue none
   */
  readonly name?: string;
  /**
   * The table, which is created when it is missing and the user may create it; with its schema as `'schema.table'`.
   *
   * @defaultValue `'configcat_rx'`
   */
  readonly table?: string;
  /**
   * Another connection to the same database, to listen with: past a pooler that hands out connections per transaction.
   *
   * @defaultValue the first argument
   */
  readonly listenOn?: PostgresClient;
}

/** What makes a client one of a fleet: two of its options, and who it is. */
export type PostgresShared = FleetMember;

/**
 * Makes processes that share a PostgreSQL one fleet: a single one polls, and all of them have a new config a few
 * milliseconds after it. Who polls is decided by a lease in PostgreSQL, which passes on when its holder ends or dies. Each
 * lease has a higher number than the one before, and what is written under an older one is refused: no process goes back
 * to an older config, whatever the clocks say and however long one of them was stopped. Without PostgreSQL every process
 * polls by itself, which is logged once (event 2200); when it is back, they find together again.
 *
 * Takes a `Pool` of `pg`, or what `postgres()` returns; it loads neither package. For listening there is a second connection:
 * with `pg` one like those of the pool, which ends when the client is disposed; with `postgres` the one that this package has
 * for all that listen, until `sql.end()`. The lease is given back when the client is disposed. One call serves clients of
 * one SDK key.
 *
 * @throws TypeError or RangeError naming the argument or option that is wrong.
 * Source: protocol section 9.
 *
 * @example
 * const client = createClientWithAutoPoll(sdkKey, { ...postgresShared(new Pool()) });
 */
export function postgresShared(client: PostgresClient, options: PostgresSharedOptions = {}): PostgresShared {
  const { name = '', table: tableName = 'configcat_rx', listenOn = client, ...fleetOptions } = options;
  const { scheduler = asyncScheduler, random = Math.random } = fleetOptions;
  const connection = connectionOf('client', client);
  const listener = connectionOf('options.listenOn', listenOn);
  requireType('options.name', name, 'string');
  if (name.includes('\0')) throw new RangeError('Invalid property `options.name`. PostgreSQL stores no NUL character.');
  requireType('options.table', tableName, 'string');
  const table = tableOf(tableName);
  const query = guarded(withTable(connection.query, table), toFailure, scheduler);
  return joinFleet((key) => postgresEngine(query, listener, { table, key, name }, { scheduler, random }), fleetOptions);
}
