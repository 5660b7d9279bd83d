import { connect } from 'node:net';
import fc from 'fast-check';
import type { Relay, RelayProblem } from '../../src/relay';
import { createRelay } from '../../src/relay';
import type { TestClient } from '../../src/testing';
import { createTestClient } from '../../src/testing';
import { stage } from '../support/client';
import type { ServedRelay } from '../support/relay';
import { listen, post } from '../support/relay';

const secret = 'the value of a rule';

describe('a relay that is asked by anybody', () => {
  let client: TestClient;
  let relay: Relay;
  let served: ServedRelay | undefined;
  let problems: RelayProblem[];

  beforeEach(() => {
    problems = [];
    client = createTestClient({ a: true, b: 'text' }, { logger: { log: () => undefined } });
    relay = createRelay({
      client,
      user: ({ header }) => (header('x-user') === undefined ? undefined : { identifier: header('x-user')! }),
      attributes: (_request, given) => given,
      report: (problem) => problems.push(problem),
      maxBodyBytes: 2000,
    });
  });

  afterEach(async () => {
    void relay.shutdown();
    await served?.close();
    served = undefined;
    client.dispose();
  });

  const ask = (path: string, init: RequestInit) => relay.fetch(new Request(`http://relay.invalid${path}`, init));

  it('answers 10,000 malformed requests with a status of its own, and reports none as its fault', async () => {
    const anyJson = fc.oneof(
      fc.jsonValue(),
      fc.record({ user: fc.jsonValue() }),
      fc.record({ context: fc.jsonValue() }),
      fc.record({ context: fc.record({ targetingKey: fc.jsonValue(), __proto__: fc.jsonValue() }) }),
      fc.record({ user: fc.record({ identifier: fc.jsonValue(), custom: fc.jsonValue() }) }),
    );
    const body = fc.oneof(
      anyJson.map((json) => JSON.stringify(json)),
      fc.string(),
      fc.string().map((text) => `{"context":{"targetingKey":"1"${text}`),
      fc.constantFrom('['.repeat(1500), '{"a":'.repeat(300), '{"user":{"__proto__":{"identifier":"x"}}}'),
    );
    const path = fc.oneof(
      fc.constantFrom('/values', '/ofrep/v1/evaluate/flags', '/ofrep/v1/evaluate/flags/a', '/ofrep/v1/events/x'),
      fc.webPath().map((rest) => `/ofrep/v1/evaluate/flags/${rest}`),
      fc.constantFrom('/ofrep/v1/evaluate/flags/%', '/ofrep/v1/evaluate/flags/__proto__', '/ofrep/v1/', '/values/'),
    );
    const headers = fc.dictionary(
      fc.constantFrom('If-None-Match', 'Last-Event-ID', 'Origin', 'X-User', 'Content-Type', 'Accept'),
      fc.oneof(fc.constantFrom('application/json', '*', '"', 'null'), fc.string().filter(isHeader)),
    );
    const statuses = new Set<number>();
    const askOne = async ([target, text, more]: readonly [string, string, Record<string, string>]) => {
      const given = { 'Content-Type': 'application/json', ...more };
      const answer = await ask(target, { method: 'POST', headers: given, body: text });
      statuses.add(answer.status);
      expect(answer.status).toBeLessThan(500);
      if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) await answer.text();
      else await answer.body!.cancel();
    };
    const heapBytes: number[] = [];
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(path, body, headers), { minLength: 10, maxLength: 10 }), async (requests) => {
        await Promise.all(requests.map(askOne));
        if (++runs % 500 !== 0) return;
        globalThis.gc?.();
        heapBytes.push(process.memoryUsage().heapUsed);
      }),
      { numRuns: 1000 },
    );
    // The second half leaves nothing behind. Without `--expose-gc` nobody can tell.
    if (globalThis.gc) expect(heapBytes[1]! - heapBytes[0]!).toBeLessThan(2_000_000);
    expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 400, 403, 404, 405, 415]));
    expect(problems).toEqual([]);
    expect(({} as { identifier?: unknown }).identifier).toBeUndefined();
    // It goes on as before.
    expect((await ask('/values', {})).status).toBe(200);
  });

  it('believes no page that it is somebody else', async () => {
    client.setConfig({
      f: {
        a: {
          t: 1,
          v: { s: 'public' },
          r: [{ c: [{ u: { a: 'Identifier', c: 28, s: 'admin' } }], s: { v: { s: secret } } }],
        },
      },
    });
    const forged = [
      { identifier: 'admin' },
      { identifier: 'admin', custom: { Identifier: 'admin', identifier: 'admin' } },
      JSON.parse('{"__proto__": {"identifier": "admin"}}') as object,
      { custom: JSON.parse('{"__proto__": {"Identifier": "admin"}}') as object },
    ];
    for (const user of forged) {
      const answers = [
        ask('/values', post({ user }, { 'X-User': 'jane' })),
        ask('/ofrep/v1/evaluate/flags', post({ context: { ...user, targetingKey: 'admin' } }, { 'X-User': 'jane' })),
      ];
      for (const answer of answers) expect(await (await answer).text()).not.toContain(secret);
    }
    expect(await (await ask('/values', post({}, { 'X-User': 'admin' }))).text()).toContain(secret);
  });

  it('refuses headers that are too large', async () => {
    expect((await ask('/values', { headers: { Cookie: 'x'.repeat(20_000) } })).status).toBe(431);
  });

  it('is not troubled by sockets that say nothing, stop in the middle, or go', async () => {
    served = await listen(relay.node);
    const port = Number(new URL(served.url).port);
    const starts = [
      '',
      'GET /val',
      'POST /values HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    ];
    const sockets = Array.from({ length: 2000 }, (_, i) => {
      const socket = connect({ port, host: '127.0.0.1' }).on('error', () => undefined);
      socket.write(starts[i % starts.length]!);
      return socket;
    });
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    expect((await served.ask('/values')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    expect((await served.ask('/values')).status).toBe(200);
  });

  it('gives a slow reader the newest state in the end, and keeps no queue for him', async () => {
    const answer = await ask('/values', { headers: { Accept: 'text/event-stream' } });
    const reader = answer.body!.getReader();
    const read = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await read()).toContain('event: values');
    for (let i = 0; i < 1000; i++) {
      client.set({ b: `state ${i}` });
      if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const texts: string[] = [];
    while (!texts.at(-1)?.includes('state 999')) texts.push(await read());
    expect(texts.length).toBeLessThanOrEqual(3);
    await reader.cancel();
  });
});

function isHeader(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text);
}

