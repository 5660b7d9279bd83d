import type { Subscription } from 'rxjs';
import { ReplaySubject, Subject } from 'rxjs';
import type { Engine, LeaseRequest, Order } from '../fleet/index.js';
import { expectSame, plain, waitFor } from './expect-engine.js';

/** An engine over a place that holds nothing, and what others can do to that place. */
export interface EngineUnderTest {
  /** The engine, as one process uses it. */
  readonly engine: Engine;
  /** Opens the same place as another process does. Default: both use one engine. */
  readonly openAnother?: () => Engine | Promise<Engine>;
  /** Stores a payload under the key of the entry, as an SDK does that knows nothing of fleets. */
  readonly storeForeign: (text: string) => unknown;
  /** Removes everything from the place, as a restart does of a server that keeps nothing. */
  readonly forget: () => unknown;
  /** Ends what was opened. */
  readonly close?: () => unknown;
}

/** What a process asks that knows of no lease. */
export const free: LeaseRequest = { aboveFence: 0 };
/** A lease that ends in no case, in milliseconds. */
export const longMs = 60_000;

/** An engine that is tried, and what arrives from it. */
export interface Trial {
  readonly place: EngineUnderTest;
  readonly engine: Engine;
  /** The engine of another process. */
  readonly another: Engine;
  /** Asks for a lease that nobody has to be waited for. */
  readonly grant: (owner?: string, request?: LeaseRequest) => Promise<number>;
  /** Expects these announcements and no others since the last call: one more is sent, and has to arrive next. */
  readonly expectAnnounced: (...messages: readonly string[]) => Promise<void>;
  readonly expectStored: (text: string | undefined, order: Order | undefined, isForeign: boolean) => Promise<void>;
  /** Resolves with the announcements since the last call. */
  readonly announced: () => Promise<readonly string[]>;
  readonly end: () => void;
}

/** Listens to an engine. */
export async function startTrial(place: EngineUnderTest): Promise<Trial> {
  const { engine } = place;
  const another = (await place.openAnother?.()) ?? engine;
  const received: string[] = [];
  const message$ = new Subject<string>();
  const subscriptions: Subscription[] = [
    engine.listen().subscribe((message) => {
      received.push(message);
      message$.next(message);
    }),
  ];
  // Both listen for as long as the case lasts.
  for (const { alive$ } of new Set([engine, another])) {
    const isListening$ = new ReplaySubject<boolean | Error>(1);
    subscriptions.push(alive$.subscribe(isListening$));
    await waitFor(isListening$, 'the engine to say by `alive$` that it listens', (state) => state === true);
  }
  let sent = 0;
  const announced = async () => {
    const last = `last ${++sent}`;
    const arrived = waitFor(message$, 'an announcement', (message) => message === last);
    await Promise.all([arrived, engine.announce(last)]);
    return received.splice(0).slice(0, -1);
  };
  return {
    place,
    engine,
    another,
    grant: async (owner = 'a', request = free) => {
      const { fence } = await engine.lease(owner, longMs, request);
      if (fence === undefined) throw new Error(`Expected that the lease is granted to '${owner}'.`);
      return fence;
    },
    announced,
    expectAnnounced: async (...messages) => {
      expectSame('the announcements', await announced(), messages);
    },
    expectStored: async (text, order, isForeign) => {
      expectSame('what is read', plain(await engine.read()), { text, order, isForeign });
    },
    end: () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
    },
  };
}
