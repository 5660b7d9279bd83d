export type { Query, QueryOverridesOptions } from './query-overrides.js';
export { queryOverrides } from './query-overrides.js';
