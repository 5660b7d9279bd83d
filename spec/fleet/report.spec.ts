import { ChildProcess } from 'node:child_process';
import type { FleetRun } from '../../checks/fleet/report';
import { reportOf } from '../../checks/fleet/report';

/** A run of a second for each value from 1 on: the server has it at the full second, and a process fetches it 10 ms later. */
function runOf(...shownAfterMs: readonly (readonly (number | undefined)[])[]): FleetRun {
  const versions = shownAfterMs[0]!.map((_, i) => i + 1);
  return {
    options: {
      processes: shownAfterMs.length,
      seconds: versions.length,
      intervalSeconds: 1,
      changeEverySeconds: 1,
      leaseMs: 1000,
      engine: 'redis',
    },
    members: shownAfterMs.map((delays) => ({
      child: new ChildProcess(),
      clientPackage: 'ioredis',
      values: [
        { version: 0, atMs: 0 },
        ...delays.flatMap((ms, i) => (ms === undefined ? [] : [{ version: i + 1, atMs: (i + 1) * 1000 + 10 + ms }])),
      ],
      roles: [],
      logged: [],
    })),
    served: versions.map((version) => {
      const atMs = version * 1000;
      return { version, atMs: atMs + 5, answeredAtMs: atMs + 10, status: 200 };
    }),
    completeAtMs: 0,
    endedAtMs: versions.length * 1000 + 1000,
    changes: versions.map((version) => ({ version, atMs: version * 1000 })),
    killed: undefined,
    stopped: undefined,
    isAway: () => false,
  };
}

describe('the report of a fleet', () => {
  it('tells the time from the answer that brings a change to the last process that shows it', () => {
    expect(reportOf(runOf([0, 0, 0], [20, 30, 40]))).toMatchObject({ changes: 3, p50Ms: 30, p99Ms: 40, skipped: 0 });
  });

  it('counts a change that a process has skipped, and takes its time from those that show it', () => {
    expect(reportOf(runOf([0, 0, 0], [5, 30, 9], [20, undefined, 40]))).toMatchObject({
      changes: 3,
      p50Ms: 30,
      p99Ms: 40,
      skipped: 1,
      lost: 0,
      stuck: 0,
      missed: ['process 2 (without a role, ioredis) after 1050 ms showed 3 for 2'],
    });
  });

  it('counts a change that a process never shows as lost', () => {
    const { p99Ms, lost, stuck } = reportOf(runOf([0, 0], [10, undefined]));
    expect([p99Ms, lost, stuck]).toEqual([10, 1, 1]);
  });
});
