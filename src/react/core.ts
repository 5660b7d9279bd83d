/*
 * The entry `configcat-rx/react/core`: provider and hooks over a core, which import no client. They are those of
 * `configcat-rx/react`, but for what needs a client.
 */
export type { ProvidedSource } from './context.js';
export type { FlagHooks } from './core-flag-hooks.js';
export { flagHooks } from './core-flag-hooks.js';
export type { ConfigCatProviderProps } from './core-provider.js';
export { ConfigCatProvider } from './core-provider.js';
export type { CommonFlagHooks } from './hook-types.js';
export { dehydrate, hydrate } from './hydration.js';
export { useFlag } from './use-flag.js';
export { useFlagDetails } from './use-flag-details.js';
export { useFlags } from './use-flags.js';
export { useJson } from './use-json.js';
export { useReady } from './use-ready.js';
export { useSource } from './use-source.js';
export { useSuspenseFlag } from './use-suspense-flag.js';
