import type { FlagSource } from '../functions.js';

/** The place of a write among all writes of a fleet. */
export interface FleetOrder {
  readonly fence: number;
  readonly counter: number;
}

/** The part of a fleet member, as `redisShared()` gives one, that tells the order of what its client has. */
export interface FleetOrders {
  /**
   * The order under which the fleet has written what a client has.
   *
   * @param cacheText - `snapshot.cacheText` of the client.
   * @returns `undefined` where the client has it from elsewhere.
   */
  readonly orderOf: (cacheText: string) => FleetOrder | undefined;
}

/**
 * When the config of a snapshot was asked for, and under which order a fleet has written it: `1764450000000` or
 * `1764450000000,7,12`. A time in the future is that of a wrong clock.
 */
export function orderTextOf(cacheText: string | undefined, fleet: FleetOrders | undefined, nowMs: number): string {
  if (cacheText === undefined) return String(nowMs);
  const requestedAtMs = Math.min(Number.parseInt(cacheText, 10) || 0, nowMs);
  const order = fleet?.orderOf(cacheText);
  return order ? `${requestedAtMs},${order.fence},${order.counter}` : String(requestedAtMs);
}

/** Where a relay's values come from: a client, or a core. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Of whatever flags.
export interface SnapshotSource extends FlagSource<any> {
  /** The present state. */
  snapshot(): { readonly cacheText: string | undefined };
}
