import type { Observable } from 'rxjs';
import { distinctUntilChanged } from 'rxjs';
import { requireUser } from '../arguments.js';
import type { Core } from '../core/source.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import { settingOf } from '../core/snapshot.js';
import { endWithClient, present } from '../lifetime/until-disposed.js';
import { hasOwn } from '../model/own.js';
import type { User } from '../model/user.js';
import { readAtEach } from './read-latest.js';
import { holdingOf } from './holding.js';
import type { FlagStreamParts } from './stream.js';
import { flagStream } from './stream.js';
import type { UserSource } from './users.js';
import { usersOf } from './users.js';

/** Several flags of one user at a time. */
export interface Table<T extends object> {
  /** Whose changes make a difference; `undefined`: those of all flags. */
  readonly keys: readonly string[] | undefined;
  readonly read: (snapshot: InternalSnapshot, user: User | undefined) => T;
  readonly initialValue: () => T;
}

/** A stream of several flags, all from one config: never a mixed state. */
export function tableStream<T extends object>(
  core: Core,
  table: Table<T>,
  user: UserSource | undefined,
): Observable<T> {
  requireUser(user);
  const parts: FlagStreamParts<T> = {
    answers$: answersOf(core, table),
    isSame: isSameTable,
    initialValue: table.initialValue,
    users: usersOf(core, user),
    initial: core.options.initial,
  };
  return flagStream(core, core.options.hold ? holdingOf(core.options.hold).table(core, table.read, parts) : parts);
}

function answersOf<T extends object>({ data, defaultUser, dispatcher, lifetime }: Core, { keys, read }: Table<T>) {
  const { snapshot, snapshot$ } = data;
  const readFor = (user: User | undefined) => read(snapshot(), user ?? defaultUser.current());
  const touches = (a: InternalSnapshot, b: InternalSnapshot) =>
    a.hasConfig !== b.hasConfig || !keys || keys.some((key) => settingOf(a, key) !== settingOf(b, key));
  const touching$ = snapshot$.pipe(distinctUntilChanged((a, b) => !touches(a, b)));
  return (user: User | undefined): Observable<T> => {
    const changes = user ? [touching$] : [dispatcher.userChange$, touching$];
    return readAtEach(changes, () => readFor(user)).pipe(
      distinctUntilChanged<T>(isSameTable),
      endWithClient(lifetime, () => present(readFor(user))),
    );
  };
}

/** Tells whether two records have the same values under the same keys. */
function isSameTable(a: object, b: object): boolean {
  const entries = Object.entries(a);
  return (
    entries.length === Object.keys(b).length &&
    entries.every(([key, value]) => hasOwn(b, key) && Object.is(value, (b as Record<string, unknown>)[key]))
  );
}
