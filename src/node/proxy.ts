import type * as Http from 'http-proxy-agent';
import type * as Https from 'https-proxy-agent';
import type { Agent } from 'node:http';
import type { ConnectionOptions } from 'node:tls';

/** How a proxy agent deals with TLS, as the options of `tls.connect()`. */
export type ProxyTlsOptions = Pick<ConnectionOptions, 'ca' | 'cert' | 'key'>;

/** Gives the agent of one request; the `agent` option of clients. */
export type ProxyAgent = (url: URL, signal?: AbortSignal) => Promise<Agent>;

/** Under this symbol clients find the proxy in runtimes whose own `fetch` knows proxies: Bun and Deno. */
const proxySettings = Symbol.for('configcat-rx/proxy');

/**
 * Sends the requests of a client through a proxy: HTTPS targets through a tunnel (`CONNECT`), HTTP targets as requests
 * that name their host. A refusal of the proxy is an unexpected answer (event 1101), a proxy that cannot be reached is
 * event 1103. In Node it needs the packages `http-proxy-agent` and `https-proxy-agent`, loaded at the first request; Bun
 * and Deno reach proxies by themselves.
 *
 * @param proxy - its URL, `http:` or `https:`, with credentials if it wants some (percent-encoded, as in all URLs).
 * @param tls - certificate authorities and client certificates, for targets and for a proxy that speaks TLS itself.
 * Default: those of Node, so that `NODE_EXTRA_CA_CERTS` works.
 * @throws TypeError when `proxy` is no such URL; it does not repeat it, because of the password.
 *
 * @example
 * const client = createClient(sdkKey, { agent: proxyAgent('http://user:password@proxy.example:3128') });
 */
export function proxyAgent(proxy: string | URL, tls: ProxyTlsOptions = {}): ProxyAgent {
  const proxyUrl = toProxyUrl(proxy);
  const chooseAgent: ProxyAgent = async ({ protocol }, signal) => {
    // One agent per request: a connection that is still being set up can be ended by the signal alone.
    const options = { ...tls, ...(signal && { signal }) };
    if (protocol === 'https:') {
      const { HttpsProxyAgent } = await load<typeof Https>('https');
      const agent = new HttpsProxyAgent(proxyUrl, options);
      // What it is given concerns the proxy; targets get what stands in its `options`.
      Object.assign(agent.options, tls);
      return agent;
    }
    const { HttpProxyAgent } = await load<typeof Http>('http');
    return new HttpProxyAgent(proxyUrl, options);
  };
  return Object.assign(chooseAgent, { [proxySettings]: { url: proxyUrl, tls } });
}

/**
 * Loads one of the packages by a name that bundlers do not follow: they would fail where it is not installed, which only
 * those need who have a proxy, and not all of them can bundle what it needs.
 */
async function load<M>(scheme: 'http' | 'https'): Promise<M> {
  const name = [scheme, 'proxy', 'agent'].join('-');
  try {
    return (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as M;
  } catch (cause) {
    // CommonJS has no `import` under test runners that keep modules apart.
    const { createRequire } = process.getBuiltinModule('node:module');
    try {
      return createRequire(`${process.cwd()}/index.js`)(name) as M;
    } catch {
      throw new Error(`A proxy needs the package \`${name}\`: install it, also beside a bundle.`, { cause });
    }
  }
}

function toProxyUrl(proxy: string | URL): URL {
  const url = URL.canParse(String(proxy)) ? new URL(proxy) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new TypeError('Invalid argument `proxy`. Expected a URL with the protocol http: or https:.');
}
