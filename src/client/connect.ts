import { lastValueFrom } from 'rxjs';
import type { RefreshFailure } from '../acquisition/outcome.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { User } from '../model/user.js';
import { takeCopy } from '../model/user-copy.js';
import { messages } from '../logging/messages.js';
import { observe, requireEvaluable, requireObject, requireString, requireUser } from '../arguments.js';
import { anchor } from './anchor.js';
import type { Core } from './core.js';
import { createCore } from './core.js';
import type { ResolvedOptions } from './options.js';
import { streamsOf } from './public-streams.js';
import type { AnySnapshot } from './snapshot.js';
import type { ConfigCatClient, ReadOptions } from './types.js';
import { watchStream } from './watch.js';

type Streams = Pick<ConfigCatClient, Extract<keyof ConfigCatClient, `${string}$`>>;

/** Starts a client and gives it its public face. */
export function connect(options: ResolvedOptions): ConfigCatClient {
  const core = anchor(createCore(options));
  // The public types narrow keys and values; at run time any may come.
  const streams = streamsOf(core) as unknown as Streams;
  return {
    ...streams,
    ...(methodsOf(core, streams) as unknown as Omit<ConfigCatClient, keyof Streams | 'isOffline'>),
    get isOffline() {
      return core.isOffline();
    },
  };
}

const { dispose: disposeNow, asyncDispose }: { readonly dispose?: symbol; readonly asyncDispose?: symbol } = Symbol;

function methodsOf(core: Core, { flag$ }: Pick<ConfigCatClient, 'flag$'>) {
  const { dispose, setDefaultUser, setOnline, snapshot, store } = core;
  const afterRead = async <T>(read: (snapshot: AnySnapshot) => T): Promise<T> => {
    // Most reads have nothing to wait for, and cost no more than a promise.
    if (store.isCacheless && store.isReadable()) store.lookForNews();
    else await core.pending(lastValueFrom(store.read$, { defaultValue: undefined }));
    return read(snapshot());
  };

  return {
    getValue: (key: string, defaultValue: DefaultValue, user?: User, options?: ReadOptions) => {
      requireEvaluable(key, defaultValue, user);
      return unlessAborted(() => afterRead((current) => current.value(key, defaultValue, user, 'getValue')), options);
    },
    getValueDetails: (key: string, defaultValue: DefaultValue, user?: User, options?: ReadOptions) => {
      requireEvaluable(key, defaultValue, user);
      return unlessAborted(
        () => afterRead((current) => current.details(key, defaultValue, user, 'getValueDetails')),
        options,
      );
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
    watch: (key: string, fallback: DefaultValue, user?: User) => {
      requireEvaluable(key, fallback, user);
      const copy = user && takeCopy(user).user;
      const read = () => {
        const current = snapshot();
        return current.hasConfig ? current.value(key, fallback, copy, 'watch') : fallback;
      };
      return watchStream<DefaultValue>(flag$(key, fallback as boolean, copy), read, (error) => {
        core.log.error(1003, () => messages.methodFailed('watch'), error);
      });
    },
    // By itself it would not hold the client.
    snapshot: () => core.snapshot(),
    waitForReady: (options?: ReadOptions) =>
      unlessAborted(
        () =>
          // Nobody has to wait for it: a rejection that nobody listens to harms nobody.
          observe(
            core.pending(lastValueFrom(core.ready$, { defaultValue: undefined })).then((cacheState) => {
              if (!cacheState) throw new Error('The client was disposed before it became ready.');
              return cacheState;
            }),
          ),
        options,
      ),
    forceRefresh: () => core.pending(lastValueFrom(store.refresh$, { defaultValue: disposedFirst })),
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
    // What is being written is worth a moment: a cache that hangs is left alone after two seconds.
    [asyncDispose ?? 'dispose']: () =>
      core.pending(lastValueFrom(store.written$, { defaultValue: undefined })).then(dispose),
    [disposeNow ?? 'dispose']: dispose,
    dispose,
  } satisfies Record<Exclude<keyof ConfigCatClient & string, keyof Streams | 'isOffline'>, unknown>;
}

/**
 * Stops waiting, though not the work, when the caller has lost interest; what is aborted already is not begun. Who has
 * lost interest need not listen to the rejection either.
 */
function unlessAborted<T>(begin: () => Promise<T>, { signal }: ReadOptions = {}): Promise<T> {
  if (!signal) return begin();
  return observe(
    new Promise<T>((resolve, reject) => {
      const abort = () => {
        reject(reasonOf(signal));
      };
      if (signal.aborted) {
        abort();
        return;
      }
      signal.addEventListener('abort', abort);
      void begin()
        .then(resolve, reject)
        .then(() => {
          signal.removeEventListener('abort', abort);
        });
    }),
  );
}

/** Why a signal was aborted; not all runtimes say so. */
function reasonOf({ reason }: AbortSignal): Error {
  if (reason !== undefined) return reason as Error;
  return Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' });
}

const disposedFirst: RefreshFailure = {
  isSuccess: false,
  errorCode: -1,
  errorMessage: 'The client was disposed before the refresh ended.',
};
