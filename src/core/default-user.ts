import type { Trampoline } from '../acquisition/trampoline.js';
import type { User } from '../model/user.js';
import { isSameUser, takeCopy } from '../model/user-copy.js';

/** The user of all evaluations that name none. */
export interface DefaultUser {
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
