/*
 * One process of a fleet: polls or is told, and says what it shows, and who it is, to the process that started it.
 */
import { createClientWithAutoPoll } from 'configcat-rx';
import { redisShared } from 'configcat-rx/redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { MemberOptions, Report } from './types.js';

const { sdkKey, baseUrl, redisPort, redisPackage, intervalSeconds, leaseMs, skewMs } = JSON.parse(
  process.argv[2] ?? '',
) as MemberOptions;
const say = (report: Report) => {
  process.send?.(report);
};
// Redis comes and goes here; what that means for flags is what counts.
const ignore = () => undefined;

// Never outlives the process that started it, not even while it waits for a Redis.
process.once('disconnect', () => process.exit());

// The clock of this process alone. What it says goes to the others by the true one.
const trueNow = Date.now.bind(Date);
Date.now = () => trueNow() + skewMs;

const redis = await connect();
const shared = redis && redisShared(redis, { leaseMs });
const client = createClientWithAutoPoll(sdkKey, {
  baseUrl,
  pollIntervalSeconds: intervalSeconds,
  ...shared,
  logger: {
    log: (_, eventId) => {
      say({ kind: 'log', eventId });
    },
  },
});
shared?.role$.subscribe((role) => {
  say({ kind: 'role', role });
});
client.flag$('version', -1).subscribe((version) => {
  say({ kind: 'value', version, atMs: trueNow() });
});

async function connect() {
  if (redisPackage === 'ioredis') return new Redis({ host: '127.0.0.1', port: redisPort }).on('error', ignore);
  if (redisPackage === 'redis') {
    const redis = createClient({ socket: { host: '127.0.0.1', port: redisPort } }).on('error', ignore);
    await redis.connect();
    return redis;
  }
  return undefined;
}
