import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startConfigServer } from 'configcat-rx/server';
import { build } from 'esbuild';
import type { RedisServer } from './redis-server';
import { startRedisServer } from './redis-server';
import type { FleetReport, FleetRun } from './report';
import { reportOf } from './report';
import type { FleetOptions, Member, MemberOptions, Report, Served } from './types';

/** How long the Redis packages may take to find a Redis that is back. */
const reconnectMs = 3000;
const sdkKey = 'configcat-sdk-1/fleet-environment-key-/fleet-environment-key-';
const configOf = (version: number) => ({ f: { version: { t: 2, v: { i: version } } } });

/**
 * Starts a Redis, a config server and processes that share them, changes the config again and again, and tells how many
 * requests that took, how soon every process had each change, and what was lost.
 */
export async function runFleet(options: FleetOptions): Promise<FleetReport> {
  const { redisPackages, intervalSeconds, leaseMs } = options;
  const folder = mkdtempSync(join(tmpdir(), 'configcat-rx-fleet-'));
  const server = await startConfigServer({ configs: { [sdkKey]: configOf(0) } });
  const redis = redisPackages.length > 0 ? await startRedisServer() : undefined;
  const members: Member[] = [];
  let version = 0;
  const requests = watchRequests(server.port, () => version);
  try {
    const program = await bundleMember(folder);
    const same = { sdkKey, baseUrl: server.url, redisPort: redis?.port ?? 0, intervalSeconds, leaseMs };
    for (let i = 0; i < options.processes; i++) {
      const skewMs = (options.skewSeconds ?? 0) * 1000 * [1, -1, 0][i % 3]!;
      members.push(startMember(program, { ...same, skewMs, redisPackage: redisPackages[i % redisPackages.length] }));
    }
    while (!members.every(({ values }) => values.length > 0)) await delay(10);
    const change = async () => {
      await server.setConfig(sdkKey, configOf(version + 1));
      version++;
    };
    const run = await play(options, { members, served: requests.served, redis, change, newest: () => version });
    return reportOf(run);
  } finally {
    requests.end();
    await Promise.all(members.map(({ child }) => end(child)));
    await redis?.stop();
    await server.close();
    rmSync(folder, { recursive: true });
  }
}

interface Stage {
  readonly members: readonly Member[];
  readonly served: readonly Served[];
  readonly redis: RedisServer | undefined;
  readonly change: () => Promise<void>;
  readonly newest: () => number;
}

/** Lets happen what the options say, each at its second. */
async function play(options: FleetOptions, { members, served, redis, change, newest }: Stage): Promise<FleetRun> {
  const { seconds, changeEverySeconds, intervalSeconds, killLeaderAtSeconds, redisAwaySeconds } = options;
  const { stopLeaderSeconds } = options;
  const startedAtMs = served[0]!.atMs;
  const toMs = (second: number) => startedAtMs + second * 1000;
  const until = (second: number) => delay(Math.max(0, toMs(second) - Date.now()));
  let killed: FleetRun['killed'];
  let stopped: FleetRun['stopped'];

  const changing = async () => {
    const firstSecond = (Date.now() - startedAtMs) / 1000 + changeEverySeconds;
    // The last change needs its time to be found.
    for (let at = firstSecond; at + 2 * intervalSeconds < seconds; at += changeEverySeconds) {
      await until(at);
      await change();
    }
  };
  const leader = () => members.find(({ roles }) => roles.at(-1) === 'leader');
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
  const restarting = async ([from, to]: readonly [number, number]) => {
    await until(from);
    await redis?.stop();
    await until(to);
    await redis?.start();
  };
  await Promise.all([
    changing(),
    killLeaderAtSeconds === undefined ? undefined : killing(killLeaderAtSeconds),
    redisAwaySeconds && restarting(redisAwaySeconds),
    stopLeaderSeconds && stopping(stopLeaderSeconds),
    until(seconds),
  ]);
  const isRedisAway = (atMs: number) =>
    redisAwaySeconds !== undefined &&
    atMs >= toMs(redisAwaySeconds[0]) &&
    atMs <= toMs(redisAwaySeconds[1]) + reconnectMs;
  return { options, members, served, killed, stopped, newest: newest(), isRedisAway };
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
  const member: Member = { child, values: [], roles: [], logged: [] };
  child.on('message', (message) => {
    const report = message as Report;
    if (report.kind === 'value') member.values.push(report);
    if (report.kind === 'role') member.roles.push(report.role);
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
