import type { Destination } from './destination.js';
import type { DestinationOptions } from './destination.js';
import { userIdOf } from './destination.js';

/** PostHog in the browser: `posthog-js`. */
export interface PostHogBrowser {
  /** Sends an event. */
  capture(
    event: string,
    properties: Record<string, unknown>,
    options: { timestamp: Date; transport?: 'sendBeacon' },
  ): unknown;
}

/** PostHog on servers: `new PostHog()` of `posthog-node`. */
export interface PostHogServer {
  /** Sends an event. */
  capture(event: { distinctId: string; event: string; properties: Record<string, unknown>; timestamp: Date }): unknown;
}

/**
 * Exposures as events `$feature_flag_called` of PostHog. When the page is left, they go by `sendBeacon`.
 * Source: https://posthog.com/docs/feature-flags/installation/api
 *
 * @example
 * import posthog from 'posthog-js';
 * sendExposures(client, toPostHog(posthog));
 */
export function toPostHog(posthog: PostHogBrowser, options?: { readonly isServer?: false }): Destination;
export function toPostHog(posthog: PostHogServer, options: { readonly isServer: true }): Destination;
export function toPostHog(posthog: PostHogBrowser | PostHogServer, { isServer }: DestinationOptions = {}): Destination {
  return {
    name: 'toPostHog',
    send: (exposure) => {
      const { key, variant, variationId, time: timestamp, isLeaving } = exposure;
      const event = '$feature_flag_called';
      const properties = {
        $feature_flag: key,
        $feature_flag_response: variant,
        [`$feature/${key}`]: variant,
        variation_id: variationId,
      };
      if (!isServer) {
        return (posthog as PostHogBrowser).capture(event, properties, {
          timestamp,
          ...(isLeaving && { transport: 'sendBeacon' }),
        });
      }
      const distinctId = userIdOf(exposure);
      return distinctId && (posthog as PostHogServer).capture({ distinctId, event, properties, timestamp });
    },
  };
}
