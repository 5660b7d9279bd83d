import type { SchedulerLike } from 'rxjs';
import { BehaviorSubject } from 'rxjs';
import type { Announcement } from './announcement.js';
import { announcedPayload, digestOf } from './announcement.js';
import type { Order, Stored } from './engine.js';
import { isLater } from './engine.js';
import type { Payload } from './payload.js';
import { isUsable } from './payload.js';

/** A write of the fleet: its payload and its place among all writes. */
export interface FleetWrite {
  readonly order: Order;
  readonly payload: Payload;
}

/**
 * Whether a config that the client fetched by itself and one that the fleet wrote meanwhile are in no known order. The client
 * keeps its own until it or the fleet has fetched again. The conflict is `open` until a read of the engine shows what the
 * fleet wrote; from then on it is `known`, and the next fetch resolves it.
 */
export type Conflict = 'none' | 'open' | 'known';

/** The payloads of one entry that a process knows: that of the fleet's last write, and the one that its client uses. */
export interface Adoption {
  /** The last write of the fleet that this process knows. */
  readonly lastWrite: () => FleetWrite | undefined;
  /** The payload that the client has or is to read: adopted from the fleet, or fetched by itself. */
  readonly latest: () => Payload | undefined;
  /** Returns `latest` if the client has not read it, and counts it as read. */
  readonly takeUnread: () => Payload | undefined;
  /** Counts `latest` as not read by the client. */
  readonly markUnread: () => void;
  /** Tells whether the client requested this payload after the process had learnt all that it knows now. */
  readonly isBasedOnKnown: (payload: Payload) => boolean;
  /** The conflict between what the client has and what the fleet has written; replays it. */
  readonly conflict$: BehaviorSubject<Conflict>;
  /** Records a payload that the client has fetched. */
  readonly noteFetched: (payload: Payload) => void;
  /** Records a write of this process that the engine has accepted. */
  readonly noteWritten: (payload: Payload, order: Order) => void;
  /**
   * Applies what a read of the engine returned, which is the truth. Returns whose write was adopted, if any: one of the fleet
   * (`ordered`), or one of somebody who knows nothing of the fleet (`foreign`).
   *
   * @param before - the last known write when the read began.
   */
  readonly applyStored: (
    stored: Stored,
    payload: Payload,
    before: FleetWrite | undefined,
    isPolling: boolean,
  ) => 'ordered' | 'foreign' | undefined;
  /** Adopts an announced payload, or says that the entry has to be read, or that the announcement is to be ignored. */
  readonly onAnnouncement: (announcement: Announcement) => 'adopted' | 'read' | 'ignored';
}

