import type { Signal } from '@angular/core';
import { Injector, computed, effect, inject, linkedSignal, untracked } from '@angular/core';
import { pendingUntilEvent } from '@angular/core/rxjs-interop';
import type { Observable } from 'rxjs';
import type { DefaultFor, EvaluationDetails, HoldOption, SettingValue, StandardSchema, User } from '../functions.js';
import {
  details,
  flag$,
  flagDetails$,
  isSameEvaluation,
  isSameUser,
  json,
  json$,
  leaveUser,
  watch,
  withHold,
} from '../functions.js';
import type { ProvidedSource } from './provided.js';
import { injectProvided } from './provided.js';

/** A flag that is to be read now, and whom for. */
export interface FlagRequest {
  readonly key: string;
  readonly defaultValue: DefaultFor<SettingValue>;
  readonly user: User | undefined;
  /** In what session it is held, where not as by the source. */
  readonly hold: HoldOption | undefined;
}

/** What a flag is read as, be it the default value. */
export interface FlagReading<T> {
  readonly value: T;
}

/** What of a flag is read: its value, or its details. */
export interface FlagAspect<T> {
  readonly now: (source: ProvidedSource, request: FlagRequest) => T;
  readonly each$: (source: ProvidedSource, request: FlagRequest) => Observable<T>;
  readonly isSame: (a: T, b: T) => boolean;
}

export const valueAspect: FlagAspect<DefaultFor<SettingValue>> = {
  now: (source, { key, defaultValue, user }) => watch(source, key, defaultValue, user).current(),
  // The types let only those without a user leave out the default value.
  each$: (source, { key, defaultValue, user }) => flag$(source, key, defaultValue as SettingValue | null, user),
  isSame: Object.is,
};

export const detailsAspect: FlagAspect<EvaluationDetails> = {
  now: (source, { key, defaultValue, user }) => details(source.snapshot(), key, defaultValue, user),
  each$: (source, { key, defaultValue, user }) => flagDetails$(source, key, defaultValue, user),
  isSame: isSameEvaluation,
};

/** The JSON of a flag, as a schema gives it, or the default value. */
export function jsonAspect(schema: StandardSchema | undefined, defaultValue: unknown): FlagAspect<unknown> {
  // The types let only those without a schema leave out the default value.
  const given = schema as undefined;
  return {
    now: (source, { key, user }) => json(source.snapshot(), key, given, defaultValue, user),
    each$: (source, { key, user }) => json$(source, key, given, defaultValue, user),
    isSame: Object.is,
  };
}

/**
 * Reads a flag by a request that may change, from an injection context: nothing while there is no request or the first
 * config is being waited for. Applications are not stable while they wait.
 */
export function injectReading<T>(
  requested: () => FlagRequest | undefined,
  { now, each$, isSame }: FlagAspect<T>,
): Signal<FlagReading<T> | undefined> {
  const { rawSource, zone } = injectProvided();
  const injector = inject(Injector);
  const request = computed(requested, { equal: isSameRequest });
  // Another request is met at once by what is known; the stream has its say with the next round of effects.
  const reading = linkedSignal<FlagReading<T> | undefined>(
    () => {
      const current = request();
      const isKnown = current && rawSource.snapshot().cacheState !== 'no-flag-data';
      return isKnown ? { value: now(withHold(rawSource, current.hold), current) } : undefined;
    },
    { equal: (a, b) => a === b || (a !== undefined && b !== undefined && isSame(a.value, b.value)) },
  );
  let shown: { readonly source: ProvidedSource; readonly user: User | undefined } | undefined;
  effect((onCleanup) => {
    const current = request();
    if (!current) return;
    const subscription = untracked(() =>
      zone.runOutsideAngular(() => {
        // Whoever is replaced by another user is left: nothing is held for him any more.
        if (shown?.user && !isSameUser(shown.user, current.user)) leaveUser(shown.source, shown.user);
        const source = withHold(rawSource, current.hold);
        shown = { source, user: current.user };
        return each$(source, current)
          .pipe(pendingUntilEvent(injector))
          .subscribe((value) => reading.set({ value }));
      }),
    );
    onCleanup(() => subscription.unsubscribe());
  });
  return reading;
}

/** Tells whether two requests are for the same. */
export function isSameRequest(a: FlagRequest | undefined, b: FlagRequest | undefined): boolean {
  if (!a || !b) return a === b;
  return (
    a.key === b.key && Object.is(a.defaultValue, b.defaultValue) && isSameUser(a.user, b.user) && a.hold === b.hold
  );
}
