/*
 * Many streams of one relay: how long a change takes to the last of them, what each costs, and how they come back when the
 * relay is killed. Fails where a promise of docs/relay.md is not kept. Ends with one line of JSON.
 *
 *   npm run relay-load
 *   npm run relay-load -- --streams 1000 --users 100 --seconds 5 --json
 */
import { parseArgs } from 'node:util';
import { runLoad } from './load.js';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '10000' },
    users: { type: 'string', default: '2500' },
    seconds: { type: 'string', default: '60' },
    json: { type: 'boolean', default: false },
  },
});
const streams = Number(values.streams);
const report = await runLoad({ streams, users: Number(values.users), seconds: Number(values.seconds) });
if (!values.json) console.table(report);
console.log(JSON.stringify(report));

const promises: readonly (readonly [promise: string, isKept: boolean])[] = [
  ['a change is with the last reader within a second (p99)', report.p99ToLastMs < 1000],
  ['nothing is lost, and nobody goes back', report.lost === 0 && report.backwards === 0],
  ['a stream takes 25 kB at most', report.bytesPerStream <= 25_000],
  // A computer that is too busy to show every state to everybody has fewer: this is for one that does nothing else.
  ['there is one evaluation per user and config', report.evaluationsPerUserAndConfig === 1],
  ['all are back within eight seconds', report.backAfterMs <= 8000],
  ['no more than a tenth comes within 100 ms', report.mostReturnsPer100Ms <= streams / 10],
];
for (const [promise] of promises.filter(([, isKept]) => !isKept)) {
  console.error(`Not kept: ${promise}.`);
  process.exitCode = 1;
}
process.exit();
