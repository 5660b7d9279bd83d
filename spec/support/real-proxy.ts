import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout } from 'node:timers/promises';

/** A ConfigCat Proxy on a free port of this computer, which asks a config server each second. */
export interface RealProxy {
  readonly url: string;
  /** Starts it, anew after a stop, and waits until it answers. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** @param sdkId - the name that its configuration gives the SDK key: lower case, without hyphens. */
export async function createRealProxy(sdkKey: string, sdkId: string, baseUrl: string): Promise<RealProxy> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const prefix = `CONFIGCAT_${sdkId.toUpperCase()}`;
  const env = {
    PATH: process.env.PATH,
    CONFIGCAT_SDKS: JSON.stringify({ [sdkId]: sdkKey }),
    [`${prefix}_BASE_URL`]: baseUrl,
    [`${prefix}_POLL_INTERVAL`]: '1',
    CONFIGCAT_HTTP_PORT: String(port),
    CONFIGCAT_HTTP_STATUS_ENABLED: 'true',
    CONFIGCAT_GRPC_ENABLED: 'false',
    CONFIGCAT_DIAG_ENABLED: 'false',
  };
  let child: ChildProcess | undefined;
  const isRunning = () => child?.exitCode === null && child.signalCode === null;
  process.once('exit', () => {
    child?.kill('SIGKILL');
  });
  return {
    url,
    start: async () => {
      child = spawn('configcat-proxy', [], { cwd: tmpdir(), env, stdio: 'ignore' });
      await once(child, 'spawn');
      while (isRunning()) {
        if (await answers(`${url}/status`)) return;
        await setTimeout(20);
      }
      throw new Error('The ConfigCat Proxy has ended.');
    },
    stop: async () => {
      if (!child || !isRunning()) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
