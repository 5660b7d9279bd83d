'use client';

import type { ConfigCatClient, FlagTypes } from '../index.js';
import type { CommonFlagHooks } from './hook-types.js';
import { useClient } from './use-client.js';
import { useFlag } from './use-flag.js';
import { useFlagDetails } from './use-flag-details.js';
import { useFlags } from './use-flags.js';
import { useJson } from './use-json.js';
import { useSuspenseFlag } from './use-suspense-flag.js';

/** The hooks, typed by the flags that there are. */
export interface FlagHooks<F extends FlagTypes<F>> extends CommonFlagHooks<F> {
  /** `useClient()` that knows the flags. */
  useClient: () => ConfigCatClient<F>;
}

/**
 * The same hooks for flags whose keys and types are known: wrong keys and default values do not compile.
 *
 * @typeParam F - the flags, as of `createClient<F>()`.
 *
 * @example
 * export const { useFlag, useFlags } = flagHooks<{ darkMode: boolean; theme: 'light' | 'dark' }>();
 */
export function flagHooks<F extends FlagTypes<F>>(): FlagHooks<F> {
  // They do the same for all flags.
  return { useClient, useFlag, useFlagDetails, useFlags, useJson, useSuspenseFlag } as unknown as FlagHooks<F>;
}
