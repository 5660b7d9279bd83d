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

/** What an engine stores of an entry. */
export interface Stored {
  /** The payload, as all ConfigCat SDKs store it; `undefined` when there is none. */
  readonly text: string | undefined;
  /** The order of the last write of the fleet; `undefined` when there was none. */
  readonly order: Order | undefined;
  /** Whether somebody who knows nothing of the fleet stored the payload: it is not the one of that write. */
  readonly isForeign: boolean;
}

/** The reply to a request for the lease. */
export interface LeaseReply {
  /** The number of the lease; `undefined` while another process holds it. */
  readonly fence: number | undefined;
  /** How long its holder, this process or another, has it unless it is renewed, in milliseconds. */
  readonly leftMs: number;
  /**
   * Where the lease is not granted: the order of the last write, or `undefined` when there was none. It shows a process that
   * it has missed an announcement. Without it, that is noticed at the next announcement that arrives.
   */
  readonly lastWrite?: Order | undefined;
}

/** The conditions under which a process asks for the lease. */
export interface LeaseRequest {
  /** The highest fence that the process knows: the granted one is higher, even if the engine has lost its own record. */
  readonly aboveFence: number;
  /** Asks to take the lease from its holder, provided that this is the order of the last write. */
  readonly takeOverAfter?: Order | 'nothing' | undefined;
}

/**
 * The server through which processes share the entry of one config. Each method is one atomic step there, and rejects when
 * the server cannot be reached or refuses.
 */
export interface Engine {
  /** Reads the payload and its order, of the same moment. */
  read(): Promise<Stored>;
  /**
   * Stores a payload and its order, and announces it; resolves with `false`, and does neither, when an order as late is
   * stored already, or the last lease that this server knows of has another number: a higher one, or a lower one where
   * another server has granted the lease, whose place this one has taken. A server that carries short messages only may cut
   * off everything behind the first line of an announcement: its receivers then read the entry.
   */
  write(text: string, order: Order, announcement: string): Promise<boolean>;
  /** Sends a message to all processes that listen. */
  announce(message: string): Promise<unknown>;
  /** Emits all announcements; listens while subscribed to. Never errors. */
  listen(): Observable<string>;
  /** Asks for the lease. A process that holds it already is granted a new one. */
  lease(owner: string, ms: number, request: LeaseRequest): Promise<LeaseReply>;
  /** Prolongs the lease; resolves with `false` when the process does not hold it any more. */
  renew(owner: string, ms: number): Promise<boolean>;
  /** Gives the lease back, and announces that, if the process still holds it. */
  release(owner: string, announcement: string): Promise<unknown>;
  /**
   * Emits `true` whenever announcements begin to arrive, or arrive again after some may have been missed; `false` when the
   * connection is lost; and an error when the server does not let this process listen. Listens while subscribed to. Never
   * errors.
   */
  readonly alive$: Observable<boolean | Error>;
}
