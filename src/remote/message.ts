import type { DecidedFlag } from '../decided/flag.js';
import { isDecidedFlag } from '../decided/flag.js';

/** How old a state is: when the config was asked for, Unix milliseconds, and in a fleet by whose turn and at which place in it. */
export type Order = readonly [requestedAtMs: number, fence?: number, counter?: number];

/** All values of a user, as they have been received. */
export interface Received {
  readonly order: Order;
  /** Equal tags, equal values; empty where the relay has sent none. */
  readonly etag: string;
  readonly flags: ReadonlyMap<string, DecidedFlag>;
}

/** Tells which of two states is the older one. Source: relay protocol, section 3. */
export function isOlder([aMs, aFence, aCounter = 0]: Order, [bMs, bFence, bCounter = 0]: Order): boolean {
  if (aFence === undefined || bFence === undefined) return aMs < bMs;
  return aFence < bFence || (aFence === bFence && aCounter < bCounter);
}

/** Tells whether what has been received is an order. */
export function isOrder(order: unknown): order is Order {
  return Array.isArray(order) && order.length > 0 && order.slice(0, 3).every(Number.isFinite);
}

/**
 * Reads all values, or what has changed since `base`.
 *
 * @throws Error when the text is neither.
 * Source: relay protocol, sections 2 and 4.
 */
export function readMessage(text: string, etag: string, base?: Received['flags']): Received {
  // Whatever else is in it may come from a later version.
  const message = Object(JSON.parse(text)) as { order?: unknown; flags: unknown[]; removed?: string[] };
  const { order, flags, removed = [] } = message;
  if (!isOrder(order) || !flags.every(isDecidedFlag)) throw new Error('The relay has sent something else than values.');
  const next = new Map(base);
  for (const key of removed) next.delete(key);
  for (const flag of flags) next.set(flag[0], flag);
  return { order, etag, flags: next };
}
