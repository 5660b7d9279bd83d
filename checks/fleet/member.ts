/*
 * One process of a fleet: polls or is told, and says what it shows, and who it is, to the process that started it.
 */
import { createClientWithAutoPoll } from 'configcat-rx';
import { engines } from './engines.js';
import type { MemberOptions, Report } from './types.js';

const { sdkKey, baseUrl, engine, ports, clientPackage, intervalSeconds, leaseMs, skewMs } = JSON.parse(
  process.argv[2] ?? '',
) as MemberOptions;
const say = (report: Report) => {
  // Who asked may be gone already.
  process.send?.(report, undefined, undefined, () => undefined);
};
// Never outlives the process that started it, not even while it waits for a server.
process.once('disconnect', () => process.exit());

// The clock of this process alone. What it says goes to the others by the true one.
const trueNow = Date.now.bind(Date);
Date.now = () => trueNow() + skewMs;

const shared = engine === undefined ? undefined : await engines[engine]!.join[clientPackage]!(ports, { leaseMs });
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
  say({ kind: 'role', role, atMs: trueNow() });
});
client.flag$('version', -1).subscribe((version) => {
  say({ kind: 'value', version, atMs: trueNow() });
});
