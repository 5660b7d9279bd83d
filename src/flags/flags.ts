import type { Observable } from 'rxjs';
import { isObservable } from 'rxjs';
import { requireEvaluable, requireObject } from '../arguments.js';
import type { Core } from '../core/source.js';
import { valueOf } from '../core/evaluate.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { User } from '../model/user.js';
import { allFlags$ } from './all-flags.js';
import { tableStream } from './table.js';
import type { UserSource } from './users.js';

/** Nothing that can be taken for a user. */
export type NoUser<D> = string extends keyof D ? unknown : 'identifier' extends keyof D ? never : unknown;

/** Several flags, or all. See `ConfigCatClient.flags$`. */
export function flags$(
  core: Core,
  ...args: [(UserSource | Readonly<Record<string, DefaultValue>>)?, UserSource?]
): Observable<Readonly<Record<string, DefaultValue>>> {
  const [first, user] = args;
  return args.length > 1 || (first !== undefined && !isObservable(first) && !isUser(first))
    ? someFlags$(core, first as Readonly<Record<string, DefaultValue>>, user)
    : allFlags$(core, first as UserSource | undefined);
}

function someFlags$(core: Core, defaults: Readonly<Record<string, DefaultValue>>, user: UserSource | undefined) {
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
  return tableStream<Readonly<Record<string, DefaultValue>>>(core, table, user);
}

/** Tells a user from default values by flag key, which must not have `identifier` where nothing else tells them apart. */
function isUser(given: unknown): boolean {
  try {
    return typeof given === 'object' && given !== null && 'identifier' in given;
  } catch {
    // No default values are as secretive as that.
    return true;
  }
}
