import { cacheKeyOf, coreOf } from '../core/source.js';
import type { FlagSource } from '../core/source.js';
import type { EvaluationDetails } from '../core/types.js';
import { sourceOf } from '../evaluation/reuse.js';
import { methodFailed } from '../logging/events.js';

/**
 * What identifies the config that a source reads, without telling its SDK key: the key under which caches keep it. All
 * clients of an SDK key have the same, in every process and language; of what a relay decides, all clients of its address.
 *
 * @param source - a core, or a client.
 *
 * @example
 * span.setAttribute('feature_flag.set.id', flagSetId(client));
 */
export function flagSetId(source: FlagSource): string {
  return cacheKeyOf(coreOf(source).options);
}

/**
 * The version of the config that an evaluation went by: its ETag. `undefined` where there is none, as for local overrides, and
 * where the source has another config by now.
 *
 * @param source - the core or client that has evaluated.
 */
export function configVersion(
  source: FlagSource,
  { fetchedAt }: Pick<EvaluationDetails, 'fetchedAt'>,
): string | undefined {
  const { etag, fetchedAtMs } = coreOf(source).store.state().entry;
  return fetchedAt?.getTime() === fetchedAtMs ? etag : undefined;
}

/** How a value was determined, in the words of OpenFeature and OpenTelemetry. */
export type ResultReason = 'error' | 'split' | 'targeting_match' | 'default' | 'static';

/**
 * How a value was determined: by an error, a percentage option, a rule, because no rule matched, or without any rule.
 *
 * @param source - the core or client that has evaluated.
 *
 * @example
 * const reason = resultReason(client, await client.getValueDetails('darkMode', false, user));
 */
export function resultReason(source: FlagSource, details: EvaluationDetails): ResultReason {
  if (details.errorCode !== 0) return 'error';
  if (details.matchedPercentageOption) return 'split';
  if (details.matchedTargetingRule) return 'targeting_match';
  const { ruleset } = coreOf(source).data.snapshot();
  const setting = ruleset && sourceOf(ruleset.layers, details.key);
  return setting && setting.targetingRules.length + setting.percentageOptions.length > 0 ? 'default' : 'static';
}

/**
 * How many subscriptions to streams of a source are live.
 *
 * @param source - a core, or a client.
 */
export function subscriberCount(source: FlagSource): number {
  return coreOf(source).lifetime.takers();
}

/**
 * Logs that something which was handed in has failed (event 1003), and tells it as an event of type `error`: for adapters.
 *
 * @param source - a core, or a client.
 * @param method - what has failed, by the name that its users know.
 *
 * @example
 * destination.send(batch).catch((error) => reportFailure(client, 'toAmplitude', error));
 */
export function reportFailure(source: FlagSource, method: string, error: unknown): void {
  coreOf(source).context.log(methodFailed, { method }, error);
}
