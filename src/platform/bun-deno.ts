import type { Platform } from './platform.js';
import { runtimeProxyTransport } from './runtime-proxy.js';
import { platform as web } from './web.js';

/** Bun and Deno: requests go through their own `fetch`, which knows proxies in ways of their own. */
export const platform: Platform = {
  ...web,
  createTransport: (options, disposed$) =>
    options.agent === undefined
      ? web.createTransport(options, disposed$)
      : runtimeProxyTransport(options.agent, disposed$),
};
