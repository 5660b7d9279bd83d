import type { Destination, DestinationOptions } from './destination.js';
import { userIdOf } from './destination.js';

/** Segment in the browser: `AnalyticsBrowser.load()` of `@segment/analytics-next`, or `window.analytics` of its snippet. */
export interface SegmentBrowser {
  /** Sends an event. */
  track(event: string, properties: object, options: object): unknown;
}

/** Segment on servers: `new Analytics()` of `@segment/analytics-node`. */
export interface SegmentServer {
  /** Sends an event. */
  track(event: { event: string; userId: string; properties: object; context: object; timestamp: Date }): unknown;
}

/** How Segment's ConfigCat source knows these events. */
const context = { integration: { name: 'configcat', version: '1.0.0' } };

/**
 * Exposures as events `Feature Flag Evaluated` of Segment.
 * Source: https://configcat.com/docs/integrations/segment/
 *
 * @example
 * sendExposures(client, toSegment(AnalyticsBrowser.load({ writeKey })));
 */
export function toSegment(analytics: SegmentBrowser, options?: { readonly isServer?: false }): Destination;
export function toSegment(analytics: SegmentServer, options: { readonly isServer: true }): Destination;
export function toSegment(
  analytics: SegmentBrowser | SegmentServer,
  { isServer }: DestinationOptions = {},
): Destination {
  return {
    name: 'toSegment',
    send: (exposure) => {
      const event = 'Feature Flag Evaluated';
      const { key, variant, variationId, time: timestamp } = exposure;
      const properties = { feature_flag_key: key, value: variant, variation_id: variationId };
      if (!isServer) return (analytics as SegmentBrowser).track(event, properties, { timestamp, context });
      const userId = userIdOf(exposure);
      return userId && (analytics as SegmentServer).track({ event, userId, properties, context, timestamp });
    },
  };
}
