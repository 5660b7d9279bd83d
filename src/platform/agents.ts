import type { Agent, ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { Subject, defer, delay, from, fromEvent, merge, switchMap, take, throwError } from 'rxjs';
import type { Transport } from '../acquisition/fetch.js';
import { anyReader, fetchTransport } from './http.js';
import type { AgentChoice } from './node-http.js';
import { acceptedEncodings, decode, httpTransport, truncated } from './node-http.js';
import type { FetchFunction, FetchResponse } from './platform.js';

/**
 * Sends requests through agents that somebody gives, with `cross-fetch`. Where that cannot be loaded, as in a bundle
 * that comes without packages, they are sent as all others are, with the same agents.
 */
export function agentTransport(agent: unknown): Transport {
  const choose = typeof agent === 'function' ? (agent as AgentChoice) : () => agent;
  let loading: Promise<Transport> | undefined;
  const load = () =>
    loadCrossFetch().then(
      (fetch) => crossFetchTransport(fetch, choose),
      () => httpTransport(choose),
    );
  return (request, onRayId) => from((loading ??= load())).pipe(switchMap((transport) => transport(request, onRayId)));
}

/** Loads the package by a name that bundlers do not follow: it would weigh more than all the rest of a bundle. */
async function loadCrossFetch(): Promise<FetchFunction> {
  const name = ['cross', 'fetch'].join('-');
  const { default: fetch } = (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as {
    readonly default: FetchFunction;
  };
  return fetch;
}

/** How long the rest of a body may take to be read once its connection is closed. */
const graceMs = 500;

/**
 * `cross-fetch` does not notice that a body ends before its length, and would wait for the rest until the timeout. So
 * the connection of each request is watched: when it closes, the answer must be complete a moment later.
 */
function crossFetchTransport(fetch: FetchFunction, choose: AgentChoice): Transport {
  return (request, onRayId) =>
    defer(() => {
      const socket$ = new Subject<Socket>();
      const send: FetchFunction = async (url, init) => {
        const agent = watched(await choose(new URL(url), init.signal), socket$);
        const headers = { ...init.headers, 'Accept-Encoding': acceptedEncodings };
        // Compat: an HTTP redirect is an unexpected answer in Node. Data governance redirects are the config's own.
        const options = { ...init, headers, redirect: 'manual', agent, compress: false };
        return withoutEncoding(await fetch(url, options));
      };
      const broken$ = socket$.pipe(
        switchMap((socket) => fromEvent(socket, 'close')),
        delay(graceMs),
        switchMap(() => throwError(() => truncated())),
      );
      // Compat: a byte order mark stays, and is no JSON.
      const transport = fetchTransport(() => send, { decoding: { ignoreBOM: true }, readerOf: anyReader });
      return merge(transport(request, onRayId), broken$).pipe(take(1));
    });
}

/** Decompresses a body as all others are, because `cross-fetch` takes the half of one for the whole. */
async function withoutEncoding(response: FetchResponse): Promise<FetchResponse> {
  const { status, statusText, headers } = response;
  const encoding = status === 304 ? undefined : (headers.get('content-encoding') ?? undefined);
  const body = await new Promise<Readable>((resolve) => {
    decode(response.body as Readable, encoding, resolve);
  });
  return { status, statusText, headers, body, text: () => response.text() };
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
