import { createHash } from 'node:crypto';
import type { SchedulerLike } from 'rxjs';
import { Subject, filter, map, share } from 'rxjs';
import type { Engine, LeaseRequest, Order } from '../fleet/engine.js';
import type { Connection, Query, Row } from './connection.js';
import { refusalOf } from './failure.js';
import { isMessage, listenSafely } from './listening.js';
import type { Table } from './table.js';

/*
 * PostgreSQL holds all that belongs to an entry in one row: `payload`, as all ConfigCat SDKs store it; `fence` and
 * `counter`, the order of the last write of the fleet; `digest`, the SHA-256 of the text of that write; `granted`, the number
 * of the last lease; `owner` and `until`, its holder and its end, by the clock of the server. Each method is one statement,
 * which locks that row and is over before the reply is there: a process that is stopped keeps nothing.
 */

const digestOf = (text: string) => `encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`;
const later = (ms: string) => `clock_timestamp() + ${ms}::bigint * interval '1 millisecond'`;

/** The statements of an engine. The first two parameters are the key of the row: key and name. */
function statementsOf({ sql }: Table) {
  return {
    read: `
SELECT payload AS text, fence::text AS fence, counter::text AS counter,
  (digest IS NOT DISTINCT FROM ${digestOf('payload')} AND payload IS NOT NULL)::text AS own
FROM ${sql} WHERE key = $1 AND name = $2`,

    /**
     * $3 text, $4 fence, $5 counter, $6 channel, $7 announcement. A number that is not the last one of this PostgreSQL is
     * refused, be it an older one, or one that was lost with the table or by a failover: that write may be an old one.
     */
    write: `
WITH written AS (
  UPDATE ${sql} SET payload = $3, digest = ${digestOf('$3')}, fence = $4::bigint, counter = $5::bigint
  WHERE key = $1 AND name = $2 AND granted = $4::bigint
    AND (fence IS NULL OR ($4::bigint, $5::bigint) > (fence, counter))
  RETURNING key
)
SELECT pg_notify($6, $7)::text AS sent FROM written`,

    /**
     * $3 owner, $4 milliseconds, $5 fence to exceed; for a takeover, $6 and $7: the order of the last write, or '' for none.
     * A fence is at least the time of the server, so that it exceeds all earlier ones even when the row has been lost, or its
     * last changes, as by a failover to a replica that was behind.
     */
    lease: `
WITH granted AS (
  INSERT INTO ${sql} AS entry (key, name, owner, until, granted)
  SELECT $1, $2, $3, ${later('$4')}, greatest(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint, $5::bigint) + 1
  WHERE coalesce($6, '') = '' OR EXISTS (SELECT FROM ${sql} WHERE key = $1 AND name = $2)
  ON CONFLICT (key, name) DO UPDATE SET owner = excluded.owner, until = ${later('$4')},
    granted = greatest(excluded.granted, entry.granted + 1, entry.fence + 1)
  WHERE CASE
    WHEN $6::text IS NULL THEN entry.until IS NULL OR entry.until <= clock_timestamp() OR entry.owner = $3
    ELSE coalesce(entry.fence::text, '') = $6 AND coalesce(entry.counter::text, '') = $7
  END
  RETURNING entry.granted
)
SELECT granted::text AS fence, $4::text AS left, NULL AS last_fence, NULL AS last_counter FROM granted
UNION ALL
SELECT NULL, greatest(0, ceil(extract(epoch FROM until - clock_timestamp()) * 1000))::text, fence::text, counter::text
FROM ${sql}
WHERE key = $1 AND name = $2 AND NOT EXISTS (SELECT FROM granted)`,

    /** $3 owner, $4 milliseconds. */
    renew: `
UPDATE ${sql} SET until = ${later('$4')}
WHERE key = $1 AND name = $2 AND owner = $3 AND until > clock_timestamp()
RETURNING key`,

    /** $3 owner, $4 channel, $5 announcement. */
    release: `
WITH released AS (
  UPDATE ${sql} SET owner = NULL, until = NULL
  WHERE key = $1 AND name = $2 AND owner = $3 AND until > clock_timestamp()
  RETURNING key
)
SELECT pg_notify($4, $5)::text AS sent FROM released`,
  };
}

