import { connect } from 'node:net';
import express from 'express';
import { ReplaySubject, firstValueFrom, skip } from 'rxjs';
import { createClientWithManualPoll } from '../../src';
import { startConfigServer } from '../../src/server';
import type { RejectionReason, Webhook, WebhookEvent, WebhookOptions } from '../../src/webhook';
import { createWebhook } from '../../src/webhook';
import { configOf, sdkKey } from '../support/client';
import type { VirtualClock } from '../support/virtual-time';
import { createVirtualClock } from '../support/virtual-time';
import type { Receiver } from '../support/webhook';
import { servingFetch, signatureOf, signedRequest, startReceiver } from '../support/webhook';

const key = 'configcat_whsk_VN3juirnVh5pNvCKd81RYRYchxUX4j3NykbZG2fAy88=';
const otherKey = 'configcat_whsk_other';
const nowSeconds = 1_700_000_000;

const valid = { id: 'id-1', timestamp: nowSeconds, body: '{"config":"main"}' };

/** A webhook at a fixed time, with what it emits and reports. */
async function set(options: Partial<WebhookOptions> = {}) {
  const clock = createVirtualClock();
  await clock.advance(nowSeconds * 1000);
  const events: WebhookEvent[] = [];
  const reasons: RejectionReason[] = [];
  const webhook = createWebhook({
    signingKeys: [key],
    scheduler: clock.scheduler,
    report: ({ reason }) => reasons.push(reason),
    ...options,
  });
  webhook.refresh$.subscribe((event) => events.push(event));
  return { webhook, clock, events, reasons };
}

const servers = {
  'node:http': (webhook: Webhook) => webhook.node,
  Express: (webhook: Webhook) => express().use('/', webhook.express),
  'Express behind a parser that keeps the raw body': (webhook: Webhook) =>
    express().use(express.raw({ type: () => true, limit: '10mb' }), webhook.express),
  'the Fetch API': (webhook: Webhook) => servingFetch(webhook.fetch),
} as const;

describe.each(Object.entries(servers))('createWebhook, served by %s,', (_, toListener) => {
  let receiver: Receiver;
  let clock: VirtualClock;
  let events: WebhookEvent[];
  let reasons: RejectionReason[];

  const start = async (options: Partial<WebhookOptions> = {}) => {
    const { webhook, ...rest } = await set(options);
    ({ clock, events, reasons } = rest);
    receiver = await startReceiver(toListener(webhook));
  };

  afterEach(() => receiver.close());

  it('answers 200 to a valid request, and emits what was verified', async () => {
    await start();
    expect(await receiver.send(signedRequest([key], valid))).toBe('200');
    expect([events, reasons]).toEqual([
      [{ id: 'id-1', sentAt: new Date(nowSeconds * 1000), body: valid.body, json: { config: 'main' } }],
      [],
    ]);
  });

  it('accepts a body in chunks that split a character', async () => {
    await start();
    const { headers, body } = signedRequest([key], { ...valid, body: '{"a":"é👋"}' });
    const bytes = Buffer.from(String(body));
    const parts = [...bytes].map((byte) => Buffer.of(byte) as unknown as string);
    expect(await receiver.send({ headers, body: parts })).toBe('200');
    expect(events).toMatchObject([{ json: { a: 'é👋' } }]);
  });

  it('accepts a request without a body', async () => {
    await start();
    expect(await receiver.send(signedRequest([key], { ...valid, body: '' }))).toBe('200');
    expect(events).toMatchObject([{ body: '', json: undefined }]);
  });

  const signed = (change: Partial<typeof valid> = {}, keys = [key]) => signedRequest(keys, { ...valid, ...change });
  const tooLarge = 'x'.repeat(65_537);
  it.each([
    ['a tampered body', { ...signed(), body: '{"config":"evil"}' }, '401', 'wrong-signature'],
    ['a wrong key', signed({}, [otherKey]), '401', 'wrong-signature'],
    [
      'a tampered id',
      { ...signed(), headers: { ...signed().headers, 'X-ConfigCat-Webhook-ID': 'id-2' } },
      '401',
      'wrong-signature',
    ],
    ['an old timestamp', signed({ timestamp: nowSeconds - 301 }), '401', 'outside-window'],
    ['a timestamp far in the future', signed({ timestamp: nowSeconds + 301 }), '401', 'outside-window'],
    ['a body that is too large', signed({ body: tooLarge }), '413', 'body-too-large'],
    ['a chunked body that is too large', { ...signed(), body: [tooLarge, tooLarge, 'x'] }, '413', 'body-too-large'],
    ['no headers at all', { headers: {}, body: valid.body }, '400', 'malformed-headers'],
  ] as const)('refuses %s, and emits nothing', async (_case, sent, status, reason) => {
    await start();
    expect(await receiver.send(sent)).toBe(status);
    expect([events, reasons]).toEqual([[], [reason]]);
  });

  it('refuses a replay, also when it comes at the same time', async () => {
    await start();
    const sent = signedRequest([key], valid);
    const answers = await Promise.all([receiver.send(sent), receiver.send(sent)]);
    expect(answers.sort()).toEqual(['200', '409']);
    expect(await receiver.send(sent)).toBe('409');
    await clock.advance(300_000);
    expect(await receiver.send(sent)).toBe('409');
    await clock.advance(1);
    expect(await receiver.send(sent)).toBe('401');
    expect(events).toHaveLength(1);
    expect(reasons).toEqual(['replayed', 'replayed', 'replayed', 'outside-window']);
  });

  it('goes on after everything it has refused', async () => {
    await start();
    await receiver.send({ headers: {}, body: tooLarge });
    await receiver.send(signedRequest([otherKey], valid));
    expect(await receiver.send(signedRequest([key], valid))).toBe('200');
    expect(events).toHaveLength(1);
  });
});

