import type { DefaultFor, FlagKey, FlagTypes, FlagValue } from '../model/flag-types.js';
import { coreOf } from '../core/source.js';
import type { Observable } from 'rxjs';
import { EMPTY, defer, distinctUntilChanged, isObservable, merge, switchMap, tap } from 'rxjs';
import type { RefreshFailure } from '../acquisition/outcome.js';
import { pollToleranceMs } from '../acquisition/polling/mode.js';
import { requireEvaluable } from '../arguments.js';
import type { FlagSource } from '../core/source.js';
import type { EvaluationDetails } from '../core/types.js';
import { detailsOf } from './details.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import { untilDisposed } from '../lifetime/until-disposed.js';
import type { SettingValue } from '../model/config.js';
import type { User } from '../model/user.js';
import { rememberLast } from '../remember-last.js';
import { ageOf, stateWithExpiry$ } from './age.js';
import { readAtEach } from './read-latest.js';
import type { HoldOptions } from './held-source.js';
import { withHold } from './held-source.js';
import { holdingFor } from './holding.js';
import type { UserSource } from './users.js';
import { usersOf } from './users.js';

/**
 * How good the value of a flag is: the default value while nothing is known yet; evaluated by a config that may be out
 * of date; evaluated by one that is up to date; the default value because the flag cannot be evaluated.
 */
export type FlagStatus = 'initial' | 'cached' | 'fresh' | 'fallback';

/** A value and how good it is. */
export interface FlagState<T = SettingValue | null | undefined> {
  readonly value: T;
  readonly status: FlagStatus;
  readonly isFetching: boolean;
  /** When the server last vouched for the config; `undefined` while it never has. */
  readonly fetchedAt: Date | undefined;
  /** Milliseconds since then, at the time of this state. */
  readonly ageMs: number | undefined;
  /** How the last fetch failed; `undefined` after a good one. */
  readonly lastError: RefreshFailure | undefined;
}

/**
 * Like `flag$`, with how good the value is. Waits for nothing: emits at once, and each time something of it changes.
 *
 * @param source - a core, or a client.
 *
 * @example
 * flagState$(core, 'darkMode', false).subscribe(({ value, status }) => render(value, { isStale: status === 'cached' }));
 */
export function flagState$<F extends FlagTypes<F>, K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
  source: FlagSource<F>,
  key: K,
  defaultValue: D,
  user?: UserSource,
  options?: HoldOptions,
): Observable<FlagState<FlagValue<F[K], D>>>;
export function flagState$(
  source: FlagSource,
  key: string,
  fallback: DefaultValue,
  user?: UserSource,
  options?: HoldOptions,
): Observable<FlagState> {
  const core = coreOf(withHold(source, options?.hold));
  requireEvaluable(key, fallback, user);
  const users = usersOf(core, user);
  const { store, defaultUser, dispatcher } = core;
  const { snapshot, cacheState } = core.data;
  const state$ = stateWithExpiry$(core);
  let renewalCount = 0;
  const renewed$ =
    holdingFor(core)
      ?.renewal$(core)
      .pipe(tap(() => renewalCount++)) ?? EMPTY;
  const toFlagState = (evaluate: Evaluate, user: User | undefined): FlagState => {
    const state = store.state();
    const current = snapshot();
    const common = { ...ageOf(state, core.options.time), isFetching: state.isFetching, lastError: state.lastError };
    const isUntried = !current.hasConfig && !state.lastError && !store.isReadable();
    if (isUntried) return { ...common, value: fallback, status: 'initial' };
    const { value, isDefaultValue } = evaluate(current.ruleset, user ?? defaultUser.current(), renewalCount);
    const isStale = cacheState(pollToleranceMs) === 'cached';
    return { ...common, value, status: isDefaultValue ? 'fallback' : isStale ? 'cached' : 'fresh' };
  };
  return defer(() => {
    // Evaluated anew only for another config or user, or when holds end, however often the rest of the state changes.
    const evaluate: Evaluate = rememberLast((_, effective) =>
      detailsOf(snapshot(), 'flagState$', key, fallback, effective),
    );
    const states$ = (copy: User | undefined) =>
      readAtEach(merge(copy ? EMPTY : dispatcher.userChange$, state$, renewed$), () => toFlagState(evaluate, copy));
    const lastState$ = (copy: User | undefined) => defer(() => [toFlagState(evaluate, copy)]);
    const ofEach = (read: typeof states$) => (isObservable(users) ? users.pipe(switchMap(read)) : read(users));
    return untilDisposed(core.lifetime, merge(store.read(true) ?? EMPTY, ofEach(states$)), () => ofEach(lastState$));
  }).pipe(distinctUntilChanged(isSameState));
}

type Evaluate = (ruleset: unknown, user: User | undefined, renewalCount: number) => EvaluationDetails;

function isSameState(a: FlagState, b: FlagState): boolean {
  return (
    Object.is(a.value, b.value) &&
    a.status === b.status &&
    a.isFetching === b.isFetching &&
    a.fetchedAt?.getTime() === b.fetchedAt?.getTime() &&
    a.lastError === b.lastError
  );
}
