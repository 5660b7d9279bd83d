import type { DecidedFlag } from '../decided/flag.js';
import { isDecidedFlag } from '../decided/flag.js';

/** How old a state is: when the config was asked for, Unix milliseconds, and in a fleet by whose turn and at which place in it. */
export type Order = readonly [requestedAtMs: number, fence?: number, counter?: number];

/** All values of a user, as they have been received. */
export interface Received {
  readonly order: Order;
  /** Equal tags, equal values; nothing where the relay has sent none. */
  readonly etag: string | undefined;
  readonly flags: ReadonlyMap<string, DecidedFlag>;
}

/** Tells which of two states is the older one. Source: relay protocol, section 3. */
export function isOlder([aMs, aFence, aCounter = 0]: Order, [bMs, bFence, bCounter = 0]: Order): boolean {
  if (aFence === undefined || bFence === undefined) return aMs < bMs;
  return aFence < bFence || (aFence === bFence && aCounter < bCounter);
}

/** Reads an order as the header of an answer has it; `undefined` where it is none. */
export function parseOrder(text: string | null): Order | undefined {
  const order = text?.split(',').map(Number);
  return isOrder(order) ? order : undefined;
}

/**
 * Reads all values, or what has changed since `base`.
 *
 * @throws Error when the text is neither.
 * Source: relay protocol, sections 2 and 4.
 */
export function readMessage(text: string, etag: string | undefined, base?: Received): Received {
  // Whatever else is in it may come from a later version.
  const message = JSON.parse(text) as { order?: unknown; flags?: unknown; removed?: unknown } | null;
  const { order, flags, removed = [] } = message ?? {};
  if (!isOrder(order) || !Array.isArray(flags) || !Array.isArray(removed)) throw malformed();
  const next = new Map(base?.flags);
  for (const key of removed) next.delete(key as string);
  for (const flag of flags as readonly unknown[]) {
    if (!isDecidedFlag(flag)) throw malformed();
    next.set(flag[0], flag);
  }
  return { order, etag, flags: next };
}

function isOrder(order: unknown): order is Order {
  return Array.isArray(order) && order.length > 0 && order.slice(0, 3).every(Number.isFinite);
}

function malformed(): Error {
  return new Error('The relay has sent something else than values.');
}
