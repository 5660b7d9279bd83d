'use client';

import type { ProvidedSource } from './context.js';
import { useProvider } from './context.js';

/**
 * The core or client of the provider above, for the functions of `configcat-rx/core`.
 *
 * @throws Error when there is no provider above.
 *
 * @example
 * const source = useSource();
 * useEffect(() => {
 *   const watching = events$(source).subscribe(report);
 *   return () => watching.unsubscribe();
 * }, [source]);
 */
export function useSource(): ProvidedSource {
  return useProvider().source;
}
