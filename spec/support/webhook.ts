import { createHmac } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

/** A request as ConfigCat sends it, or nearly. */
export interface SentWebhook {
  readonly headers: Readonly<Record<string, string>>;
  /** Several parts are sent as a chunked body, one part after the other. */
  readonly body: string | readonly string[];
}

/** Signs as ConfigCat does; by another implementation than that of the package. Source: protocol section 14.2. */
export function signatureOf(key: string, id: string, timestamp: number, body: string): string {
  return createHmac('sha256', key).update(`${id}${timestamp}${body}`).digest('base64');
}

export function signedRequest(
  keys: readonly string[],
  { id, timestamp, body }: { readonly id: string; readonly timestamp: number; readonly body: string },
): SentWebhook {
  return {
    headers: {
      'X-ConfigCat-Webhook-ID': id,
      'X-ConfigCat-Webhook-Timestamp': String(timestamp),
      'X-ConfigCat-Webhook-Signature-V1': keys.map((key) => signatureOf(key, id, timestamp, body)).join(','),
      'Content-Type': 'application/json',
    },
    body,
  };
}

/** A server on loopback. */
export interface Receiver {
  readonly url: string;
  /** Sends a request and gives its answer, as `200 text`. */
  readonly send: (sent: SentWebhook) => Promise<string>;
  readonly close: () => Promise<void>;
}

export async function startReceiver(listener: RequestListener): Promise<Receiver> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    send: (sent) => send(url, sent),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function send(url: string, { headers, body }: SentWebhook): Promise<string> {
  return new Promise((resolve, reject) => {
    const length = typeof body === 'string' ? { 'Content-Length': Buffer.byteLength(body) } : {};
    const request = sendRequest(url, { method: 'POST', headers: { ...headers, ...length }, agent: false });
    request.on('response', (response) => {
      readText(response).then((text) => {
        resolve(`${response.statusCode} ${text}`.trim());
      }, reject);
    });
    request.on('error', reject);
    for (const part of typeof body === 'string' ? [body] : body) request.write(part);
    request.end();
  });
}

async function readText(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message) text += String(chunk);
  return text;
}

/** Serves a handler of the Fetch API over HTTP. */
export function servingFetch(handler: (request: Request) => Promise<Response>): RequestListener {
  return (message, response) => {
    const request = new Request(`http://${message.headers.host}${message.url}`, {
      method: message.method ?? 'POST',
      headers: message.headers as Record<string, string>,
      body: Readable.toWeb(message) as unknown as BodyInit,
      duplex: 'half',
    } as RequestInit);
    void handler(request).then(async (answer) => {
      response.writeHead(answer.status).end(await answer.text());
    });
  };
}
