import type { Observable } from 'rxjs';
import { BehaviorSubject, map, skip } from 'rxjs';
import type { Trampoline } from '../acquisition/trampoline.js';
import type { User } from '../model/user.js';
import { takeCopy } from '../model/user-copy.js';

/** The user of all evaluations that name none. */
export interface DefaultUser {
  readonly current: () => User | undefined;
  /** Those to come, each another one than the last. */
  readonly change$: Observable<User | undefined>;
  readonly set: (user: User | undefined) => void;
}

/** Keeps a copy of the default user: somebody may change the object. */
export function createDefaultUser(first: User | undefined, trampoline: Trampoline): DefaultUser {
  const copy$ = new BehaviorSubject(first && takeCopy(first));
  return {
    current: () => copy$.value?.user,
    change$: copy$.pipe(
      skip(1),
      map((copy) => copy?.user),
    ),
    set: (user) => {
      const copy = user && takeCopy(user);
      trampoline(() => {
        if (copy?.form !== copy$.value?.form) copy$.next(copy);
      });
    },
  };
}
