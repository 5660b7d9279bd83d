import type { Agent } from 'node:http';
import { Subject, delay, merge, switchMap, take, throwError } from 'rxjs';
import sha1 from 'sha1';
import type { Transport } from '../acquisition/fetch.js';
import { utf8 } from '../hash.js';
import { fetchTransport } from './http.js';
import type { FetchFunction, Platform } from './platform.js';

/** Node: requests go through `cross-fetch`, which takes an `agent` and is loaded at the first request. */
export const platform: Platform = {
  sdkType: 'ConfigCat-Rx-Node',
  identifyBy: 'headers',
  // Given bytes, because the package refuses unpaired surrogates, and only the length of SDK keys is checked.
  sha1: (text) => sha1(Buffer.from(utf8(text))),
  createTransport: ({ fetch, agent }) => {
    if (fetch) return fetchTransport(() => fetch);
    if (agent !== undefined) return fetchTransport(async () => (await import('cross-fetch')).fetch, { agent });
    return watchfulTransport();
  },
};

/** How long the rest of a body may take to be read once its connection is closed. */
const graceMs = 500;

/**
 * `cross-fetch` does not notice that a body ends before its length, and would wait for the rest until the timeout. So
 * the connections are watched: when one closes, the answer must be complete a moment later.
 */
function watchfulTransport(): Transport {
  const closed$ = new Subject<void>();
  const broken$ = closed$.pipe(
    delay(graceMs),
    switchMap(() => throwError(() => new Error('The connection was closed before the answer was complete.'))),
  );
  const load = async (): Promise<FetchFunction> => {
    const [{ fetch }, http, https] = await Promise.all([
      import('cross-fetch'),
      import('node:http'),
      import('node:https'),
    ]);
    // As the agents that Node uses by default.
    const options = { keepAlive: true, timeout: 5000 };
    const agents = [new http.Agent(options), new https.Agent(options)].map((agent) => watched(agent, closed$));
    const agent = ({ protocol }: URL) => agents[protocol === 'https:' ? 1 : 0];
    return (url, init) => fetch(url, { ...init, agent } as RequestInit);
  };
  let loading: Promise<FetchFunction> | undefined;
  const transport = fetchTransport(() => (loading ??= load()));
  return (request, onRayId) => merge(transport(request, onRayId), broken$).pipe(take(1));
}

function watched(agent: Agent, closed$: Subject<void>): Agent {
  const connections = agent as unknown as { createConnection: (...args: unknown[]) => NodeJS.EventEmitter };
  const connect = connections.createConnection.bind(agent);
  connections.createConnection = (...args) =>
    connect(...args).once('close', () => {
      closed$.next();
    });
  return agent;
}
