import type { EvaluationContext, Provider, ResolutionDetails } from '@openfeature/web-sdk';
import { OpenFeatureEventEmitter, ProviderEvents } from '@openfeature/web-sdk';
import type { AnyFlags, ClientOptions, ConfigCatClient, FlagTypes, SettingValue } from '../index.js';
import { createLifecycle } from './lifecycle.js';
import { toObjectResolution, toResolution, toUser } from './mapping.js';

/** A provider for `@openfeature/web-sdk`. */
export interface ConfigCatWebProvider extends Provider {
  /** The client that answers: for streams, or to make it fetch. */
  readonly client: ConfigCatClient;
}

/**
 * Creates a provider for `@openfeature/web-sdk` over a client, which stays yours, or over one of its own, which ends when
 * OpenFeature closes the provider. It evaluates synchronously, by the config that is there and the context of the
 * moment; nothing is fetched when the context changes.
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
export function createWebProvider(given: unknown, options?: ClientOptions): ConfigCatWebProvider {
  const events = new OpenFeatureEventEmitter();
  // The types of a client's flags make no difference here.
  const lifecycle = createLifecycle(given as ConfigCatClient | string, options, ({ type, ...details }) => {
    events.emit(ProviderEvents[type], details);
  });
  const { client, condition, initialize, onClose, repeat } = lifecycle;

  const resolve = <T extends SettingValue>(
    key: string,
    defaultValue: T,
    context: EvaluationContext,
  ): ResolutionDetails<T> => {
    const snapshot = client.snapshot();
    const details = snapshot.details(key, defaultValue, toUser(context));
    return toResolution<T>(details, snapshot.setting(key), condition());
  };
  return {
    metadata: { name: 'ConfigCat' },
    runsOn: 'client',
    events,
    client,
    initialize,
    onClose,
    onContextChange: repeat,
    resolveBooleanEvaluation: resolve<boolean>,
    resolveStringEvaluation: resolve<string>,
    resolveNumberEvaluation: resolve<number>,
    resolveObjectEvaluation: (key, defaultValue, context) =>
      toObjectResolution(key, resolve(key, '', context), defaultValue),
  };
}
