import { EMPTY, distinctUntilChanged, lastValueFrom, map, of } from 'rxjs';
import type { RefreshFailure } from '../acquisition/outcome.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { User } from '../model/user.js';
import { requireEvaluable, requireObject, requireString, requireUser } from './arguments.js';
import type { Core } from './core.js';
import { createCore } from './core.js';
import type { EvaluationDetails } from './details.js';
import { isSameEvaluation, pendingDetails } from './details.js';
import type { View } from './fan-out.js';
import type { ResolvedOptions } from './options.js';
import { requireInitialPolicy } from './options.js';
import type { AnySnapshot } from './snapshot.js';
import { ageOf, answers, flagStates, untilDisposed } from './streams.js';
import type { ClientStatus, ConfigCatClient, FlagStreamOptions, UserSource } from './types.js';

type Streams = Pick<ConfigCatClient, 'flag$' | 'flagDetails$' | 'flagState$' | 'status$' | 'ready$' | 'events$'>;

/** Starts a client and gives it its public face. */
export function connect(options: ResolvedOptions): ConfigCatClient {
  const core = createCore(options);
  // The public types narrow keys and values; at run time any may come.
  return {
    ...(streamsOf(core) as unknown as Streams),
    ...(methodsOf(core) as unknown as Omit<ConfigCatClient, keyof Streams | 'isOffline'>),
    get isOffline() {
      return core.isOffline();
    },
  };
}

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

function streamsOf(core: Core) {
  const answers$ = <T>(
    view: View<T>,
    placeholder: () => T,
    ...[key, fallback, user, options = {}]: [string, DefaultValue, UserSource?, FlagStreamOptions?]
  ) => {
    requireEvaluable(key, fallback, user);
    const { initial = core.options.initial } = options;
    requireInitialPolicy('options.initial', initial);
    return answers(core, { view, key, fallback, placeholder, user, initial });
  };

  const value$ = (key: string, fallback: DefaultValue, user?: UserSource, options?: FlagStreamOptions) =>
    answers$(valueView, () => fallback, key, fallback, user, options);

  const status$ = core.aging$.pipe(
    map(() => toStatus(core)),
    distinctUntilChanged(isSameStatus),
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
      return flagStates(core, key, fallback, user);
    },
    status$: untilDisposed(core, status$, () => of(toStatus(core))),
    ready$: untilDisposed(core, core.ready$, () => core.ready$),
    events$: untilDisposed(core, core.event$, () => EMPTY),
  };
}

const { dispose: disposeNow, asyncDispose }: { readonly dispose?: symbol; readonly asyncDispose?: symbol } = Symbol;

function methodsOf(core: Core) {
  const { dispose, setDefaultUser, setOnline, snapshot, store } = core;
  const afterRead = async <T>(read: (snapshot: AnySnapshot) => T): Promise<T> => {
    // Most reads have nothing to wait for, and cost no more than a promise.
    if (store.isCacheless && store.isReadable()) store.lookForNews();
    else await lastValueFrom(store.read$, { defaultValue: undefined });
    return read(snapshot());
  };

  return {
    getValue: (key: string, defaultValue: DefaultValue, user?: User) => {
      requireEvaluable(key, defaultValue, user);
      return afterRead((current) => current.value(key, defaultValue, user, 'getValue'));
    },
    getValueDetails: (key: string, defaultValue: DefaultValue, user?: User) => {
      requireEvaluable(key, defaultValue, user);
      return afterRead((current) => current.details(key, defaultValue, user, 'getValueDetails'));
    },
    getAllKeys: () => afterRead((current) => current.keys()),
    getAllValues: (user?: User) => {
      requireUser(user);
      return afterRead((current) => current.values(user, 'getAllValues'));
    },
    getAllValueDetails: (user?: User) => {
      requireUser(user);
      return afterRead((current) => current.allDetails('getAllValueDetails', user));
    },
    getKeyAndValue: (variationId: string) => {
      requireString('variationId', variationId);
      return afterRead((current) => current.keyAndValue(variationId, 'getKeyAndValue'));
    },
    explain: (key: string, user?: User) => {
      requireEvaluable(key, undefined, user);
      return afterRead((current) => current.explain(key, user));
    },
    snapshot,
    waitForReady: () =>
      lastValueFrom(core.ready$, { defaultValue: undefined }).then((cacheState) => {
        if (!cacheState) throw new Error('The client was disposed before it became ready.');
        return cacheState;
      }),
    forceRefresh: () => lastValueFrom(store.refresh$, { defaultValue: disposedFirst }),
    setDefaultUser: (user: User) => {
      requireObject('user', user);
      setDefaultUser(user);
    },
    clearDefaultUser: () => {
      setDefaultUser(undefined);
    },
    setOnline: () => {
      setOnline(true);
    },
    setOffline: () => {
      setOnline(false);
    },
    // Runtimes without these symbols get nothing but dispose().
    [asyncDispose ?? 'dispose']: () => Promise.resolve().then(dispose),
    [disposeNow ?? 'dispose']: dispose,
    dispose,
  } satisfies Record<Exclude<keyof ConfigCatClient & string, keyof Streams | 'isOffline'>, unknown>;
}

const disposedFirst: RefreshFailure = {
  isSuccess: false,
  errorCode: -1,
  errorMessage: 'The client was disposed before the refresh ended.',
};

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
