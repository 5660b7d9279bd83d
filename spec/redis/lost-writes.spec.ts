import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { combineLatest, filter, firstValueFrom, map } from 'rxjs';
import type { Gate } from '../../checks/fleet/gate';
import { openGate } from '../../checks/fleet/gate';
import type { RedisServer } from '../../checks/fleet/redis-server';
import { startRedisServer } from '../../checks/fleet/redis-server';
import type { RedisClient } from '../../src/redis/index';
import { redisShared } from '../../src/redis/index';
import { namesOf } from '../../src/redis/engine';
import { cacheKey as key, refresh, role, shows, stageOfFleets } from '../support/fleet-stage';
import { part } from '../support/part';

const host = '127.0.0.1';
const { order: orderKey, lease: leaseKey } = namesOf({ key, keyPrefix: '', name: '' });
const leaseMs = 500;

/** Opens a client of each package. */
const packages: Record<string, (port: number) => { readonly client: RedisClient; readonly end: () => unknown }> = {
  ioredis: (port) => {
    const client = new Redis({ host, port }).on('error', () => undefined);
    return { client, end: () => client.disconnect() };
  },
  redis: (port) => {
    const client = createClient({ socket: { host, port } }).on('error', () => undefined);
    client.connect().catch(() => undefined);
    return { client, end: () => client.destroy() };
  },
};

part('redis-server')('a fleet whose Redis gives way to a replica that is behind', () => {
  describe.each(Object.keys(packages))('with %s', (name) => {
    const stage = stageOfFleets();
    const ends: (() => unknown)[] = [];
    let master: RedisServer;
    let replica: RedisServer;
    let onMaster: Redis;
    let onReplica: Redis;

    const admin = (port: number) => {
      const redis = new Redis({ host, port });
      ends.push(() => redis.disconnect());
      return redis;
    };
    beforeEach(async () => {
      master = await startRedisServer('--repl-diskless-sync-delay', '0');
      replica = await startRedisServer('--replicaof', `${host} ${master.port}`);
      [onMaster, onReplica] = [admin(master.port), admin(replica.port)];
      while (!(await onReplica.info('replication')).includes('master_link_status:up'));
    });
    afterEach(async () => {
      for (const client of stage.clients.splice(0)) client.dispose();
      await Promise.all(ends.splice(0).map((end) => end()));
      await Promise.all([master, replica].map((server) => server.stop()));
    });

    /** A process on a way of its own to Redis. */
    const start = async () => {
      const gate: Gate = await openGate(master.port);
      const { client: redis, end } = packages[name]!(gate.port);
      const shared = redisShared(redis, { leaseMs });
      const client = stage.polling(shared);
      const shown: string[] = [];
      const watching = client.flag$('greeting', 'none').subscribe((value) => shown.push(value));
      ends.push(() => {
        watching.unsubscribe();
        gate.close();
        return end();
      });
      return { gate, shared, client, shown };
    };
    const startFleet = async () => {
      const first = await start();
      await role('leader', first.shared);
      await shows(first.client, 'hello');
      const fleet = [first, await start(), await start()] as const;
      for (const { client } of fleet) await shows(client, 'hello');
      await settled(fleet);
      return fleet;
    };
    type Process = Awaited<ReturnType<typeof start>>;
    /** One polls, and all others rely on it. */
    const settled = (fleet: readonly Process[]) =>
      firstValueFrom(
        combineLatest(fleet.map(({ shared }) => shared.role$)).pipe(
          map((roles) => [...roles].sort().join()),
          filter((roles) => roles === 'follower,follower,leader'),
        ),
      );
    /** From now on the replica hears nothing of the master. It has all that was written before. */
    const cutOffReplica = async () => {
      while (String(await onMaster.get(key)) !== String(await onReplica.get(key)));
      await onReplica.call('REPLICAOF', ['NO', 'ONE']);
    };
    const orderOn = async (redis: Redis) => (await redis.hmget(orderKey, 'fence', 'counter')).map(Number);

    it.each([
      ['the polling process', 'runs on'],
      ['the polling process', 'has ended'],
      ['another process', 'runs on'],
      ['another process', 'has ended'],
    ])('brings nothing back: what is lost was written by %s, and the lease that is not lost %s', async (who, lease) => {
      const fleet = await startFleet();
      await cutOffReplica();
      stage.serve('lost', '"2"');
      await refresh(fleet[who === 'another process' ? 1 : 0].client);
      for (const { client } of fleet) await shows(client, 'lost');
      const lost = await orderOn(onMaster);
      if (lease === 'has ended') {
        for (const { gate } of fleet) gate.block();
        while ((await onReplica.exists(leaseKey)) > 0);
        for (const { gate } of fleet) gate.open();
      }
      for (const { gate } of fleet) gate.lead(replica.port);
      while (!String(await onReplica.get(key)).includes('lost'));
      await settled(fleet);
      stage.serve('later', '"3"');
      await refresh(fleet[2].client);
      for (const { client } of fleet) await shows(client, 'later');
      while (!String(await onReplica.get(key)).includes('later'));
      await settled(fleet);
      expect((await orderOn(onReplica))[0]).toBeGreaterThanOrEqual(lost[0]!);
      for (const { shown } of fleet)
        expect(shown.filter((value) => value !== 'none')).toEqual(['hello', 'lost', 'later']);
    });

    it('brings nothing back, though the only one to reach the replica first has missed what is lost', async () => {
      const fleet = await startFleet();
      await cutOffReplica();
      fleet[2].gate.block();
      stage.serve('lost', '"2"');
      await refresh(fleet[0].client);
      await shows(fleet[1].client, 'lost');
      fleet[0].gate.block();
      fleet[1].gate.block();
      while ((await onReplica.exists(leaseKey)) > 0);
      fleet[2].gate.open();
      fleet[2].gate.lead(replica.port);
      await role('leader', fleet[2].shared);
      for (const { gate } of fleet.slice(0, 2)) {
        gate.open();
        gate.lead(replica.port);
      }
      while (!String(await onReplica.get(key)).includes('lost'));
      for (const { client } of fleet) await shows(client, 'lost');
      await settled(fleet);
      for (const { shown } of fleet) expect(shown.filter((value) => value !== 'none')).toEqual(['hello', 'lost']);
    });
  });
});
