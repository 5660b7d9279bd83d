import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer over HTTP. */
export interface Reply {
  /** Default: 200. */
  readonly status?: number;
  /** Default: the usual phrase for the status. */
  readonly statusText?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * How the body ends: as it ought to; cut off before the promised length, or before the last chunk; or never.
   * Default: `'complete'`.
   */
  readonly ending?: 'complete' | 'before-length' | 'before-last-chunk' | 'never';
}

/** What a request gets: a reply, bytes that are no HTTP, a reset connection, or nothing at all. */
export type Answer = Reply | { readonly bytes: string } | 'reset' | 'hang';

/** A request as it came in. */
export interface RecordedRequest {
  readonly method: string | undefined;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Resolves when the exchange is over, by whomever it was ended. */
  readonly closed: Promise<void>;
}

/** A server that does wrong what it is told to do wrong. */
export interface FaultServer {
  /** Base URL, as `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly port: number;
  /** All requests so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Answers requests in turn from now on; the last answer serves all that follow. */
  answer(...answers: Answer[]): void;
  /** Answers requests by what they ask for. */
  answerBy(choose: (request: RecordedRequest) => Answer): void;
  /** Resolves with the n-th request of all, counted from 1, when it comes in. */
  request(count: number): Promise<RecordedRequest>;
  close(): Promise<void>;
}

/** Starts a fault server on loopback; it answers 404 until it is told otherwise. */
export async function startFaultServer(port = 0): Promise<FaultServer> {
  const requests: RecordedRequest[] = [];
  const awaited = new Map<number, (request: RecordedRequest) => void>();
  let choose: (request: RecordedRequest) => Answer = () => ({ status: 404 });

  const server = createServer((message, response) => {
    const request = record(message, response);
    requests.push(request);
    awaited.get(requests.length)?.(request);
    give(choose(request), response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: boundPort } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${boundPort}`,
    port: boundPort,
    requests,
    answer: (...answers) => {
      choose = () => (answers.length > 1 ? answers.shift() : answers[0]) ?? 'hang';
    },
    answerBy: (chooseBy) => {
      choose = chooseBy;
    },
    request: (count) =>
      new Promise((resolve) => {
        const request = requests[count - 1];
        if (request) resolve(request);
        else awaited.set(count, resolve);
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function record({ method, url = '', headers }: IncomingMessage, response: ServerResponse): RecordedRequest {
  const closed = new Promise<void>((resolve) => {
    response.once('close', resolve);
  });
  return { method, url, headers, closed };
}

function give(answer: Answer, response: ServerResponse): void {
  if (answer === 'hang') return;
  if (answer === 'reset') response.socket?.resetAndDestroy();
  else if ('bytes' in answer) response.socket?.end(answer.bytes);
  else reply(answer, response);
}

function reply({ status = 200, statusText, headers = {}, body = '', ending = 'complete' }: Reply, to: ServerResponse) {
  const length = Buffer.byteLength(body) + (ending === 'before-length' ? 100 : 0);
  const isChunked = ending === 'before-last-chunk' || ending === 'never';
  if (statusText !== undefined) to.statusMessage = statusText;
  to.writeHead(status, { ...headers, ...(!isChunked && status >= 200 && { 'Content-Length': length }) });
  if (ending === 'complete') {
    to.end(body);
    return;
  }
  to.write(body, () => {
    if (ending !== 'never') to.socket?.end();
  });
}
