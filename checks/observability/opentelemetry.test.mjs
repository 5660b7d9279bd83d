// Evaluations and measurements as OpenTelemetry's own SDKs export them, by the names of its own package of conventions.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { context, metrics, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import * as convention from '@opentelemetry/semantic-conventions/incubating';
import { BehaviorSubject } from 'rxjs';
import { recordEvaluations, recordMetrics } from '../../dist/esm/opentelemetry/index.js';
import { flagSetId } from '../../dist/esm/functions.js';
import { createTestClient } from '../../dist/esm/testing/index.js';
import { createClientWithManualPoll } from '../../dist/esm/index.js';

const spans = new InMemorySpanExporter();
const records = new InMemoryLogRecordExporter();
const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const tracing = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
const logging = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: records })] });
const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3_600_000 });
const metering = new MeterProvider({ readers: [reader] });
const kate = { identifier: 'kate', email: 'kate@example.com' };
const clients = [];

before(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracing);
  logs.setGlobalLoggerProvider(logging);
  metrics.setGlobalMeterProvider(metering);
});
afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
  spans.reset();
  records.reset();
  measured.reset();
});
after(() => metering.shutdown());

/** A client over a server in this process, whose config has an ETag. */
function clientOf(flags) {
  const server = createTestClient(flags);
  const config = server.snapshot().cacheText.split('\n').slice(2).join('\n');
  server.dispose();
  const client = createClientWithManualPoll('configcat-sdk-1/0000000000000000000000/0000000000000000abcdef', {
    logLevel: 'off',
    fetch: () =>
      Promise.resolve({
        status: 200,
        statusText: 'OK',
        headers: { get: (name) => (name === 'etag' ? 'W/"v1"' : null) },
        text: () => Promise.resolve(config),
      }),
  });
  clients.push(client);
  return client;
}

const plan = {
  value: 'free',
  variationId: 'v-free',
  rules: [
    {
      when: [{ attribute: 'Identifier', comparator: 'equals', value: 'kate' }],
      serve: { value: 'pro', variationId: 'v-pro' },
    },
  ],
};

