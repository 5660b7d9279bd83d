import { Observable, Subject, map } from 'rxjs';
import type { InitialPolicy } from '../core/options.js';
import type { InternalSnapshot, SnapshotContext } from '../core/snapshot.js';
import { publicSnapshotOf } from '../core/snapshot.js';
import type { Core, Data, FlagSource } from '../core/source.js';
import { asSource, coreOf, partOf } from '../core/source.js';
import type { Lifetime } from '../lifetime/lifetime.js';
import { createLifetime } from '../lifetime/lifetime.js';
import type { User } from '../model/user.js';
import { rememberLast } from '../remember-last.js';
import type { Session } from '../session.js';
import { sessionSymbol } from '../session.js';
import { heldContexts } from './held-contexts.js';
import { watchForHolds } from './hold-watch.js';
import type { Holding } from './holding.js';
import { ready$ } from './ready.js';
import { forceRefresh } from './reads.js';

/**
 * Makes sources that show the flags of other sources as a session holds them, or as they are served where the other source holds
 * them: the same one for the same source. They keep nothing in the other source but what follows it for one who is subscribed.
 *
 * @param contextOf - gives what snapshots are read by to hold.
 * @param holding - how the session holds.
 */
export function createViews(
  contextOf: (core: Core, initial: InitialPolicy) => SnapshotContext,
  holding: () => Holding,
): Pick<Holding, 'over' | 'view'> {
  const held = new WeakMap<object, FlagSource>();
  const served = new WeakMap<object, FlagSource>();
  const view: Holding['view'] = (source, hold) => {
    const views = hold ? held : served;
    const known = views.get(source);
    if (known) return known;
    const core = coreOf(source);
    // What is made of the view goes with it.
    const parts = new Map<unknown, unknown>([
      [watchForHolds, partOf(core, watchForHolds)],
      [sessionSymbol, hold ? holding() : undefined],
    ]);
    const context = hold ? contextOf({ ...core, parts }, core.options.initial) : heldContexts.get(core.context)!.live;
    const created = viewOf(core, { parts, context, hold });
    const members = membersOf(source, created);
    views.set(source, members);
    return members;
  };
  return {
    view,
    over: (source, hold) => {
      const isSame = hold === coreOf(source).options.hold;
      // It has what adapters ask of a source.
      return isSame ? source : (view(source, hold) as typeof source);
    },
  };
}

/** A snapshot that is read in another way. */
export function withContext(snapshot: InternalSnapshot, context: SnapshotContext): InternalSnapshot {
  return { ...snapshot, context, publicSnapshot: undefined };
}

/** How a view differs from its core. */
interface ViewParts extends Pick<Core, 'context' | 'parts'> {
  readonly hold: Session | false;
}

/** The same core for those who read it in another way. */
function viewOf(core: Core, { hold, context, ...own }: ViewParts): Core {
  const { data } = core;
  // As often as the core has the same snapshot, it is the same here.
  const toView = rememberLast((snapshot: InternalSnapshot) => withContext(snapshot, context));
  const lifetime = lifetimeWithin(core.lifetime);
  const view: Core = {
    ...core,
    ...own,
    options: { ...core.options, hold, ...(hold && { session: hold }) },
    context,
    lifetime,
    data: {
      ...data,
      createFanOut: () => fanOutWithin(core, lifetime),
      snapshot: () => toView(data.snapshot()),
      snapshotOf: (state) => toView(data.snapshotOf(state)),
      snapshot$: data.snapshot$.pipe(map(toView)),
    },
  };
  return asSource(view, view);
}

/** A stream that holds nothing is brought its flags as by the core, for as long as the view lives. */
function fanOutWithin(core: Core, { disposed$ }: Lifetime): ReturnType<Data['createFanOut']> {
  const { attach } = partOf(core, core.data.createFanOut);
  return {
    attach: (view, key, fallback, user, subscriber) => {
      attach(view, key, fallback, user, subscriber);
      subscriber.add(
        disposed$.subscribe({
          complete: () => {
            subscriber.complete();
          },
        }),
      );
    },
  };
}

/** A lifetime that may end before another one, and ends with it. */
function lifetimeWithin(outer: Lifetime): Lifetime {
  const end$ = new Subject<void>();
  const { isDisposed, dispose } = createLifetime({}, end$);
  return {
    ...outer,
    isDisposed: () => isDisposed() || outer.isDisposed(),
    disposed$: new Observable((subscriber) => {
      subscriber.add(end$.subscribe(subscriber));
      subscriber.add(outer.disposed$.subscribe(subscriber));
    }),
    dispose,
  };
}

/** What adapters ask of a source, and nothing else of it: its methods would not hold. */
function membersOf(source: FlagSource, core: Core): FlagSource {
  const { data, defaultUser, lifetime } = core;
  const { isFixed, rendered } = source as { readonly isFixed?: unknown; readonly rendered?: unknown };
  const members = {
    snapshot: () => publicSnapshotOf(data.snapshot()),
    ready$: ready$(core),
    refresh: () => forceRefresh(core),
    setDefaultUser: (user: User | undefined) => {
      defaultUser.set(user);
    },
    dispose: lifetime.dispose,
    isFixed,
    rendered,
  };
  return asSource(members, core);
}
