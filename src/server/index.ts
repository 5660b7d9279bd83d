import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DocumentSource, ServedDocument } from './document.js';
import { fileDocument, fixedDocument } from './document.js';

/** What a config server serves, and where. */
export interface ConfigServerOptions {
  /** By SDK key: the path of a config JSON file, which is followed as it changes, or a config JSON as an object. */
  readonly configs: Readonly<Record<string, string | object>>;
  /** Port to listen on; 0 takes a free one. Default: 0. */
  readonly port?: number;
  /** Address to listen on. Default: loopback, `127.0.0.1`. */
  readonly host?: string;
  /** Told of files that break and of files that are good again. Default: the console. */
  readonly report?: (message: string) => void;
}

/** A running config server. */
export interface ConfigServer {
  /** The base URL for clients, as `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly port: number;
  /**
   * Serves another config JSON from now on.
   *
   * @throws SyntaxError or TypeError (rejection) when it is none; the former one stays.
   */
  setConfig(sdkKey: string, config: string | object): Promise<void>;
  /** Stops listening and ends all connections. */
  close(): Promise<void>;
}

/**
 * Starts a local stand-in for ConfigCat's CDN: config JSON by SDK key, with ETag, 304, gzip and CORS, from files that
 * can be edited while it runs. A broken edit keeps the last good state and says so. For development and tests.
 *
 * @throws Error (rejection) when a file is missing or broken, or the port is taken.
 * Source: protocol sections 2 and 14.1.
 *
 * @example
 * const server = await startConfigServer({ configs: { [sdkKey]: 'flags.json' } });
 * const client = createClient(sdkKey, { baseUrl: server.url });
 */
export async function startConfigServer(options: ConfigServerOptions): Promise<ConfigServer> {
  const { configs, port = 0, host = '127.0.0.1', report = console.warn } = options;
  const sources = new Map<string, DocumentSource>();
  for (const [sdkKey, config] of Object.entries(configs)) {
    sources.set(
      sdkKey,
      await (typeof config === 'string' ? fileDocument(config, report) : fixedDocument(JSON.stringify(config))),
    );
  }

  const server = createServer((request, response) => {
    respond(request, response, sources).catch((error: unknown) => {
      report(`A request could not be answered: ${String(error)}`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: boundPort } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    port: boundPort,
    setConfig: async (sdkKey, config) => {
      sources.set(sdkKey, await fixedDocument(typeof config === 'string' ? config : JSON.stringify(config)));
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

const allowedHeaders = 'Cache-Control,Content-Type,Content-Length,Accept-Encoding,If-None-Match';

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  sources: ReadonlyMap<string, DocumentSource>,
): Promise<void> {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '*');
  response.setHeader('Access-Control-Expose-Headers', 'Content-Length,ETag,Date,Content-Encoding');
  if (request.method === 'OPTIONS') {
    response.setHeader('Access-Control-Allow-Headers', allowedHeaders);
    response.setHeader('Access-Control-Allow-Methods', 'GET,HEAD,OPTIONS');
    response.setHeader('Access-Control-Max-Age', '600');
    response.writeHead(204).end();
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET,HEAD,OPTIONS' }).end();
    return;
  }
  const source = sources.get(sdkKeyOf(path) ?? '');
  if (!source) {
    response.writeHead(404).end();
    return;
  }
  send(request, response, await source(), query);
}

function sdkKeyOf(path: string): string | undefined {
  return /^\/+configuration-files\/(.+)\/config_v6\.json$/.exec(path)?.[1];
}

function send(request: IncomingMessage, response: ServerResponse, document: ServedDocument, query: string): void {
  const { etag, plain, gzipped } = document;
  const knownEtag = request.headers['if-none-match'] ?? new URLSearchParams(query).get('ccetag');
  response.setHeader('ETag', etag);
  response.setHeader('Cache-Control', 'max-age=0, must-revalidate');
  response.setHeader('Vary', 'Accept-Encoding, Origin');
  if (knownEtag === etag) {
    response.writeHead(304).end();
    return;
  }
  const isGzip = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(request.headers['accept-encoding']));
  const body = isGzip ? gzipped : plain;
  response.writeHead(200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
    ...(isGzip && { 'Content-Encoding': 'gzip' }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
