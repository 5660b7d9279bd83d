import type { Observable } from 'rxjs';
import { EMPTY, defer, distinctUntilChanged, isObservable, merge, of, tap } from 'rxjs';
import type { SnapshotContext } from '../core/snapshot.js';
import type { Core, Data } from '../core/source.js';
import { endWithClient } from '../lifetime/until-disposed.js';
import type { User } from '../model/user.js';
import { sessionSymbol } from '../session.js';
import { heldContexts } from './held-contexts.js';
import { createHeldValues } from './held-values.js';
import type { HeldReading, Holding } from './holding.js';
import { createViews, withContext } from './held-view.js';
import { readAtEach } from './read-latest.js';
import type { ReleaseSource } from './releasing.js';
import type { SessionStore } from './session-store.js';
import { flagStream } from './stream.js';
import { touching$ } from './table.js';
import type { Users } from './users.js';

/** Creates what holds values in a session. */
export function createHold(store: SessionStore, release: ReleaseSource): Holding {
  const { contextOf, releaseKey, renewal$, leave, tellProblem, followDefaultUser } = createHeldValues(store, release);

  const answersOf = <T>(core: Core, context: SnapshotContext, { keys, read, isSame }: HeldReading<T>) => {
    const { data, defaultUser, dispatcher, lifetime } = core;
    const watched = releaseKey ? keys && [...keys, releaseKey] : keys;
    return (user: User | undefined): Observable<T> => {
      // Each who looks is given what is held now.
      const readNow = () =>
        store.writeAfter(() => read(withContext(data.snapshot(), context), user ?? defaultUser.current()));
      const change$ = merge(renewal$(core), user ? EMPTY : dispatcher.userChange$, touching$(core, watched));
      return readAtEach(change$, readNow).pipe(
        distinctUntilChanged(isSame),
        endWithClient(lifetime, () => of(readNow())),
      );
    };
  };

  const reading: Holding['reading'] = (core, held) => {
    const context = contextOf(core, held.initial);
    return flagStream(core, {
      ...held,
      users: leaving(held.users, leave),
      answers$: answersOf(core, context, held),
      initialValue: () => pending(core, context, held),
    });
  };

  const hold: Holding = {
    attach: (core) => {
      // A stream that holds nothing is brought its flags as if there were no session.
      Object.assign(core.data, { createFanOut: fanOutBy({ ...core.context }, core.data.createFanOut) });
      const holding = contextOf(core, core.options.initial);
      heldContexts.set(core.context, heldContexts.get(holding)!);
      Object.assign(core.context, holding);
      followDefaultUser(core);
      core.parts.set(sessionSymbol, hold);
    },
    ...createViews(contextOf, () => hold),
    flag: (core, parts, view, key, fallback) =>
      reading(core, {
        ...parts,
        keys: [key],
        read: (snapshot, user) => view.evaluate(snapshot, key, fallback, user),
      }),
    reading,
    renewal$,
    leave,
    tellProblem,
  };
  return hold;
}

/** A fan-out of snapshots that are read in another way than those of their core. */
function fanOutBy(context: SnapshotContext, createFanOut: Data['createFanOut']): Data['createFanOut'] {
  return (core) => {
    const { snapshot, snapshotOf } = core.data;
    const data: Data = {
      ...core.data,
      snapshot: () => withContext(snapshot(), context),
      snapshotOf: (state) => withContext(snapshotOf(state), context),
    };
    return createFanOut({ ...core, data });
  };
}

/** What is known to be held before there is a config, which is no evaluation to anybody; or else the initial value. */
function pending<T>(core: Core, context: SnapshotContext, { users, initialValue, read }: HeldReading<T>): T {
  // Whom a stream gives is not known yet.
  if (isObservable(users)) return initialValue();
  const { log, events } = context;
  const quiet: SnapshotContext = {
    ...context,
    log: Object.assign(() => undefined, log),
    events: { ...events, hasListeners: () => false },
  };
  heldContexts.set(quiet, heldContexts.get(context)!);
  const snapshot = { ...withContext(core.data.snapshot(), quiet), ruleset: undefined };
  return read(snapshot, users ?? snapshot.defaultUser);
}

/** Users of whom each one leaves when the next one comes; `undefined` is the default user, who stays that. */
function leaving(users: Users, leave: (user: User) => void): Users {
  if (!isObservable(users)) return users;
  return defer(() => {
    let last: User | undefined;
    return users.pipe(
      tap((user) => {
        if (last) leave(last);
        last = user;
      }),
    );
  });
}
