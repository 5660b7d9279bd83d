export type { CrossTab, CrossTabOptions } from './cross-tab.js';
export { crossTab } from './cross-tab.js';
export { indexedDbCache } from './indexed-db.js';
export type { TabCache } from './local-storage.js';
export { localStorageCache } from './local-storage.js';
export { whenOnline, whileVisible } from './page.js';
export type { Query, QueryOverridesOptions } from './query-overrides.js';
export { queryOverrides } from './query-overrides.js';
