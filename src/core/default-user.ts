import type { Trampoline } from '../acquisition/trampoline.js';
import type { User } from '../model/user.js';
import { isSameUser, takeCopy } from '../model/user-copy.js';

/** The user of all evaluations that name none, and how users are taken down and told apart. */
export interface DefaultUser {
  /** A copy that stays as it is, whatever becomes of the object. */
  readonly copy: (user: User) => User;
  readonly isSame: (a: User | undefined, b: User | undefined) => boolean;
  readonly current: () => User | undefined;
  readonly set: (user: User | undefined) => void;
}

/**
 * Keeps a copy of the default user: somebody may change the object.
 *
 * @param changed - called each time that it is another user.
 */
export function createDefaultUser(first: User | undefined, trampoline: Trampoline, changed: () => void): DefaultUser {
  let current = first && takeCopy(first);
  return {
    copy: takeCopy,
    isSame: isSameUser,
    current: () => current,
    set: (user) => {
      const copy = user && takeCopy(user);
      trampoline(() => {
        if (isSameUser(copy, current)) return;
        current = copy;
        changed();
      });
    },
  };
}
