/*
 * What evaluation remembers where many users are served, as on Node and in workers: what a setting has decided for the
 * same attributes, and what has been computed of texts. Others have `no-memory.ts` in its place.
 */
export { noteAttributes, readerOf, startAttributes } from './attributes.js';
export { createMemo } from './memo.js';
export { decideCached } from './remember.js';
export { createTextSet } from './text-set.js';
export { withRulesOf } from './with-rules-of.js';

// In the package `#config-index` leads here, too: Node takes longer to find files than to run them.
export { readConfigText } from '../model/config-index.js';
