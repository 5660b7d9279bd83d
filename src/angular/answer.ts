import type { Signal } from '@angular/core';
import { Injector, NgZone, computed, effect, inject, linkedSignal, untracked } from '@angular/core';
import { pendingUntilEvent } from '@angular/core/rxjs-interop';
import type { Observable } from 'rxjs';
import type { ConfigCatClient, DefaultFor, EvaluationDetails, SettingValue, User } from '../index.js';
import { isSameEvaluation, isSameUser } from '../index.js';
import { injectSource } from './provide.js';

/** What somebody wants to know now. */
export interface Question {
  readonly key: string;
  readonly defaultValue: DefaultFor<SettingValue>;
  readonly user: User | undefined;
}

/** An answer that has been decided, be it for the default value. */
export interface Answer<T> {
  readonly value: T;
}

/** What of a flag is asked for. */
export interface Aspect<T> {
  readonly now: (client: ConfigCatClient, question: Question) => T;
  readonly each$: (client: ConfigCatClient, question: Question) => Observable<T>;
  readonly isSame: (a: T, b: T) => boolean;
}

export const aspectOfValue: Aspect<DefaultFor<SettingValue>> = {
  now: (client, { key, defaultValue, user }) => client.watch(key, defaultValue, user).current(),
  // The types let only those without a user leave out the default value.
  each$: (client, { key, defaultValue, user }) => client.flag$(key, defaultValue as SettingValue | null, user),
  isSame: Object.is,
};

export const aspectOfDetails: Aspect<EvaluationDetails> = {
  now: (client, { key, defaultValue, user }) => client.snapshot().details(key, defaultValue, user),
  each$: (client, { key, defaultValue, user }) => client.flagDetails$(key, defaultValue, user),
  isSame: isSameEvaluation,
};

/**
 * Answers a question that may change, from an injection context: nothing while it is `undefined` or the first config is
 * being waited for. Applications are not stable while they wait.
 */
export function injectAnswer<T>(
  question: () => Question | undefined,
  { now, each$, isSame }: Aspect<T>,
): Signal<Answer<T> | undefined> {
  const { bare } = injectSource();
  const injector = inject(Injector);
  const zone = inject(NgZone);
  const asked = computed(question, { equal: isSameQuestion });
  // Another question is answered at once by what is known; the stream has its say with the next round of effects.
  const answer = linkedSignal<Answer<T> | undefined>(
    () => {
      const current = asked();
      const isKnown = current && bare.snapshot().cacheState !== 'no-flag-data';
      return isKnown ? { value: now(bare, current) } : undefined;
    },
    { equal: (a, b) => a === b || (a !== undefined && b !== undefined && isSame(a.value, b.value)) },
  );
  effect((onCleanup) => {
    const current = asked();
    if (!current) return;
    const subscription = untracked(() =>
      zone.runOutsideAngular(() =>
        each$(bare, current)
          .pipe(pendingUntilEvent(injector))
          .subscribe((value) => answer.set({ value })),
      ),
    );
    onCleanup(() => subscription.unsubscribe());
  });
  return answer;
}

function isSameQuestion(a: Question | undefined, b: Question | undefined): boolean {
  if (!a || !b) return a === b;
  return a.key === b.key && Object.is(a.defaultValue, b.defaultValue) && isSameUser(a.user, b.user);
}
