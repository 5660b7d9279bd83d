'use client';

import type { FlagTypes } from '../functions.js';
import type { ProvidedSource } from './context.js';
import type { CommonFlagHooks } from './hook-types.js';
import { useFlag } from './use-flag.js';
import { useFlagDetails } from './use-flag-details.js';
import { useFlags } from './use-flags.js';
import { useJson } from './use-json.js';
import { useSource } from './use-source.js';
import { useSuspenseFlag } from './use-suspense-flag.js';

/** The hooks of `configcat-rx/react/core`, typed by the flags that there are. */
export interface FlagHooks<F extends FlagTypes<F>> extends CommonFlagHooks<F> {
  /** `useSource()` that knows the flags. */
  useSource: () => ProvidedSource<F>;
}

/**
 * The same hooks for flags whose keys and types are known: wrong keys and default values do not compile. A bundle then has
 * all of them; a hook that is imported by its name comes alone.
 *
 * @typeParam F - the flags, as of `createCore<F>()`.
 *
 * @example
 * export const { useFlag, useFlags } = flagHooks<{ darkMode: boolean; theme: 'light' | 'dark' }>();
 */
export function flagHooks<F extends FlagTypes<F>>(): FlagHooks<F> {
  // They do the same for all flags.
  return { useSource, useFlag, useFlagDetails, useFlags, useJson, useSuspenseFlag } as unknown as FlagHooks<F>;
}
