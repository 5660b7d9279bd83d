/*
 * Real processes that share a Redis, and what that saves. Ends with one line of JSON.
 *
 *   npm run fleet -- --processes 16 --seconds 30 --json
 *   npm run fleet -- --kill-leader-at 10            kills the process that polls, after ten seconds
 *   npm run fleet -- --redis-away 10-18             ends Redis after ten seconds, starts it again after eighteen
 *   npm run fleet -- --skew 3600                    with clocks an hour ahead, an hour behind, and right
 *   npm run fleet -- --seconds 60 --stop-leader-at 10 --stop-seconds 30
 *                                                   stops the process that polls, with a request on its way
 *   npm run fleet -- --redis-package none           without sharing
 */
import { parseArgs } from 'node:util';
import { runFleet } from './fleet.js';

const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '16' },
    seconds: { type: 'string', default: '30' },
    'interval-seconds': { type: 'string', default: '1' },
    'change-every-seconds': { type: 'string', default: '2' },
    'lease-ms': { type: 'string', default: '1000' },
    'redis-package': { type: 'string', default: 'both' },
    'kill-leader-at': { type: 'string' },
    skew: { type: 'string' },
    'stop-leader-at': { type: 'string' },
    'stop-seconds': { type: 'string', default: '30' },
    'redis-away': { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const numberOf = (name: string, text: string): number => {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${name} takes a number above zero, not '${text}'.`);
  return number;
};
const packages = { both: ['ioredis', 'redis'], ioredis: ['ioredis'], redis: ['redis'], none: [] } as const;
const redisPackages = packages[values['redis-package'] as keyof typeof packages] as
  readonly ('ioredis' | 'redis')[] | undefined;
if (!redisPackages) throw new Error(`--redis-package takes one of ${Object.keys(packages).join(', ')}.`);
const away = values['redis-away']?.split('-').map((text) => numberOf('redis-away', text));

// Redis ends with this process, however that ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const report = await runFleet({
  processes: numberOf('processes', values.processes),
  seconds: numberOf('seconds', values.seconds),
  intervalSeconds: numberOf('interval-seconds', values['interval-seconds']),
  changeEverySeconds: numberOf('change-every-seconds', values['change-every-seconds']),
  leaseMs: numberOf('lease-ms', values['lease-ms']),
  redisPackages,
  killLeaderAtSeconds: values['kill-leader-at'] ? numberOf('kill-leader-at', values['kill-leader-at']) : undefined,
  skewSeconds: values.skew ? numberOf('skew', values.skew) : undefined,
  stopLeaderSeconds: values['stop-leader-at']
    ? [numberOf('stop-leader-at', values['stop-leader-at']), numberOf('stop-seconds', values['stop-seconds'])]
    : undefined,
  redisAwaySeconds: away && [away[0]!, away[1]!],
});
if (!values.json) console.table(report);
console.log(JSON.stringify(report));
