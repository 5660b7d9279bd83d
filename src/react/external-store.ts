import type { Observable } from 'rxjs';
import type { CoreSnapshot } from '../functions.js';
import { setting } from '../functions.js';
import type { ProvidedSource, ProviderContext } from './context.js';

/** What a component asks of flags. */
export interface FlagQuery<T> {
  readonly answer$: Observable<T>;
  /** Answers from one snapshot. */
  readonly read: (snapshot: CoreSnapshot) => T;
  readonly isSame: (a: T, b: T) => boolean;
  /** The flags that it is about; overrides may have them where there is no config. */
  readonly keys: readonly string[];
}

/** An answer as `useSyncExternalStore` wants it: the same object until it means something else. */
export interface ExternalStore<T> {
  readonly subscribe: (listener: () => void) => () => void;
  readonly current: () => T;
  readonly server: () => T;
}

/** Creates the store of an answer, which does nothing until it is asked. */
export function createExternalStore<T>(
  source: ProvidedSource,
  { hydratedSnapshot, firstSnapshot, usesHydration, own }: ProviderContext,
  { answer$, read, isSame, keys }: FlagQuery<T>,
): ExternalStore<T> {
  let listeners = 0;
  let seen: CoreSnapshot | undefined;
  let last: { readonly answer: T } | undefined;
  let rendered: { readonly answer: T } | undefined;

  // How fresh it is makes no difference, and the clock is not for renders.
  const isKnown = (snapshot: CoreSnapshot) =>
    snapshot.hasConfig || keys.some((key) => setting(snapshot, key) !== undefined);
  const keep = (answer: T) => (last && isSame(last.answer, answer) ? last : (last = { answer })).answer;

  const current = () => {
    const snapshot = source.snapshot();
    // With a listener the stream knows the answer; without one it is looked for when something has happened.
    if (last && (listeners > 0 || snapshot === seen)) return last.answer;
    seen = snapshot;
    if (own && !snapshot.hasConfig) own.lackedConfig = true;
    return keep(read(isKnown(snapshot) ? snapshot : hydratedSnapshot));
  };
  return {
    current,
    server: () => {
      // Parts of a page are taken over late, when the source knows more already.
      const first = usesHydration ? hydratedSnapshot : firstSnapshot;
      if (first) rendered ??= { answer: read(isKnown(first) ? first : hydratedSnapshot) };
      return rendered ? rendered.answer : current();
    },
    subscribe: (listener) => {
      let told = current();
      listeners++;
      const subscription = answer$.subscribe((answer) => {
        // Without a config, what the server rendered is better than a default value.
        const shown = keep(usesHydration && !isKnown(source.snapshot()) ? read(hydratedSnapshot) : answer);
        if (Object.is(told, shown)) return;
        told = shown;
        listener();
      });
      return () => {
        listeners--;
        subscription.unsubscribe();
      };
    },
  };
}
