import type { Observable } from 'rxjs';
import { Observable as NewObservable } from 'rxjs';
import { requireEvaluable, requireMade } from '../arguments.js';
import { requireInitialPolicy } from '../core/options.js';
import type { Core, FlagSource } from '../core/source.js';
import { valueOf } from '../core/evaluate.js';
import { coreOf, partOf } from '../core/source.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { FlagKey, FlagTypes, FlagValue } from '../model/flag-types.js';
import type { View } from '../core/snapshot.js';
import { sessionSymbol } from '../session.js';
import type { Holding } from './holding.js';
import type { FlagStreamOptions, FlagStreamParts } from './stream.js';
import { flagStream } from './stream.js';
import type { UserSource } from './users.js';
import { usersOf } from './users.js';

const valueView: View<DefaultValue> = {
  name: 'value',
  evaluate: (snapshot, key, fallback, user) => valueOf(snapshot, 'flag$', key, fallback, user),
  isSame: Object.is,
  ages: false,
};

/**
 * The value that a user should see, each time it changes. Waits for the first config, at most as long as the polling mode
 * says; then emits the value, or the default value when the flag cannot be evaluated.
 *
 * @param source - a core, or a client.
 * @param key - the flag, case-sensitive.
 * @param defaultValue - its type must be that of the flag.
 * @param user - whom to evaluate for; without it the stream follows the default user.
 * @throws Error or TypeError when the key is empty or an argument is of a wrong type.
 *
 * @example
 * flag$(core, 'darkMode', false, user$).subscribe(render);
 */
export function flag$<F extends FlagTypes<F>, K extends FlagKey<F>, D extends F[K] | null>(
  source: FlagSource<F>,
  key: K,
  defaultValue: D,
  user?: UserSource,
  options?: FlagStreamOptions,
): Observable<FlagValue<F[K], D>>;
/**
 * The same without a default value: `undefined` while the flag cannot be evaluated.
 *
 * @example
 * flag$(core, 'greeting', currentUser$).subscribe(console.log);
 */
export function flag$<F extends FlagTypes<F>, K extends FlagKey<F>>(
  source: FlagSource<F>,
  key: K,
  user?: UserSource,
): Observable<F[K] | undefined>;
export function flag$(
  source: FlagSource,
  key: string,
  first?: DefaultValue | UserSource,
  user?: UserSource,
  options?: FlagStreamOptions,
): Observable<DefaultValue> {
  const isUser = typeof first === 'object' && first !== null && user === undefined;
  const fallback = isUser ? undefined : (first as DefaultValue);
  const question = { key, fallback, user: isUser ? first : user };
  return answers$(coreOf(source), valueView, () => fallback, question, options);
}

/** What is asked of a flag, by whom. */
export interface FlagQuestion {
  readonly key: string;
  readonly fallback: DefaultValue;
  readonly user: UserSource | undefined;
}

/** The answers to a question about a flag: each has a place in the fan-out of the client, or is held by a session. */
export function answers$<T>(
  core: Core,
  view: View<T>,
  initialValue: () => T,
  { key, fallback, user }: FlagQuestion,
  { initial = core.options.initial, hold = core.options.hold }: FlagStreamOptions = {},
): Observable<T> {
  requireEvaluable(key, fallback, user);
  requireInitialPolicy('options.initial', initial);
  const parts: FlagStreamParts<T> = {
    answers$: (copy) =>
      new NewObservable<T>((subscriber) => {
        partOf(core, core.data.createFanOut).attach(view, key, fallback, copy, subscriber);
      }),
    isSame: view.isSame,
    initialValue,
    users: usersOf(core, user),
    initial,
  };
  // Like `withHold()`, but for what bundles have to pay who hold nothing.
  const session = core.options[hold as 'session'] ?? hold;
  const show: Holding['flag'] = hold
    ? requireMade<Holding>('options.hold', session, sessionSymbol, 'a session()').flag
    : flagStream;
  return show(core, parts, view, key, fallback);
}
