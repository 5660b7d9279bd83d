import type { Signal } from '@angular/core';
import { Injector, NgZone, computed, effect, inject, linkedSignal, untracked } from '@angular/core';
import { pendingUntilEvent } from '@angular/core/rxjs-interop';
import type { Observable } from 'rxjs';
import type { ConfigCatClient, DefaultFor, EvaluationDetails, SettingValue, User } from '../index.js';
import { isSameEvaluation, isSameUser } from '../index.js';
import { injectSource } from './provide.js';

/** A flag that is to be read now, and whom for. */
export interface FlagRequest {
  readonly key: string;
  readonly defaultValue: DefaultFor<SettingValue>;
  readonly user: User | undefined;
}

/** What a flag is read as, be it the default value. */
export interface FlagReading<T> {
  readonly value: T;
}

/** What of a flag is read: its value, or its details. */
export interface FlagAspect<T> {
  readonly now: (client: ConfigCatClient, request: FlagRequest) => T;
  readonly each$: (client: ConfigCatClient, request: FlagRequest) => Observable<T>;
  readonly isSame: (a: T, b: T) => boolean;
}

export const valueAspect: FlagAspect<DefaultFor<SettingValue>> = {
  now: (client, { key, defaultValue, user }) => client.watch(key, defaultValue, user).current(),
  // The types let only those without a user leave out the default value.
  each$: (client, { key, defaultValue, user }) => client.flag$(key, defaultValue as SettingValue | null, user),
  isSame: Object.is,
};

export const detailsAspect: FlagAspect<EvaluationDetails> = {
  now: (client, { key, defaultValue, user }) => client.snapshot().details(key, defaultValue, user),
  each$: (client, { key, defaultValue, user }) => client.flagDetails$(key, defaultValue, user),
  isSame: isSameEvaluation,
};

/**
 * Reads a flag by a request that may change, from an injection context: nothing while there is no request or the first
 * config is being waited for. Applications are not stable while they wait.
 */
export function injectReading<T>(
  requested: () => FlagRequest | undefined,
  { now, each$, isSame }: FlagAspect<T>,
): Signal<FlagReading<T> | undefined> {
  const { rawClient } = injectSource();
  const injector = inject(Injector);
  const zone = inject(NgZone);
  const request = computed(requested, { equal: isSameRequest });
  // Another request is met at once by what is known; the stream has its say with the next round of effects.
  const reading = linkedSignal<FlagReading<T> | undefined>(
    () => {
      const current = request();
      const isKnown = current && rawClient.snapshot().cacheState !== 'no-flag-data';
      return isKnown ? { value: now(rawClient, current) } : undefined;
    },
    { equal: (a, b) => a === b || (a !== undefined && b !== undefined && isSame(a.value, b.value)) },
  );
  effect((onCleanup) => {
    const current = request();
    if (!current) return;
    const subscription = untracked(() =>
      zone.runOutsideAngular(() =>
        each$(rawClient, current)
          .pipe(pendingUntilEvent(injector))
          .subscribe((value) => reading.set({ value })),
      ),
    );
    onCleanup(() => subscription.unsubscribe());
  });
  return reading;
}

function isSameRequest(a: FlagRequest | undefined, b: FlagRequest | undefined): boolean {
  if (!a || !b) return a === b;
  return a.key === b.key && Object.is(a.defaultValue, b.defaultValue) && isSameUser(a.user, b.user);
}
