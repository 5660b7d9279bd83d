import type { Destination, DestinationOptions } from './destination.js';
import { userIdOf } from './destination.js';

/** Amplitude: `@amplitude/analytics-browser`, or `@amplitude/analytics-node`. */
export interface Amplitude {
  /** Sends an event. */
  track(event: string, properties: object, options: { time: number; user_id?: string }): unknown;
  /** Sends what waits; in browsers. */
  flush?(): unknown;
  /** Says how events are sent; in browsers. */
  setTransport?(transport: 'fetch' | 'beacon'): unknown;
}

/**
 * Exposures as events `$exposure` of Amplitude. When the page is left, they go by `sendBeacon`.
 * Source: https://configcat.com/docs/integrations/amplitude/
 *
 * @example
 * import * as amplitude from '@amplitude/analytics-browser';
 * sendExposures(client, toAmplitude(amplitude));
 */
export function toAmplitude(amplitude: Amplitude, { isServer }: DestinationOptions = {}): Destination {
  let usesBeacon = false;
  return {
    name: 'toAmplitude',
    send: (exposure) => {
      const { key, variant, variationId, time, isLeaving } = exposure;
      if (isLeaving !== usesBeacon) amplitude.setTransport?.(isLeaving ? 'beacon' : 'fetch');
      usesBeacon = isLeaving;
      const properties = { flag_key: key, variant, variation_id: variationId };
      const options = { time: time.getTime() };
      if (!isServer) return amplitude.track('$exposure', properties, options);
      const user_id = userIdOf(exposure);
      return user_id && amplitude.track('$exposure', properties, { ...options, user_id });
    },
    flush: (isLeaving) => isLeaving && amplitude.flush?.(),
  };
}