describe('evaluations, by the semantic conventions', () => {
  it('have every attribute, as log records within their trace and as events of the active span', async () => {
    const client = clientOf({ plan, limit: 3 });
    await client.forceRefresh();
    recordEvaluations(client, { trace, logger: logs.getLogger('configcat-rx'), value: true });
    const tracer = trace.getTracer('test');
    const span = tracer.startSpan('request');
    await context.with(trace.setSpan(context.active(), span), async () => {
      await client.getValue('plan', '', kate);
      await client.getValue('limit', 0);
      await client.getValue('plan', 0, kate);
      await client.getValue('nowhere', 'secret', kate);
    });
    span.end();
    const common = {
      [convention.ATTR_FEATURE_FLAG_PROVIDER_NAME]: 'ConfigCat',
      [convention.ATTR_FEATURE_FLAG_SET_ID]: flagSetId(client),
      [convention.ATTR_FEATURE_FLAG_VERSION]: 'W/"v1"',
    };
    const expected = [
      {
        ...common,
        [convention.ATTR_FEATURE_FLAG_KEY]: 'plan',
        [convention.ATTR_FEATURE_FLAG_RESULT_VARIANT]: 'v-pro',
        [convention.ATTR_FEATURE_FLAG_RESULT_VALUE]: 'pro',
        [convention.ATTR_FEATURE_FLAG_RESULT_REASON]: convention.FEATURE_FLAG_RESULT_REASON_VALUE_TARGETING_MATCH,
        [convention.ATTR_FEATURE_FLAG_CONTEXT_ID]: 'kate',
      },
      {
        ...common,
        [convention.ATTR_FEATURE_FLAG_KEY]: 'limit',
        [convention.ATTR_FEATURE_FLAG_RESULT_VALUE]: 3,
        [convention.ATTR_FEATURE_FLAG_RESULT_REASON]: convention.FEATURE_FLAG_RESULT_REASON_VALUE_STATIC,
      },
      {
        ...common,
        [convention.ATTR_FEATURE_FLAG_KEY]: 'plan',
        [convention.ATTR_FEATURE_FLAG_RESULT_VALUE]: 0,
        [convention.ATTR_FEATURE_FLAG_RESULT_REASON]: convention.FEATURE_FLAG_RESULT_REASON_VALUE_ERROR,
        [convention.ATTR_FEATURE_FLAG_CONTEXT_ID]: 'kate',
        [convention.ATTR_ERROR_TYPE]: 'type_mismatch',
      },
      {
        ...common,
        [convention.ATTR_FEATURE_FLAG_KEY]: 'nowhere',
        [convention.ATTR_FEATURE_FLAG_RESULT_VALUE]: 'secret',
        [convention.ATTR_FEATURE_FLAG_RESULT_REASON]: convention.FEATURE_FLAG_RESULT_REASON_VALUE_ERROR,
        [convention.ATTR_FEATURE_FLAG_CONTEXT_ID]: 'kate',
        [convention.ATTR_ERROR_TYPE]: 'flag_not_found',
      },
    ];
    const written = records.getFinishedLogRecords();
    const withoutMessage = (attributes) =>
      Object.fromEntries(
        Object.entries(attributes).filter(([name]) => name !== convention.ATTR_FEATURE_FLAG_ERROR_MESSAGE),
      );
    assert.deepEqual(
      written.map(({ attributes }) => withoutMessage({ ...attributes })),
      expected,
    );
    assert.match(written[2].attributes[convention.ATTR_FEATURE_FLAG_ERROR_MESSAGE], /must match the type/);
    assert.equal(written[3].attributes[convention.ATTR_FEATURE_FLAG_ERROR_MESSAGE], undefined);
    assert.deepEqual(
      [...new Set(written.map(({ eventName }) => eventName))],
      [convention.EVENT_FEATURE_FLAG_EVALUATION],
    );
    assert.deepEqual([...new Set(written.map(({ spanContext }) => spanContext.traceId))], [span.spanContext().traceId]);
    const [finished] = spans.getFinishedSpans();
    assert.deepEqual(
      finished.events.map(({ name, attributes }) => [name, withoutMessage({ ...attributes })]),
      expected.map((attributes) => [convention.EVENT_FEATURE_FLAG_EVALUATION, attributes]),
    );
  });

  it('do without value and user where that is asked', async () => {
    const client = clientOf({ plan, limit: 3 });
    await client.forceRefresh();
    recordEvaluations(client, { logger: logs.getLogger('configcat-rx'), value: false, contextId: false });
    await client.getValue('limit', 0, kate);
    const text = JSON.stringify(records.getFinishedLogRecords().map(({ attributes }) => attributes));
    assert.match(text, /"limit"/);
    assert.doesNotMatch(text, /kate|result\.value|context/);
  });

  it('are sampled by user and flag, at the rate that they tell', async () => {
    const client = clientOf({ plan });
    await client.forceRefresh();
    recordEvaluations(client, { logger: logs.getLogger('configcat-rx'), record: { rate: 0.25 } });
    const users = Array.from({ length: 1000 }, (_, i) => ({ identifier: `user-${i}` }));
    for (const user of [...users, ...users]) client.snapshot().value('plan', '', user);
    const ids = records
      .getFinishedLogRecords()
      .map(({ attributes }) => attributes[convention.ATTR_FEATURE_FLAG_CONTEXT_ID]);
    assert.ok(new Set(ids).size > 200 && new Set(ids).size < 300, `${new Set(ids).size} of 1000 users`);
    assert.equal(ids.length, 2 * new Set(ids).size);
    assert.equal(records.getFinishedLogRecords()[0].attributes['configcat.sampling.rate'], 0.25);
  });
});

describe('metrics', () => {
  it('count evaluations and fetches, and tell age, subscriptions and role', async () => {
    const client = clientOf({ plan });
    const role$ = new BehaviorSubject('follower');
    const recording = recordMetrics(client, { meter: metrics.getMeter('configcat-rx'), role$ });
    await client.forceRefresh();
    await client.getValue('plan', '', kate);
    await client.getValue('plan', '', kate);
    client.flag$('plan', '').subscribe();
    role$.next('leader');
    const points = await collect();
    const set = { 'feature_flag.set.id': flagSetId(client) };
    assert.deepEqual(points['configcat.client.fetches'], [[1, { ...set, 'configcat.fetch.outcome': 'success' }]]);
    const result = (variant, reason) => ({
      ...set,
      'feature_flag.key': 'plan',
      'feature_flag.provider.name': 'ConfigCat',
      'feature_flag.result.reason': reason,
      'feature_flag.result.variant': variant,
    });
    assert.deepEqual(points['configcat.client.evaluations'], [
      [2, result('v-pro', 'targeting_match')],
      [1, result('v-free', 'default')],
    ]);
    assert.deepEqual(points['configcat.client.subscribers'], [[1, set]]);
    assert.deepEqual(points['configcat.client.role'], [[1, { ...set, 'configcat.client.role': 'leader' }]]);
    const [[ageSeconds]] = points['configcat.client.config.age'];
    assert.ok(ageSeconds >= 0 && ageSeconds < 60);
    recording.unsubscribe();
    // Nobody asks any more: SDKs repeat the last answer.
    client.flag$('plan', '').subscribe();
    assert.deepEqual((await collect())['configcat.client.subscribers'], [[1, set]]);
  });
});

/** What has been measured, by the names of the instruments. */
async function collect() {
  await metering.forceFlush();
  const found = measured.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
  return Object.fromEntries(
    found.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      dataPoints.map(({ value, attributes }) => [value, { ...attributes }]),
    ]),
  );
}
