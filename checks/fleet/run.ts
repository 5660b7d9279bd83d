/*
 * Real processes that share an engine, and what that saves. Ends with one line of JSON.
 *
 *   npm run fleet -- --processes 16 --seconds 30 --json
 *   npm run fleet -- --engine cluster               redis (default), sentinel, cluster, valkey, postgres or none
 *   npm run fleet -- --kill-leader-at 10            kills the process that polls, after ten seconds
 *   npm run fleet -- --away 10-18                   ends the server after ten seconds, starts it again after eighteen
 *   npm run fleet -- --engine sentinel --fail-over-at 10
 *                                                   ends the server that has the entry, for another one to take its place
 *   npm run fleet -- --partition 10-18              a third of the processes cannot reach the server, and is not told so
 *   npm run fleet -- --skew 3600                    with clocks an hour ahead, an hour behind, and right
 *   npm run fleet -- --seconds 60 --stop-leader-at 10 --stop-seconds 30
 *                                                   stops the process that polls, with a request on its way
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
    engine: { type: 'string', default: 'redis' },
    'kill-leader-at': { type: 'string' },
    skew: { type: 'string' },
    'stop-leader-at': { type: 'string' },
    'stop-seconds': { type: 'string', default: '30' },
    away: { type: 'string' },
    partition: { type: 'string' },
    'fail-over-at': { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const numberOf = (name: string, text: string): number => {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${name} takes a number above zero, not '${text}'.`);
  return number;
};
const periodOf = (name: string, text: string | undefined) => {
  const [from, to] = text?.split('-').map((second) => numberOf(name, second)) ?? [];
  return from === undefined || to === undefined ? undefined : ([from, to] as const);
};

// Servers end with this process, however that ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const report = await runFleet({
  processes: numberOf('processes', values.processes),
  seconds: numberOf('seconds', values.seconds),
  intervalSeconds: numberOf('interval-seconds', values['interval-seconds']),
  changeEverySeconds: numberOf('change-every-seconds', values['change-every-seconds']),
  leaseMs: numberOf('lease-ms', values['lease-ms']),
  engine: values.engine === 'none' ? undefined : values.engine,
  killLeaderAtSeconds: values['kill-leader-at'] ? numberOf('kill-leader-at', values['kill-leader-at']) : undefined,
  skewSeconds: values.skew ? numberOf('skew', values.skew) : undefined,
  stopLeaderSeconds: values['stop-leader-at']
    ? [numberOf('stop-leader-at', values['stop-leader-at']), numberOf('stop-seconds', values['stop-seconds'])]
    : undefined,
  awaySeconds: periodOf('away', values.away),
  partitionSeconds: periodOf('partition', values.partition),
  failOverAtSeconds: values['fail-over-at'] ? numberOf('fail-over-at', values['fail-over-at']) : undefined,
});
const { missed, ...figures } = report;
if (!values.json) {
  console.table(figures);
  for (const line of missed) console.log(line);
}
console.log(JSON.stringify(report));
