export type { RemoteChange, RemoteClient, RemoteSnapshot } from './client.js';
export { createRemoteClient } from './client.js';
export type { RemoteCore } from './create-remote.js';
export { createRemote } from './create-remote.js';
export type { RemoteFetch, RemoteOptions, RemoteResponse } from './options.js';
export type { RenderedValues } from './rendered.js';
export { renderedValues } from './rendered.js';
export type { ValueStorage } from './storage.js';
export { localStorageValues } from './storage.js';
