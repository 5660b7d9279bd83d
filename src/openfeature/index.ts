import type { EvaluationContext, Provider, ResolutionDetails } from '@openfeature/server-sdk';
import { OpenFeatureEventEmitter, ProviderEvents } from '@openfeature/server-sdk';
import type { AnyFlags, ClientOptions, ConfigCatClient, FlagTypes, SettingValue } from '../index.js';
import { createLifecycle } from './lifecycle.js';
import { toObjectResolution, toResolution, toUser } from './mapping.js';
import { metadataReader } from './metadata.js';

/** A provider for `@openfeature/server-sdk`. */
export interface ConfigCatProvider extends Provider {
  /** The client that answers: for streams, or to make it fetch. */
  readonly client: ConfigCatClient;
}

/**
 * Creates a provider for `@openfeature/server-sdk` over a client, which stays yours, or over one of its own, which ends
 * when OpenFeature closes the provider.
 *
 * It becomes ready with the first config, however long that takes; it fails when there is no config and none on its
 * way, and recovers by itself. Flags whose values are texts of JSON are its object flags.
 *
 * @throws Error, TypeError or RangeError naming the argument or option that is wrong.
 *
 * @example
 * await OpenFeature.setProviderAndWait(createProvider(sdkKey, { polling: autoPoll({ pollIntervalSeconds: 30 }) }));
 * const isOn = await OpenFeature.getClient().getBooleanValue('darkMode', false, { targetingKey: '42' });
 */
export function createProvider<F extends FlagTypes<F> = AnyFlags>(client: ConfigCatClient<F>): ConfigCatProvider;
export function createProvider(sdkKey: string, options?: ClientOptions): ConfigCatProvider;
export function createProvider(given: unknown, options?: ClientOptions): ConfigCatProvider {
  const events = new OpenFeatureEventEmitter();
  // The types of a client's flags make no difference here.
  const lifecycle = createLifecycle(given as ConfigCatClient | string, options, ({ type, ...details }) => {
    events.emit(ProviderEvents[type], details);
  });
  const { client, condition, initialize, onClose } = lifecycle;
  const metadataOf = metadataReader(client);

  const resolve = async <T extends SettingValue>(
    key: string,
    defaultValue: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> => {
    const details = await client.getValueDetails(key, defaultValue, toUser(context));
    return toResolution<T>(details, client.snapshot().setting(key), condition(), metadataOf(details));
  };
  return {
    metadata: { name: 'ConfigCat' },
    runsOn: 'server',
    events,
    client,
    initialize,
    onClose,
    resolveBooleanEvaluation: resolve<boolean>,
    resolveStringEvaluation: resolve<string>,
    resolveNumberEvaluation: resolve<number>,
    resolveObjectEvaluation: async (key, defaultValue, context) =>
      toObjectResolution(key, await resolve(key, '', context), defaultValue),
  };
}
