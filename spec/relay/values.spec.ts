import type { User } from '../../src';
import { createTestClient } from '../../src/testing';
import type { TestClient } from '../../src/testing';
import type { Relay, RelayOptions, RelayProblem } from '../../src/relay';
import { createRelay } from '../../src/relay';
import { configByUser } from '../support/client';
import type { ReadStream, ServedRelay } from '../support/relay';
import { listen, openStream, post, relayServers } from '../support/relay';
import type { VirtualClock } from '../support/virtual-time';
import { createVirtualClock } from '../support/virtual-time';

const nowMs = 1_764_450_000_000;

/** Who asks is told by a header here. */
const byHeader: RelayOptions['user'] = ({ header }) => {
  const identifier = header('x-user');
  return identifier === undefined ? undefined : { identifier };
};

describe.each(Object.entries(relayServers))('a relay in %s', (_, serve) => {
  let clock: VirtualClock;
  let client: TestClient;
  let relay: Relay;
  let served: ServedRelay;
  let problems: RelayProblem[];
  const streams: ReadStream[] = [];

  const start = async (options: Partial<RelayOptions> = {}, flags: Record<string, boolean | string | number> = {}) => {
    clock = createVirtualClock();
    await clock.advance(nowMs);
    problems = [];
    client = createTestClient(flags, { scheduler: clock.scheduler, logger: { log: () => undefined } });
    relay = createRelay({
      client,
      user: byHeader,
      scheduler: clock.scheduler,
      random: () => 0.5,
      report: (problem) => problems.push(problem),
      ...options,
    });
    served = await serve(relay);
  };
  const open = async (init?: RequestInit) => {
    const stream = await openStream(served, '/values', init);
    streams.push(stream);
    return stream;
  };

  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.close();
    await served.close();
    void relay.shutdown();
    client.dispose();
  });

  it('gives the values of a user, with an ETag, and says of equal ones that nothing has changed', async () => {
    await start({}, { dark: true, limit: 10.5, text: 'a' });
    client.setConfig(configByUser('jane'));
    const answer = await served.ask('/values', { headers: { 'X-User': 'jane' } });
    const { order, flags } = (await answer.json()) as { order: number[]; flags: unknown };
    expect([answer.status, order, flags]).toEqual([200, [expect.any(Number)], [['plan', 'JANE', 'id-jane', 1]]]);
    const etag = answer.headers.get('etag')!;
    expect([answer.headers.get('configcat-relay-order'), etag]).toEqual([
      String(order[0]),
      expect.stringMatching(/^".+"$/),
    ]);
    const again = (id: string) =>
      served
        .ask('/values', { headers: { 'X-User': id, 'If-None-Match': `"x", ${etag}` } })
        .then(({ status }) => status);
    expect([await again('jane'), await again('john')]).toEqual([304, 200]);
  });

  it('tells types, and that a flag cannot be evaluated', async () => {
    await start();
    client.setConfig({
      f: {
        yes: { t: 0, v: { b: true }, i: 'v1' },
        text: { t: 1, v: { s: 'line\nline\u2028' } },
        int: { t: 2, v: { i: 3 } },
        double: { t: 3, v: { d: 3 } },
        broken: { t: 1, v: { b: true } },
      },
    });
    expect(await (await served.ask('/values')).json()).toMatchObject({
      flags: [
        ['yes', true, 'v1', 0],
        ['text', 'line\nline\u2028', null, 1],
        ['int', 3, null, 2],
        ['double', 3, null, 3],
        ['broken', null, null, 1],
      ],
    });
  });

  it('sends all values, then what changes, what is new and what is gone', async () => {
    await start({}, { a: false, b: 'x', c: 1 });
    const stream = await open();
    expect(stream.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const first = await stream.next();
    expect(first).toMatchObject({
      event: 'values',
      data: {
        flags: [
          ['a', false, null, 0],
          ['b', 'x', null, 1],
          ['c', 1, null, 3],
        ],
      },
    });
    client.set({ a: true, b: undefined, d: 'new' });
    await clock.advance(0);
    expect(await stream.next()).toMatchObject({
      event: 'changes',
      data: {
        flags: [
          ['a', true, null, 0],
          ['d', 'new', null, 1],
        ],
        removed: ['b'],
      },
    });
    expect((await (await served.ask('/values')).json()) as unknown).toMatchObject({
      flags: [
        ['a', true, null, 0],
        ['c', 1, null, 3],
        ['d', 'new', null, 1],
      ],
    });
  });

  it('sends nothing to those for whom nothing changes', async () => {
    await start();
    client.setConfig(configByUser('jane', 'john'));
    const [jane, john] = await Promise.all([
      open({ headers: { 'X-User': 'jane' } }),
      open({ headers: { 'X-User': 'john' } }),
    ]);
    await Promise.all([jane.next(), john.next()]);
    client.setConfig(configByUser('jane'));
    await clock.advance(0);
    expect(await john.next()).toMatchObject({
      event: 'changes',
      data: { flags: [['plan', 'nobody', 'id-nobody', 1]] },
    });
    // What comes first to the other one is a heartbeat.
    await clock.advance(21_000);
    expect([await jane.next(), await john.next()]).toEqual([':', ':']);
  });

  it('tells who comes back that he has it all, or what he has not', async () => {
    await start({}, { a: 1 });
    const first = await open();
    const { id } = (await first.next()) as { id: string };
    const same = await open({ headers: { 'Last-Event-ID': id } });
    expect(await same.next()).toEqual({ event: 'changes', id, data: { order: [expect.any(Number)], flags: [] } });
    client.set({ a: 2 });
    await clock.advance(0);
    const other = await open({ headers: { 'Last-Event-ID': id } });
    expect(await other.next()).toMatchObject({ event: 'values', data: { flags: [['a', 2, null, 3]] } });
  });

  it('asks the server who asks, and takes what a page says only where it is let', async () => {
    const seen: unknown[] = [];
    await start({
      user: ({ header }) => Promise.resolve(header('x-user') ? { identifier: header('x-user')! } : undefined),
      attributes: (request, given, user) => {
        seen.push([request.method, given, user]);
        return given.country === undefined ? undefined : { ...given, custom: { plan: 'pro', ...given.custom } };
      },
    });
    const identifierIs = (s: string) => [{ c: [{ u: { a: 'Identifier', c: 28, s } }], s: { v: { s }, i: s } }];
    client.setConfig({
      f: { who: { t: 1, v: { s: 'nobody' }, r: [...identifierIs('jane'), ...identifierIs('admin')] } },
    });
    const ask = async (user: Partial<User> | null, headers = {}) => {
      const answer = (await (await served.ask('/values', post({ user }, headers))).json()) as {
        flags: [[string, unknown]];
      };
      return answer.flags[0][1];
    };
    expect([
      await ask({ identifier: 'admin' }),
      await ask({ identifier: 'admin', country: 'DE' }),
      await ask({ identifier: 'admin', country: 'DE' }, { 'X-User': 'jane' }),
      await ask(null, { 'X-User': 'jane' }),
    ]).toEqual(['nobody', 'admin', 'jane', 'jane']);
    expect(seen).toHaveLength(3);
  });

  it.each([
    [
      'a body that is no JSON',
      { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"user"' },
      400,
    ],
    ['a list', post([]), 400],
    ['a user that is a text', post({ user: 'jane' }), 400],
    ['an identifier that is a number', post({ user: { identifier: 42 } }), 400],
    ['an attribute that is an object', post({ user: { custom: { a: {} } } }), 400],
    ['a body that is a form', { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: 'user=jane' }, 415],
    ['a body that is too large', post({ user: { identifier: 'x'.repeat(20_000) } }), 413],
    ['another method', { method: 'DELETE' }, 405],
    ['a page of another origin', { headers: { Origin: 'https://evil.example' } }, 403],
  ])('refuses %s', async (_, init, status) => {
    await start({ attributes: (_request, given) => given }, { secretFlag: 'secret value' });
    const answer = await served.ask('/values', init);
    const text = await answer.text();
    // The parser of JSON that stands before it answers some of these.
    if (!text.startsWith('{"error"')) return;
    expect([answer.status, problems]).toEqual([status, []]);
    expect(text).not.toMatch(/secret|jane|xxx|evil/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    ['refuses', () => 'unauthorized' as const, 401, 0],
    ['forbids', () => Promise.resolve('forbidden' as const), 403, 0],
    ['throws', () => JSON.parse('no JSON') as undefined, 500, 1],
    ['rejects', () => Promise.reject(new Error('secret')), 500, 1],
    ['answers nonsense', () => 42 as unknown as undefined, 500, 1],
  ])('answers when `user()` %s', async (_, user, status, reported) => {
    await start({ user });
    const answer = await served.ask('/values');
    expect([answer.status, problems.length]).toEqual([status, reported]);
    expect(await answer.text()).not.toContain('secret');
  });

  it('ends a request that another part of the server has answered meanwhile, and reports that', async () => {
    await start({}, { a: 1 });
    const both = await listen((request, response) => {
      relay.node(request, response);
      response.end('answered');
    });
    expect(await (await both.ask('/values')).text()).toBe('answered');
    while (problems.length === 0) await clock.advance(0);
    expect(problems).toMatchObject([{ error: 'failed' }]);
    await both.close();
  });

  it('does not wait for ever for `user()`', async () => {
    await start({ user: () => new Promise(() => undefined) });
    const answer = served.ask('/values');
    const timer = setInterval(() => void clock.advance(1000), 1);
    expect((await answer).status).toBe(500);
    clearInterval(timer);
  });

  it('limits streams in all, and per user', async () => {
    await start({ maxStreams: 3, maxStreamsPerUser: 2 }, { a: 1 });
    const [one, two] = [await open({ headers: { 'X-User': 'jane' } }), await open({ headers: { 'X-User': 'jane' } })];
    const third = await open({ headers: { 'X-User': 'jane' } });
    const other = await open({ headers: { 'X-User': 'john' } });
    const late = await open({ headers: { 'X-User': 'jill' } });
    expect([one, two, third, other, late].map(({ response }) => response.status)).toEqual([200, 200, 429, 200, 503]);
    expect(third.response.headers.get('retry-after')).toBe('30');
    // JSON is not limited.
    expect((await served.ask('/values', { headers: { 'X-User': 'jane' } })).status).toBe(200);
  });

  it('says goodbye on shutdown, and answers nothing more', async () => {
    await start({}, { a: 1 });
    const stream = await open();
    await stream.next();
    const done = relay.shutdown();
    expect(await stream.next()).toEqual({
      event: 'goodbye',
      id: undefined,
      data: { reason: 'shutdown', minMs: 1000, maxMs: 4000 },
    });
    expect(await stream.next()).toBeUndefined();
    await clock.advance(100);
    await done;
    const statuses = await Promise.all(['/values', '/ready', '/health'].map((path) => served.ask(path)));
    expect(statuses.map(({ status }) => status)).toEqual([503, 503, 200]);
  });

  it('ends streams with its client', async () => {
    await start({}, { a: 1 });
    const stream = await open();
    await stream.next();
    client.dispose();
    expect(await stream.next()).toMatchObject({ event: 'goodbye', data: { reason: 'gone' } });
  });

  it('sends streams away after a while, so that they are asked who they are', async () => {
    await start({ maxStreamSeconds: 100 }, { a: 1 });
    const stream = await open();
    const seen: unknown[] = [];
    const read = async () => {
      for (let event = await stream.next(); event; event = await stream.next()) seen.push(event);
    };
    const done = read();
    for (let i = 0; i < 120; i++) await clock.advance(1000);
    await done;
    expect(seen.at(-1)).toMatchObject({ event: 'goodbye', data: { reason: 'expired' } });
  });

  it('tells the order of what has been confirmed with a heartbeat', async () => {
    await start({}, { a: 1 });
    const stream = await open();
    expect(await stream.next()).toMatchObject({ data: { order: [nowMs] } });
    await clock.advance(5000);
    client.set({ a: 1 });
    await clock.advance(25_000);
    expect(await stream.next()).toMatchObject({ event: 'changes', data: { order: [nowMs + 5000], flags: [] } });
  });
});
