import type { Entry } from './entry.js';

/*
 * The ETag with which a server names a version of the config. It is kept in the entry beside the document, goes along with
 * the next request (as a header or in the URL: `platform/identify.ts`), and the answer 304 says that it is still the newest.
 * Source: protocol sections 2.1 and 2.2.
 */

/** The ETag of what is known, if it can be sent: caches may hold anything. Without one the server answers as a whole. */
export function sendableEtag({ etag = '' }: Entry): string | undefined {
  return /^[\t\x20-\x7e\x80-\xff]{1,4096}$/.test(etag) ? etag : undefined;
}

/** Tells whether there is a document that the answer 304 can confirm. */
export function canBeConfirmed({ configText }: Entry): boolean {
  return configText !== undefined;
}
