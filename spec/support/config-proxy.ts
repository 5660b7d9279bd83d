import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the Proxy is asked for. */
export interface StreamRequest {
  readonly path: string;
  /** What its last part decodes to; `undefined` when it has none. */
  readonly data: unknown;
}

/** A stand-in for the event streams of a ConfigCat Proxy, as protocol section 14.1 describes them. */
export interface ConfigProxy {
  readonly url: string;
  readonly requests: readonly StreamRequest[];
  /** Resolves when so many requests have come in since the start. */
  requested(count: number): Promise<void>;
  /** What a new stream gets from now on: its first frame, a status, or no answer at all. */
  greet(greeting: object | number | 'hang'): void;
  /** Sends a frame, or bytes as they are, to all open streams. */
  send(flags: object | Buffer): void;
  /** Ends all open streams: as it ought to, or by resetting their connections. */
  end(how?: 'reset'): void;
  close(): Promise<void>;
}

export async function startConfigProxy(sdkKey: string, sdkId: string): Promise<ConfigProxy> {
  const requests: StreamRequest[] = [];
  const waits: (() => void)[] = [];
  const streams = new Set<ServerResponse>();
  let greeting: object | number | 'hang' = {};

  const server = createServer(({ url = '' }, response) => {
    const asked = parse(url, sdkKey, sdkId);
    if (typeof asked === 'object') requests.push(asked);
    const given = typeof asked === 'number' ? asked : greeting;
    if (typeof given === 'number') response.writeHead(given).end();
    if (typeof given === 'object') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
      response.write(frameOf(given));
      streams.add(response);
      response.on('close', () => streams.delete(response));
    }
    for (const look of waits) look();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    requested: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (requests.length >= count) resolve();
        };
        waits.push(look);
        look();
      }),
    greet: (next) => {
      greeting = next;
    },
    send: (flags) => {
      for (const stream of streams) stream.write(Buffer.isBuffer(flags) ? flags : frameOf(flags));
    },
    end: (how) => {
      for (const stream of streams) {
        if (how === 'reset') stream.socket?.resetAndDestroy();
        else stream.end();
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

export function frameOf(flags: object): string {
  return `data: ${JSON.stringify(flags)}\n\n`;
}

/** The request, or the status by which the Proxy refuses it. */
function parse(url: string, sdkKey: string, sdkId: string): StreamRequest | 400 | 404 {
  const [, name, encoded] = /^\/sse\/(eval-all\/k|[^/]+\/eval-all)(?:\/(.*))?$/.exec(url) ?? [];
  if (name === undefined) return 404;
  const data = encoded === undefined ? undefined : decode(encoded);
  if (data === null || !isUser(data?.user)) return 400;
  const isKnown = name === 'eval-all/k' ? data?.sdkKey === sdkKey : name === `${sdkId}/eval-all`;
  return isKnown ? { path: url, data } : 404;
}

interface StreamData {
  readonly sdkKey?: unknown;
  readonly user?: unknown;
}

/** URL-safe Base64 of JSON in UTF-8; `null` for everything else. */
function decode(encoded: string): StreamData | null {
  if (!/^[\w-]+={0,2}$/.test(encoded)) return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64url'));
    return JSON.parse(text) as StreamData;
  } catch {
    return null;
  }
}

function isUser(user: unknown = {}): boolean {
  if (typeof user !== 'object' || user === null) return false;
  const isText = (value: unknown) => typeof value === 'string';
  return Object.values(user).every(
    (value) => isText(value) || typeof value === 'number' || (Array.isArray(value) && value.every(isText)),
  );
}
