import type { Observable } from 'rxjs';
import type { ConfigCatClient, Snapshot } from '../index.js';

/** What hooks get from their provider. */
export interface Source {
  readonly client: ConfigCatClient;
  /** What is shown while the client knows no config. */
  readonly past: Snapshot;
  /** What a provider's own client knew to begin with, on the server and in the browser alike. */
  readonly first: Snapshot | undefined;
  /** `past` is also what a server renders, and what is shown first where it did. */
  readonly isPinned: boolean;
}

/** What a component wants to know. */
export interface Question<T> {
  readonly answer$: Observable<T>;
  /** Answers from one snapshot. */
  readonly read: (snapshot: Snapshot) => T;
  readonly isSame: (a: T, b: T) => boolean;
  /** The flags that it is about; overrides may have them where there is no config. */
  readonly keys: readonly string[];
}

/** An answer as `useSyncExternalStore` wants it: the same object until it means something else. */
export interface View<T> {
  readonly subscribe: (listener: () => void) => () => void;
  readonly current: () => T;
  readonly server: () => T;
}

/** Creates a view, which does nothing until it is asked. */
export function createView<T>({ client, past, first, isPinned }: Source, question: Question<T>): View<T> {
  const { answer$, read, isSame, keys } = question;
  let listeners = 0;
  let seen: Snapshot | undefined;
  let last: { readonly answer: T } | undefined;
  let pinned: { readonly answer: T } | undefined;

  // How fresh it is makes no difference, and the clock is not for renders.
  const isKnown = (snapshot: Snapshot) => snapshot.hasConfig || keys.some((key) => snapshot.setting(key) !== undefined);
  const keep = (answer: T) => (last && isSame(last.answer, answer) ? last : (last = { answer })).answer;

  const current = () => {
    const snapshot = client.snapshot();
    // With a listener the stream knows the answer; without one it is looked for when something has happened.
    if (last && (listeners > 0 || snapshot === seen)) return last.answer;
    seen = snapshot;
    return keep(read(isKnown(snapshot) ? snapshot : past));
  };
  return {
    current,
    server: () => {
      // Parts of a page are taken over late, when the client knows more already.
      if (isPinned || first) pinned ??= { answer: read(!isPinned && first && isKnown(first) ? first : past) };
      return pinned ? pinned.answer : current();
    },
    subscribe: (listener) => {
      let told = current();
      listeners++;
      const subscription = answer$.subscribe((answer) => {
        // Without a config, what the server rendered is better than a default value.
        const shown = keep(isPinned && !isKnown(client.snapshot()) ? read(past) : answer);
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
