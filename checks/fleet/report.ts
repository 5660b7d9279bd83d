import type { Change, FleetOptions, Member, Served } from './types';

/** What a run of a fleet came to. Times in milliseconds. */
export interface FleetReport {
  readonly engine: string;
  readonly processes: number;
  readonly seconds: number;
  readonly intervalSeconds: number;
  /** Config requests in all, those at the start included. */
  readonly requests: number;
  /** Those before the last process had been there for a lease: processes that compete for processors to start poll by themselves. */
  readonly requestsAtStart: number;
  /** How many there were afterwards above one each interval; fewer are negative. */
  readonly surplusRequests: number;
  /** Changes of the config that some process fetched. */
  readonly changes: number;
  /**
   * From the answer that brings a change to one process, to its adoption by the last that shows it; over changes. Who skips or
   * loses a change is counted apart.
   */
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  /** The same for changes while the server was away, changed places or was out of reach for some, when every process had to find them by itself. */
  readonly awayMaxMs: number | undefined;
  /** The longest time from a change to the moment when a live process shows it or a later one. */
  readonly worstMs: number;
  /** How often a live process showed neither a value nor a later one in time, which is an interval and a lease. */
  readonly lost: number;
  /** How often a live process showed a later value without having shown this one, which another process showed. */
  readonly skipped: number;
  /** What was lost and skipped, by whom. */
  readonly missed: readonly string[];
  /** Values that were followed by an older one. */
  readonly backwards: number;
  /** The longest time without a request. */
  readonly maxGapMs: number;
  /** From the death of the polling process to the next request. */
  readonly takeoverMs: number | undefined;
  /** Processes that did not show the newest value in the end. */
  readonly stuck: number;
  /** From the stop of the polling process to the next request of another. */
  readonly stoppedTakeoverMs: number | undefined;
  /** From its going on to its showing what the others show. */
  readonly caughtUpMs: number | undefined;
  /** The most entries that any process logged. */
  readonly maxLogged: number;
}

/** What happened in a run. */
export interface FleetRun {
  readonly options: FleetOptions;
  readonly members: readonly Member[];
  readonly served: readonly Served[];
  /** When all processes had a config. */
  readonly completeAtMs: number;
  readonly endedAtMs: number;
  readonly changes: readonly Change[];
  readonly killed: { readonly member: Member; readonly atMs: number } | undefined;
  readonly stopped: { readonly member: Member; readonly fromMs: number; readonly toMs: number } | undefined;
  readonly isAway: (atMs: number) => boolean;
}

/** How long the fetch and the announcement of a value may take, on a computer that has much to do. */
const deliveryMs = 250;
/** How long a value may be on its way: an interval and, in a fleet, a lease, to which a tenth is added that spreads requests. */
const patienceMsOf = ({ engine, intervalSeconds, leaseMs }: FleetOptions) =>
  intervalSeconds * 1000 + (engine === undefined ? 0 : 1.1 * leaseMs) + deliveryMs;

