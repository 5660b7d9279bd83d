import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SchedulerLike } from 'rxjs';
import { asyncScheduler } from 'rxjs';
import { guarded } from '../arguments.js';
import type { Access } from './access.js';
import { limitedAccess, openAccess } from './access.js';
import type { DocumentSource } from './document.js';
import { fileDocument, fixedDocument } from './document.js';
import { createRequestContext, preflight, readPath } from './request-context.js';
import type { ConfigRequest, Faults } from './fault-plan.js';
import { createFaultPlan } from './fault-plan.js';
import type { Fault } from './faults.js';
import { misbehave, send } from './faults.js';

export type { ConfigRequest, Faults } from './fault-plan.js';
export type { Fault } from './faults.js';

/** Options of `startConfigServer()`. */
export interface ConfigServerOptions {
  /**
   * By SDK key: the path of a config JSON file, which is followed as it changes, or a config JSON as an object. Plain values are
   * served as well: `{ flags: { darkMode: true } }`.
   */
  readonly configs: Readonly<Record<string, string | object>>;
  /** Port to listen on; 0 takes a free one. Default: 0. */
  readonly port?: number;
  /** Address to listen on. Default: loopback, `127.0.0.1`. */
  readonly host?: string;
  /**
   * Origins of pages that may read answers, as `https://app.example`, beside pages of this computer and of the host that
   * the server is asked by; requests that call it by a foreign name are refused (421). For SDK keys that others know.
   * Default: every page may read what it has the SDK key of.
   */
  readonly allowedOrigins?: readonly string[];
  /** Told of files that break and of files that are good again. Default: the console. */
  readonly report?: (message: string) => void;
  /** Called for every request when its connection closes or its answer is sent. */
  readonly onRequest?: (request: AnsweredRequest) => void;
  /** Timers of slow answers, for tests in virtual time. Default: the real ones. */
  readonly scheduler?: SchedulerLike;
}

/** A request, and how it was answered. */
export interface AnsweredRequest extends ConfigRequest {
  /** The status of the answer; `undefined` when none was sent. */
  readonly status: number | undefined;
  /** The fault that the answer had on purpose, if any. */
  readonly fault: Fault['kind'] | undefined;
}

/** Counts of requests, preflight requests included. */
export interface RequestCounts {
  readonly received: number;
  /** Requests whose answer is not complete. */
  readonly open: number;
}

/** A running config server. */
export interface ConfigServer {
  /**
   * The base URL for clients, as `http://127.0.0.1:40123`. The server also answers below any base of one segment, as
   * `http://127.0.0.1:40123/eu`, so that a config can send clients from one base to another.
   */
  readonly url: string;
  readonly port: number;
  readonly requests: RequestCounts;
  /**
   * Serves another config JSON from now on.
   *
   * @throws SyntaxError or TypeError (rejection) when it is none; the former one stays.
   */
  setConfig(sdkKey: string, config: string | object): Promise<void>;
  /**
   * Answers wrongly from now on, or well again when there are no faults.
   *
   * @param sdkKey - whose requests; `'*'`: all those of SDK keys that have no faults of their own.
   *
   * @example
   * server.setFaults('*', [{ kind: 'reset' }, { kind: 'latency', ms: 2_000 }]); // then all is well
   */
  setFaults(sdkKey: string, faults?: Faults): void;
  /** Stops listening and ends all connections; no timer is left. */
  close(): Promise<void>;
}

/**
 * Starts a local stand-in for ConfigCat's CDN: config JSON by SDK key, with ETag, 304, gzip and CORS, from files that
 * can be edited while it runs. A broken edit keeps the last good state and says so. Answers go wrong as they are told to.
 * For development and tests.
 *
 * @throws Error (rejection) when a file is missing or broken, or the port is taken.
 * Source: protocol sections 2 and 14.1.
 *
 * @example
 * const server = await startConfigServer({ configs: { [sdkKey]: 'flags.json' } });
 * const client = createClient(sdkKey, { baseUrl: server.url });
 */
export async function startConfigServer(options: ConfigServerOptions): Promise<ConfigServer> {
  const { configs, port = 0, host = '127.0.0.1', onRequest, allowedOrigins, scheduler = asyncScheduler } = options;
  const access = allowedOrigins ? limitedAccess(allowedOrigins, host) : openAccess;
  // Callbacks of the caller may throw, which must not keep a request from being answered.
  const report = (message: string) => {
    guarded(() => (options.report ?? console.warn)(message));
  };
  const sources = new Map<string, DocumentSource>();
  for (const [sdkKey, config] of Object.entries(configs)) {
    sources.set(
      sdkKey,
      await (typeof config === 'string' ? fileDocument(config, report) : fixedDocument(JSON.stringify(config))),
    );
  }

  const plan = createFaultPlan();
  const counts = { received: 0, open: 0 };
  const server = createServer((message, response) => {
    const request = toRequest(message);
    let fault: Fault | undefined;
    counts.received++;
    counts.open++;
    response.once('close', () => {
      counts.open--;
      const status = response.headersSent ? response.statusCode : undefined;
      guarded(() => onRequest?.({ ...request, status, fault: fault?.kind }));
    });
    const answer = async () => {
      fault = isForConfig(request) ? plan.next(request) : undefined;
      await respond({ request, fault, response, sources, serverUrl: url, scheduler, access });
    };
    answer().catch((error: unknown) => {
      report(`A request could not be answered: ${String(error)}`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: boundPort } = server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`;
  return {
    url,
    port: boundPort,
    requests: counts,
    setConfig: async (sdkKey, config) => {
      sources.set(sdkKey, await fixedDocument(typeof config === 'string' ? config : JSON.stringify(config)));
    },
    setFaults: plan.set,
    close: () =>
      new Promise((resolve) => {
        // The `close` events of responses follow one step after that of the server.
        server.close(() => setImmediate(resolve));
        server.closeAllConnections();
      }),
  };
}

/** A request, and what is needed to answer it. */
interface RequestTask {
  readonly request: ConfigRequest;
  readonly fault: Fault | undefined;
  readonly response: ServerResponse;
  readonly sources: ReadonlyMap<string, DocumentSource>;
  readonly serverUrl: string;
  readonly scheduler: SchedulerLike;
  readonly access: Access;
}

async function respond({
  request,
  fault,
  response,
  sources,
  serverUrl,
  scheduler,
  access,
}: RequestTask): Promise<void> {
  const { origin, host } = request.headers;
  if (!access.isKnownHost(host)) {
    response.writeHead(421, { 'Content-Type': 'text/plain; charset=utf-8' }).end('This server has another name.');
    return;
  }
  const admitted = access.admittedOrigin(origin, host);
  if (admitted !== undefined) response.setHeader('Access-Control-Allow-Origin', admitted);
  response.setHeader('Access-Control-Expose-Headers', 'Content-Length,ETag,Date,Content-Encoding');
  if (request.method === 'OPTIONS') {
    preflight(response);
    return;
  }
  if (!isForConfig(request)) {
    response.writeHead(405, { Allow: 'GET,HEAD,OPTIONS' }).end();
    return;
  }
  const document = await sources.get(request.sdkKey ?? '')?.();
  const context = createRequestContext({ request, response, document, serverUrl, scheduler });
  if (fault) await misbehave(fault, context);
  else send(context, context.answer);
}

function isForConfig({ method }: ConfigRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

function toRequest({ method = 'GET', url = '', headers }: IncomingMessage): ConfigRequest {
  const [path = '', query] = url.split('?');
  return { method, path, query: new URLSearchParams(query), headers, sdkKey: readPath(path).sdkKey };
}
