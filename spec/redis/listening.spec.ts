import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { Redis as Valkey } from 'iovalkey';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { Subject, filter, firstValueFrom } from 'rxjs';
import type { RedisServer } from '../../checks/fleet/redis-server';
import { startRedisServer } from '../../checks/fleet/redis-server';
import type { RedisClient } from '../../src/redis';
import { connectionOf } from '../../src/redis/connection';
import { part } from '../support/part';

const host = '127.0.0.1';
const ignore = () => undefined;

const packages: Record<string, (port: number) => RedisClient> = {
  ioredis: (port) => new Redis({ host, port, lazyConnect: true, retryStrategy: () => 1 }),
  iovalkey: (port) => new Valkey({ host, port, lazyConnect: true, retryStrategy: () => 1 }),
  redis: (port) => createClient({ socket: { host, port, reconnectStrategy: () => 1 } }),
};

part('redis-server')('listening to Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server.stop());

  it.each(Object.entries(packages))(
    'rejects nothing into the void when it ends by %s while it begins anew',
    async (_, open) => {
      const sockets = new Set<Socket>();
      const asked$ = new Subject<void>();
      let isBlocked = false;
      const front = createServer((near) => {
        const far = connect(server.port, host);
        for (const socket of [near, far]) sockets.add(socket.on('error', ignore));
        near.on('data', (data) => {
          if (isBlocked && /subscribe/i.test(String(data))) asked$.next();
          else far.write(data);
        });
        near.on('close', () => far.destroy());
        far.on('close', () => near.destroy());
        far.pipe(near);
      }).listen(0, host);
      await once(front, 'listening');
      const asked = firstValueFrom(asked$);
      const listening = connectionOf(open((front.address() as AddressInfo).port))
        .events('news')
        .pipe(filter((event) => event === 'listening'))
        .subscribe(() => {
          isBlocked = true;
          for (const socket of sockets) socket.destroy();
        });
      await asked;
      // What the package itself asks for comes at the same time.
      await new Promise((resolve) => setImmediate(resolve));
      listening.unsubscribe();
      await new Promise((resolve) => setImmediate(resolve));
      front.close();
      for (const socket of sockets) socket.destroy();
    },
  );
});
