import { Pool } from 'pg';
import postgres from 'postgres';
import type { PostgresClient } from '../../src/postgres/index';

/** A way to a PostgreSQL, by either package. */
export interface ConnectedPostgres {
  readonly client: PostgresClient;
  readonly end: () => Promise<unknown>;
}

/** Whom to trust over TLS. */
export interface PostgresTls {
  readonly ca?: string;
  readonly rejectUnauthorized: boolean;
}

/** Both packages, each with three connections at most. */
export const postgresPackages: Record<string, (url: string, tls?: PostgresTls) => ConnectedPostgres> = {
  pg: (connectionString, ssl) => {
    const client = new Pool({ connectionString, max: 3, ...(ssl && { ssl }) }).on('error', () => undefined);
    return { client, end: () => client.end() };
  },
  postgres: (url, ssl) => {
    // Types are of no use here; a connection that ends while it fetches them leaves a rejection that nobody handles.
    const options = { max: 3, backoff: () => 0.05, fetch_types: false, onnotice: () => undefined };
    const client = postgres(url, { ...options, ...(ssl && { ssl }) });
    return { client, end: () => client.end({ timeout: 0 }) };
  },
};
