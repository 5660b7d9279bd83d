import type { Identify } from '../acquisition/fetch.js';

/** Says who asks in headers, and there what is known. */
export const identifyByHeaders: Identify = (url, userAgent, etag) => {
  const identity = { 'User-Agent': userAgent, 'X-ConfigCat-UserAgent': userAgent };
  return { url, headers: etag === undefined ? identity : { ...identity, 'If-None-Match': etag } };
};

/** The same in the query, for browsers: headers of ours would cost a preflight request per poll. */
export const identifyByQuery: Identify = (url, userAgent, etag) => {
  const query = etag === undefined ? '' : `&ccetag=${encodeURIComponent(etag)}`;
  return { url: `${url}?sdk=${encodeURIComponent(userAgent)}${query}`, headers: {} };
};
