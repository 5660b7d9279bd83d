export type { Page } from './page.js';
export { pageReturns } from './page.js';
export type { ProxyStream, ProxyStreamOptions } from './proxy-stream.js';
export { createProxyStream } from './proxy-stream.js';
export type { RemoteFlag, RemoteFlags } from './remote-flags.js';
export type { StreamFetch, StreamResponse } from './receive.js';