describe('a flag that cannot be evaluated', () => {
  const broken = (served: boolean) => ({
    f: {
      broken: {
        t: 0,
        v: { b: served },
        r: [{ c: [{ u: { a: 'Identifier', c: 99, s: 'x' } }], s: { v: { b: true } } }],
      },
      good: { t: 0, v: { b: true } },
    },
  });

  it('is logged by a relay for the first of its users, and with the next config once more, with how many others there were', async () => {
    const { client, clock, serve, log } = stage(broken(false));
    await clock.advance(0);
    const relay = createRelay({
      client,
      user: ({ header }) => ({ identifier: header('x-user')! }),
      scheduler: clock.scheduler,
    });
    const askAll = async () => {
      for (let i = 0; i < 20; i++) {
        const answer = await relay.fetch(
          new Request('http://relay.invalid/values', { headers: { 'X-User': String(i) } }),
        );
        const { flags } = (await answer.json()) as { flags: [key: string, value: unknown][] };
        expect(flags.map(([key, value]) => [key, value])).toEqual([
          ['broken', null],
          ['good', true],
        ]);
      }
    };
    await askAll();
    const errors = () => log.filter((entry) => entry.startsWith('error'));
    expect(errors()).toEqual([expect.stringContaining('1002')]);
    serve(broken(true));
    await clock.advance(60_000);
    await askAll();
    expect(errors()).toHaveLength(2);
    expect(errors()[1]).toContain('left out 19 times');
    // Whoever asks the client himself is told each time.
    await client.getValue('broken', false, { identifier: '1' });
    await client.getValue('broken', false, { identifier: '1' });
    expect(errors()).toHaveLength(4);
    void relay.shutdown();
    client.dispose();
  });
});