/** Asks the Fetch handler alone, which is what all servers end in. */
async function ask(webhook: Webhook, headers: Readonly<Record<string, string>>, body = ''): Promise<number> {
  const init = body === '' ? { headers } : { headers, body };
  return (await webhook.fetch(new Request('http://app.example/', { method: 'POST', ...init }))).status;
}

describe('createWebhook', () => {
  it.each([
    [
      'W1',
      key,
      'b616ca659d154a5fb907dd8475792eeb',
      1_669_629_035,
      'examplebody',
      'Ks3cYsu9Lslfo+hVxNC3oQWnsF9e5d73TI5t94D9DRA=',
    ],
    ['W2', 'configcat_whsk_test', 'id-1', 1_700_000_000, '', 'XTSGoyvi36HSZEL3USBioVrZYIsP4qC2eQ1yaYCt/sw='],
    ['W3', 'configcat_whsk_test', 'id-1', 1_700_000_000, '{"a":"é"}', 'lt2s2dmUUpHxvchR3BdaPlZRgprZqGnmWtBdMrh0iDw='],
  ])('accepts the signature that ConfigCat makes: %s', async (_, signingKey, id, timestamp, body, signature) => {
    expect(signatureOf(signingKey, id, timestamp, body)).toBe(signature);
    const clock = createVirtualClock();
    await clock.advance(timestamp * 1000);
    const webhook = createWebhook({ signingKeys: [signingKey], scheduler: clock.scheduler });
    const event = firstValueFrom(webhook.refresh$);
    const headers = {
      'X-ConfigCat-Webhook-ID': id,
      'X-ConfigCat-Webhook-Timestamp': String(timestamp),
      'X-ConfigCat-Webhook-Signature-V1': signature,
    };
    expect(await ask(webhook, headers, body)).toBe(200);
    expect(await event).toMatchObject({ id, body, sentAt: new Date(timestamp * 1000) });
  });

  it.each([
    ['the sender has both keys, the receiver the old one', [key, otherKey], [key], 200],
    ['the sender has both keys, the receiver the new one', [key, otherKey], [otherKey], 200],
    ['the sender has the new key, the receiver both', [otherKey], [key, otherKey], 200],
    ['the receiver has neither', [key, otherKey], ['configcat_whsk_third'], 401],
  ])('follows a change of keys: %s', async (_, senderKeys, signingKeys, status) => {
    const { webhook, events } = await set({ signingKeys });
    expect(await ask(webhook, signedRequest(senderKeys, valid).headers, valid.body)).toBe(status);
    expect(events).toHaveLength(status === 200 ? 1 : 0);
  });

  const headers = signedRequest([key], valid).headers;
  const signature = headers['X-ConfigCat-Webhook-Signature-V1'] ?? '';
  it.each([
    ['an empty id', { 'X-ConfigCat-Webhook-ID': '' }, 400],
    ['an endless id', { 'X-ConfigCat-Webhook-ID': 'x'.repeat(257) }, 400],
    ['an empty timestamp', { 'X-ConfigCat-Webhook-Timestamp': '' }, 400],
    ['a timestamp written otherwise', { 'X-ConfigCat-Webhook-Timestamp': `0${nowSeconds}` }, 400],
    ['a fraction as timestamp', { 'X-ConfigCat-Webhook-Timestamp': `${nowSeconds}.0` }, 400],
    ['a negative timestamp', { 'X-ConfigCat-Webhook-Timestamp': '-1' }, 400],
    ['no number as timestamp', { 'X-ConfigCat-Webhook-Timestamp': 'Infinity' }, 400],
    ['an empty signature', { 'X-ConfigCat-Webhook-Signature-V1': '' }, 400],
    ['no Base64 as signature', { 'X-ConfigCat-Webhook-Signature-V1': '????' }, 400],
    ['a short signature', { 'X-ConfigCat-Webhook-Signature-V1': signature.slice(0, -4) }, 400],
    ['too many signatures', { 'X-ConfigCat-Webhook-Signature-V1': Array(9).fill(signature).join() }, 400],
    ['a signature of another kind too', { 'X-ConfigCat-Webhook-Signature-V1': `v2:x, ${signature}` }, 200],
  ])('answers a request with %s as it ought to', async (_case, changed, status) => {
    const { webhook, events } = await set();
    expect(await ask(webhook, { ...headers, ...changed }, valid.body)).toBe(status);
    expect(events).toHaveLength(status === 200 ? 1 : 0);
  });

  it.each([
    [-300, 200],
    [-301, 401],
    [300, 200],
    [301, 401],
  ])('answers a request that was sent at %i s with %i', async (offset, status) => {
    const { webhook } = await set();
    const sent = signedRequest([key], { ...valid, timestamp: nowSeconds + offset });
    expect(await ask(webhook, sent.headers, valid.body)).toBe(status);
  });

  it('has a window of another size if it is told so', async () => {
    const { webhook } = await set({ maxAgeSeconds: 5 });
    const at = (offset: number) => signedRequest([key], { id: `${offset}`, timestamp: nowSeconds + offset, body: 'b' });
    expect(await ask(webhook, at(-5).headers, 'b')).toBe(200);
    expect(await ask(webhook, at(-6).headers, 'b')).toBe(401);
  });

  it('refuses a replay of a request from the future for as long as that is valid', async () => {
    const { webhook, clock, events } = await set();
    const sent = signedRequest([key], { ...valid, timestamp: nowSeconds + 300 });
    expect(await ask(webhook, sent.headers, valid.body)).toBe(200);
    await clock.advance(600_000);
    expect(await ask(webhook, sent.headers, valid.body)).toBe(409);
    expect(events).toHaveLength(1);
  });

  it('refuses a replay that shifts the borders between id, timestamp and body', async () => {
    const { webhook, events } = await set({ maxAgeSeconds: 2_000_000 * 1000 });
    const sent = signedRequest([key], { ...valid, id: 'id-0' }).headers;
    expect(await ask(webhook, sent, valid.body)).toBe(200);
    const shifted = (id: string, timestamp: string) => ({
      ...sent,
      'X-ConfigCat-Webhook-ID': id,
      'X-ConfigCat-Webhook-Timestamp': timestamp,
    });
    expect(await ask(webhook, shifted('id-01', '700000000'), valid.body)).toBe(409);
    expect(await ask(webhook, shifted('id-', '01700000000'), valid.body)).toBe(400);
    expect(await ask(webhook, shifted('id-0', '170000000'), `0${valid.body}`)).toBe(409);
    expect(events).toHaveLength(1);
  });

  it('does not remember what it has refused', async () => {
    const { webhook } = await set();
    const sent = signedRequest([key], valid);
    expect(await ask(webhook, sent.headers, 'tampered')).toBe(401);
    expect(await ask(webhook, sent.headers, valid.body)).toBe(200);
  });

  it('keeps hostile JSON from touching anything', async () => {
    const { webhook, events } = await set();
    const body = '{"__proto__":{"polluted":true}}';
    expect(await ask(webhook, signedRequest([key], { ...valid, body }).headers, body)).toBe(200);
    expect(events[0]?.body).toBe(body);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('survives a report that throws', async () => {
    const { webhook } = await set({
      report: () => {
        throw new Error('no report');
      },
    });
    expect(await ask(webhook, {})).toBe(400);
  });

  it('reports one line on the console by default, without anything that came with the request', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const webhook = createWebhook({ signingKeys: [key] });
    await ask(webhook, { 'X-ConfigCat-Webhook-ID': 'hostile' }, 'hostile');
    expect(warn.mock.calls).toEqual([
      ['A webhook request was answered 400. A header of ConfigCat webhooks is missing or malformed.'],
    ]);
    warn.mockRestore();
  });

  it.each([
    [{}, 'options.signingKeys'],
    [{ signingKeys: [] }, 'options.signingKeys'],
    [{ signingKeys: ['secret', ''] }, 'options.signingKeys'],
    [{ signingKeys: 'secret' }, 'options.signingKeys'],
    [{ signingKeys: ['secret'], maxAgeSeconds: 4 }, 'options.maxAgeSeconds'],
    [{ signingKeys: ['secret'], maxAgeSeconds: NaN }, 'options.maxAgeSeconds'],
    [{ signingKeys: ['secret'], maxAgeSeconds: Infinity }, 'options.maxAgeSeconds'],
    [{ signingKeys: ['secret'], maxAgeSeconds: 2 ** 31 }, 'options.maxAgeSeconds'],
    [{ signingKeys: ['secret'], maxBodyBytes: -1 }, 'options.maxBodyBytes'],
    [{ signingKeys: ['secret'], maxBodyBytes: Infinity }, 'options.maxBodyBytes'],
  ])('throws for the options %j, naming %s and no key', (options, culprit) => {
    const create = () => createWebhook(options as WebhookOptions);
    expect(create).toThrow(`Invalid property \`${culprit}\`.`);
    expect(create).not.toThrow('secret');
  });

  it('says so when a body parser has thrown the raw body away', async () => {
    const { webhook, events, reasons } = await set();
    const receiver = await startReceiver(express().use(express.json(), webhook.express));
    expect(await receiver.send(signedRequest([key], valid))).toMatch(/^500 The raw body is not available/);
    expect([events, reasons]).toEqual([[], ['body-already-read']]);
    await receiver.close();
  });

  it('says so when somebody has read a request of the Fetch API before', async () => {
    const { webhook, reasons } = await set();
    const request = new Request('http://app.example/', { method: 'POST', ...signedRequest([key], valid), body: 'b' });
    await request.text();
    expect((await webhook.fetch(request)).status).toBe(500);
    expect(reasons).toEqual(['body-already-read']);
  });

  it.each(['node', 'express'] as const)('answers a request that somebody has paused before, by %s', async (way) => {
    const { webhook, events } = await set();
    const receiver = await startReceiver((request, response) => {
      request.pause();
      webhook[way](request, response);
    });
    expect(await receiver.send(signedRequest([key], valid))).toBe('200');
    expect(events).toHaveLength(1);
    await receiver.close();
  });

  it.each(['node', 'express'] as const)('answers a request that somebody has destroyed before, by %s', async (way) => {
    const { webhook, events, reasons } = await set();
    const answered = new Promise<number>((resolve) => {
      void startReceiver((request, response) => {
        request.destroy();
        request.on('close', () => {
          const end = response.end.bind(response);
          jest.spyOn(response, 'end').mockImplementation(((text: string) => {
            resolve(response.statusCode);
            return end(text);
          }) as never);
          webhook[way](request, response);
        });
      }).then((receiver) =>
        receiver
          .send(signedRequest([key], valid))
          .catch(() => undefined)
          .then(receiver.close),
      );
    });
    expect(await answered).toBe(500);
    expect([events, reasons]).toEqual([[], ['failed']]);
  });

  it('notices a sender that goes away in the middle of a body', async () => {
    const reported$ = new ReplaySubject<RejectionReason>(1);
    const { webhook, events } = await set({ report: ({ reason }) => reported$.next(reason) });
    const receiver = await startReceiver(webhook.node);
    const socket = connect(Number(new URL(receiver.url).port), '127.0.0.1');
    const lines = Object.entries(signedRequest([key], valid).headers).map(([name, value]) => `${name}: ${value}`);
    socket.write(['POST / HTTP/1.1', 'Host: a', 'Content-Length: 17', ...lines, '', '{"conf'].join('\r\n'), () => {
      socket.resetAndDestroy();
    });
    expect(await firstValueFrom(reported$)).toBe('failed');
    expect(events).toEqual([]);
    await receiver.close();
  });

  it('makes a client fetch', async () => {
    const server = await startConfigServer({ configs: { [sdkKey]: configOf({ greeting: 'before' }) } });
    const { webhook } = await set();
    const receiver = await startReceiver(webhook.node);
    const client = createClientWithManualPoll(sdkKey, { baseUrl: server.url, refreshOn$: webhook.refresh$ });
    await client.forceRefresh();
    await server.setConfig(sdkKey, configOf({ greeting: 'after' }));

    const greeting = firstValueFrom(client.flag$('greeting', 'none').pipe(skip(1)));
    expect(await receiver.send(signedRequest([key], valid))).toBe('200');
    expect(await greeting).toBe('after');

    client.dispose();
    await Promise.all([receiver.close(), server.close()]);
  });
});
