import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startConfigServer } from 'configcat-rx/server';
import { build } from 'esbuild';
import type { FleetServers } from './engines';
import { engines, startEngine } from './engines';
import type { Gate } from './gate';
import { openGate } from './gate';
import type { FleetReport, FleetRun } from './report';
import { reportOf } from './report';
import type { Change, FleetOptions, Member, MemberOptions, Report, Served } from './types';

/** How long the packages may take to find a server that is back. */
const reconnectMs = 3000;
/** The key of the entry: the SHA-1 of the SDK key and the name of the config file. */
const keyOf = (key: string) => createHash('sha1').update(`${key}_config_v6.json_v2`).digest('hex');
const sdkKey = 'configcat-sdk-1/fleet-environment-key-/fleet-environment-key-';
const configOf = (version: number) => ({ f: { version: { t: 2, v: { i: version } } } });

/**
 * Starts an engine, a config server and processes that share them, changes the config again and again, and tells how many
 * requests that took, how soon every process had each change, and what was lost.
 */
export async function runFleet(options: FleetOptions): Promise<FleetReport> {
  const { engine, intervalSeconds, leaseMs } = options;
  // Says what is missing before anything has begun.
  const servers = engine === undefined ? undefined : await startEngine(engine);
  const folder = mkdtempSync(join(tmpdir(), 'configcat-rx-fleet-'));
  const server = await startConfigServer({ configs: { [sdkKey]: configOf(0) } });
  const members: Member[] = [];
  const packages = engine === undefined ? [''] : Object.keys(engines[engine]!.join);
  const changes: Change[] = [];
  const newest = () => changes.at(-1)?.version ?? 0;
  let gate: Gate | undefined;
  const requests = watchRequests(server.port, newest);
  try {
    const program = await bundleMember(folder);
    const ports = servers?.ports ?? [];
    if (options.partitionSeconds) gate = await openGateTo(ports);
    const same = { sdkKey, baseUrl: server.url, engine, intervalSeconds, leaseMs };
    for (let i = 0; i < options.processes; i++) {
      const skewMs = (options.skewSeconds ?? 0) * 1000 * [1, -1, 0][i % 3]!;
      const own = { skewMs, ports: gate && i % 3 === 0 ? [gate.port] : ports };
      members.push(startMember(program, { ...same, ...own, clientPackage: packages[i % packages.length]! }));
    }
    while (!members.every(({ values }) => values.length > 0)) await delay(10);
    const change = async () => {
      const version = newest() + 1;
      await server.setConfig(sdkKey, configOf(version));
      changes.push({ version, atMs: Date.now() });
    };
    return reportOf(await play(options, { members, served: requests.served, servers, gate, change, changes }));
  } finally {
    requests.end();
    await Promise.all(members.map(({ child }) => end(child)));
    gate?.close();
    await servers?.stop();
    await server.close();
    rmSync(folder, { recursive: true });
  }
}

interface Stage {
  readonly members: readonly Member[];
  readonly served: readonly Served[];
  readonly servers: FleetServers | undefined;
  readonly gate: Gate | undefined;
  readonly change: () => Promise<void>;
  readonly changes: readonly Change[];
}

