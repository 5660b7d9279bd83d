import { EMPTY, defer, distinctUntilChanged, filter, isObservable, map, of } from 'rxjs';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { User } from '../model/user.js';
import { requireEvaluable, requireObject, requireUser } from '../arguments.js';
import type { Core } from './core.js';
import type { EvaluationDetails } from './details.js';
import { isSameEvaluation, pendingDetails } from './details.js';
import type { View } from './audiences.js';
import { requireInitialPolicy } from './options.js';
import type { AnySnapshot } from './snapshot.js';
import { ageOf, changes, flagAnswers, flagStates, isSameTable, show, tableAnswers } from './streams.js';
import { untilDisposed } from './until-disposed.js';
import { usersOf } from './users.js';
import type { ClientStatus, FlagStreamOptions, UserSource } from './types.js';

const valueView: View<DefaultValue> = {
  evaluate: (snapshot, key, fallback, user) => snapshot.value(key, fallback, user, 'flag$'),
  isSame: Object.is,
  ages: false,
};

const detailsView: View<EvaluationDetails> = {
  evaluate: (snapshot, key, fallback, user) => snapshot.details(key, fallback, user, 'flagDetails$'),
  isSame: isSameEvaluation,
  ages: true,
};

/** The streams that a client shows. */
export function streamsOf(core: Core) {
  const answers$ = <T>(
    view: View<T>,
    placeholder: () => T,
    ...[key, fallback, user, options = {}]: [string, DefaultValue, UserSource?, FlagStreamOptions?]
  ) => {
    requireEvaluable(key, fallback, user);
    const { initial = core.options.initial } = options;
    requireInitialPolicy('options.initial', initial);
    const { isSame } = view;
    return show(core, {
      answers$: flagAnswers(core, view, key, fallback),
      isSame,
      placeholder,
      users: usersOf(core, user),
      initial,
    });
  };

  const value$ = (key: string, fallback: DefaultValue, user?: UserSource, options?: FlagStreamOptions) =>
    answers$(valueView, () => fallback, key, fallback, user, options);

  const table$ = <T extends object>(
    keys: readonly string[] | undefined,
    read: (snapshot: AnySnapshot, user: User | undefined) => T,
    placeholder: () => T,
    user: UserSource | undefined,
  ) => {
    requireUser(user);
    const { initial } = core.options;
    return show(core, {
      answers$: tableAnswers(core, keys, read),
      isSame: isSameTable,
      placeholder,
      users: usersOf(core, user),
      initial,
    });
  };

  const someFlags$ = (defaults: Readonly<Record<string, DefaultValue>>, user?: UserSource) => {
    requireObject('defaults', defaults);
    // Copied, because whoever gave them may change them.
    const entries = Object.entries(defaults);
    for (const [key, fallback] of entries) requireEvaluable(key, fallback, user);
    const read = (snapshot: AnySnapshot, effective: User | undefined) =>
      Object.fromEntries(entries.map(([key, value]) => [key, snapshot.value(key, value, effective, 'flags$')]));
    return table$(Object.keys(defaults), read, () => Object.fromEntries(entries), user);
  };

  const allFlags$ = (user?: UserSource) =>
    table$(
      undefined,
      (snapshot, effective) => (snapshot.hasConfig ? snapshot.values(effective, 'flags$') : {}),
      () => ({}),
      user,
    );

  const status$ = core.aging$.pipe(
    map(() => toStatus(core)),
    distinctUntilChanged(isSameStatus),
  );

  const isKnown = ({ hasConfig }: AnySnapshot) => hasConfig;
  // Under the default user of the moment.
  const current$ = core.snapshot$.pipe(
    filter(isKnown),
    map(() => core.snapshot()),
  );
  const last$ = defer(() => [core.snapshot()].filter(isKnown));
  const keysOf = map((snapshot: AnySnapshot) => snapshot.keys());
  const keys$ = current$.pipe(
    keysOf,
    distinctUntilChanged((a, b) => a.length === b.length && a.every((key, i) => key === b[i])),
  );

  return {
    flag$: (key: string, first?: DefaultValue | UserSource, user?: UserSource, options?: FlagStreamOptions) =>
      typeof first === 'object' && first !== null && user === undefined
        ? value$(key, undefined, first)
        : value$(key, first as DefaultValue, user, options),
    flagDetails$: (key: string, fallback: DefaultValue, user?: UserSource, options?: FlagStreamOptions) =>
      answers$(detailsView, () => pendingDetails(key, fallback), key, fallback, user, options),
    flagState$: (key: string, fallback: DefaultValue, user?: UserSource) => {
      requireEvaluable(key, fallback, user);
      return flagStates(core, key, fallback, usersOf(core, user));
    },
    flags$: (...args: [(UserSource | Readonly<Record<string, DefaultValue>>)?, UserSource?]) => {
      const [first, user] = args;
      return args.length > 1 || (first !== undefined && !isObservable(first) && !isUser(first))
        ? someFlags$(first as Readonly<Record<string, DefaultValue>>, user)
        : allFlags$(first as UserSource | undefined);
    },
    changes$: untilDisposed(core, changes(core), () => EMPTY),
    keys$: untilDisposed(core, keys$, () => last$.pipe(keysOf)),
    snapshot$: untilDisposed(core, current$, () => last$),
    status$: untilDisposed(core, status$, () => of(toStatus(core))),
    ready$: untilDisposed(core, core.ready$, () => core.ready$),
    events$: untilDisposed(core, core.event$, () => EMPTY),
  };
}

/** Tells a user from default values by flag key, which must not have `identifier` where nothing else tells them apart. */
function isUser(given: unknown): boolean {
  try {
    return typeof given === 'object' && given !== null && 'identifier' in given;
  } catch {
    // No default values are as secretive as that.
    return true;
  }
}

function toStatus({ store, cacheState, isDisposed, options }: Core): ClientStatus {
  const state = store.state();
  const { entry, isFetching, isOnline, lastError } = state;
  return {
    ...ageOf(state, options.time),
    cacheState: cacheState(),
    etag: entry.etag,
    isFetching,
    isOnline: isOnline && !isDisposed(),
    lastError,
  };
}

/** Age alone makes no difference: it changes with every look. */
function isSameStatus(a: ClientStatus, b: ClientStatus): boolean {
  return (
    a.cacheState === b.cacheState &&
    a.fetchedAt?.getTime() === b.fetchedAt?.getTime() &&
    a.etag === b.etag &&
    a.isFetching === b.isFetching &&
    a.isOnline === b.isOnline &&
    a.lastError === b.lastError
  );
}