/** The place in PostgreSQL where a fleet shares an entry. */
export interface PostgresPlace {
  readonly table: Table;
  /** ConfigCat's own key of the entry. */
  readonly key: string;
  /** Separates fleets that use the same table. */
  readonly name: string;
}

/** Names the channel of an entry: by a hash, as PostgreSQL cuts names that are longer than 63 bytes. */
export function channelOf({ table, key, name }: PostgresPlace): string {
  const digest = createHash('sha1')
    .update(JSON.stringify([table.sql, key, name]))
    .digest('hex');
  return `configcat_rx_${digest}`;
}

/** How a notification begins that is an announcement; all others only show that notifications arrive. */
const announcementMark = '!';
/** The longest notification that PostgreSQL takes, in bytes. */
const maxNotificationBytes = 7999;

/** The notification of an announcement, of which PostgreSQL may only take the first line. */
export function notificationOf(announcement: string): string {
  const whole = announcementMark + announcement;
  return Buffer.byteLength(whole) <= maxNotificationBytes ? whole : whole.slice(0, whole.indexOf('\n'));
}

/**
 * Shares an entry through PostgreSQL.
 *
 * @param query - runs statements.
 * @param listener - listens to notifications.
 */
export function postgresEngine(
  query: Query,
  listener: Connection,
  place: PostgresPlace,
  { scheduler, random }: { readonly scheduler: SchedulerLike; readonly random: () => number },
): Engine {
  const { key, name } = place;
  const statements = statementsOf(place.table);
  const channel = channelOf(place);
  const unreachable$ = new Subject<void>();
  const run = async (statement: keyof typeof statements, ...values: readonly (string | number | null)[]) => {
    try {
      const texts = values.map((value) => (value === null ? null : String(value)));
      return await query(statements[statement], [key, name, ...texts]);
    } catch (error) {
      if (refusalOf((error as Error).cause) === undefined) unreachable$.next();
      throw error;
    }
  };
  const notify = (payload: string) => query('SELECT pg_notify($1, $2)::text AS sent', [channel, payload]);
  // All subscribers share one connection.
  const event$ = listenSafely({
    events: listener.events(channel),
    doubt$: unreachable$,
    ping: () => notify(''),
    scheduler,
    random,
  }).pipe(share());

  return {
    read: async () => {
      const [row] = await run('read');
      return { text: row?.text ?? undefined, order: orderOf(row?.fence, row?.counter), isForeign: row?.own !== 'true' };
    },
    write: async (text, { fence, counter }, announcement) => {
      const rows = await run('write', text, fence, counter, channel, notificationOf(announcement));
      return rows.length > 0;
    },
    announce: (message) => notify(notificationOf(message)),
    listen: () =>
      event$.pipe(
        filter(isMessage),
        filter(({ payload }) => payload.startsWith(announcementMark)),
        map(({ payload }) => payload.slice(announcementMark.length)),
      ),
    lease: async (owner, ms, request) => {
      const [row] = await run('lease', owner, ms, request.aboveFence, ...lastWriteOf(request));
      const lastWrite = orderOf(row?.last_fence, row?.last_counter);
      return { fence: row?.fence == null ? undefined : Number(row.fence), leftMs: Number(row?.left ?? 0), lastWrite };
    },
    renew: async (owner, ms) => (await run('renew', owner, ms)).length > 0,
    release: (owner, announcement) => run('release', owner, channel, notificationOf(announcement)),
    alive$: event$.pipe(filter((event): event is boolean | Error => !isMessage(event))),
  };
}

function orderOf(fence: Row[string], counter: Row[string]): Order | undefined {
  return fence == null ? undefined : { fence: Number(fence), counter: Number(counter) };
}

/** The order that has to be the last one for a takeover: fence and counter. */
function lastWriteOf({ takeOverAfter }: LeaseRequest): readonly (number | string | null)[] {
  if (takeOverAfter === undefined) return [null, null];
  return takeOverAfter === 'nothing' ? ['', ''] : [takeOverAfter.fence, takeOverAfter.counter];
}
