import type { FleetOptions, Member, Served } from './types';

/** What a run of a fleet came to. Times in milliseconds. */
export interface FleetReport {
  readonly engine: string;
  readonly processes: number;
  readonly seconds: number;
  readonly intervalSeconds: number;
  /** Config requests in all, those at the start included. */
  readonly requests: number;
  /** Changes of the config that some process fetched. */
  readonly changes: number;
  /** From the answer that brings a change to one process, to its adoption by the last; over changes. */
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  /** The same for changes while the server was away, changed places or was out of reach for some, when every process had to find them by itself. */
  readonly awayMaxMs: number | undefined;
  /** Values that some process showed, and another live one never did. */
  readonly lost: number;
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
  readonly killed: { readonly member: Member; readonly atMs: number } | undefined;
  readonly stopped: { readonly member: Member; readonly fromMs: number; readonly toMs: number } | undefined;
  /** The value that the server had in the end. */
  readonly newest: number;
  readonly isAway: (atMs: number) => boolean;
}

export function reportOf({ options, members, served, killed, stopped, newest, isAway }: FleetRun): FleetReport {
  const living = members.filter((member) => member !== killed?.member);
  // Who was stopped has missed values, and cannot be blamed for it.
  const awake = living.filter((member) => member !== stopped?.member);
  const shown = awake.map(({ values }) => new Map(values.map(({ version, atMs }) => [version, atMs])));
  const versions = [...new Set(shown.flatMap((values) => [...values.keys()]))];
  const spreads = versions.flatMap((version) => {
    const fetched = served.find((request) => request.version === version && request.status === 200);
    if (!fetched || version === 0) return [];
    const adopted = shown.map((values) => values.get(version) ?? Infinity);
    return [{ atMs: fetched.atMs, spreadMs: Math.max(...adopted) - fetched.answeredAtMs! }];
  });
  const shared = spreads.filter(({ atMs }) => !isAway(atMs)).map(({ spreadMs }) => spreadMs);
  const away = spreads.filter(({ atMs }) => isAway(atMs)).map(({ spreadMs }) => spreadMs);
  const gaps = served.slice(1).map(({ atMs }, i) => atMs - served[i]!.atMs);
  const nextAtMs = served.find(({ atMs }) => killed && atMs > killed.atMs)?.atMs;
  return {
    engine: options.engine ?? 'none',
    processes: options.processes,
    seconds: options.seconds,
    intervalSeconds: options.intervalSeconds,
    requests: served.length,
    changes: spreads.length,
    p50Ms: percentile(shared, 0.5),
    p99Ms: percentile(shared, 0.99),
    awayMaxMs: percentile(away, 1),
    lost: sum(shown.map((values) => versions.filter((version) => version > 0 && !values.has(version)).length)),
    backwards: sum(
      living.map(({ values }) => values.filter(({ version }, i) => version < (values[i - 1]?.version ?? -1)).length),
    ),
    maxGapMs: Math.max(0, ...gaps),
    takeoverMs: killed && nextAtMs !== undefined ? nextAtMs - killed.atMs : undefined,
    stuck: living.filter(({ values }) => values.at(-1)?.version !== newest).length,
    stoppedTakeoverMs: stopped && (served.find(({ atMs }) => atMs > stopped.fromMs)?.atMs ?? NaN) - stopped.fromMs,
    caughtUpMs: stopped && (stopped.member.values.find(({ atMs }) => atMs >= stopped.toMs)?.atMs ?? NaN) - stopped.toMs,
    maxLogged: Math.max(...living.map(({ logged }) => logged.length)),
  };
}

function percentile(values: readonly number[], share: number): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
