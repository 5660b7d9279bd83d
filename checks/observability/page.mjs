// The clients of vendors for browsers, in a page of a server on this computer, which is sent all that they send.
import * as amplitude from '@amplitude/analytics-browser';
import { datadogRum } from '@datadog/browser-rum';
import { AnalyticsBrowser } from '@segment/analytics-next';
import * as Sentry from '@sentry/browser';
import mixpanel from 'mixpanel-browser';
import posthog from 'posthog-js';
import { BehaviorSubject } from 'rxjs';
import * as analytics from '../../dist/esm/analytics/index.js';
import { createTestClient } from '../../dist/esm/testing/index.js';

const { host, origin } = location;
const consent$ = new BehaviorSubject(true);
const client = createTestClient(
  {
    plan: { value: 'pro', variationId: 'v-pro' },
    dark: true,
    'is.new:checkout': { value: true, variationId: 'v-new' },
    later: 'later',
    secret: 'secret',
  },
  { logLevel: 'error', defaultUser: { identifier: 'kate' } },
);

window.dataLayer = [];
function gtag() {
  window.dataLayer.push(arguments);
}

const segment = AnalyticsBrowser.load({
  writeKey: 'key',
  cdnSettings: { integrations: { 'Segment.io': { apiKey: 'key', apiHost: `${host}/segment`, protocol: 'http' } } },
});
amplitude.init('key', {
  serverUrl: `${origin}/amplitude`,
  autocapture: false,
  flushIntervalMillis: 10,
  fetchRemoteConfig: false,
});
mixpanel.init('key', { api_host: `${origin}/mixpanel`, batch_requests: false, persistence: 'localStorage' });
posthog.init('key', {
  api_host: `${origin}/posthog`,
  autocapture: false,
  capture_pageview: false,
  capture_pageleave: false,
  disable_compression: true,
  disable_session_recording: true,
  disable_external_dependency_loading: true,
  advanced_disable_flags: true,
  request_batching: false,
  // A browser without a window counts as a robot.
  opt_out_useragent_filter: true,
});
datadogRum.init({
  applicationId: 'application',
  clientToken: 'token',
  proxy: `${origin}/datadog`,
  sessionSampleRate: 100,
  trackUserInteractions: false,
  telemetrySampleRate: 0,
});
const flags = Sentry.featureFlagsIntegration();
Sentry.init({ dsn: `http://public@${host}/1`, integrations: [flags] });

const destinations = [
  analytics.toSegment(segment),
  analytics.toGoogleAnalytics(gtag),
  analytics.toAmplitude(amplitude),
  analytics.toMixpanel(mixpanel),
  analytics.toPostHog(posthog),
  analytics.toDatadog(datadogRum),
  analytics.toSentry(flags),
];
// What waits is sent when the page is left, and not before.
const batchMs = Number(new URLSearchParams(location.search).get('batchMs') ?? 0);
analytics.sendExposures(client, destinations, { consent$, batchMs });

Object.assign(window, {
  show: (key) => client.snapshot().value(key, null),
  withdraw: () => consent$.next(false),
  fail: () => {
    Sentry.captureException(new Error('broken'));
    datadogRum.addError(new Error('broken'));
  },
  isReady: true,
});
