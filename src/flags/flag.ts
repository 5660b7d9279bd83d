import type { Observable } from 'rxjs';
import { Observable as NewObservable } from 'rxjs';
import { requireEvaluable } from '../arguments.js';
import { requireInitialPolicy } from '../core/options.js';
import type { Core, FlagSource } from '../core/source.js';
import { valueOf } from '../core/evaluate.js';
import { coreOf, partOf } from '../core/source.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { FlagKey, FlagTypes, FlagValue } from '../model/flag-types.js';
import type { View } from '../core/snapshot.js';
import { holdingOf } from './holding.js';
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
  const question = isUser ? { key, fallback: undefined, user: first } : { key, fallback: first as DefaultValue, user };
  return answers$(coreOf(source), valueView, () => question.fallback, question, options);
}

/** What is asked of a flag, by whom. */
export interface FlagQuestion {
  readonly key: string;
  readonly fallback: DefaultValue;
  readonly user: UserSource | undefined;
}

/** The answers to a question about a flag, each a place in the fan-out of the client. */
export function answers$<T>(
  core: Core,
  view: View<T>,
  initialValue: () => T,
  { key, fallback, user }: FlagQuestion,
  { initial = core.options.initial, hold }: FlagStreamOptions = {},
): Observable<T> {
  requireEvaluable(key, fallback, user);
  requireInitialPolicy('options.initial', initial);
  const partsOf = (asked: View<T>): FlagStreamParts<T> => ({
    answers$: (copy) =>
      new NewObservable<T>((subscriber) => {
        partOf(core, core.data.createFanOut).attach(asked, key, fallback, copy, subscriber);
      }),
    isSame: view.isSame,
    initialValue,
    users: usersOf(core, user),
    initial,
  });
  const session = typeof hold === 'object' ? hold : core.options[hold === 'session' ? hold : 'hold'];
  return flagStream(
    core,
    // Where a client holds, streams that do not are made by its session, too.
    session || hold ? holdingOf(session).flag(core, { view, key, fallback, initial, hold }, partsOf) : partsOf(view),
  );
}
