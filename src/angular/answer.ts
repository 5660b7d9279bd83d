import type { Signal } from '@angular/core';
import { Injector, NgZone, computed, effect, inject, linkedSignal, untracked } from '@angular/core';
import { pendingUntilEvent } from '@angular/core/rxjs-interop';
import type { DefaultFor, SettingValue, User } from '../index.js';
import { isSameUser } from '../index.js';
import { injectSource } from './provide.js';

/** What somebody wants to know now. */
export interface Question<D> {
  readonly key: string;
  readonly defaultValue: D;
  readonly user: User | undefined;
}

/** The value of a flag that has been decided, be it for the default value. */
export interface Answer<D> {
  readonly value: D;
}

/**
 * Answers a question that may change, from an injection context: nothing while it is `undefined` or the first config is
 * being waited for. Applications are not stable while they wait.
 */
export function injectAnswer<D extends DefaultFor<SettingValue>>(
  question: () => Question<D> | undefined,
): Signal<Answer<D> | undefined> {
  const { bare } = injectSource();
  const injector = inject(Injector);
  const zone = inject(NgZone);
  const asked = computed(question, { equal: isSameQuestion });
  // Another question is answered at once by what is known; the stream has its say with the next round of effects.
  const answer = linkedSignal<Answer<D> | undefined>(() => {
    const now = asked();
    if (!now || bare.snapshot().cacheState === 'no-flag-data') return undefined;
    const { key, defaultValue, user } = now;
    return { value: bare.watch(key, defaultValue, user).current() as D };
  });
  effect((onCleanup) => {
    const now = asked();
    if (!now) return;
    const { key, defaultValue, user } = now;
    const subscription = untracked(() =>
      zone.runOutsideAngular(() =>
        bare
          .flag$(key, defaultValue as SettingValue | null, user)
          .pipe(pendingUntilEvent(injector))
          .subscribe((value) => answer.set({ value: value as D })),
      ),
    );
    onCleanup(() => subscription.unsubscribe());
  });
  return answer;
}

function isSameQuestion<D>(a: Question<D> | undefined, b: Question<D> | undefined): boolean {
  if (!a || !b) return a === b;
  return a.key === b.key && Object.is(a.defaultValue, b.defaultValue) && isSameUser(a.user, b.user);
}
