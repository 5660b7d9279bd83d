import type { User } from '../model/user.js';
import { isSameUser } from '../model/user.js';

/** The users whom somebody asks for, so that equal ones can be told by identity. */
export interface Users {
  /** Joins the guest of all equal users. Every guest must leave as often as it has been entered. */
  readonly enter: (user: User) => Guest;
  readonly leave: (guest: Guest) => void;
}

/** The first of some equal users. */
export interface Guest {
  readonly user: User;
  /** As it was when the user came: users are objects that may change. */
  readonly identifier: unknown;
  count: number;
  next: Guest | undefined;
}

/** Creates an empty house, which keeps nobody who has left. */
export function createUsers(): Users {
  const guests = new Map<unknown, Guest>();
  return {
    enter: (user) => {
      const identifier = identifierOf(user);
      const first = guests.get(identifier);
      for (let guest = first; guest; guest = guest.next) {
        if (!isSameUser(guest.user, user)) continue;
        guest.count++;
        return guest;
      }
      const created: Guest = { user, identifier, count: 1, next: first };
      guests.set(identifier, created);
      return created;
    },
    leave: (guest) => {
      if (--guest.count > 0) return;
      const first = without(guest, guests.get(guest.identifier));
      if (first) guests.set(guest.identifier, first);
      else guests.delete(guest.identifier);
    },
  };
}

function identifierOf(user: User): unknown {
  try {
    return user.identifier;
  } catch {
    return undefined;
  }
}

/** Takes one link out of a chain, and answers where the chain begins now. */
export function without<T extends { next: T | undefined }>(gone: T, first: T | undefined): T | undefined {
  if (!first || first === gone) return first?.next;
  for (let link = first; link.next; link = link.next) {
    if (link.next !== gone) continue;
    link.next = gone.next;
    break;
  }
  return first;
}
