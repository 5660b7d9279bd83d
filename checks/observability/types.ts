// The clients of vendors and OpenTelemetry's APIs are what our types say: compiled, never run.
import * as amplitude from '@amplitude/analytics-browser';
import * as amplitudeNode from '@amplitude/analytics-node';
import { datadogRum } from '@datadog/browser-rum';
import { metrics, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { AnalyticsBrowser } from '@segment/analytics-next';
import { Analytics } from '@segment/analytics-node';
import * as Sentry from '@sentry/browser';
import Mixpanel from 'mixpanel';
import mixpanel from 'mixpanel-browser';
import pino from 'pino';
import posthog from 'posthog-js';
import { PostHog } from 'posthog-node';
import winston from 'winston';
import * as to from '../../dist/esm/analytics/index.js';
import type { ConfigCatClient, LogEntryLevel } from '../../dist/esm/index.js';
import { recordEvaluations, recordMetrics } from '../../dist/esm/opentelemetry/index.js';

declare const client: ConfigCatClient<{ dark: boolean }>;

recordEvaluations(client, { trace, logger: logs.getLogger('configcat-rx') });
recordMetrics(client, { meter: metrics.getMeter('configcat-rx') });
to.sendExposures(client, [
  to.toAmplitude(amplitude),
  to.toAmplitude(amplitudeNode, { isServer: true }),
  to.toDatadog(datadogRum),
  to.toMixpanel(mixpanel),
  to.toMixpanel(Mixpanel.init('key'), { isServer: true }),
  to.toPostHog(posthog),
  to.toPostHog(new PostHog('key'), { isServer: true }),
  to.toSegment(AnalyticsBrowser.load({ writeKey: 'key' })),
  to.toSegment(new Analytics({ writeKey: 'key' }), { isServer: true }),
  to.toSentry(Sentry.featureFlagsIntegration()),
]);
// @ts-expect-error A client for servers takes one object: say so.
to.toPostHog(new PostHog('key'));
// @ts-expect-error Here as well, for the same reason.
to.toSegment(new Analytics({ writeKey: 'key' }));

/** What the recipes of docs/observability.md use of loggers. */
export const loggers: {
  readonly pino: Record<LogEntryLevel, (fields: object, message: string) => void>;
  readonly winston: { log(entry: { level: string; message: string; [field: string]: unknown }): unknown };
} = { pino: pino(), winston: winston.createLogger() };
