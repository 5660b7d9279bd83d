export type { FleetRole } from '../fleet/lease.js';
export type { Order } from '../fleet/engine.js';
export type { FleetMember, FleetOptions } from '../fleet/share.js';
export type { PgPool, PostgresClient, PostgresJs } from './connection.js';
export type { PostgresShared, PostgresSharedOptions } from './shared.js';
export { postgresShared } from './shared.js';
