import sha1 from 'sha1';
import { utf8 } from '../hash.js';
import { agentTransport } from './agents.js';
import { anyReader, fetchTransport } from './http.js';
import { identifyByHeaders } from './identify.js';
import { httpTransport, ownAgents } from './node-http.js';
import type { Platform } from './platform.js';
import { holdProcess, idleScheduler } from './process.js';
import { hasOwnProxies, runtimeProxyTransport } from './runtime-proxy.js';

/** Node: requests go through `node:http`, or through `cross-fetch` where an agent is given. */
export const platform: Platform = {
  sdkType: 'ConfigCat-Rx-Node',
  identify: identifyByHeaders,
  // Given bytes, because the package refuses unpaired surrogates, and only the length of SDK keys is checked.
  sha1: (text) => sha1(Buffer.from(utf8(text))),
  idle: idleScheduler,
  holdProcess,
  createTransport: ({ fetch, agent }, disposed$) => {
    if (fetch) return fetchTransport(() => fetch, { readerOf: anyReader });
    if (agent === undefined) return httpTransport(ownAgents(disposed$));
    // A bundle for Node may be run by others, which would pass the proxy by.
    return hasOwnProxies() ? runtimeProxyTransport(agent, disposed$) : agentTransport(agent);
  },
};
