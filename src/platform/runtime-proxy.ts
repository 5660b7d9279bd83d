import type { Observable } from 'rxjs';
import type { Transport } from '../acquisition/fetch.js';
import { fetchTransport, ownFetch } from './http.js';
import { agentRefusal } from './platform.js';

/** Under this symbol `proxyAgent()` of `configcat-rx/node` says what it was made of. */
const proxySettings = Symbol.for('configcat-rx/proxy');

/** Certificates or keys. */
type Pem = string | Uint8Array | readonly (string | Uint8Array)[];

/** A proxy, and how TLS is dealt with. */
interface ProxySettings {
  readonly url: URL;
  readonly tls: { readonly ca?: Pem; readonly cert?: Pem; readonly key?: Pem };
}

/** The part of Deno's own interface that sends requests through proxies. */
interface Deno {
  createHttpClient(options: {
    proxy: { url: string; basicAuth?: { username: string; password: string } };
    caCerts?: readonly string[];
    cert?: string;
    key?: string;
  }): { close(): void };
}

/** Runtimes with ways of their own to reach a proxy, by the names that they have as globals. */
interface Runtimes {
  readonly Bun?: unknown;
  readonly Deno?: Deno;
}

/** Whether this is a runtime that does not heed the agents of Node, though it may offer its modules. */
export function hasOwnProxies({ Bun, Deno }: Runtimes = globalThis as Runtimes): boolean {
  return (Bun ?? Deno) !== undefined;
}

/**
 * Sends requests through a proxy by the means of Bun or Deno, whose `fetch` knows no agents.
 *
 * @throws TypeError when the agent is not of `proxyAgent()`: nothing is known of where it leads.
 */
export function runtimeProxyTransport(agent: unknown, disposed$: Observable<unknown>): Transport {
  const proxy = (agent as { readonly [proxySettings]?: ProxySettings })[proxySettings];
  if (!proxy) {
    throw agentRefusal('Agents are for Node: here, give `proxyAgent()` of `configcat-rx/node`, or the option `fetch`.');
  }
  const { url, tls } = proxy;
  const { Deno } = globalThis as Runtimes;
  if (!Deno) return fetchTransport(ownFetch, { init: { proxy: url.href, tls } });
  const { username, password } = url;
  const basicAuth = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  const client = Deno.createHttpClient({
    proxy: { url: url.origin, ...(username && { basicAuth }) },
    ...(tls.ca !== undefined && { caCerts: [tls.ca].flat().map(String) }),
    ...(tls.cert !== undefined && { cert: String(tls.cert), key: String(tls.key) }),
  });
  disposed$.subscribe({
    complete: () => {
      client.close();
    },
  });
  return fetchTransport(ownFetch, { init: { client } });
}