/** Puts the payloads of one entry in order, by fences and counters instead of clocks. */
export function trackAdoption(scheduler: SchedulerLike): Adoption {
  let lastWrite: FleetWrite | undefined;
  let latest: Payload | undefined;
  let unread: Payload | undefined;
  let notedAtMs = -Infinity;
  /** Set while only the client has `latest`: the last write of the fleet that was stored at that time. */
  let own: { readonly after: Order | undefined } | undefined;
  let foreignText: string | undefined;

  const conflict$ = new BehaviorSubject<Conflict>('none');

  const setOwn = (next: typeof own) => {
    own = next;
    const conflict = own ? (own.after ? 'known' : 'open') : 'none';
    if (conflict$.value !== conflict) conflict$.next(conflict);
  };
  const note = (next: FleetWrite) => {
    lastWrite = next;
    notedAtMs = scheduler.now();
  };
  const adopt = (payload: Payload) => {
    latest = payload;
    setOwn(undefined);
    notedAtMs = scheduler.now();
  };
  const isNewer = (payload: Payload, order: Order, isConfirmed: boolean) => {
    if (!latest || payload.content === latest.content) return true;
    if (own && !own.after && isConfirmed) setOwn({ after: order });
    // A payload that was only put back may be older than what this process has.
    if (order.counter === 0) return false;
    return !own || (own.after !== undefined && isSecondAfter(order, own.after));
  };
  const adoptOrdered = (payload: Payload, order: Order, isConfirmed: boolean) => {
    note({ order, payload });
    if (isNewer(payload, order, isConfirmed)) adopt(payload);
    return 'ordered' as const;
  };
  const applyForeign = (payload: Payload, isPolling: boolean) => {
    const isNew = payload.text !== foreignText && payload.content !== latest?.content;
    // A follower waits until the polling process has decided about a foreign payload.
    if (!isNew || (latest && !isPolling)) return undefined;
    foreignText = payload.text;
    adopt(payload);
    return 'foreign';
  };
  const applyOrdered = (payload: Payload, order: Order, before: FleetWrite | undefined) => {
    if (!lastWrite || isLater(order, lastWrite.order)) return adoptOrdered(payload, order, true);
    if (isLater(lastWrite.order, order)) {
      // This process has learnt more since the read began.
      if (lastWrite !== before) return undefined;
      // Either the engine has lost writes, as by a failover to a replica that was behind, and what this process has is newer;
      // or the announcement that this process adopted, and no read confirmed, was false. The next fetch shows it to all.
      note({ order, payload });
      setOwn(payload.content === latest?.content ? undefined : { after: order });
      return undefined;
    }
    // The same order has another text: the announcement was false.
    if (lastWrite.payload.text !== payload.text) return adoptOrdered(payload, order, true);
    if (own && !own.after) setOwn({ after: order });
    return undefined;
  };

  return {
    lastWrite: () => lastWrite,
    latest: () => latest,
    takeUnread: () => {
      const payload = unread;
      unread = undefined;
      return payload;
    },
    markUnread: () => {
      unread = latest;
    },
    // A write noted in the same millisecond had to travel first, so it was fetched earlier. After the clock was set back,
    // times are ignored.
    isBasedOnKnown: ({ time }) => !unread && (time >= notedAtMs || notedAtMs > scheduler.now()),
    conflict$,
    noteFetched: (payload) => {
      latest = payload;
      unread = undefined;
      setOwn(payload.content === lastWrite?.payload.content ? undefined : { after: undefined });
    },
    noteWritten: (payload, order) => {
      // What is put back takes the place of what the engine has lost, even where that was later under the same lease.
      const isPutBack = order.counter === 0 && order.fence === lastWrite?.order.fence;
      if (!isPutBack && !isLater(order, lastWrite?.order)) return;
      lastWrite = { order, payload };
      if (latest?.content !== payload.content) return;
      // Others do not adopt a payload that was only put back, so the client has to fetch its own again.
      setOwn(own && order.counter === 0 ? { after: order } : undefined);
    },
    applyStored: ({ order, isForeign }, payload, before, isPolling) =>
      !order || isForeign ? applyForeign(payload, isPolling) : applyOrdered(payload, order, before),
    onAnnouncement: (announcement) => {
      const { order, digest } = announcement;
      if (lastWrite && !isLater(order, lastWrite.order)) {
        const isRepeated = !isLater(lastWrite.order, order) && digest === digestOf(lastWrite.payload.content);
        // For another text of the same order, or an earlier order, only a read shows which is true.
        return isRepeated ? 'ignored' : 'read';
      }
      const isNext = order.fence === lastWrite?.order.fence && order.counter === lastWrite.order.counter + 1;
      const payload = isNext ? announcedPayload(announcement, lastWrite?.payload, latest) : undefined;
      // An announcement after a gap may be false, and its high order would make this process ignore true ones.
      if (!payload || !isUsable(payload)) return 'read';
      const known = latest;
      adoptOrdered(payload, order, false);
      if (latest !== known) unread = latest;
      return 'adopted';
    },
  };
}

/**
 * Tells whether at least two writes follow the given order. The second one was requested after the first was stored, because
 * nobody writes a payload that is older than what it knows.
 */
function isSecondAfter({ fence, counter }: Order, other: Order): boolean {
  return counter >= (fence === other.fence ? other.counter : 0) + 2;
}
