/*
 * Makes clients that poll, forgets each of them in a way of its own, collects garbage, lets ten minutes of virtual time
 * pass, and prints by way how often each has polled in them, what it has left in the scheduler, how many calls have ended,
 * and how often what is kept of it emits, or what it answers.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Observable } from 'rxjs';
import type { ClientOptions, ConfigCatClient } from '../../../src/index';
import { autoPoll, createClient, exposures, toAsyncIterable } from '../../../src/index';
import { configOf } from '../client';
import { createVirtualClock } from '../virtual-time';

const [sdkKey = ''] = process.argv.slice(2);
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is kept of a client by whoever forgets it. */
type Kept = Observable<unknown> | { readonly read: () => unknown } | undefined;
type Way = (client: ConfigCatClient, settle: () => void) => Kept | Promise<Kept>;

const subscribing =
  (pick: (client: ConfigCatClient) => Observable<unknown>): Way =>
  (client) => {
    pick(client).subscribe();
    return undefined;
  };

const waiting =
  (call: (client: ConfigCatClient) => Promise<unknown>): Way =>
  (client, settle) => {
    void call(client).then(settle, settle);
    return undefined;
  };

const ways: Readonly<Record<string, Way>> = {
  unused: () => undefined,
  read: async (client) => {
    await client.getValue('a', 0);
    await client.forceRefresh();
    await client.waitForReady();
    return undefined;
  },
  unsubscribed: (client) => {
    const subscription = client.flag$('a', 0).subscribe();
    subscription.add(client.events$.subscribe());
    subscription.unsubscribe();
    return undefined;
  },
  asked: (client) => {
    void client.flag$('a', 0);
    return undefined;
  },
  snapshot: (client) => {
    const snapshot = client.snapshot();
    return { read: () => snapshot.value('a', 0) };
  },
  'flag$ subscribed': subscribing((client) => client.flag$('a', 0)),
  'flags$ subscribed': subscribing((client) => client.flags$({ a: 0 })),
  'flagState$ subscribed': subscribing((client) => client.flagState$('a', 0)),
  'status$ subscribed': subscribing((client) => client.status$),
  'events$ subscribed': subscribing((client) => client.events$),
  'changes$ subscribed': subscribing((client) => client.changes$),
  'exposures subscribed': subscribing((client) => exposures(client)),
  'watch subscribed': (client) => {
    client.watch('a', 0).subscribe(() => undefined);
    return undefined;
  },
  'loop waiting': (client, settle) => {
    const values = toAsyncIterable(client.flag$('a', 0))[Symbol.asyncIterator]();
    void values.next().then(settle, settle);
    return undefined;
  },
  onConfigChanged: () => undefined,
  'flag$ kept': (client) => client.flag$('a', 0),
  'flagDetails$ kept': (client) => client.flagDetails$('a', 0),
  'flags$ kept': (client) => client.flags$({ a: 0 }),
  'allFlags$ kept': (client) => client.allFlags$(),
  'flagState$ kept': (client) => client.flagState$('a', 0),
  'keys$ kept': (client) => client.keys$,
  'snapshot$ kept': (client) => client.snapshot$,
  'status$ kept': (client) => client.status$,
  'ready$ kept': (client) => client.ready$,
  'watch kept': (client) => {
    const { current } = client.watch('a', 0);
    return { read: current };
  },
  // eslint-disable-next-line @typescript-eslint/unbound-method -- that is what is tried
  'methods kept': ({ getValue, snapshot }) => ({ read: () => [typeof getValue, snapshot().value('a', 0)] }),
  'pending getValue': waiting((client) => client.getValue('a', 0)),
  'pending waitForReady': waiting((client) => client.waitForReady()),
  'pending forceRefresh': waiting((client) => client.forceRefresh()),
  'pending explain': waiting((client) => client.explain('a')),
};

/** A client that is forgotten. */
interface Trial {
  readonly way: string;
  readonly pass: () => Promise<void>;
  readonly look: () => unknown[];
}

async function forget(way: string): Promise<Trial> {
  const clock = createVirtualClock();
  const isSilent = way.startsWith('pending');
  let requests = 0;
  let settled = 0;
  let before = 0;
  const options: ClientOptions = {
    fetch: () => {
      requests++;
      const text = JSON.stringify(configOf({ a: requests }));
      const response = { status: 200, statusText: '', headers: { get: () => null }, text: () => Promise.resolve(text) };
      return isSilent ? new Promise(() => undefined) : Promise.resolve(response);
    },
    scheduler: clock.scheduler,
    logLevel: 'off',
    requestTimeoutMs: 2_000_000_000,
    polling: autoPoll({ pollIntervalSeconds: 30, maxInitWaitTimeSeconds: -1 }),
    ...(way === 'onConfigChanged' && { onConfigChanged: () => undefined }),
  };
  const start = async () => {
    const client = createClient(sdkKey, options);
    if (!isSilent) await clock.advance(1000);
    return ways[way]!(client, () => settled++);
  };
  const kept = await start();
  return {
    way,
    pass: () => {
      before = requests;
      return clock.advance(600_000);
    },
    look: () => {
      const found = [requests - before, clock.scheduler.actions.length > 0, settled];
      if (!kept) return found;
      if ('read' in kept) return [...found, kept.read()];
      let emissions = 0;
      kept.subscribe(() => emissions++);
      return [...found, emissions];
    },
  };
}

async function run(): Promise<void> {
  const trials: Trial[] = [];
  for (const way of Object.keys(ways)) trials.push(await forget(way));
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    // What is called when something was collected is called a little later.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (const { way, pass, look } of trials) {
    await pass();
    console.log(JSON.stringify([way, ...look()]));
  }
}

void run().then(() => process.exit());
