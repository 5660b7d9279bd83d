import type { Observable } from 'rxjs';
import { Subscription } from 'rxjs';
import { requireObject } from '../arguments.js';
import type { FlagSource } from '../functions.js';
import { currentStatus, events$, subscriberCount } from '../functions.js';
import type { Attributes, Meter, Observe } from './api.js';
import { resultAttributes, setAttributes } from './attributes.js';
import { guardedOnce } from './guard.js';

/** Options of `recordMetrics()`. */
export interface MetricOptions {
  /** `metrics.getMeter('configcat-rx')` of `@opentelemetry/api`. */
  readonly meter: Meter;
  /**
   * The role of this process or tab among those that share a fetch, as `role$` of what `redisShared()` gives. Default: it shares
   * with nobody.
   */
  readonly role$?: Observable<string>;
}

/**
 * Measures a client: evaluations by flag, variation and reason; fetches by outcome; the age of the config; live subscriptions;
 * the role in a fleet. Ages and counts are read when metrics are collected. Ends with the client, or when the subscription does.
 *
 * @param source - a core, or a client.
 * @throws TypeError when an option is wrong.
 *
 * @example
 * import { metrics } from '@opentelemetry/api';
 * import { recordMetrics } from 'configcat-rx/opentelemetry';
 *
 * recordMetrics(client, { meter: metrics.getMeter('configcat-rx') });
 */
export function recordMetrics(source: FlagSource, { meter, role$ }: MetricOptions): Subscription {
  requireObject('options.meter', meter, 'createCounter', 'createObservableGauge');
  if (role$) requireObject('options.role$', role$, 'subscribe');
  const set = setAttributes(source);
  const evaluations = meter.createCounter('configcat.client.evaluations', {
    description: 'Evaluations of flags.',
    unit: '{evaluation}',
  });
  const fetches = meter.createCounter('configcat.client.fetches', {
    description: 'Requests for the config, by how they ended.',
    unit: '{fetch}',
  });
  const guard = guardedOnce(source, 'recordMetrics');
  const recording = new Subscription();

  /** Has a value asked for at each collection, until the recording ends. */
  const gauge = (name: string, description: string, unit: string, observe: Observe) => {
    const made = meter.createObservableGauge(`configcat.client.${name}`, { description, unit });
    const callback: Observe = (result) => {
      guard(() => {
        observe(result);
      });
    };
    made.addCallback(callback);
    recording.add(() => {
      made.removeCallback(callback);
    });
  };
  gauge('config.age', 'Time since the server has vouched for the config.', 's', (result) => {
    const { ageMs } = currentStatus(source);
    if (ageMs !== undefined) result.observe(ageMs / 1000, set);
  });
  gauge('subscribers', 'Live subscriptions to streams.', '{subscription}', (result) => {
    result.observe(subscriberCount(source), set);
  });
  if (role$) {
    let role: string | undefined;
    recording.add(
      role$.subscribe((next) => {
        role = next;
      }),
    );
    gauge('role', 'One for the role that the process has in its fleet.', '1', (result) => {
      if (role !== undefined) result.observe(1, { ...set, 'configcat.client.role': role });
    });
  }
  recording.add(
    events$(source, { isPassive: true }).subscribe({
      next: (event) => {
        guard(() => {
          if (event.type === 'flagEvaluated') {
            evaluations.add(1, withoutEndless(resultAttributes(source, event.details, set)));
          } else if (event.type === 'configFetched') {
            const { isSuccess, errorCode } = event.result;
            const outcome = { 'configcat.fetch.outcome': isSuccess ? 'success' : 'failure' };
            fetches.add(1, { ...set, ...outcome, ...(!isSuccess && { 'error.type': String(errorCode) }) });
          }
        });
      },
      complete: () => {
        recording.unsubscribe();
      },
    }),
  );
  return recording;
}

/** Attributes without what is another one with each config or error: each combination is a series that is kept. */
function withoutEndless(attributes: Attributes): Attributes {
  const endless = ['feature_flag.version', 'feature_flag.error.message'];
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !endless.includes(name)));
}
