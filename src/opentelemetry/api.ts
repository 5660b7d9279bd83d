/*
 * What is used of OpenTelemetry's API packages, `@opentelemetry/api` and `@opentelemetry/api-logs`, by its shape: so neither is
 * a dependency, any version that looks like this will do, and where no SDK is registered they do nothing.
 */

/** Attributes of events, log records and measurements. */
export type Attributes = Record<string, string | number | boolean>;

/** A span, as `trace.getActiveSpan()` gives it. */
export interface Span {
  /** Whether what is added to it goes anywhere. */
  isRecording(): boolean;
  /** Adds an event. */
  addEvent(name: string, attributes?: Attributes): unknown;
}

/** The part of `trace` of `@opentelemetry/api` that is used. */
export interface TraceApi {
  /** The span of the call that is running, if there is one. */
  getActiveSpan(): Span | undefined;
}

/** A logger, as `logs.getLogger()` of `@opentelemetry/api-logs` gives it. */
export interface EventLogger {
  /** Writes a log record, which is an event by its name. */
  emit(record: { eventName?: string; severityNumber?: number; attributes?: Attributes }): void;
}

/** What an instrument is made with. */
export interface InstrumentOptions {
  /** What it measures, for people. */
  description?: string;
  /** In the code of UCUM, as `s`, or `{fetch}` for what is counted. */
  unit?: string;
}

/** An instrument that counts. */
export interface Counter {
  /** Adds to the count of these attributes. */
  add(value: number, attributes?: Attributes): void;
}

/** What is asked at each collection of metrics. */
export type Observe = (result: { observe(value: number, attributes?: Attributes): void }) => void;

/** An instrument that asks, when metrics are collected. */
export interface ObservableGauge {
  /** Has a function asked. */
  addCallback(observe: Observe): void;
  /** Has it asked no longer. */
  removeCallback(observe: Observe): void;
}

/** The part of a meter that is used, as `metrics.getMeter()` of `@opentelemetry/api` gives it. */
export interface Meter {
  /** Makes a counter. */
  createCounter(name: string, options?: InstrumentOptions): Counter;
  /** Makes a gauge. */
  createObservableGauge(name: string, options?: InstrumentOptions): ObservableGauge;
}
