import { EMPTY, Observable, ignoreElements, take, takeUntil } from 'rxjs';
import type { RefreshFailure, RefreshResult } from '../acquisition/outcome.js';
import type { Store } from '../acquisition/store.js';
import type { SnapshotParts } from '../core/snapshot.js';
import { publicSnapshotOf } from '../core/snapshot.js';
import type { Core, ResolvedOptions } from '../core/source.js';
import { asSource } from '../core/source.js';
import type { Snapshot } from '../core/types.js';
import { linkTo } from '../logging/event-text.js';
import { cacheReadFailed } from '../logging/events.js';
import type { User } from '../model/user.js';
import type { Layers } from '../overrides/overlay.js';
import type { Known } from './known.js';
import { createKnown } from './known.js';
import type { Link, LinkOwner } from './link.js';
import { createLink } from './link.js';
import { parseOrder, readMessage } from './message.js';
import type { ResolvedRemoteOptions } from './options.js';
import { pageEvents } from './page.js';
import type { RemoteState } from './state.js';
import { contentOf, createRemoteState, freshMs } from './state.js';
import { keep, readKept } from './storage.js';
import * as users from '../decided/user.js';

/** A core whose values somebody else has decided, and what it has begun with. */
export interface RemoteParts {
  readonly core: Core;
  /** What the server has rendered the page by, with or without values. */
  readonly rendered: Snapshot | undefined;
}

/** Joins link, knowledge and state to a core whose values somebody else has decided, and connects. */
export function createRemoteParts(options: ResolvedRemoteOptions, parts: SnapshotParts): RemoteParts {
  const firstUser = options.user && users.takeCopy(options.user);
  const begin = options.rendered;
  const received = begin?.text === undefined ? undefined : readMessage(begin.text, undefined);
  const known = createKnown(firstUser, received ?? readKept(options, firstUser), options.scheduler);
  const remote = createRemoteState(options, known, parts);
  const { data, dispatcher, lifetime, context, settled$, update } = remote;
  if (begin?.problem) context.log(cacheReadFailed, {}, begin.problem);
  // Where the server knew nothing the page has default values, whatever has been kept.
  const firstState = received ? data.state() : { ...data.state(), content: undefined };
  const rendered = begin && publicSnapshotOf(data.snapshotOf(firstState));
  const link = createLink(options, ownerOf(options, known, remote));
  let isOnline = !options.offline;
  const store: Pick<
    Store<Layers>,
    'state' | 'read' | 'isReadable' | 'refresh$' | 'written$' | 'isOnline' | 'setOnline'
  > = {
    state: data.state,
    read: () => (data.state().isInitialised ? undefined : data.ready$.pipe(ignoreElements())),
    isReadable: () => data.state().isInitialised,
    // A stream that begins anew says all that has changed; what is asked for beside it would not go with what comes on it.
    refresh$: new Observable<RefreshResult>((subscriber) => {
      settled$.pipe(take(1), takeUntil(lifetime.disposed$)).subscribe(subscriber);
      if (lifetime.isDisposed()) subscriber.complete();
      else if (isOnline) link.start();
      else settled$.next(offlineFailure);
    }),
    written$: EMPTY,
    isOnline: () => isOnline,
    setOnline: (isWanted) => {
      isOnline = isWanted;
      update({ isOnline, isFetching: false });
      if (isOnline) link.start();
      else {
        link.stop();
        settled$.next(offlineFailure);
      }
    },
  };
  const setUser = (user: User | undefined) => {
    const copy = user && users.takeCopy(user);
    if ((copy && users.isSame(copy, known.user())) || lifetime.isDisposed()) return;
    known.setUser(copy);
    update({ content: contentOf(known) });
    if (isOnline) link.start();
  };
  follow(options, remote, link, () => isOnline);
  const { scheduler, random } = options;
  const core: Core = {
    // What functions of flags ask of options and of a store, and nothing else.
    options: {
      ...options,
      // It stands for what the SDK key is to other cores: where the values come from.
      sdkKey: options.url,
      time: { scheduler, idle: scheduler, random },
      polling: { freshForMs: freshMs(options) },
      formats: [],
      texts: { textOf: linkTo },
    } as unknown as ResolvedOptions,
    store: store as Store<Layers>,
    data,
    defaultUser: {
      copy: users.takeCopy,
      isSame: users.isSame,
      current: () => data.snapshot().defaultUser,
      set: setUser,
    },
    dispatcher,
    lifetime,
    context,
    parts: new Map(),
  };
  return { core: asSource(core, core), rendered };
}

const offlineFailure: RefreshFailure = { isSuccess: false, errorCode: 3200, errorMessage: 'The client is offline.' };

/** Takes what comes from the relay over into the state. */
function ownerOf(options: ResolvedRemoteOptions, known: Known, { data, context, update }: RemoteState): LinkOwner {
  const show = () => {
    if (!known.show()) return;
    const shown = known.shown()!;
    const { etag, order, user } = shown;
    const { content, entry } = data.state();
    if (contentOf(known) !== content || entry.etag === undefined) keep(options, user, shown);
    update({
      entry: { configText: undefined, etag, fetchedAtMs: options.scheduler.now(), requestedAtMs: order[0] },
      content: contentOf(known),
      isInitialised: true,
      isFetching: false,
      lastError: undefined,
    });
  };
  return {
    user: known.user,
    etag: () => known.received()?.etag,
    onValues: (text, etag) => {
      known.receive(readMessage(text, etag));
      show();
    },
    onChanges: (text, etag) => {
      const base = known.received();
      if (!base) throw new Error('The relay has sent changes of nothing.');
      known.receive(readMessage(text, etag, base));
      show();
    },
    onConfirmed: (orderText) => {
      const received = known.received();
      const order = parseOrder(orderText);
      if (received && order) known.receive({ ...received, order });
      show();
    },
    onBegin: () => {
      update({ isFetching: true });
    },
    onSettled: (result, entry) => {
      const lastError = result.isSuccess ? undefined : result;
      // The same failure again is no news.
      if (lastError && entry && lastError.errorMessage !== data.state().lastError?.errorMessage) {
        context.log(...entry, lastError.exception, () => lastError.errorMessage);
      }
      update({ isFetching: false, isInitialised: true, lastError }, result);
    },
  };
}

/** Connects, and lets the link follow page and client. */
function follow(
  { scheduler, maxInitWaitMs }: ResolvedRemoteOptions,
  { data, lifetime, update }: RemoteState,
  link: Link,
  isOnline: () => boolean,
): void {
  const waiting = scheduler.schedule(() => {
    if (!data.state().isInitialised) update({ isInitialised: true });
  }, maxInitWaitMs);
  const pages = pageEvents().subscribe((event) => {
    // A page with an open stream is not kept for those who come back to it.
    if (event === 'pagehide') link.stop();
    else if (isOnline()) link.wake(event !== 'visibilitychange');
  });
  lifetime.disposed$.subscribe({
    complete: () => {
      waiting.unsubscribe();
      pages.unsubscribe();
      link.stop();
    },
  });
  if (isOnline()) link.start();
}
