import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createParser } from 'eventsource-parser';
import express from 'express';
import type { Relay } from '../../src/relay';

/** A relay that can be asked, whatever it is served by. */
export interface ServedRelay {
  /** Where it is; no address that anybody could ask where it is not behind a socket. */
  readonly url: string;
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  readonly close: () => Promise<void>;
}

/** An event of a stream. */
export interface StreamEvent {
  readonly event: string | undefined;
  readonly id: string | undefined;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- Specs say what they expect.
  readonly data: any;
}

/** A stream that is read event by event. */
export interface ReadStream {
  readonly response: Response;
  /** The next event, comment (`:`), or `undefined` at the end. */
  readonly next: () => Promise<StreamEvent | ':' | undefined>;
  readonly close: () => void;
}

/** The kinds of server that a relay works in. */
export const relayServers: Readonly<Record<string, (relay: Relay) => Promise<ServedRelay>>> = {
  'node:http': (relay) => listen(relay.node),
  Express: (relay) => listen(express().use('/', relay.express)),
  'Express behind a parser of JSON': (relay) => listen(express().use(express.json(), relay.express)),
  'the Fetch API': (relay) =>
    Promise.resolve({
      url: 'http://relay.invalid',
      ask: (path, init) => relay.fetch(new Request(`http://relay.invalid${path}`, init)),
      close: () => Promise.resolve(),
    }),
};

/** Serves a request listener on loopback. */
export async function listen(listener: RequestListener): Promise<ServedRelay> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    ask: (path, init) => fetch(`${url}${path}`, init),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Opens a stream. */
export async function openStream(
  { ask }: Pick<ServedRelay, 'ask'>,
  path = '/values',
  { headers, ...init }: RequestInit = {},
): Promise<ReadStream> {
  const controller = new AbortController();
  const response = await ask(path, {
    ...init,
    headers: { Accept: 'text/event-stream', ...(headers as Record<string, string> | undefined) },
    signal: controller.signal,
  });
  const reader = response.body!.getReader();
  const seen: (StreamEvent | ':')[] = [];
  const parser = createParser({
    onEvent: ({ event, id, data }) => seen.push({ event, id, data: JSON.parse(data) as unknown }),
    onComment: () => seen.push(':'),
  });
  const decoder = new TextDecoder();
  return {
    response,
    next: async () => {
      while (seen.length === 0) {
        const part = await reader.read();
        if (part.value === undefined) return undefined;
        parser.feed(decoder.decode(part.value, { stream: true }));
      }
      return seen.shift();
    },
    close: () => {
      controller.abort();
      void reader.cancel().catch(() => undefined);
    },
  };
}

/** Sends a body as JSON. */
export function post(body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
