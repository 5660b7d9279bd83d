/*
 * The entry `configcat-rx/opentelemetry`: evaluations and the client itself in OpenTelemetry. It needs none of its packages: you
 * hand in what their APIs give.
 */
export type {
  Attributes,
  Counter,
  EventLogger,
  InstrumentOptions,
  Meter,
  ObservableGauge,
  Observe,
  Span,
  TraceApi,
} from './api.js';
export type { RedactionOptions } from './attributes.js';
export type { EvaluationRecordingOptions } from './evaluations.js';
export { recordEvaluations } from './evaluations.js';
export type { MetricOptions } from './metrics.js';
export { recordMetrics } from './metrics.js';
export type { Selection } from './selection.js';
