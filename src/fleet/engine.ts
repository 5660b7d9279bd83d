import type { Observable } from 'rxjs';

/**
 * The place of a write among all writes of a fleet: first the number of the lease under which it was made, then a count
 * of the writes under that lease. Clocks have no part in it.
 */
export interface Order {
  /** The number of the lease: each one that is granted has a higher one than all before. */
  readonly fence: number;
  /** From 1; 0 where a process only puts back what the engine has lost, which may be older than what others have. */
  readonly counter: number;
}

/** Tells whether a write comes after another one. */
export function isLater(order: Order, other: Order | undefined): boolean {
  if (!other) return true;
  return order.fence > other.fence || (order.fence === other.fence && order.counter > other.counter);
}

/** What an engine has of an entry. */
export interface Stored {
  /** The payload, as all ConfigCat SDKs store it; `undefined` when there is none. */
  readonly text: string | undefined;
  /** The order of the last write of the fleet; `undefined` when there was none. */
  readonly order: Order | undefined;
  /** The payload is not the one of that write: somebody stored it who knows nothing of the fleet. */
  readonly isForeign: boolean;
}

/** What comes of asking for the lease. */
export interface LeaseReply {
  /** The number of the lease; `undefined` while another process holds it. */
  readonly fence: number | undefined;
  /** How long it is held if nobody renews it: by this process, or by the other. */
  readonly leftMs: number;
}

/** Under which conditions the lease is asked for. */
export interface LeaseTerms {
  /** The highest fence that the process has heard of: the granted one is higher, whatever the engine has forgotten. */
  readonly above: number;
  /** The lease is wanted even from its holder, provided that this is the order of the last write. */
  readonly takeOverAfter?: Order | 'nothing' | undefined;
}

/**
 * What processes need of a server in order to share the entry of one config. Each method is one atomic step there, and
 * rejects when the server cannot be reached or refuses.
 */
export interface Engine {
  /** Reads the payload and its order, of the same moment. */
  read(): Promise<Stored>;
  /**
   * Stores a payload and its order, and announces it; resolves with `false`, and does neither, when an order as late is
   * stored already, a lease with a higher number was granted, or none was that the engine has not forgotten. A server that carries short messages only may cut off
   * what stands behind the first line of an announcement: whoever hears it then reads the entry.
   */
  write(text: string, order: Order, announcement: string): Promise<boolean>;
  /** Tells all processes that listen. */
  announce(message: string): Promise<unknown>;
  /** What is announced; listens while subscribed to. Never errors. */
  listen(): Observable<string>;
  /** Asks for the lease. A process that holds it already is granted a new one. */
  lease(owner: string, ms: number, terms: LeaseTerms): Promise<LeaseReply>;
  /** Prolongs the lease; resolves with `false` when the process does not hold it any more. */
  renew(owner: string, ms: number): Promise<boolean>;
  /** Gives the lease back, and announces that, if the process still holds it. */
  release(owner: string, announcement: string): Promise<unknown>;
  /**
   * Emits `true` whenever announcements begin to arrive, or arrive again after some may have been missed; `false` when they
   * do not for the time being; and why, when the server does not let this process listen. Listens while subscribed to.
   * Never errors.
   */
  readonly alive$: Observable<boolean | Error>;
}
