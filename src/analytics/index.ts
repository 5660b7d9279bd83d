/*
 * The entry `configcat-rx/analytics`: what users are shown, in the analytics of vendors. It needs none of their packages: you hand
 * in the client that you have.
 */
export type { Amplitude } from './amplitude.js';
export { toAmplitude } from './amplitude.js';
export type { DatadogRum } from './datadog.js';
export { toDatadog } from './datadog.js';
export type { DeliveryOptions } from './delivery.js';
export { sendExposures } from './delivery.js';
export type { Destination, DestinationOptions, SentExposure } from './destination.js';
export type { Gtag } from './google-analytics.js';
export { toGoogleAnalytics } from './google-analytics.js';
export type { MixpanelBrowser, MixpanelServer } from './mixpanel.js';
export { toMixpanel } from './mixpanel.js';
export type { PostHogBrowser, PostHogServer } from './posthog.js';
export { toPostHog } from './posthog.js';
export type { SegmentBrowser, SegmentServer } from './segment.js';
export { toSegment } from './segment.js';
export type { SentryFlags } from './sentry.js';
export { toSentry } from './sentry.js';
