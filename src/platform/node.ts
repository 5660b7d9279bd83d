import sha1 from 'sha1';
import { utf8 } from '../hash.js';
import { fetchTransport } from './http.js';
import type { FetchFunction, Platform } from './platform.js';

/** Node: requests go through `cross-fetch`, which takes an `agent` and is loaded at the first request. */
export const platform: Platform = {
  sdkType: 'ConfigCat-Rx-Node',
  identifyBy: 'headers',
  // Given bytes, because the package refuses unpaired surrogates, and only the length of SDK keys is checked.
  sha1: (text) => sha1(Buffer.from(utf8(text))),
  createTransport: ({ fetch, agent }) =>
    fetch ? fetchTransport(() => fetch) : fetchTransport(loadCrossFetch, agent === undefined ? {} : { agent }),
};

async function loadCrossFetch(): Promise<FetchFunction> {
  const { fetch } = await import('cross-fetch');
  return fetch;
}