export function reportOf(run: FleetRun): FleetReport {
  const { options, members, served, changes, killed, stopped, isAway } = run;
  const living = members.filter((member) => member !== killed?.member);
  // Who was stopped has missed values, and cannot be blamed for it.
  const awake = living.filter((member) => member !== stopped?.member);
  const shown = awake.map(({ values }) => new Map(values.map(({ version, atMs }) => [version, atMs])));
  const versions = [...new Set(shown.flatMap((values) => [...values.keys()]))];
  const spreads = versions.flatMap((version) => {
    const fetched = served.find((request) => request.version === version && request.status === 200);
    if (!fetched || version === 0) return [];
    const adopted = shown.flatMap((values) => values.get(version) ?? []);
    return [{ atMs: fetched.atMs, spreadMs: Math.max(...adopted) - fetched.answeredAtMs! }];
  });
  const shared = spreads.filter(({ atMs }) => !isAway(atMs)).map(({ spreadMs }) => spreadMs);
  const away = spreads.filter(({ atMs }) => isAway(atMs)).map(({ spreadMs }) => spreadMs);
  const waits = waitsOf(run);
  const lost = waits.filter(({ waitMs }) => waitMs > patienceMsOf(options));
  const skipped = waits.filter(
    ({ change, shown, isWhole }) => isWhole && versions.includes(change.version) && shown !== change.version,
  );
  const settledAtMs = run.completeAtMs + options.leaseMs;
  const requestsAtStart = served.filter(({ atMs }) => atMs < settledAtMs).length;
  const intervals = Math.round((run.endedAtMs - settledAtMs) / (options.intervalSeconds * 1000));
  const gaps = served.slice(1).map(({ atMs }, i) => atMs - served[i]!.atMs);
  const nextAtMs = served.find(({ atMs }) => killed && atMs > killed.atMs)?.atMs;
  return {
    engine: options.engine ?? 'none',
    processes: options.processes,
    seconds: options.seconds,
    intervalSeconds: options.intervalSeconds,
    requests: served.length,
    requestsAtStart,
    surplusRequests: served.length - requestsAtStart - intervals,
    changes: spreads.length,
    p50Ms: percentile(shared, 0.5),
    p99Ms: percentile(shared, 0.99),
    awayMaxMs: percentile(away, 1),
    worstMs: Math.max(0, ...waits.map(({ waitMs }) => waitMs)),
    lost: lost.length,
    skipped: skipped.length,
    missed: [...new Set([...lost, ...skipped])].map(describeWait),
    backwards: sum(
      living.map(({ values }) => values.filter(({ version }, i) => version < (values[i - 1]?.version ?? -1)).length),
    ),
    maxGapMs: Math.max(0, ...gaps),
    takeoverMs: killed && nextAtMs !== undefined ? nextAtMs - killed.atMs : undefined,
    stuck: living.filter(({ values }) => values.at(-1)?.version !== (changes.at(-1)?.version ?? 0)).length,
    stoppedTakeoverMs: stopped && (served.find(({ atMs }) => atMs > stopped.fromMs)?.atMs ?? NaN) - stopped.fromMs,
    caughtUpMs: stopped && (stopped.member.values.find(({ atMs }) => atMs >= stopped.toMs)?.atMs ?? NaN) - stopped.toMs,
    maxLogged: Math.max(...living.map(({ logged }) => logged.length)),
  };
}

/** How long a process did not show what the server had. */
interface Wait {
  readonly processNumber: number;
  readonly clientPackage: string;
  readonly change: Change;
  /** What the process was when the server changed. */
  readonly role: string;
  /** From the change, or from the end of a stop of the process, until it showed that value or a later one. */
  readonly waitMs: number;
  /** What it then showed. */
  readonly shown: number | undefined;
  /** Whether it was running all the time. */
  readonly isWhole: boolean;
}

function waitsOf({ options, members, changes, killed, stopped }: FleetRun): readonly Wait[] {
  const patienceMs = patienceMsOf(options);
  return members.flatMap((member, processNumber) =>
    member === killed?.member
      ? []
      : changes.map((change) => {
          const isWhole =
            member !== stopped?.member || change.atMs + patienceMs < stopped.fromMs || change.atMs > stopped.toMs;
          const sinceMs = isWhole ? change.atMs : stopped.toMs;
          const found = member.values.find(({ version }) => version >= change.version);
          const waitMs = Math.max(0, (found?.atMs ?? Infinity) - sinceMs);
          const role = member.roles.filter(({ atMs }) => atMs <= change.atMs).at(-1)?.role ?? 'without a role';
          const { clientPackage } = member;
          return { processNumber, clientPackage, change, role, waitMs, shown: found?.version, isWhole };
        }),
  );
}

function describeWait({ processNumber, clientPackage, change, role, waitMs, shown }: Wait): string {
  const what = shown === undefined ? 'never showed' : `after ${waitMs} ms showed ${shown} for`;
  return `process ${processNumber} (${role}, ${clientPackage || 'for itself'}) ${what} ${change.version}`;
}

function percentile(values: readonly number[], share: number): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
