import type { Observable } from 'rxjs';
import { Subject, filter, take, takeUntil } from 'rxjs';
import type { Core } from '../core/source.js';
import type { User } from '../model/user.js';
import { isSameUser } from '../model/user-copy.js';

/** What sessions need to be told of a core: one for each core, however many sessions hold its values. */
export interface HoldWatch {
  /** What is known of flags is not merely what a cache of unknown age had. */
  readonly isReal: () => boolean;
  readonly becameReal$: Observable<void>;
  /** How many default users others have taken the place of. */
  readonly leftCount: () => number;
  /** Those who have been left since there were so few, as far as they are remembered: the last hundred. */
  readonly leftSince: (count: number) => readonly (User | undefined)[];
  /** Emits when a default user has been left. */
  readonly left$: Observable<void>;
}

/** Sessions that hold nothing for anybody in between would otherwise have a core remember without end. */
const mostRemembered = 100;

/** Follows a core for the sessions that hold its values. They come and go; this stays as long as the core does. */
export function watchForHolds({
  store: { step$ },
  data,
  dispatcher,
  defaultUser,
  lifetime: { disposed$ },
}: Core): HoldWatch {
  let isReal = data.cacheState() === 'local-only';
  let leftCount = 0;
  let user = defaultUser.current();
  const left: (User | undefined)[] = [];
  const becameReal$ = new Subject<void>();
  const left$ = new Subject<void>();
  const noteUser = () => {
    const last = user;
    user = defaultUser.current();
    if (isSameUser(last, user)) return;
    leftCount++;
    if (left.push(last) > mostRemembered) left.shift();
    left$.next();
  };
  dispatcher.collectors.push({
    // It has no groups.
    renew: () => false,
    ofState: () => undefined,
    ofUser: noteUser,
  });
  // Where somebody else decides the values, another user comes with another state.
  step$.pipe(takeUntil(disposed$)).subscribe(noteUser);
  // A good answer of the server, or an entry of a cache that counts as up to date; what comes later is newer.
  const real$ = step$.pipe(
    filter(({ outcome }) => outcome.result?.isSuccess === true || data.cacheState() === 'up-to-date'),
    take(1),
    takeUntil(disposed$),
  );
  real$.subscribe(() => {
    isReal = true;
    becameReal$.next();
    becameReal$.complete();
  });
  return {
    isReal: () => isReal,
    becameReal$,
    leftCount: () => leftCount,
    leftSince: (count) => left.slice(count - leftCount),
    left$,
  };
}
