import type { Observable } from 'rxjs';
import { Observable as NewObservable, distinctUntilChanged } from 'rxjs';
import { requireUser } from '../arguments.js';
import type { Core } from '../core/source.js';
import { coreOf } from '../core/source.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import { settingOf } from '../core/snapshot.js';
import { endWithClient, present } from '../lifetime/until-disposed.js';
import { hasOwn } from '../model/own.js';
import type { User } from '../model/user.js';
import { readAtEach } from './read-latest.js';
import type { HoldOptions } from './held-source.js';
import { withHold } from './held-source.js';
import { holdingFor } from './holding.js';
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
  source: Core,
  table: Table<T>,
  user: UserSource | undefined,
  options: HoldOptions | undefined,
): Observable<T> {
  const core = coreOf(withHold(source, options?.hold));
  requireUser(user);
  const asked = { ...table, isSame: isSameTable, users: usersOf(core, user), initial: core.options.initial };
  return holdingFor(core)?.reading(core, asked) ?? flagStream(core, { ...asked, answers$: answersOf(core, table) });
}

/** The present snapshot, and each further one by which one of some flags, `undefined` for all, is another one. */
export function touching$({ data }: Core, keys: readonly string[] | undefined): Observable<InternalSnapshot> {
  const touches = (a: InternalSnapshot, b: InternalSnapshot) =>
    a.hasConfig !== b.hasConfig || !keys || keys.some((key) => settingOf(a, key) !== settingOf(b, key));
  return data.snapshot$.pipe(distinctUntilChanged((a, b) => !touches(a, b)));
}

function answersOf<T extends object>(core: Core, { keys, read }: Table<T>) {
  const { data, defaultUser, dispatcher, lifetime } = core;
  const { snapshot } = data;
  const readFor = (user: User | undefined) => read(snapshot(), user ?? defaultUser.current());
  const touch$ = touching$(core, keys);
  return (user: User | undefined): Observable<T> => {
    // `merge` takes whatever can be made an Observable, which is a third of RxJS.
    const change$ = new NewObservable<unknown>((subscriber) => {
      const next = (change: unknown) => {
        subscriber.next(change);
      };
      if (!user) subscriber.add(dispatcher.userChange$.subscribe(next));
      subscriber.add(touch$.subscribe(next));
    });
    return readAtEach(change$, () => readFor(user)).pipe(
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
