import type { SettingValue } from '../functions.js';
import type { Destination } from './destination.js';

/** Datadog's Real User Monitoring: `datadogRum` of `@datadog/browser-rum`. */
export interface DatadogRum {
  /** Notes the value of a flag, for what happens from now on. */
  addFeatureFlagEvaluation(key: string, value: SettingValue): void;
}

/**
 * Values of flags with the views and errors of Datadog RUM. Characters that Datadog does not take in names become `_`.
 * Source: https://docs.datadoghq.com/real_user_monitoring/feature_flag_tracking/setup/
 *
 * @example
 * import { datadogRum } from '@datadog/browser-rum';
 * sendExposures(client, toDatadog(datadogRum));
 */
export function toDatadog(datadogRum: DatadogRum): Destination {
  return {
    name: 'toDatadog',
    keepsState: true,
    send: ({ key, variant }) => {
      datadogRum.addFeatureFlagEvaluation(key.replace(/[.:+\-=&|><!(){}[\]^"“”~*?\\\s]/g, '_'), variant);
    },
  };
}
