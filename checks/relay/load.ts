import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import type { Reader } from './reader.js';
import { createReader } from './reader.js';
import type { RelayProcessOptions, RelayProcessOrder, RelayProcessReport } from './types.js';

/** What is measured. */
export interface LoadOptions {
  readonly streams: number;
  readonly users: number;
  readonly seconds: number;
}

/** What came of it. */
export interface LoadReport {
  readonly streams: number;
  readonly users: number;
  readonly changes: number;
  /** From the fetch of a change until the last of all readers has it: half of the changes, and all but one in a hundred. */
  readonly medianToLastMs: number;
  readonly p99ToLastMs: number;
  /** The same for each single reader. */
  readonly p99ToEachMs: number;
  /** Readers that did not have the last change in the end, and times that one of them went back. */
  readonly lost: number;
  readonly backwards: number;
  readonly bytesPerStream: number;
  /** Evaluations per user and config: one. */
  readonly evaluationsPerUserAndConfig: number;
  readonly cpuMsPerChange: number;
  /** After the relay was killed: when the last reader was back, and the most that came within 100 ms. */
  readonly backAfterMs: number;
  readonly mostReturnsPer100Ms: number;
}

type Measured = Extract<RelayProcessReport, { readonly kind: 'measured' }>;

/** A relay in a process of its own, on one core where the system can do that. */
function startRelay(options: RelayProcessOptions, onFetched: (version: number, atMs: number) => void) {
  const program = fileURLToPath(new URL('relay-process.ts', import.meta.url));
  const node = [process.execPath, '--expose-gc', '--import', 'tsx', program, JSON.stringify(options)];
  const isPinned = spawnSync('taskset', ['--version']).status === 0;
  const [command, ...args] = isPinned ? ['taskset', '-c', '0', ...node] : node;
  const child: ChildProcess = spawn(command!, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  process.once('exit', () => child.kill('SIGKILL'));
  let measured: ((report: Measured) => void) | undefined;
  const listening = new Promise<void>((resolve) => {
    child.on('message', (report: RelayProcessReport) => {
      if (report.kind === 'listening') resolve();
      else if (report.kind === 'measured') measured?.(report);
      else onFetched(report.version, report.atMs);
    });
  });
  const order = (text: RelayProcessOrder) => child.send(text);
  return {
    listening,
    order,
    measure: () =>
      new Promise<Measured>((resolve) => {
        measured = resolve;
        order('measure');
      }),
    kill: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Connects many readers, lets the config change once a second, kills the relay, and starts another one. */
export async function runLoad({ streams, users, seconds }: LoadOptions): Promise<LoadReport> {
  const port = await freePort();
  const fetchedAtMs = new Map<number, number>();
  const lastAtMs = new Map<number, number>();
  const latenciesMs: number[] = [];
  let attempts: number[] = [];
  const onFetched = (version: number, atMs: number) => {
    if (!fetchedAtMs.has(version)) fetchedAtMs.set(version, atMs);
  };
  const options = { port, changeEveryMs: 1000, firstVersion: 1 };
  const relay = startRelay(options, onFetched);
  await relay.listening;
  const readers: Reader[] = Array.from({ length: streams }, (_, i) =>
    createReader(port, `user-${i % users}`, {
      onVersion: (_, version) => {
        const nowMs = Date.now();
        lastAtMs.set(version, nowMs);
        const fromMs = fetchedAtMs.get(version);
        if (fromMs !== undefined && version > 1) latenciesMs.push(nowMs - fromMs);
      },
      onAttempt: () => attempts.push(Date.now()),
    }),
  );
  const connected = () => readers.filter(({ isConnected }) => isConnected).length;
  const untilAll = async () => {
    while (connected() < streams) await wait(20);
  };

  // One first, so that what all share is not counted as theirs.
  readers[0]!.open();
  while (connected() < 1) await wait(10);
  const before = await relay.measure();
  for (const [i, reader] of readers.entries()) {
    if (i > 0) reader.open();
    if (i % 200 === 0) await wait(10);
  }
  await untilAll();
  await wait(1000);
  const full = await relay.measure();

  relay.order('start-changes');
  await wait(seconds * 1000);
  relay.order('stop-changes');
  await wait(3000);
  // On a busy computer the last ones may take longer; those that never have it are lost.
  for (let i = 0; i < 100 && readers.some(({ version }) => version !== Math.max(...fetchedAtMs.keys())); i++) {
    await wait(200);
  }
  const after = await relay.measure();
  const last = Math.max(...fetchedAtMs.keys());
  const lost = readers.filter(({ version }) => version !== last).length;
  const toLastMs = [...fetchedAtMs]
    .filter(([version]) => version > 1)
    .map(([version, atMs]) => (lastAtMs.get(version) ?? Infinity) - atMs);

  await relay.kill();
  const killedAtMs = Date.now();
  attempts = [];
  const next = startRelay({ ...options, firstVersion: last }, onFetched);
  await next.listening;
  await untilAll();
  const backAfterMs = Date.now() - killedAtMs;
  for (const reader of readers) reader.close();
  await next.kill();
  return {
    streams,
    users,
    changes: last - 1,
    medianToLastMs: percentile(toLastMs, 0.5),
    p99ToLastMs: percentile(toLastMs, 0.99),
    p99ToEachMs: percentile(latenciesMs, 0.99),
    lost,
    backwards: readers.reduce((sum, { backwards }) => sum + backwards, 0),
    bytesPerStream: Math.round((full.rssBytes - before.rssBytes) / (streams - 1)),
    evaluationsPerUserAndConfig: (after.evaluations - full.evaluations) / ((after.configs - full.configs) * users),
    cpuMsPerChange: Math.round((after.cpuMs - full.cpuMs) / (after.configs - full.configs)),
    backAfterMs,
    mostReturnsPer100Ms: mostWithin(100, attempts),
  };
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? Infinity;
}

/** The most times that lie within so many milliseconds. */
function mostWithin(ms: number, times: readonly number[]): number {
  let most = 0;
  let from = 0;
  times.forEach((time, i) => {
    while (times[from]! <= time - ms) from++;
    most = Math.max(most, i - from + 1);
  });
  return most;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
