import { BehaviorSubject, EMPTY, Observable, Subject, concat, defer, merge, shareReplay, switchMap } from 'rxjs';
import type { Step } from '../acquisition/outcome.js';
import type { Store } from '../acquisition/store.js';
import type { Trampoline } from '../acquisition/trampoline.js';
import type { Layers } from '../overrides/overlay.js';
import type { OpenStore } from '../core/config-store.js';
import { createConfigStore, withOverrides } from '../core/config-store.js';
import type { ResolvedOptions } from '../core/source.js';

/** A store that can be replaced under a client by one of other options. */
export interface ReplaceableStore {
  /** Opens the first one. To be called once, and before `replace()`. */
  readonly open: OpenStore;
  /**
   * Goes on by other options with all that is known: whoever follows the state sees no gap, whoever waits goes on waiting for the
   * new one, and what the old one has begun is ended.
   */
  readonly replace: (options: ResolvedOptions) => void;
}

/** One of the stores, one after the other. */
interface Opened {
  readonly store: Store<Layers>;
  /** The same without overrides, whose state is what the next one begins with. */
  readonly fetched: Store<Layers>;
  /** What its options said. */
  readonly isOffline: boolean;
  readonly end: () => void;
}

/** Creates a store that can be replaced. */
export function createReplaceableStore(): ReplaceableStore {
  let replace!: ReplaceableStore['replace'];
  const open: OpenStore = (firstOptions, cacheKey, trampoline, disposed$) => {
    const start = (options: ResolvedOptions, taken: Partial<ResolvedOptions> = {}): Opened => {
      const ended$ = new Subject<void>();
      const fetched = createConfigStore({ ...options, ...taken }, cacheKey, trampoline, merge(disposed$, ended$));
      const store = withOverrides(fetched, options, trampoline);
      const end = () => {
        store.dispose();
        ended$.next();
        ended$.complete();
      };
      return { store, fetched, isOffline: options.offline, end };
    };
    let current = start(firstOptions);
    const store$ = new BehaviorSubject(current.store);
    replace = (options) => {
      const last = current;
      const isOnline = options.offline === last.isOffline ? last.store.isOnline() : !options.offline;
      const first = { ...last.fetched.state(), isFetching: false, backoff: undefined };
      current = start(options, { offline: !isOnline, first });
      store$.next(current.store);
      last.end();
    };
    return delegate(() => current.store, store$, trampoline);
  };
  return {
    open,
    replace: (options) => {
      replace(options);
    },
  };
}

/** Stands for whichever store is the present one. */
function delegate(
  current: () => Store<Layers>,
  store$: BehaviorSubject<Store<Layers>>,
  trampoline: Trampoline,
): Store<Layers> {
  /** Does work of a store, and does it again if that one is replaced in the middle of it. */
  const ofWhichever = <T>(work: (store: Store<Layers>) => Observable<T>): Observable<T> =>
    defer(() => {
      const store = current();
      return concat(
        work(store),
        defer(() => (current() === store ? EMPTY : ofWhichever(work))),
      );
    });
  return {
    step$: store$.pipe(
      switchMap(({ step$ }, i) => (i === 0 ? step$ : settledFirst(step$, trampoline))),
      shareReplay({ bufferSize: 1, refCount: false }),
    ),
    state: () => current().state(),
    read: (isFollowing) => {
      const store = current();
      const read$ = store.read(isFollowing);
      return (
        read$ &&
        concat(
          read$,
          defer(() => (current() === store ? EMPTY : ofWhichever(readOf(isFollowing)))),
        )
      );
    },
    isReadable: () => current().isReadable(),
    refresh$: ofWhichever(({ refresh$ }) => refresh$),
    written$: defer(() => current().written$),
    isOnline: () => current().isOnline(),
    setOnline: (isOnline) => {
      current().setOnline(isOnline);
    },
    permission: current().permission,
    dispose: () => {
      store$.complete();
      current().dispose();
    },
  };
}

function readOf(isFollowing: boolean) {
  return (store: Store<Layers>): Observable<never> => store.read(isFollowing) ?? EMPTY;
}

/**
 * The steps of a store that takes over: those of its start, which tell how it comes to know what is known, are told as steps of
 * the state that they lead to, so that nobody sees less in between.
 */
function settledFirst(step$: Observable<Step<Layers>>, trampoline: Trampoline): Observable<Step<Layers>> {
  return new Observable((subscriber) => {
    let early: Step<Layers>[] | undefined = [];
    subscriber.add(
      step$.subscribe({
        next: (step) => {
          if (early) early.push(step);
          else subscriber.next(step);
        },
        complete: () => {
          subscriber.complete();
        },
      }),
    );
    trampoline(() => {
      const steps = early ?? [];
      early = undefined;
      const last = steps[steps.length - 1];
      for (const { outcome } of steps) subscriber.next({ state: last!.state, outcome });
    });
  });
}
