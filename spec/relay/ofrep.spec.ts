import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import type { EvaluationContext } from '@openfeature/web-sdk';
import Ajv from 'ajv';
import { parse } from 'yaml';
import type { Relay, RelayOptions } from '../../src/relay';
import { createRelay } from '../../src/relay';
import { attributesOfContext } from '../../src/relay/attributes';
import { toUser } from '../../src/openfeature/mapping';
import type { TestClient } from '../../src/testing';
import { createTestClient } from '../../src/testing';
import { configByUser } from '../support/client';
import { SpecEventSource } from '../support/event-source';
import type { ServedRelay, StreamEvent } from '../support/relay';
import { listen, openStream, post } from '../support/relay';

const noLog = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const trusting: RelayOptions['attributes'] = (_request, given) => given;

let client: TestClient;
let relay: Relay;
let served: ServedRelay;

const start = async (flags: Record<string, boolean | string | number>, options: Partial<RelayOptions> = {}) => {
  client = createTestClient(flags, { logger: { log: () => undefined } });
  relay = createRelay({ client, user: () => undefined, attributes: trusting, ...options });
  served = await listen(relay.node);
};

afterEach(async () => {
  void relay.shutdown();
  await served.close();
  client.dispose();
});

const flagsPath = '/ofrep/v1/evaluate/flags';
const evaluate = async (key: string, context: unknown, init?: RequestInit) => {
  const answer = await served.ask(key === '' ? flagsPath : `${flagsPath}/${key}`, init ?? post({ context }));
  return [answer.status, (await answer.json()) as unknown] as const;
};

