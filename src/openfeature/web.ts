import type { EvaluationContext, Provider, ResolutionDetails } from '@openfeature/web-sdk';
import { OpenFeatureEventEmitter, ProviderEvents } from '@openfeature/web-sdk';
import type { Observable } from 'rxjs';
import { filter, firstValueFrom } from 'rxjs';
import type { AnyFlags, ClientOptions, ConfigCatClient, FlagTypes, SettingValue, Snapshot, User } from '../index.js';
import { createLifecycle } from './lifecycle.js';
import { toObjectResolution, toResolution, toUser } from './mapping.js';
import { metadataReader } from './metadata.js';

/** A provider for `@openfeature/web-sdk`. */
export interface ConfigCatWebProvider extends Provider {
  /** The client that answers: for streams, or to make it fetch. */
  readonly client: ConfigCatClient;
}

/** A client that knows the values of one user, as `createRemoteClient()` of `configcat-rx/remote` makes it. */
export interface UserBoundClient extends Pick<ConfigCatClient, 'status$' | 'dispose'> {
  readonly changes$: Observable<{ readonly flags: readonly { readonly key: string }[] }>;
  setUser(user: User | undefined): void;
  refresh(): Promise<unknown>;
  snapshot(): Pick<Snapshot, 'value' | 'details' | 'setting'>;
  getSnapshot(): Promise<unknown>;
}

/** A provider over a client that knows the values of one user. */
export interface UserBoundProvider extends Provider {
  readonly client: UserBoundClient;
}

/**
 * Creates a provider for `@openfeature/web-sdk` over a client, which stays yours, or over one of its own, which ends when
 * OpenFeature closes the provider. It evaluates synchronously, by the config that is there and the context of the
 * moment; nothing is fetched when the context changes.
 *
 * Over a remote client it tells the relay of each context, and OpenFeature is reconciled when the values are there.
 *
 * It becomes ready with the first config, however long that takes; it fails when there is no config and none on its
 * way, and recovers by itself. Flags whose values are texts of JSON are its object flags.
 *
 * @throws Error, TypeError or RangeError naming the argument or option that is wrong.
 *
 * @example
 * await OpenFeature.setContext({ targetingKey: '42', email: 'kate@example.com' });
 * OpenFeature.setProvider(createWebProvider(sdkKey));
 */
export function createWebProvider<F extends FlagTypes<F> = AnyFlags>(client: ConfigCatClient<F>): ConfigCatWebProvider;
export function createWebProvider(sdkKey: string, options?: ClientOptions): ConfigCatWebProvider;
export function createWebProvider(client: UserBoundClient): UserBoundProvider;
export function createWebProvider(given: unknown, options?: ClientOptions): ConfigCatWebProvider | UserBoundProvider {
  const events = new OpenFeatureEventEmitter();
  // The types of a client's flags make no difference here.
  const lifecycle = createLifecycle(given as ConfigCatClient | string, options, ({ type, ...details }) => {
    events.emit(ProviderEvents[type], details);
  });
  const { client, condition, initialize, onClose, repeat } = lifecycle;
  const follow = followerOf(client);
  const metadataOf = metadataReader(client);

  const resolve = <T extends SettingValue>(
    key: string,
    defaultValue: T,
    context: EvaluationContext,
  ): ResolutionDetails<T> => {
    const snapshot = client.snapshot();
    const details = snapshot.details(key, defaultValue, toUser(context));
    return toResolution<T>(details, snapshot.setting(key), condition(), metadataOf(details));
  };
  return {
    metadata: { name: 'ConfigCat' },
    runsOn: 'client',
    events,
    client,
    initialize: (context = {}) => {
      void follow?.(context);
      return initialize();
    },
    onClose,
    onContextChange: (_, context) => (follow ? follow(context).then(repeat) : repeat()),
    resolveBooleanEvaluation: resolve<boolean>,
    resolveStringEvaluation: resolve<string>,
    resolveNumberEvaluation: resolve<number>,
    resolveObjectEvaluation: (key, defaultValue, context) =>
      toObjectResolution(key, resolve(key, '', context), defaultValue),
  };
}

/** Has a client follow the user of a context, until it knows his values or knows that it does not get them. */
function followerOf({ setUser, refresh, status$ }: Partial<UserBoundClient>) {
  // Test clients have a user to be set, too, and evaluate for any.
  if (!setUser || !refresh || !status$) return undefined;
  return async (context: EvaluationContext): Promise<void> => {
    setUser(toUser(context));
    await firstValueFrom(status$.pipe(filter(({ isFetching }) => !isFetching)), { defaultValue: undefined });
  };
}
