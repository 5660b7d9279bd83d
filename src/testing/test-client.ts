import { Subject, asyncScheduler } from 'rxjs';
import type { AnyFlags, ClientOptions, ConfigCache, ConfigCatClient, FlagTypes, User } from '../index.js';
import { createClient, manualPoll, parseConfig } from '../index.js';
import type { TestFlags } from './config-json.js';
import { toSettings } from './config-json.js';
import type { TestFailure } from './test-fetch.js';
import { requireFailure, testFetch } from './test-fetch.js';

/** Options of test clients: those of clients, but for where configs come from. */
export type TestClientOptions = Omit<ClientOptions, 'cache' | 'fetch' | 'agent' | 'baseUrl' | 'dataGovernance'>;

/** A client whose config is in the hands of a test. */
export interface TestClient<F extends FlagTypes<F> = AnyFlags> extends ConfigCatClient<F> {
  /**
   * Changes these flags and leaves the others as they are; `undefined` takes a flag away. Streams that it concerns have
   * emitted when it returns, unless it is called by a subscriber: then they emit when that has returned.
   *
   * @throws TypeError naming the flag whose value no flag can have; or saying where the config is malformed, if it is one of
   * the previous format, which has other flags.
   *
   * @example
   * client.set({ darkMode: true, greeting: undefined });
   */
  set(flags: TestFlags<F>): void;
  /**
   * Replaces the whole config with a config JSON, as text or as the object that it says.
   *
   * @throws Error saying where the config JSON is malformed.
   *
   * @example
   * client.setConfig(readFileSync('config.json', 'utf8'));
   */
  setConfig(configJson: string | object): void;
  /** Sets the user of all evaluations that name none, or with `undefined` goes back to none. */
  setUser(user: User | undefined): void;
  /**
   * Makes all fetches fail from now on: `forceRefresh()` resolves with that failure, and `status$` shows it. What `set()`
   * says arrives all the same, as from a cache. As with every client, a request that fails is repeated once, after
   * 50 ms, unless the status is 403 or 404.
   *
   * @param how - no answer, a timeout, an answer that is no config, or an HTTP status.
   * @throws RangeError when it is none of these.
   *
   * @example
   * client.fail(503);
   * const { errorCode } = await client.forceRefresh(); // 1101
   */
  fail(how: TestFailure): void;
  /** Lets fetches succeed again. */
  recover(): void;
}

/** The members of a config JSON that test clients read. */
interface Document {
  readonly f?: Readonly<Record<string, unknown>> | null;
}

let clientCount = 0;

/**
 * Creates a client for tests, with flags that change at a word. It is a real client over a cache that the test fills:
 * values are there at once, and go through the same evaluation, streams and events as those from ConfigCat. Nothing is
 * ever sent. It polls manually unless `options.polling` says otherwise, and a request that is not answered times out after
 * `options.requestTimeoutMs`, here 100 by default.
 *
 * @typeParam F - keys and types of the flags. Default: any.
 * @param flags - by their keys: values for everybody, or values with targeting.
 * @throws TypeError naming the flag whose value no flag can have, or the option that is wrong.
 *
 * @example
 * const client = createTestClient({ darkMode: false });
 * client.flag$('darkMode', false).subscribe(console.log); // false
 * client.set({ darkMode: true }); // true
 */
export function createTestClient<F extends FlagTypes<F> = AnyFlags>(
  flags: TestFlags<F> = {},
  options: TestClientOptions = {},
): TestClient<F> {
  const { scheduler = asyncScheduler } = options;
  let document: Document = { f: toSettings(flags) };
  let failure: TestFailure | undefined;
  const served = createServedEntry(JSON.stringify(document), scheduler.now());
  const client = createClient<F>(nextSdkKey(), {
    polling: manualPoll(),
    requestTimeoutMs: 100,
    ...options,
    cache: served.cache,
    fetch: testFetch(() => failure),
  });
  const store = (next: Document) => {
    const text = JSON.stringify(next);
    parseConfig(text);
    document = next;
    const { fetchedAt } = client.snapshot();
    served.put(text, Math.max(scheduler.now(), (fetchedAt?.getTime() ?? 0) + 1));
  };

  return Object.assign(client, {
    set: (changed: TestFlags<F>) => {
      store({ ...document, f: { ...document.f, ...toSettings(changed) } });
    },
    setConfig: (configJson: string | object) => {
      store((typeof configJson === 'string' ? JSON.parse(configJson) : configJson) as Document);
    },
    setUser: (user: User | undefined) => {
      if (user) client.setDefaultUser(user);
      else client.clearDefaultUser();
    },
    fail: (how: TestFailure) => {
      requireFailure(how);
      failure = how;
    },
    recover: () => {
      failure = undefined;
    },
  });
}

/** A cache with one config, which the test replaces. */
interface ServedEntry {
  readonly cache: ConfigCache;
  readonly put: (configText: string, fetchedAtMs: number) => void;
}

function createServedEntry(first: string, nowMs: number): ServedEntry {
  const changes$ = new Subject<void>();
  let lastMs = Math.ceil(nowMs);
  // Source: protocol section 9.
  let entry = `${lastMs}\n\n${first}`;
  return {
    cache: { get: () => entry, set: () => undefined, changes$, isOrdered: true },
    put: (configText, fetchedAtMs) => {
      lastMs = Math.max(Math.ceil(fetchedAtMs), lastMs + 1);
      entry = `${lastMs}\n\n${configText}`;
      changes$.next();
    },
  };
}

/** Each client has a key of its own, because a second client of one key is warned of. */
function nextSdkKey(): string {
  const half = `test-${String(++clientCount).padStart(17, '0')}`;
  return `configcat-sdk-1/${half}/${half}`;
}