/** Lets happen what the options say, each at its second. */
async function play(
  options: FleetOptions,
  { members, served, servers, gate, change, changes }: Stage,
): Promise<FleetRun> {
  const { seconds, changeEverySeconds, intervalSeconds, leaseMs, killLeaderAtSeconds } = options;
  const { stopLeaderSeconds, awaySeconds, partitionSeconds, failOverAtSeconds } = options;
  const startedAtMs = served[0]!.atMs;
  const completeAtMs = Date.now();
  const toMs = (second: number) => startedAtMs + second * 1000;
  const until = (second: number) => delay(Math.max(0, toMs(second) - Date.now()));
  let killed: FleetRun['killed'];
  let stopped: FleetRun['stopped'];

  const changing = async () => {
    const firstSecond = (Date.now() - startedAtMs) / 1000 + changeEverySeconds;
    // The last change needs its time to be found.
    const lastSecond = seconds - intervalSeconds - Math.max(intervalSeconds, leaseMs / 1000);
    for (let at = firstSecond; at < lastSecond; at += changeEverySeconds) {
      await until(at);
      await change();
    }
  };
  const leader = () => members.find(({ roles }) => roles.at(-1)?.role === 'leader');
  const stopping = async ([at, length]: readonly [number, number]) => {
    await until(at);
    const member = leader();
    const requests = served.length;
    // In the moment in which its request is there, so that the answer waits for it.
    while (served.length === requests) await delay(1);
    member?.child.kill('SIGSTOP');
    const fromMs = Date.now();
    await delay(length * 1000);
    member?.child.kill('SIGCONT');
    stopped = member && { member, fromMs, toMs: Date.now() };
  };
  const killing = async (at: number) => {
    await until(at);
    const member = leader();
    member?.child.kill('SIGKILL');
    killed = member && { member, atMs: Date.now() };
  };
  const away: { readonly fromMs: number; toMs: number }[] = [];
  /** Lets the server be of no use to some, from one moment to another. */
  const missing = async (
    from: number,
    begin: () => Promise<unknown> | undefined,
    end: () => Promise<unknown> | undefined,
  ) => {
    await until(from);
    const period = { fromMs: Date.now(), toMs: Infinity };
    away.push(period);
    await begin();
    await end();
    period.toMs = Date.now() + reconnectMs;
  };
  const restarting = ([from, to]: readonly [number, number]) =>
    missing(
      from,
      () => servers?.stop(),
      async () => {
        await until(to);
        await servers?.start?.();
      },
    );
  const parting = ([from, to]: readonly [number, number]) =>
    missing(
      from,
      async () => {
        gate?.block();
        await until(to);
      },
      async () => Promise.resolve(gate?.open()),
    );
  const failingOver = (at: number) =>
    missing(
      at,
      () => servers?.failOver?.(keyOf(sdkKey)),
      () => undefined,
    );
  await Promise.all([
    changing(),
    killLeaderAtSeconds === undefined ? undefined : killing(killLeaderAtSeconds),
    awaySeconds && restarting(awaySeconds),
    partitionSeconds && parting(partitionSeconds),
    failOverAtSeconds === undefined ? undefined : failingOver(failOverAtSeconds),
    stopLeaderSeconds && stopping(stopLeaderSeconds),
    until(seconds),
  ]);
  const isAway = (atMs: number) => away.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs);
  return { options, members, served, completeAtMs, endedAtMs: Date.now(), changes, killed, stopped, isAway };
}

/** A way that can be blocked to an engine of one server: others tell their clients where their servers are. */
async function openGateTo([port, ...others]: readonly number[]): Promise<Gate> {
  if (port === undefined || others.length > 0) throw new Error('A partition needs an engine of one server.');
  return openGate(port);
}

/** One file, so that processes start quickly. */
async function bundleMember(folder: string): Promise<string> {
  const outfile = join(folder, 'member.mjs');
  await build({
    entryPoints: [join(process.cwd(), 'checks/fleet/member.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    // For the CommonJS packages inside.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    outfile,
    // What one of the packages uses where it is installed.
    external: ['pg-native'],
    logLevel: 'error',
  });
  return outfile;
}

function startMember(program: string, options: MemberOptions): Member {
  const child = fork(program, [JSON.stringify(options)], {
    // Not what this process needs to read TypeScript.
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const member: Member = { child, clientPackage: options.clientPackage, values: [], roles: [], logged: [] };
  child.on('message', (message) => {
    const report = message as Report;
    if (report.kind === 'value') member.values.push(report);
    if (report.kind === 'role') member.roles.push(report);
    if (report.kind === 'log') member.logged.push(report.eventId);
  });
  return member;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.disconnect();
  // Should it still be stopped.
  child.kill('SIGCONT');
  await ended;
}

/** Notes the requests to a server of this process. */
function watchRequests(port: number, version: () => number) {
  const served: Served[] = [];
  const byRequest = new WeakMap<IncomingMessage, Served>();
  const started = (message: unknown) => {
    const { request } = message as { request: IncomingMessage };
    if (request.socket.localPort !== port) return;
    const note = { atMs: Date.now(), version: version() };
    byRequest.set(request, note);
    served.push(note);
  };
  const finished = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const note = byRequest.get(request);
    if (note) Object.assign(note, { answeredAtMs: Date.now(), status: response.statusCode });
  };
  subscribe('http.server.request.start', started);
  subscribe('http.server.response.finish', finished);
  return {
    served: served as readonly Served[],
    end: () => {
      unsubscribe('http.server.request.start', started);
      unsubscribe('http.server.response.finish', finished);
    },
  };
}
