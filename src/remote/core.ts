import { Observable, filter, map, take } from 'rxjs';
import type { Store } from '../acquisition/store.js';
import type { SnapshotParts } from '../core/snapshot.js';
import { publicSnapshotOf } from '../core/snapshot.js';
import type { Core, ResolvedOptions } from '../core/source.js';
import { asSource } from '../core/source.js';
import type { Snapshot } from '../core/types.js';
import { isSame, takeCopy } from '../decided/user.js';
import { createLifetime } from '../lifetime/lifetime.js';
import type { Occurrence } from '../logging/event-text.js';
import { cacheReadFailed, requestFailed, unexpectedStatus } from '../logging/events.js';
import type { Layers } from '../overrides/overlay.js';
import { toFailure } from './attempt.js';
import type { Known } from './known.js';
import { createKnown } from './known.js';
import type { LinkOwner } from './link.js';
import { createLink } from './link.js';
import type { Received } from './message.js';
import { isOrder, readMessage } from './message.js';
import type { ResolvedRemoteOptions } from './options.js';
import { followPage } from './page.js';
import type { RemoteState } from './state.js';
import { createRemoteState } from './state.js';
import { createSubject } from './subject.js';
import { keep, readKept } from './storage.js';

/** A core whose values somebody else has decided, and what it has begun with. */
export interface RemoteParts {
  readonly core: Core;
  /** What the server has rendered the page by, with or without values. */
  readonly rendered: Snapshot | undefined;
}

/** Joins link, knowledge and state to a core whose values somebody else has decided, and connects. */
export function createRemoteParts(options: ResolvedRemoteOptions, parts: SnapshotParts): RemoteParts {
  const { scheduler, random, offline, freshForMs, maxInitWaitMs } = options;
  const user = options.user && takeCopy(options.user);
  const begin = options.rendered;
  const received = begin?.text === undefined ? undefined : readMessage(begin.text, '');
  const known = createKnown(user, received ?? readKept(options, user), scheduler);
  const lifetime = createLifetime({}, createSubject());
  const state = createRemoteState(options, known.content(), lifetime, parts);
  const { data, state$, dispatcher, context, settled$, update } = state;
  if (begin?.problem) context.log(cacheReadFailed, {}, begin.problem);
  // Where the server knew nothing the page has default values, whatever has been kept.
  const nothing = { ruleset: undefined, user } as unknown as Layers;
  const firstState = received ? data.state() : { ...data.state(), content: nothing };
  const rendered = begin && publicSnapshotOf(data.snapshotOf(firstState));
  const link = createLink(options, ownerOf(options, known, state));
  let isOnline = !offline;
  const connect = () => {
    if (lifetime.isDisposed()) settled$.next(toFailure(-1, 'The client is disposed.'));
    else if (isOnline) link.start();
    else settled$.next(toFailure(3200, 'The client is offline.'));
  };
  const isReadable = () => data.state().isInitialised;

  const store: Partial<Store<Layers>> = {
    step$: state$.pipe(map((next) => ({ state: next, outcome: { patch: {} } }))),
    state: data.state,
    read: () => (isReadable() ? undefined : (data.ready$.pipe(filter(() => false)) as Observable<never>)),
    isReadable,
    // A stream that begins anew says all that has changed; what is asked for beside it would not go with what comes on it.
    refresh$: new Observable((subscriber) => {
      settled$.pipe(take(1)).subscribe(subscriber);
      connect();
    }),
    isOnline: () => isOnline,
    setOnline: (isWanted) => {
      isOnline = isWanted;
      link.stop();
      update({ isOnline, isFetching: false });
      connect();
    },
  };
  const time = { scheduler, idle: scheduler, random };
  const core: Core = {
    // What functions of flags ask of options and of a store, and nothing else. Where values come from stands for the SDK key.
    options: {
      ...options,
      sdkKey: options.url,
      time,
      polling: { freshForMs },
      formats: [],
    } as unknown as ResolvedOptions,
    store: store as Store<Layers>,
    data,
    defaultUser: {
      copy: takeCopy,
      isSame,
      current: () => data.snapshot().defaultUser,
      set: (next) => {
        const copy = next && takeCopy(next);
        if (lifetime.isDisposed() || (copy && isSame(copy, known.user()))) return;
        known.setUser(copy);
        update({ content: known.content() });
        connect();
      },
    },
    dispatcher,
    lifetime,
    context,
    parts: new Map(),
  };

  const waiting = scheduler.schedule(() => {
    if (!isReadable()) update({ isInitialised: true });
  }, maxInitWaitMs);
  const leavePage = followPage((event) => {
    // A page with an open stream is not kept for those who come back to it.
    if (event === 'pagehide') link.stop();
    else if (isOnline) link.wake(event !== 'visibilitychange');
  });
  lifetime.disposed$.subscribe(() => {
    waiting.unsubscribe();
    leavePage();
    link.stop();
    connect();
  });
  connect();
  return { core: asSource(core, core), rendered };
}

/** Takes what comes from the relay over into the state. */
function ownerOf(options: ResolvedRemoteOptions, known: Known, { data, context, update }: RemoteState): LinkOwner {
  const receive = (received: Received | undefined) => {
    if (!received || !known.receive(received)) return;
    const content = known.content();
    if (content !== (data.state().content as unknown)) keep(options, content.user, received);
    update({
      entry: {
        configText: undefined,
        etag: received.etag || undefined,
        fetchedAtMs: options.scheduler.now(),
        requestedAtMs: received.order[0],
      },
      content,
      isInitialised: true,
      isFetching: false,
      lastError: undefined,
    });
  };
  return {
    user: known.user,
    etag: () => known.received()?.etag,
    // Changes of nothing are malformed.
    onMessage: (text, etag, isChange) => {
      receive(readMessage(text, etag, isChange ? known.received()!.flags : undefined));
    },
    onConfirmed: (orderText) => {
      const received = known.received();
      const order = orderText?.split(',').map(Number);
      receive(received && isOrder(order) ? { ...received, order } : received);
    },
    onBegin: () => {
      update({ isFetching: true });
    },
    onSettled: (result, status) => {
      const lastError = result.isSuccess ? undefined : result;
      // The same failure again is no news.
      if (lastError && lastError.errorMessage !== data.state().lastError?.errorMessage) {
        const occurrence: Occurrence = status
          ? [unexpectedStatus, { status, reason: '', rayId: undefined }]
          : [requestFailed, { rayId: undefined }];
        context.log(...occurrence, lastError.exception, () => lastError.errorMessage);
      }
      update({ isFetching: false, isInitialised: true, lastError }, result);
    },
  };
}
