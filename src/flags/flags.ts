import type { Observable } from 'rxjs';
import { requireEvaluable, requireObject } from '../arguments.js';
import type { FlagSource } from '../core/source.js';
import { coreOf } from '../core/source.js';
import { valueOf } from '../core/evaluate.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { DefaultFor, FlagKey, FlagTypes, FlagValue } from '../model/flag-types.js';
import type { User } from '../model/user.js';
import type { HoldOptions } from './held-source.js';
import { tableStream } from './table.js';
import type { UserSource } from './users.js';

/**
 * Several flags at once: each emission is of one config and one user, never a mixed state as it can be seen between two
 * `flag$` that are combined. One emission per config and user that changes any of them.
 *
 * @param source - a core, or a client.
 * @param defaults - default values by flag key.
 * @throws Error or TypeError when a key is empty or a default value is of a wrong type.
 *
 * @example
 * flags$(core, { darkMode: false, theme: 'light' }, user$).subscribe(({ darkMode, theme }) => render(darkMode, theme));
 */
export function flags$<F extends FlagTypes<F>, D extends { readonly [K in FlagKey<F>]?: DefaultFor<F[K]> }>(
  source: FlagSource<F>,
  defaults: D & { readonly [K in keyof D]: K extends FlagKey<F> ? unknown : never },
  user?: UserSource,
  options?: HoldOptions,
): Observable<{ readonly [K in keyof D]: FlagValue<F[K & FlagKey<F>], D[K]> }>;
export function flags$(
  source: FlagSource,
  defaults: Readonly<Record<string, DefaultValue>>,
  user?: UserSource,
  options?: HoldOptions,
): Observable<Readonly<Record<string, DefaultValue>>> {
  requireObject('defaults', defaults);
  // Copied, because whoever gave them may change them.
  const entries = Object.entries(defaults);
  for (const [key, fallback] of entries) requireEvaluable(key, fallback, user);
  const table = {
    keys: Object.keys(defaults),
    read: (snapshot: InternalSnapshot, effective: User | undefined) =>
      Object.fromEntries(entries.map(([key, value]) => [key, valueOf(snapshot, 'flags$', key, value, effective)])),
    initialValue: () => Object.fromEntries(entries),
  };
  return tableStream<Readonly<Record<string, DefaultValue>>>(coreOf(source), table, user, options);
}
