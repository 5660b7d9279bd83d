import { Redis } from 'ioredis';
import { createClient as createNodeRedis } from 'redis';
import { filter, firstValueFrom } from 'rxjs';
import type { RedisServer } from '../../checks/fleet/redis-server';
import { startRedisServer } from '../../checks/fleet/redis-server';
import type { ConfigCatClient } from '../../src';
import { createClientWithAutoPoll } from '../../src';
import type { RedisShared } from '../../src/redis';
import { redisShared } from '../../src/redis';
import { sdkKey } from '../support/client';
import type { FaultServer, RecordedRequest } from '../support/fault-server';
import { startFaultServer } from '../support/fault-server';
import { isInstalled, part, partUnless } from '../support/part';
import type { PythonClient } from '../support/python';
import { installPython, startPythonClient } from '../support/python';

const programs = ['redis-server', 'python3'];
const partOfAll = programs.every(isInstalled) ? partUnless(installPython()) : part(...programs);

partOfAll("a fleet beside ConfigCat's SDK for Python", () => {
  let redis: RedisServer;
  let server: FaultServer;
  let python: PythonClient;
  const ends: (() => void)[] = [];

  beforeEach(async () => {
    [redis, server] = await Promise.all([startRedisServer(), startFaultServer()]);
    python = startPythonClient(sdkKey, server.url, redis.port);
  });

  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) end();
    await Promise.all([python.end(), redis.stop(), server.close()]);
  });

  const isPython = ({ headers }: RecordedRequest) => String(headers['x-configcat-useragent']).includes('Python');
  const requestsOf = (isTheirs: boolean) => server.requests.filter((request) => isPython(request) === isTheirs).length;
  const answerWith = (n: number, { headers }: RecordedRequest) => {
    const etag = `"${n}"`;
    if (headers['if-none-match'] === etag) return { status: 304, headers: { ETag: etag } };
    return { body: `{"f":{"greeting":{"t":1,"v":{"s":"${n}"}}}}`, headers: { ETag: etag } };
  };
  const serve = (n: number) => {
    server.answerBy((request) => answerWith(n, request));
  };
  /** Only the SDK for Python reaches the server. */
  const serveToPython = (n: number) => {
    server.answerBy((request) => (isPython(request) ? answerWith(n, request) : { status: 503 }));
  };

  /** A process of the fleet, and what it has shown. */
  interface Process {
    readonly client: ConfigCatClient;
    readonly shown: number[];
    readonly shows: (n: number) => Promise<unknown>;
  }
  const join = (shared: RedisShared, pollIntervalSeconds: number): Process => {
    const client = createClientWithAutoPoll(sdkKey, {
      ...shared,
      baseUrl: server.url,
      pollIntervalSeconds,
      logLevel: 'off',
    });
    const shown: number[] = [];
    const number$ = client.flag$('greeting', '').pipe(filter((value) => value !== ''));
    const subscription = number$.subscribe((value) => shown.push(Number(value)));
    ends.push(() => {
      subscription.unsubscribe();
      client.dispose();
    });
    return { client, shown, shows: (n) => firstValueFrom(number$.pipe(filter((value) => value === String(n)))) };
  };
  /** Two processes, one over each client of Redis. */
  const startFleet = async (pollIntervalSeconds: number): Promise<Process[]> => {
    const ioredis = new Redis({ host: '127.0.0.1', port: redis.port }).on('error', () => undefined);
    const nodeRedis = createNodeRedis({ socket: { host: '127.0.0.1', port: redis.port } }).on('error', () => undefined);
    await nodeRedis.connect();
    ends.push(
      () => ioredis.disconnect(),
      () => nodeRedis.destroy(),
    );
    return [
      join(redisShared(ioredis, { leaseMs: 1000 }), pollIntervalSeconds),
      join(redisShared(nodeRedis, { leaseMs: 1000 }), pollIntervalSeconds),
    ];
  };
  const allShow = (fleet: readonly Process[], n: number) => Promise.all(fleet.map(({ shows }) => shows(n)));

  it('stores what that reads without a request of its own', async () => {
    serve(1);
    const fleet = await startFleet(600);
    await allShow(fleet, 1);
    expect(await python.tell('read')).toBe('1');
    serve(2);
    await fleet[1]!.client.forceRefresh();
    await allShow(fleet, 2);
    expect(await python.tell('read')).toBe('2');
    expect([requestsOf(true), python.errors()]).toEqual([0, '']);
  });

  it('shows in all its processes what that has stored, though none of them reaches the server', async () => {
    serveToPython(1);
    expect(await python.tell('refresh')).toBe('1');
    const fleet = await startFleet(1);
    await allShow(fleet, 1);
    for (const n of [2, 3]) {
      serveToPython(n);
      expect(await python.tell('refresh')).toBe(String(n));
      await allShow(fleet, n);
    }
    expect(fleet.map(({ shown }) => shown)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it('goes back to no older value, whoever of them fetches, and neither does that', async () => {
    serve(0);
    const fleet = await startFleet(1);
    await allShow(fleet, 0);
    const read: number[] = [];
    const last = 12;
    for (let n = 1; n <= last; n++) {
      serve(n);
      if (n % 3 === 0) await fleet[n % 2]!.client.forceRefresh();
      else read.push(Number(await python.tell('refresh')));
      await allShow(fleet, n);
      read.push(Number(await python.tell('read')));
    }
    const inOrder = Array.from({ length: last + 1 }, (_, n) => n);
    expect(fleet.map(({ shown }) => shown)).toEqual([inOrder, inOrder]);
    expect(read).toEqual([...read].sort((a, b) => a - b));
    expect([read.at(-1), python.errors()]).toEqual([last, '']);
  });

  it('spares that every request, also while it polls', async () => {
    serve(0);
    const fleet = await startFleet(1);
    await allShow(fleet, 0);
    expect(await python.tell('poll')).toBe('0');
    serve(1);
    await allShow(fleet, 1);
    expect([await python.tell('read'), requestsOf(true)]).toEqual(['1', 0]);
  });
});
