import type { SchedulerLike } from 'rxjs';
import type { Ruleset } from '../evaluation/ruleset.js';
import type { User } from '../model/user.js';
import type { Order, Received } from './message.js';
import { isOlder } from './message.js';
import { rulesetOf } from '../decided/ruleset.js';
import { isSame } from '../decided/user.js';

/** Values that are shown, and whose they are. Another object whenever one of its answers may be another one. */
export interface Content {
  readonly ruleset: Ruleset;
  readonly user: User | undefined;
}

/** What a client has received, and what of it it shows. */
export interface Known {
  /** Who is to be asked for. */
  readonly user: () => User | undefined;
  /** What has been received last, of that user. */
  readonly received: () => Received | undefined;
  /** What is shown: of the user before, until something has come of the present one. */
  readonly shown: () => (Received & Content) | undefined;
  readonly setUser: (user: User | undefined) => void;
  /** Takes what has been received. */
  readonly receive: (received: Received) => void;
  /**
   * Shows what has been received, unless it is older than what is shown.
   *
   * @returns whether what is shown is what has been received last.
   */
  readonly show: () => boolean;
}

/** A client that has heard nothing but older states for so long goes on with them. Source: relay protocol, section 3. */
const maxRefusalMs = 600_000;

const otherUser = 'A remote client knows the values of its own user: see setUser().';

/** Creates a client's knowledge, with what it may have kept of this user. */
export function createKnown(first: User | undefined, kept: Received | undefined, scheduler: SchedulerLike): Known {
  let user = first;
  let received = kept;
  let shown: (Received & Content) | undefined;
  let isOfAnother = false;
  let refusedSinceMs: number | undefined;

  /** Makes an object of its own, whose answers stay what they are. */
  const toShown = (next: Received, of: User | undefined): Received & Content => {
    const wanted = user;
    const isOwner = (asked: User | undefined) => asked === of || isSame(asked, of) || isSame(asked, wanted);
    return { ...next, user: of, ruleset: rulesetOf(next.flags, shown?.ruleset, { isOwner, otherUser }) };
  };
  const isRefused = (order: Order, than: Order) => {
    if (!isOlder(order, than)) return false;
    const nowMs = scheduler.now();
    refusedSinceMs ??= nowMs;
    return nowMs - refusedSinceMs < maxRefusalMs;
  };
  const show = () => {
    if (!received) return false;
    const before = isOfAnother ? undefined : shown;
    if (before && received.etag !== undefined && received.etag === before.etag) {
      // The same values, whichever order is the later one.
      if (isOlder(before.order, received.order)) shown = { ...before, order: received.order };
    } else if (before && isRefused(received.order, before.order)) return false;
    else {
      shown = toShown(received, user);
      isOfAnother = false;
    }
    refusedSinceMs = undefined;
    return true;
  };
  show();

  return {
    user: () => user,
    received: () => received,
    shown: () => shown,
    setUser: (next) => {
      user = next;
      received = undefined;
      isOfAnother = true;
      // Who asks for the new user by name is shown the same as all others.
      if (shown) shown = toShown(shown, shown.user);
    },
    receive: (next) => {
      received = next;
    },
    show,
  };
}
