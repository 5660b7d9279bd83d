import type { AnyFlags, DefaultFor, FlagKey, FlagTypes, FlagValue } from '../model/flag-types.js';
import type { SettingValue } from '../model/config.js';
import { coreOf } from '../core/source.js';
import type { Observable } from 'rxjs';
import { guarded, requireEvaluable } from '../arguments.js';
import type { FlagSource } from '../core/source.js';
import { valueOf } from '../core/evaluate.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import { methodFailed } from '../logging/events.js';
import type { User } from '../model/user.js';
import { flag$ } from './flag.js';

/**
 * A flag as user interfaces want it: a value to be read at any time, and a call when it is another one. The one seam
 * for adapters to frameworks.
 *
 * @example
 * const dark = client.watch('darkMode', false);
 * const isDark = useSyncExternalStore(dark.subscribe, dark.current, dark.current);
 */
export interface Watch<T> {
  /** The value as of now: the default value until a config is known. */
  readonly current: () => T;
  /**
   * Calls a listener each time that the value has changed, until the returned function is called. What it throws, or its
   * promise is rejected with, is logged (event 1003).
   */
  readonly subscribe: (listener: () => void) => () => void;
}

/**
 * A flag as user interfaces want it: read synchronously, and a call when it is another one.
 *
 * @param source - a core, or a client.
 * @throws Error or TypeError when the key is empty or an argument is of a wrong type.
 *
 * @example
 * const dark = watch(core, 'darkMode', false);
 */
export function watch<F extends FlagTypes<F>, K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
  source: FlagSource<F>,
  key: K,
  defaultValue: D,
  user?: User,
): Watch<FlagValue<F[K], D>>;
export function watch(source: FlagSource, key: string, fallback: DefaultValue, user?: User): Watch<DefaultValue> {
  const core = coreOf(source);
  requireEvaluable(key, fallback, user);
  const copy = user && core.defaultUser.copy(user);
  const read = () => {
    const snapshot = core.data.snapshot();
    return snapshot.hasConfig ? valueOf(snapshot, 'watch', key, fallback, copy ?? snapshot.defaultUser) : fallback;
  };
  return watchStream(
    flag$<AnyFlags, string, SettingValue | null>(core, key, fallback as SettingValue | null, copy),
    read,
    (error) => {
      core.context.log(methodFailed, { method: 'watch' }, error);
    },
  );
}

/**
 * Watches a stream.
 *
 * @param read - gives the value while nobody listens; with a listener the stream knows it, and nothing is evaluated.
 * @param report - told of what listeners throw, which keeps the others from nothing.
 */
function watchStream<T>(stream$: Observable<T>, read: () => T, report: (error: unknown) => void): Watch<T> {
  let listeners = 0;
  let last: T;
  return {
    current: () => (listeners > 0 ? last : read()),
    subscribe: (listener) => {
      if (listeners++ === 0) last = read();
      let seen = last;
      let isListening = true;
      const subscription = stream$.subscribe((value) => {
        last = value;
        if (Object.is(seen, value)) return;
        seen = value;
        guarded(listener, report);
      });
      return () => {
        if (!isListening) return;
        isListening = false;
        listeners--;
        subscription.unsubscribe();
      };
    },
  };
}
