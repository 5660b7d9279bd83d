import sha1 from 'sha1';
import { fetchTransport } from './http.js';
import type { FetchFunction, Platform } from './platform.js';

/** Node: requests go through `cross-fetch`, which takes an `agent` and is loaded at the first request. */
export const platform: Platform = {
  sdkType: 'ConfigCat-Rx-Node',
  identifyBy: 'headers',
  // The package refuses unpaired surrogates, and an SDK key may hold some because only its length is checked.
  sha1: (text) => sha1(text.replace(/\p{Surrogate}/gu, '\ufffd')),
  createTransport: ({ fetch, agent }) =>
    fetch ? fetchTransport(() => fetch) : fetchTransport(loadCrossFetch, agent === undefined ? {} : { agent }),
};

async function loadCrossFetch(): Promise<FetchFunction> {
  const { fetch } = await import('cross-fetch');
  return fetch;
}
