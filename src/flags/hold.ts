import type { Observable } from 'rxjs';
import {
  EMPTY,
  Observable as NewObservable,
  defer,
  distinctUntilChanged,
  isObservable,
  merge,
  skip,
  startWith,
  switchMap,
  takeUntil,
  tap,
} from 'rxjs';
import type { InternalSnapshot, SnapshotContext } from '../core/snapshot.js';
import type { Core } from '../core/source.js';
import type { User } from '../model/user.js';
import { flag$ } from './flag.js';
import { heldContexts } from './held-contexts.js';
import type { ReleaseSource } from './held-values.js';
import { createHeldValues } from './held-values.js';
import type { Holding, Read } from './holding.js';
import type { SessionStore } from './session-store.js';
import type { FlagStreamParts } from './stream.js';
import type { View } from '../core/snapshot.js';

let holdCount = 0;

/** Creates what holds values in a session. */
export function createHold(store: SessionStore, release: ReleaseSource): Holding {
  const name = `held ${++holdCount}`;
  const { contextOf, follow, leave, partsOf, releaseKey, tellProblem } = createHeldValues(store, release);

  const renewal$ = (core: Core, user: User | undefined): Observable<unknown> => {
    const isReleased$ = releaseKey ? flag$(core, releaseKey, false, user, { hold: false }).pipe(skip(1)) : EMPTY;
    return merge(store.released$, isReleased$, partsOf(core).becameReal$).pipe(takeUntil(core.lifetime.disposed$));
  };
  const renewing = <T>(core: Core, parts: FlagStreamParts<T>): FlagStreamParts<T> => ({
    ...parts,
    users: isObservable(parts.users) ? leaving(parts.users, leave) : parts.users,
    answers$: (user) =>
      defer(() => {
        follow(core);
        return renewal$(core, user).pipe(
          startWith(undefined),
          switchMap(() => parts.answers$(user)),
          distinctUntilChanged(parts.isSame),
        );
      }),
  });

  return {
    attach: (core) => {
      const holding = contextOf(core, core.options.initial);
      heldContexts.set(core.context, heldContexts.get(holding)!);
      Object.assign(core.context, holding);
    },
    flag: (core, { view, key, fallback, initial, hold }, partsOfView) => {
      if (hold === false) return partsOfView(liveViewOf(core, view));
      const context = contextOf(core, initial);
      // Each who looks is given what is held now.
      const parts = partsOfView({ ...seenBy(view, context, `${name} ${initial}`), ages: true });
      return {
        ...renewing(core, parts),
        initialValue: () =>
          pending(core, context, parts, (snapshot, user) => view.evaluate(snapshot, key, fallback, user)),
      };
    },
    table: (core, read, parts) => {
      const answers$ = (user: User | undefined) =>
        new NewObservable<ReturnType<typeof parts.initialValue>>((subscriber) => {
          store.writeAfter(() => parts.answers$(user).subscribe(subscriber));
        });
      return {
        ...renewing(core, { ...parts, answers$ }),
        initialValue: () => pending(core, core.context, parts, read),
      };
    },
    renewal$: (core, user) => {
      follow(core);
      return renewal$(core, user);
    },
    leave,
    tellProblem,
  };
}

/** A view that holds nothing, of a client that does. */
function liveViewOf<T>({ context }: Core, view: View<T>): View<T> {
  const live = heldContexts.get(context);
  return live ? seenBy(view, { ...context, evaluateWithLog: live.evaluateWithLog }, 'live') : view;
}

/** A view of snapshots that are read in another way. */
function seenBy<T>(view: View<T>, context: SnapshotContext, how: string): View<T> {
  return {
    ...view,
    name: `${view.name};${how}`,
    evaluate: (snapshot, ...asked) => view.evaluate(withContext(snapshot, context), ...asked),
  };
}

function withContext(snapshot: InternalSnapshot, context: SnapshotContext): InternalSnapshot {
  return { ...snapshot, context, publicSnapshot: undefined };
}

/** What is known to be held before there is a config, which is no evaluation to anybody; or else the initial value. */
function pending<T>(core: Core, context: SnapshotContext, parts: FlagStreamParts<T>, read: Read<T>): T {
  const { users, initialValue } = parts;
  // Whom a stream gives is not known yet.
  if (isObservable(users)) return initialValue();
  const { log, events } = context;
  const quiet: SnapshotContext = {
    ...context,
    log: Object.assign(() => undefined, log),
    events: { ...events, hasListeners: () => false },
  };
  const snapshot = { ...withContext(core.data.snapshot(), quiet), ruleset: undefined };
  return read(snapshot, users ?? snapshot.defaultUser);
}

/** Users of whom each one leaves when the next one comes; `undefined` is the default user, who stays that. */
function leaving(users: Observable<User | undefined>, leave: (user: User) => void): Observable<User | undefined> {
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
