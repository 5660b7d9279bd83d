export type { FileCache, FileCacheOptions } from './file-cache.js';
export { fileCache } from './file-cache.js';
export type { FileOverridesOptions } from './file-overrides.js';
export { fileOverrides } from './file-overrides.js';
export type { ProxyAgent, ProxyTlsOptions } from './proxy.js';
export { proxyAgent } from './proxy.js';
