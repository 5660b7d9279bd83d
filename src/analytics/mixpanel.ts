import type { Destination, DestinationOptions } from './destination.js';
import { userIdOf } from './destination.js';

/** Mixpanel in the browser: `mixpanel-browser`. */
export interface MixpanelBrowser {
  /** Sends an event. */
  track(event: string, properties: Record<string, unknown>, options?: { transport: 'sendBeacon' }): unknown;
}

/** Mixpanel on servers: what `Mixpanel.init()` of `mixpanel` gives. */
export interface MixpanelServer {
  /** Sends an event. */
  track(event: string, properties: Record<string, unknown>): unknown;
}

/**
 * Exposures as events `$experiment_started` of Mixpanel. When the page is left, they go by `sendBeacon`.
 * Source: https://configcat.com/docs/integrations/mixpanel/
 *
 * @example
 * import mixpanel from 'mixpanel-browser';
 * sendExposures(client, toMixpanel(mixpanel));
 */
export function toMixpanel(mixpanel: MixpanelBrowser, options?: { readonly isServer?: false }): Destination;
export function toMixpanel(mixpanel: MixpanelServer, options: { readonly isServer: true }): Destination;
export function toMixpanel(mixpanel: MixpanelBrowser, { isServer }: DestinationOptions = {}): Destination {
  return {
    name: 'toMixpanel',
    send: (exposure) => {
      const { key, variant, variationId, time, isLeaving } = exposure;
      const event = '$experiment_started';
      const properties = { 'Experiment name': key, 'Variant name': variant, 'Variation ID': variationId };
      if (!isServer) {
        return isLeaving
          ? mixpanel.track(event, properties, { transport: 'sendBeacon' })
          : mixpanel.track(event, properties);
      }
      const distinct_id = userIdOf(exposure);
      return distinct_id && mixpanel.track(event, { ...properties, distinct_id, time });
    },
  };
}
