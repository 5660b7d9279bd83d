import type { Subscription } from 'rxjs';
import { requireNumber, requireObject, requireOneOf } from '../arguments.js';
import type { FlagSource } from '../functions.js';
import { events$ } from '../functions.js';
import type { EventLogger, TraceApi } from './api.js';
import type { RedactionOptions } from './attributes.js';
import { eventName, privateAttributes, resultAttributes, setAttributes } from './attributes.js';
import { guardedOnce } from './guard.js';
import type { Selection } from './selection.js';
import { selector } from './selection.js';

/** Options of `recordEvaluations()`. Where evaluations go is `trace`, `logger`, or both. */
export interface EvaluationRecordingOptions extends RedactionOptions {
  /** `trace` of `@opentelemetry/api`: evaluations become events of the span that is active when they happen. */
  readonly trace?: TraceApi;
  /**
   * A logger of `@opentelemetry/api-logs`: evaluations become log records, with the trace context of the call. Its SDK says
   * where they go.
   *
   * @example
   * recordEvaluations(client, { logger: logs.getLogger('configcat-rx') });
   */
  readonly logger?: EventLogger;
  /**
   * Which evaluations are recorded. A rate comes along as the attribute `configcat.sampling.rate`; which pairs of user and flag
   * it selects is the same in every process.
   *
   * @defaultValue `'each'`
   */
  readonly record?: Selection;
}

/** The number of the level `INFO` in OpenTelemetry. */
const infoSeverity = 9;

/**
 * Records evaluations by OpenTelemetry's semantic conventions for feature flags: each is an event `feature_flag.evaluation` with
 * flag, variation, reason, user, config and error. Reads in bulk are recorded as well. A logger or span that throws is logged
 * once (event 1003) and harms nothing; the process is not kept alive. Ends with the client, or when the subscription does.
 *
 * @param source - a core, or a client.
 * @throws TypeError or RangeError when an option is wrong.
 *
 * @example
 * import { trace } from '@opentelemetry/api';
 * import { recordEvaluations } from 'configcat-rx/opentelemetry';
 *
 * recordEvaluations(client, { trace, record: 'change' });
 */
export function recordEvaluations(source: FlagSource, options: EvaluationRecordingOptions): Subscription {
  requireObject('options', options);
  const { trace, logger, record = 'each' } = options;
  if (trace) requireObject('options.trace', trace, 'getActiveSpan');
  if (logger) requireObject('options.logger', logger, 'emit');
  if (!trace && !logger) throw new TypeError('Invalid argument `options`. Expected `trace`, `logger`, or both.');
  if (typeof record === 'object') requireNumber('options.record.rate', record.rate, 1, 0);
  else requireOneOf('options.record', record, ['each', 'change']);
  const isSelected = selector(record);
  const rate = typeof record === 'object' ? { 'configcat.sampling.rate': record.rate } : {};
  const set = setAttributes(source);
  const guard = guardedOnce(source, 'recordEvaluations');
  return events$(source, { isPassive: true }).subscribe((event) => {
    if (event.type !== 'flagEvaluated') return;
    guard(() => {
      const active = trace?.getActiveSpan();
      const span = active?.isRecording() ? active : undefined;
      // Without a span it is neither recorded nor remembered as recorded.
      if ((!span && !logger) || !isSelected(event.details)) return undefined;
      const { details } = event;
      const attributes = { ...resultAttributes(source, details, set), ...privateAttributes(details, options), ...rate };
      span?.addEvent(eventName, attributes);
      return logger?.emit({ eventName, severityNumber: infoSeverity, attributes });
    });
  });
}
