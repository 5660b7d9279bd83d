/*
 * Creates clients of all modes and disposes them at different points of their lives, again and again, and prints what
 * that leaves behind: `<bytes of heap> <active resources> <clients in memory> <streams still listened to>`, once after a
 * warm-up and once after the given number of cycles.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BehaviorSubject, Subject } from 'rxjs';
import type { ConfigCatClient, PollingMode } from '../../../src/index';
import { autoPoll, createClient, lazyLoad, manualPoll } from '../../../src/index';

const [sdkKey = '', baseUrl = '', cycles = '0'] = process.argv.slice(2);
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

// These outlive the clients, and would show what is still listening.
const pollWhile$ = new BehaviorSubject(true);
const refreshOn$ = new Subject<void>();
const changes$ = new Subject<void>();
const entries = new Map<string, string>();
const cache = {
  get: (key: string) => Promise.resolve(entries.get(key)),
  set: (key: string, value: string) => {
    entries.set(key, value);
  },
  changes$,
};

const modes: readonly (() => PollingMode)[] = [() => autoPoll({ pollWhile$ }), lazyLoad, manualPoll];
const moments: readonly ((client: ConfigCatClient) => Promise<unknown>)[] = [
  () => Promise.resolve(),
  () => new Promise((resolve) => setImmediate(resolve)),
  (client) => client.getValue('greeting', ''),
  (client) => client.forceRefresh(),
];

async function cycle(i: number): Promise<WeakRef<ConfigCatClient>> {
  const client = createClient(sdkKey, {
    baseUrl,
    polling: modes[i % modes.length]!(),
    refreshOn$,
    logLevel: 'off',
    ...(i % 2 === 0 && { cache }),
  });
  client.flag$('greeting', '').subscribe();
  client.flagState$('greeting', '').subscribe();
  client.events$.subscribe();
  const waits = [client.getValue('greeting', ''), client.forceRefresh(), client.waitForReady().catch(String)];
  await moments[i % moments.length]!(client);
  client.dispose();
  await Promise.all(waits);
  return new WeakRef(client);
}

function resources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap' && name !== 'TTYWrap');
}

async function run(count: number): Promise<void> {
  const clients: WeakRef<ConfigCatClient>[] = [];
  for (let i = 0; i < count; i++) clients.push(await cycle(i));
  // Sockets take a moment to close.
  for (let i = 0; i < 300 && resources().length > 0; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  collectGarbage();
  // The last one may still be on the stack.
  const alive = clients.slice(0, -1).filter((client) => client.deref()).length;
  const observed = [pollWhile$, refreshOn$, changes$].filter((subject) => subject.observed).length;
  console.log(process.memoryUsage().heapUsed, resources().length, alive, observed);
}

// Compiled code takes its share of the heap, and until then more and more of it.
void run(1500).then(() => run(Number(cycles)));
