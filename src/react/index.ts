export type { FlagHooks } from './hooks.js';
export { flagHooks, useFlag, useFlagDetails, useFlags } from './hooks.js';
export { dehydrate, hydrate } from './hydration.js';
export type { ConfigCatProviderProps } from './provider.js';
export { ConfigCatProvider, useClient } from './provider.js';
