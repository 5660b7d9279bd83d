import type { SchedulerLike } from 'rxjs';
import { rulesetOf } from '../decided/ruleset.js';
import { isSame } from '../decided/user.js';
import type { Ruleset } from '../evaluation/ruleset.js';
import type { User } from '../model/user.js';
import type { Received } from './message.js';
import { isOlder } from './message.js';

/** Values that are shown, if there are any, and whose they are. Another object whenever one of its answers may be another one. */
export interface Content {
  readonly ruleset: Ruleset | undefined;
  readonly user: User | undefined;
}

/** What a client has received, and what of it it shows. */
export interface Known {
  /** Who is to be asked for. */
  readonly user: () => User | undefined;
  /** What has been received last, of that user. */
  readonly received: () => Received | undefined;
  /** What is shown: of the user before, until something has come of the present one. */
  readonly content: () => Content;
  readonly setUser: (user: User | undefined) => void;
  /**
   * Takes what has been received, and shows it unless it is older than what is shown.
   *
   * @returns whether what is shown is what has been received last.
   */
  readonly receive: (received: Received) => boolean;
}

/** A client that has heard nothing but older states for so long goes on with them. Source: relay protocol, section 3. */
const maxRefusalMs = 600_000;

const otherUser = 'A remote client knows the values of its own user: see setUser().';

/** Creates a client's knowledge, with what it may have kept of this user. */
export function createKnown(first: User | undefined, kept: Received | undefined, scheduler: SchedulerLike): Known {
  let user = first;
  let received: Received | undefined;
  /** What is shown of the present user. */
  let shown: Received | undefined;
  let flags: Received['flags'] | undefined;
  let content: Content = { ruleset: undefined, user };
  let refusedSinceMs: number | undefined;

  /** Shows values to their user, and to the one who is asked for: whoever asks for him by name sees the same as all others. */
  const show = (of: User | undefined) => {
    const owners = [of, user];
    const isOwner = (asked: User | undefined) => owners.some((owner) => isSame(asked, owner));
    content = { ruleset: flags && rulesetOf(flags, content.ruleset, { isOwner, otherUser }), user: of };
  };
  const receive = (next: Received) => {
    received = next;
    const isOld = shown && isOlder(next.order, shown.order);
    if (shown && next.etag && next.etag === shown.etag) {
      // The same values, whichever order is the later one.
      if (!isOld) shown = next;
    } else {
      const nowMs = scheduler.now();
      if (isOld && nowMs - (refusedSinceMs ??= nowMs) < maxRefusalMs) return false;
      shown = next;
      ({ flags } = next);
      show(user);
    }
    refusedSinceMs = undefined;
    return true;
  };
  if (kept) receive(kept);

  return {
    user: () => user,
    received: () => received,
    content: () => content,
    setUser: (next) => {
      user = next;
      received = shown = undefined;
      show(flags ? content.user : next);
    },
    receive,
  };
}
