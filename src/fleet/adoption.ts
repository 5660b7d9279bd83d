import type { SchedulerLike } from 'rxjs';
import { BehaviorSubject } from 'rxjs';
import type { Announcement } from './announcement.js';
import { announcedPayload, digestOf } from './announcement.js';
import type { Order, Stored } from './engine.js';
import { isLater } from './engine.js';
import type { Payload } from './payload.js';
import { isUsable } from './payload.js';

/** A payload that was written by the fleet. */
export interface Ordered {
  readonly order: Order;
  readonly payload: Payload;
  /** The engine itself has said so, and not only an announcement. */
  readonly isConfirmed: boolean;
}

/**
 * Whether there is no telling which is newer: what the client has fetched by itself, or what the fleet wrote meanwhile. The
 * client keeps its own until it has asked again, or the fleet has. As long as the engine has not said what the fleet wrote,
 * the contest is `open`; from then on it is `known`, and what is asked for decides it.
 */
export type Contest = 'none' | 'open' | 'known';

/** What a process knows of an entry, and has made its own. */
export interface Adoption {
  /** The last write of the fleet that is known. */
  readonly ordered: () => Ordered | undefined;
  /** What the client has, or may read: adopted from the fleet, or fetched by itself. */
  readonly latest: () => Payload | undefined;
  /** `latest`, once, if the client has not read it. */
  readonly takeUnread: () => Payload | undefined;
  readonly leaveUnread: () => void;
  /** Tells whether a payload of the client's own was asked for after all was known that is known now. */
  readonly isBased: (payload: Payload) => boolean;
  /** Whether what the client has and what the fleet has written are in no order; replays it. */
  readonly contest$: BehaviorSubject<Contest>;
  /** Takes note of what the client has fetched. */
  readonly fetched: (payload: Payload) => void;
  /** Takes note of what this process has written. */
  readonly written: (payload: Payload, order: Order) => void;
  /**
   * Takes what the engine says for the truth, and tells what was adopted: a write of the fleet, or one of somebody else.
   *
   * @param before - what was known when the engine was asked.
   */
  readonly learn: (
    stored: Stored,
    payload: Payload,
    before: Ordered | undefined,
    isPolling: boolean,
  ) => 'ordered' | 'foreign' | undefined;
  /** Judges an announcement: it is adopted, makes the entry worth reading, or is ignored. */
  readonly hear: (announcement: Announcement) => 'adopted' | 'read' | 'ignored';
}

/** Orders what arrives of one entry by who wrote it and when, without any clock. */
export function trackAdoption(scheduler: SchedulerLike): Adoption {
  let ordered: Ordered | undefined;
  let latest: Payload | undefined;
  let unread: Payload | undefined;
  let notedAtMs = -Infinity;
  /** While `latest` is the client's own, and nobody else's: what the fleet had written when it was there. */
  let own: { readonly after: Order | undefined } | undefined;
  let foreignText: string | undefined;

  const contest$ = new BehaviorSubject<Contest>('none');

  const setOwn = (next: typeof own) => {
    own = next;
    const contest = own ? (own.after ? 'known' : 'open') : 'none';
    if (contest$.value !== contest) contest$.next(contest);
  };
  const note = (next: Ordered) => {
    ordered = next;
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
    // What was only put back may be older than what this process has.
    if (order.counter === 0) return false;
    return !own || (own.after !== undefined && isSecondAfter(order, own.after));
  };
  const adoptOrdered = (payload: Payload, order: Order, isConfirmed: boolean) => {
    note({ order, payload, isConfirmed });
    if (isNewer(payload, order, isConfirmed)) adopt(payload);
    return 'ordered' as const;
  };
  const learnForeign = (payload: Payload, isPolling: boolean) => {
    const isNew = payload.text !== foreignText && payload.content !== latest?.content;
    // Those that are told wait until the polling process says what comes of it.
    if (!isNew || (latest && !isPolling)) return undefined;
    foreignText = payload.text;
    adopt(payload);
    return 'foreign';
  };
  const learnOrdered = (payload: Payload, order: Order, before: Ordered | undefined) => {
    if (!ordered || isLater(order, ordered.order)) return adoptOrdered(payload, order, true);
    if (isLater(ordered.order, order)) {
      // The reply is late.
      if (ordered !== before) return undefined;
      // The engine has lost writes: its next ones are adopted again, and what this process has is newer than this one; or
      // what was announced, and never confirmed, was false.
      const isDoubtful = !ordered.isConfirmed && payload.content !== latest?.content;
      note({ order, payload, isConfirmed: true });
      if (isDoubtful) setOwn({ after: order });
      return undefined;
    }
    // The same order with another text: an announcement was false.
    if (ordered.payload.text !== payload.text) return adoptOrdered(payload, order, true);
    ordered = { ...ordered, isConfirmed: true };
    if (own && !own.after) setOwn({ after: order });
    return undefined;
  };

  return {
    ordered: () => ordered,
    latest: () => latest,
    takeUnread: () => {
      const payload = unread;
      unread = undefined;
      return payload;
    },
    leaveUnread: () => {
      unread = latest;
    },
    // A note of the same millisecond tells of an answer that was on two ways since, and so of one from before. Times say
    // nothing where the clock was set back.
    isBased: ({ time }) => !unread && (time >= notedAtMs || notedAtMs > scheduler.now()),
    contest$,
    fetched: (payload) => {
      latest = payload;
      unread = undefined;
      setOwn(payload.content === ordered?.payload.content ? undefined : { after: undefined });
    },
    written: (payload, order) => {
      if (!isLater(order, ordered?.order)) return;
      ordered = { order, payload, isConfirmed: true };
      if (latest?.content !== payload.content) return;
      // What was only put back, others do not adopt: what the client has fetched by itself is asked for again.
      setOwn(own && order.counter === 0 ? { after: order } : undefined);
    },
    learn: ({ order, isForeign }, payload, before, isPolling) =>
      !order || isForeign ? learnForeign(payload, isPolling) : learnOrdered(payload, order, before),
    hear: (announcement) => {
      const { order, digest } = announcement;
      if (ordered && !isLater(order, ordered.order)) {
        const isRepeated = !isLater(ordered.order, order) && digest === digestOf(ordered.payload.content);
        // Another text of the same order, or an order from before: only the engine knows.
        return isRepeated ? 'ignored' : 'read';
      }
      const isNext = order.fence === ordered?.order.fence && order.counter === ordered.order.counter + 1;
      const payload = isNext ? announcedPayload(announcement, ordered?.payload, latest) : undefined;
      // Whatever leaves a gap may be false, and would make this process deaf to what is true.
      if (!payload || !isUsable(payload)) return 'read';
      const known = latest;
      adoptOrdered(payload, order, false);
      if (latest !== known) unread = latest;
      return 'adopted';
    },
  };
}

/** Tells whether a write was asked for after another write that came after this order: nobody writes what is older. */
function isSecondAfter({ fence, counter }: Order, other: Order): boolean {
  return counter >= (fence === other.fence ? other.counter : 0) + 2;
}
