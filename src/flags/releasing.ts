import type { Observable, Subscription } from 'rxjs';
import { Subject, isObservable, takeUntil } from 'rxjs';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { Core } from '../core/source.js';
import { isFailure } from '../evaluation/evaluate.js';
import { methodFailed } from '../logging/events.js';
import type { User } from '../model/user.js';
import type { SessionStore } from './session-store.js';

/** What ends holds before the session ends: a stream, or a boolean flag by its key. */
export type ReleaseSource = Observable<unknown> | string | undefined;

/** What ends holds before the session ends. */
export interface Releasing {
  /** The flag that releases, where one does. */
  readonly key: string | undefined;
  readonly isReleased: (key: string, snapshot: InternalSnapshot, user: User | undefined) => boolean;
  /** Follows what releases for as long as a client lives that shows flags by this session. */
  readonly follow: (core: Core) => void;
}

/** Follows what releases the values of a session. */
export function createReleasing(store: SessionStore, source: ReleaseSource): Releasing {
  const releaseKey = typeof source === 'string' ? source : undefined;
  let isReleasing = false;
  let following: Subscription | undefined;
  return {
    key: releaseKey,
    isReleased: (key, { ruleset, context }, user) => {
      // What releases others is never held itself.
      if (isReleasing || key === releaseKey) return true;
      if (!releaseKey) return false;
      const release = context.evaluate(ruleset, releaseKey, false, user, () => undefined);
      return !isFailure(release) && release.value === true;
    },
    follow: ({ lifetime, context: { log } }) => {
      if (following || !isObservable(source)) return;
      following = new Subject<void>().subscribe();
      const subscription = source.pipe(takeUntil(lifetime.disposed$)).subscribe({
        next: (value) => {
          const isNews = value !== false || isReleasing;
          isReleasing = value === true;
          // What is shown when the release ends is held from then on.
          if (isNews) store.clear();
        },
        error: (error: unknown) => {
          log(methodFailed, { method: 'release$' }, error);
        },
      });
      subscription.add(() => (following = undefined));
    },
  };
}
