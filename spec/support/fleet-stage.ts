import { filter, firstValueFrom, merge } from 'rxjs';
import type { FleetRole } from '../../src/fleet/lease';
import type { FleetMember } from '../../src/fleet/share';
import type { ConfigCatClient } from '../../src/index';
import { createClientWithAutoPoll } from '../../src/index';
import { sdkKey } from './client';
import type { FaultServer } from './fault-server';
import { startFaultServer } from './fault-server';
import type { RecordedLog } from './recorded-log';
import { recordLog } from './recorded-log';

/** Under which all ConfigCat SDKs store the config of `sdkKey`. */
export const cacheKey = 'f1a2e755c7a97e5a6abadaf91574196fcc161921';

/** What fleets of real servers need around them: a server of configs, and clients whose next poll is ten minutes away. */
export interface FleetStage {
  readonly server: FaultServer;
  /** What all clients log. */
  readonly log: RecordedLog;
  /** All that live; whoever disposes of some takes them out. */
  readonly clients: ConfigCatClient[];
  /** Serves this value of the flag `greeting` from now on. */
  readonly serve: (value: string, etag: string, rest?: string) => void;
  /** Starts a client that is a member of a fleet. */
  readonly polling: (shared: FleetMember) => ConfigCatClient;
  /** Waits until a failure is logged whose text matches, or whose cause does. */
  readonly logged: (client: ConfigCatClient, pattern: RegExp) => Promise<void>;
  /**
   * Expects that such a failure was logged once. It is logged again after another one: where a busy computer answers later
   * than a process waits, that is one.
   */
  readonly expectOnce: (pattern: RegExp) => void;
}

/** Sets the stage for each spec of the enclosing `describe`: 'hello' is served. It disposes of all clients in the end. */
export function stageOfFleets(): FleetStage {
  let server: FaultServer;
  let log: RecordedLog;
  const clients: ConfigCatClient[] = [];
  const serve = (value: string, etag: string, rest = '') => {
    server.answerBy(({ headers }) =>
      headers['if-none-match'] === etag ? { status: 304 } : { body: configOf(value) + rest, headers: { ETag: etag } },
    );
  };

  const matching = (pattern: RegExp) => failures().filter((failure) => failure.some((text) => pattern.test(text)));
  const failures = () =>
    log.entries
      .filter(({ eventId }) => eventId === 2200)
      .map(({ error }) => [(error as Error).message, String((error as Error).cause)] as const);

  beforeEach(async () => {
    server = await startFaultServer();
    serve('hello', '"1"');
    log = recordLog();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.dispose();
    await server.close();
  });

  return {
    get server() {
      return server;
    },
    get log() {
      return log;
    },
    clients,
    serve,
    polling: (shared) => {
      const client = createClientWithAutoPoll(sdkKey, {
        ...shared,
        baseUrl: server.url,
        pollIntervalSeconds: 600,
        logger: log.logger,
        logFilter: (_, eventId) => eventId !== 3000,
      });
      clients.push(client);
      return client;
    },
    logged: async (client, pattern) => {
      while (matching(pattern).length === 0) await client.getValue('greeting', 'none');
    },
    expectOnce: (pattern) => {
      const found = matching(pattern);
      expect(new Set(found.map(([text]) => text)).size).toBe(1);
      expect(found.length).toBeLessThanOrEqual(1 + failures().length - found.length);
    },
  };
}

export function configOf(value: string): string {
  return `{"f":{"greeting":{"t":1,"v":{"s":"${value}"}}}}`;
}

/** Waits until one of them has a role. */
export function role(awaited: FleetRole, ...shares: readonly FleetMember[]): Promise<FleetRole> {
  return firstValueFrom(merge(...shares.map(({ role$ }) => role$)).pipe(filter((current) => current === awaited)));
}

export function shows(client: ConfigCatClient, value: string): Promise<string> {
  return firstValueFrom(client.flag$('greeting', 'none').pipe(filter((current) => current === value)));
}

export async function fetchedAt(client: ConfigCatClient): Promise<number> {
  return Number((await firstValueFrom(client.status$)).fetchedAt);
}

/** Fetches anew, even where a fetch that is still being stored could be joined. */
export async function refresh(client: ConfigCatClient): Promise<void> {
  const before = await fetchedAt(client);
  do expect(await client.forceRefresh()).toMatchObject({ isSuccess: true });
  while ((await fetchedAt(client)) === before);
}
