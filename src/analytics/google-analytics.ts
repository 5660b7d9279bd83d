import type { Destination } from './destination.js';

/** The function of Google's tag, which puts commands into `dataLayer`. */
export type Gtag = (command: 'event', name: string, parameters: object) => void;

/**
 * Exposures as events `experience_impression` of Google Analytics 4. Its tag sends with `sendBeacon` by itself.
 * Source: https://configcat.com/docs/integrations/google-analytics/
 *
 * @example
 * sendExposures(client, toGoogleAnalytics(gtag));
 */
export function toGoogleAnalytics(gtag: Gtag): Destination {
  return {
    name: 'toGoogleAnalytics',
    send: ({ key, variant, variationId }) => {
      const exp_variant_string = `configcat-${key}-${variant}`;
      gtag('event', 'experience_impression', { exp_variant_string, variation_id: variationId });
    },
  };
}
