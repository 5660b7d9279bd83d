import type { Agent, ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Observable } from 'rxjs';
import { Subject, defer, delay, fromEvent, merge, switchMap, take, throwError } from 'rxjs';
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
  createTransport: ({ fetch, agent }, disposed$) =>
    fetch ? fetchTransport(() => fetch) : watchfulTransport(agent, disposed$),
};

/** The agent of a request, chosen for its URL; `signal` tells when the request is not waited for any more. */
type AgentChoice = (url: URL, signal: AbortSignal) => unknown;

/** How long the rest of a body may take to be read once its connection is closed. */
const graceMs = 500;

/**
 * `cross-fetch` does not notice that a body ends before its length, and would wait for the rest until the timeout. So
 * the connection of each request is watched: when it closes, the answer must be complete a moment later.
 */
function watchfulTransport(agent: unknown, disposed$: Observable<unknown>): Transport {
  const load = async () => {
    // Bundlers that split give CommonJS nothing but its default export.
    const [{ default: fetch }, choose] = await Promise.all([import('cross-fetch'), toChoice(agent, disposed$)]);
    return { fetch, choose };
  };
  let loading: ReturnType<typeof load> | undefined;
  return (request, onRayId) =>
    defer(() => {
      const socket$ = new Subject<Socket>();
      const send: FetchFunction = async (url, init) => {
        const { fetch, choose } = await (loading ??= load());
        const chosen = watched(await choose(new URL(url), init.signal), socket$);
        // Compat: an HTTP redirect is an unexpected answer in Node. Data governance redirects are the config's own.
        return fetch(url, { ...init, redirect: 'manual', agent: chosen } as RequestInit);
      };
      const broken$ = socket$.pipe(
        switchMap((socket) => fromEvent(socket, 'close')),
        delay(graceMs),
        switchMap(() => throwError(() => new Error('The connection was closed before the answer was complete.'))),
      );
      return merge(fetchTransport(() => send)(request, onRayId), broken$).pipe(take(1));
    });
}

async function toChoice(agent: unknown, disposed$: Observable<unknown>): Promise<AgentChoice> {
  if (typeof agent === 'function') return agent as AgentChoice;
  if (agent !== undefined) return () => agent;
  const [http, https] = await Promise.all([import('node:http'), import('node:https')]);
  // As the agents that Node uses by default.
  const options = { keepAlive: true, timeout: 5000 };
  const plain = new http.Agent(options);
  const secure = new https.Agent(options);
  disposed$.subscribe({
    complete: () => {
      for (const own of [plain, secure]) own.destroy();
    },
  });
  return ({ protocol }) => (protocol === 'https:' ? secure : plain);
}

/** The same agent, which also tells what socket a request gets; the agent itself may serve others and stays as it is. */
function watched(agent: unknown, socket$: Subject<Socket>): unknown {
  const { addRequest } = agent as { addRequest?: (this: unknown, ...args: unknown[]) => void };
  if (typeof addRequest !== 'function') return agent;
  return Object.create(agent as Agent, {
    addRequest: {
      value: (request: ClientRequest, ...rest: unknown[]) => {
        request.once('socket', (socket) => {
          socket$.next(socket);
        });
        addRequest.call(agent, request, ...rest);
      },
    },
  });
}
