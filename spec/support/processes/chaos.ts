/*
 * Runs sequences of faults with clients that have a defect. The arguments are the number of sequences, the seed, and the
 * names of the defects; prints the defects, seeds and texts of violations, then `done`.
 */
import { NEVER, concat, of, switchMap } from 'rxjs';
import { runChaos } from '../../../checks/chaos/chaos';
import type { CreateClient } from '../../../checks/chaos/stage';
import type { ConfigCatClient } from '../../../src/index';
import { createClient } from '../../../src/index';

const [sequences = '0', seed = '0', ...names] = process.argv.slice(2);

/** The same client, but for some of its parts. */
function altered(client: ConfigCatClient, changes: object): ConfigCatClient {
  return Object.create(client, Object.getOwnPropertyDescriptors(changes)) as ConfigCatClient;
}

/** So that this process can end all the same. */
const leftRunning: NodeJS.Timeout[] = [];

const defects: Readonly<Record<string, CreateClient>> = {
  none: createClient,
  'loses the value when a fetch fails': (sdkKey, options) => {
    const client = createClient(sdkKey, options);
    const flag$ = (key: string, fallback: number) =>
      client.status$.pipe(
        switchMap(({ lastError }) => (lastError ? concat(of(fallback), NEVER) : client.flag$(key, fallback))),
      );
    return altered(client, { flag$ });
  },
  'never asks again': (sdkKey, options) => {
    const { fetch = globalThis.fetch } = options;
    let first: ReturnType<typeof fetch> | undefined;
    return createClient(sdkKey, { ...options, fetch: (url, init) => (first ??= fetch(url, init)) });
  },
  'asks twice': (sdkKey, options) => {
    const { fetch } = options;
    if (!fetch) return createClient(sdkKey, options);
    const twice: typeof fetch = (url, init) => {
      fetch(url, init).catch(() => undefined);
      return fetch(url, init);
    };
    return createClient(sdkKey, { ...options, fetch: twice });
  },
  'rejects into the void': (sdkKey, options) => {
    void Promise.reject(new Error('nobody handles this'));
    return createClient(sdkKey, options);
  },
  'leaves a timer': (sdkKey, options) => {
    options.scheduler?.schedule(() => undefined, 10_000_000);
    return createClient(sdkKey, options);
  },
  'leaves a real timer': (sdkKey, options) => {
    leftRunning.push(setInterval(() => undefined, 60_000));
    return createClient(sdkKey, options);
  },
  'leaves a listener': (sdkKey, options) => {
    options.refreshOn$?.subscribe();
    return createClient(sdkKey, options);
  },
  'stores nothing good': (sdkKey, options) => {
    const { cache } = options;
    if (!cache) return createClient(sdkKey, options);
    return createClient(sdkKey, { ...options, cache: { get: () => undefined, set: (key) => cache.set(key, '') } });
  },
};

async function run(): Promise<void> {
  for (const name of names) {
    await runChaos({
      sequences: Number(sequences),
      seed: Number(seed),
      concurrency: 50,
      create: defects[name]!,
      report: ({ seeds, text }) => {
        console.log(`${name}: ${seeds.join(' ')}: ${text}`);
      },
    });
  }
  for (const timer of leftRunning) clearInterval(timer);
  console.log('done');
}

void run();