describe("OpenFeature's server provider", () => {
  it('evaluates flags of each type for whoever is named, and says why it cannot', async () => {
    await start({ yes: true, text: 'a', limit: 10.5 });
    const provider = new OFREPProvider({ baseUrl: served.url });
    const context = { targetingKey: 'jane' };
    expect(await provider.resolveBooleanEvaluation('yes', false, context)).toMatchObject({
      value: true,
      reason: 'STATIC',
    });
    expect(await provider.resolveStringEvaluation('text', '', context)).toMatchObject({ value: 'a' });
    expect(await provider.resolveNumberEvaluation('limit', 0, context)).toMatchObject({ value: 10.5 });
    const failing = (key: string, asked: EvaluationContext) =>
      provider.resolveBooleanEvaluation(key, false, asked).then(
        ({ errorCode }) => errorCode,
        (error: unknown) => (error as { code: string }).code,
      );
    expect([
      await failing('gone', context),
      await failing('text', context),
      await failing('yes', {}),
      await failing('yes', { targetingKey: 42 as unknown as string }),
    ]).toEqual(['FLAG_NOT_FOUND', 'TYPE_MISMATCH', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT']);
  });

  it('is given the variation and the reason', async () => {
    await start({});
    client.setConfig(configByUser('jane'));
    const provider = new OFREPProvider({ baseUrl: served.url });
    expect(await provider.resolveStringEvaluation('plan', '', { targetingKey: 'jane' })).toMatchObject({
      value: 'JANE',
      variant: 'id-jane',
      reason: 'TARGETING_MATCH',
    });
  });

  it('is refused where the server does not know who asks', async () => {
    await start({ yes: true }, { user: ({ header }) => (header('authorization') ? undefined : 'unauthorized') });
    const context = { targetingKey: 'jane' };
    const refused = new OFREPProvider({ baseUrl: served.url });
    await expect(refused.resolveBooleanEvaluation('yes', false, context)).rejects.toMatchObject({
      name: 'OFREPApiUnauthorizedError',
    });
    const known = new OFREPProvider({ baseUrl: served.url, headers: [['Authorization', 'Bearer x']] });
    expect(await known.resolveBooleanEvaluation('yes', false, context)).toMatchObject({ value: true });
  });
});

describe("OpenFeature's web provider", () => {
  const open = async (options: object = {}) => {
    const provider = new OFREPWebProvider({ baseUrl: served.url, cacheMode: 'disabled', ...options }, noLog);
    const changes: unknown[] = [];
    const waiting: (() => void)[] = [];
    for (const name of ['PROVIDER_CONFIGURATION_CHANGED', 'PROVIDER_STALE', 'PROVIDER_ERROR'] as const) {
      provider.events.addHandler(
        name as never,
        ((details?: { flagsChanged?: string[] }) => {
          changes.push([name, details?.flagsChanged]);
          waiting.shift()?.();
        }) as never,
      );
    }
    await provider.initialize({ targetingKey: 'jane' });
    return { provider, changes, next: () => new Promise<void>((resolve) => waiting.push(resolve)) };
  };
  const notModified = () =>
    new Promise<number>((resolve) =>
      relay.counts$.subscribe((counts) => {
        resolve(counts.notModified);
      }),
    );

  afterEach(() => {
    delete (globalThis as { EventSource?: unknown }).EventSource;
  });

  it('is told of changes by the event stream, of those of its user alone', async () => {
    (globalThis as { EventSource?: unknown }).EventSource = SpecEventSource;
    await start({});
    client.setConfig(configByUser('jane'));
    const { provider, changes, next } = await open();
    expect(provider.resolveStringEvaluation('plan', '', {})).toMatchObject({
      value: 'JANE',
      reason: 'TARGETING_MATCH',
    });
    const changed = next();
    client.setConfig(configByUser('jane', 'john'));
    client.setConfig(configByUser('john'));
    await changed;
    expect(changes).toEqual([['PROVIDER_CONFIGURATION_CHANGED', ['plan']]]);
    expect(provider.resolveStringEvaluation('plan', '', {})).toMatchObject({ value: 'nobody' });
    await provider.onClose?.();
  });

  it('polls, and is answered 304 while nothing changes', async () => {
    await start({ a: 1 });
    const { provider, changes, next } = await open({ pollInterval: 10, changeDetection: 'polling' });
    while ((await notModified()) < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(changes).toEqual([]);
    const changed = next();
    client.set({ a: 2 });
    await changed;
    expect(changes).toEqual([['PROVIDER_CONFIGURATION_CHANGED', ['a']]]);
    await provider.onClose?.();
  });

  it('fails where nobody is named, and where the server refuses', async () => {
    await start({ a: 1 }, { user: ({ header }) => (header('x-api-key') === 'bad' ? 'forbidden' : undefined) });
    const provider = new OFREPWebProvider({ baseUrl: served.url, cacheMode: 'disabled' }, noLog);
    await expect(provider.initialize({})).rejects.toMatchObject({ code: 'GENERAL' });
    const refused = { baseUrl: served.url, cacheMode: 'disabled', headers: [['X-API-Key', 'bad']] } as const;
    const other = new OFREPWebProvider(refused as never, noLog);
    await expect(other.initialize({ targetingKey: 'jane' })).rejects.toMatchObject({ code: 'PROVIDER_FATAL' });
    await Promise.all([provider.onClose?.(), other.onClose?.()]);
  });
});

describe('an event stream', () => {
  const bulk = async (headers: Record<string, string> = {}) => {
    const answer = await served.ask(flagsPath, post({ context: { targetingKey: 'jane' } }, headers));
    const etag = answer.headers.get('etag')!;
    if (answer.status === 304) return { status: 304, etag, uri: '' };
    const { eventStreams } = (await answer.json()) as { eventStreams: [{ endpoint: { requestUri: string } }] };
    return { status: answer.status, etag, uri: eventStreams[0].endpoint.requestUri };
  };

  it('says to ask again, at the path of the user', async () => {
    await start({ a: 1 });
    const { uri, etag } = await bulk();
    expect((await bulk({ 'If-None-Match': etag })).status).toBe(304);
    const stream = await openStream(served, uri);
    // What may have changed before it was open must not be lost.
    const first = (await stream.next()) as StreamEvent;
    expect(first.data).toMatchObject({ type: 'refetchEvaluation' });
    const again = await openStream(served, uri, { headers: { 'Last-Event-ID': first.id! } });
    client.set({ a: 2 });
    expect(await again.next()).toMatchObject({ data: { type: 'refetchEvaluation' } });
    again.close();
    expect(((await stream.next()) as StreamEvent).data).toEqual({
      type: 'refetchEvaluation',
      etag: expect.stringMatching(/^[\w-]{27}$/) as string,
    });
    stream.close();
  });

  it('is not there for a path of nobody, and another relay names another one', async () => {
    await start({ a: 1 });
    expect((await served.ask(`/ofrep/v1/events/${'x'.repeat(22)}`)).status).toBe(404);
    const { etag } = await bulk();
    const other = createRelay({ client, user: () => undefined, attributes: trusting });
    const otherServed = await listen(other.node);
    const asked = await otherServed.ask(
      flagsPath,
      post({ context: { targetingKey: 'jane' } }, { 'If-None-Match': etag }),
    );
    expect(asked.status).toBe(200);
    void other.shutdown();
    await otherServed.close();
  });
});

describe('an evaluation context', () => {
  it.each<[string, EvaluationContext]>([
    ['a targeting key', { targetingKey: '42' }],
    ['attributes of each type', { targetingKey: '42', a: 1, b: true, c: ['x'], d: { e: 1 }, f: ['x', 1], g: 'text' }],
    ['predefined attributes', { targetingKey: '42', email: 'a@b.c', Country: 'DE', Identifier: 'x' }],
    [
      'an attribute like a prototype',
      JSON.parse('{"targetingKey": "42", "__proto__": {"admin": true}}') as EvaluationContext,
    ],
  ])('means what it does to the provider over a client: %s', (_, context) => {
    expect(attributesOfContext(context)).toEqual(toUser(context));
  });
});

const folder = path.resolve(__dirname, '../../../shared/openfeature/ofrep');

(existsSync(folder) ? describe : describe.skip)('the description of OFREP', () => {
  const ajv = new Ajv({ unknownFormats: 'ignore', logger: false });
  if (existsSync(folder)) {
    const description = parse(readFileSync(path.join(folder, 'openapi.yaml'), 'utf8')) as {
      components: { schemas: { evaluationSuccess: { allOf: { oneOf?: unknown; anyOf?: unknown }[] } } };
    };
    // By its letter no value is valid: each is one of the code's default, too, which has no members, and 3 is 3.0.
    for (const part of description.components.schemas.evaluationSuccess.allOf) {
      if (!part.oneOf) continue;
      part.anyOf = part.oneOf;
      delete part.oneOf;
    }
    ajv.addSchema(description, 'openapi.yaml');
  }
  const problemsOf = (name: string, answer: unknown) => {
    const validate = ajv.getSchema(`openapi.yaml#/components/schemas/${name}`)!;
    return validate(answer) ? [] : validate.errors;
  };

  it('is met by all kinds of answers', async () => {
    await start({ yes: true, text: 'a', limit: 10.5, 'with/slash': 'b' });
    const context = { targetingKey: 'jane' };
    const asked: [schema: string, status: number, Promise<readonly [number, unknown]>][] = [
      ['serverEvaluationSuccess', 200, evaluate('yes', context)],
      ['serverEvaluationSuccess', 200, evaluate('limit', context)],
      ['serverEvaluationSuccess', 200, evaluate('with%2Fslash', context)],
      ['flagNotFound', 404, evaluate('gone', context)],
      ['evaluationFailure', 400, evaluate('yes', {})],
      ['evaluationFailure', 400, evaluate('yes', 'text')],
      ['evaluationFailure', 400, evaluate('yes', undefined)],
      ['bulkEvaluationSuccess', 200, evaluate('', context)],
      ['bulkEvaluationFailure', 400, evaluate('', {})],
      ['bulkEvaluationFailure', 400, evaluate('', undefined, { ...post({}), body: '{' })],
    ];
    for (const [schema, expected, answer] of asked) {
      const [status, json] = await answer;
      expect([schema, status, problemsOf(schema, json)]).toEqual([schema, expected, []]);
    }
    expect(problemsOf('evaluationFailure', { key: 'a' })).not.toEqual([]);
  });

  it('is met where a flag is broken', async () => {
    await start({});
    client.setConfig({ f: { broken: { t: 1, v: { b: true } }, text: { t: 1, v: { s: 'a' } } } });
    const [status, json] = await evaluate('', { targetingKey: 'jane' });
    expect([status, problemsOf('bulkEvaluationSuccess', json)]).toEqual([200, []]);
    expect(json).toMatchObject({
      flags: [
        { key: 'broken', errorCode: 'GENERAL' },
        { key: 'text', value: 'a' },
      ],
    });
  });
});
