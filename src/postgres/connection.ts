import { Observable } from 'rxjs';
import { Refusal, onlyReads } from './failure.js';

/** The members of a `Pool` of the package `pg` that this package calls. */
export interface PgPool {
  query(text: string, values: (string | null)[]): Promise<{ readonly rows: readonly unknown[] }>;
  readonly options: object;
}

/** The members of a `sql` function of the package `postgres` that this package calls. */
export interface PostgresJs {
  unsafe(text: string, parameters: (string | null)[]): PromiseLike<readonly unknown[]>;
  listen(
    channel: string,
    onNotify: (payload: string) => void,
    onListen: () => void,
  ): PromiseLike<{ unlisten(): Promise<unknown> }>;
}

/** What reaches a PostgreSQL: a `Pool` of `pg`, or the `sql` function of `postgres`. */
export type PostgresClient = PgPool | PostgresJs;

/** A row of a result: texts, as all statements of this package cast what they return. */
export type Row = Readonly<Record<string, string | null | undefined>>;

/** Runs one statement; resolves with its rows. */
export type Query = (text: string, values: readonly (string | null)[]) => Promise<readonly Row[]>;

/** An event of a subscription to a channel: it began, or began again after the connection was lost; or a payload. */
export type ChannelEvent = 'listening' | { readonly payload: string };

/** A way to PostgreSQL, alike for both packages. */
export interface Connection {
  readonly query: Query;
  /** Listens to a channel while subscribed to, on a connection of its own; errors when that is refused or lost. */
  readonly events: (channel: string) => Observable<ChannelEvent>;
}

/**
 * Wraps what either package gives.
 *
 * @throws TypeError naming the argument when it is from neither package.
 */
export function connectionOf(culprit: string, client: PostgresClient): Connection {
  if (isPgPool(client)) {
    return {
      query: async (text, values) => (await client.query(text, [...values])).rows as Row[],
      events: (channel) => listenByPg(client, channel),
    };
  }
  if (hasMethods(client, 'unsafe', 'listen')) {
    const sql = client as PostgresJs;
    const query: Query = async (text, values) => (await sql.unsafe(text, [...values])) as readonly Row[];
    return { query, events: (channel) => listenByPostgresJs(sql, query, channel) };
  }
  const kind = culprit.includes('.') ? 'property' : 'argument';
  throw new TypeError(
    `Invalid ${kind} \`${culprit}\`. Expected a Pool of the package \`pg\`, or the function that \`postgres()\` returns. ` +
      'A Client of `pg` will not do, because it does not connect again.',
  );
}

/** What a pool of `pg` has beyond its types: the class of its connections. */
type PgPoolInside = PgPool & { readonly Client: new (options: object) => PgClient };

interface PgClient {
  connect(): Promise<unknown>;
  query(text: string): Promise<unknown>;
  end(): Promise<unknown>;
  on(event: 'notification', listener: (message: { readonly payload?: string | undefined }) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
}

function isPgPool(client: PostgresClient): client is PgPoolInside {
  return hasMethods(client, 'query', 'Client') && typeof (client as PgPool).options === 'object';
}

function listenByPg(pool: PgPoolInside, channel: string): Observable<ChannelEvent> {
  return new Observable((observer) => {
    // As the pool makes its own connections: one of those would be missing to everybody else.
    const client = new pool.Client(pool.options);
    const fail = (error: unknown) => {
      observer.error(error);
    };
    // Without a listener an error would end the process. It may come after the subscription has ended, too.
    client.on('error', fail);
    client.on('end', () => {
      fail(new Error('The connection has ended.'));
    });
    client.on('notification', ({ payload = '' }) => {
      observer.next({ payload });
    });
    client
      .connect()
      .then(() => client.query(`LISTEN ${quoted(channel)}`))
      .then(() => {
        observer.next('listening');
      }, fail);
    return () => {
      client.end().catch(ignore);
    };
  });
}

/**
 * The package `postgres` has one connection for all channels, which stays until `sql.end()`. It connects again by itself, and
 * goes on to try for ever what failed at first: so nothing is asked of it that cannot succeed now.
 */
function listenByPostgresJs(sql: PostgresJs, query: Query, channel: string): Observable<ChannelEvent> {
  return new Observable((observer) => {
    const listening = query('SELECT pg_is_in_recovery()::text AS standby', []).then(([row]) => {
      if (row?.standby === 'true') throw new Refusal(onlyReads);
      if (observer.closed) return undefined;
      return sql.listen(
        channel,
        (payload) => {
          observer.next({ payload });
        },
        () => {
          observer.next('listening');
        },
      );
    });
    listening.catch((error: unknown) => {
      observer.error(error);
    });
    return () => {
      listening.then((meta) => meta?.unlisten()).catch(ignore);
    };
  });
}

/** Quotes a name, so that any text can be one. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return names.every((name) => typeof (value as Record<string, unknown> | null | undefined)?.[name] === 'function');
}

function ignore(): void {
  // The connection is gone already.
}
