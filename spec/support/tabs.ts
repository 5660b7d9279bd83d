import { AsyncLocalStorage } from 'node:async_hooks';
import type { SchedulerAction, SchedulerLike } from 'rxjs';
import { Subscription, of } from 'rxjs';
import type { CrossTabOptions } from '../../src/browser/index';
import { crossTab } from '../../src/browser/index';
import type { ConfigCatClient, FetchFunction } from '../../src/index';
import { createClientWithAutoPoll } from '../../src/index';
import { configOf, sdkKey } from './client';
import { createVirtualClock } from './virtual-time';

/** Where the entry of `sdkKey` stands in storage. */
export const entryKey = 'f1a2e755c7a97e5a6abadaf91574196fcc161921';
export const intervalMs = 60_000;

/** What a browser lacks. */
export type Lack = 'locks' | 'channels' | 'storage' | 'allowed channels' | 'allowed locks';

/** A tab with a client that watches a flag whose values are version numbers. */
export interface Tab {
  readonly client: ConfigCatClient;
  readonly values: number[];
  readonly log: string[];
  requests: number;
  /** Holds a lock, or has an open channel: what keeps it out of the back/forward cache. */
  readonly holds: () => readonly string[];
  /** Stops everything in it, as a dialog or a debugger does; what happens meanwhile happens when it goes on. */
  readonly stop: () => void;
  readonly resume: () => void;
  readonly happen: (event: 'pagehide' | 'pageshow') => void;
  /** What the server answers it with from now on, instead of the config. */
  fault: 'none' | 'refused' | 'silence' | number;
  readonly close: () => void;
}

/** Tabs of one origin in virtual time. */
export interface Origin {
  readonly open: (options?: CrossTabOptions) => Tab;
  /** Serves the next version, and tells which that is. */
  readonly serve: () => number;
  readonly version: () => number;
  readonly advance: (ms: number) => Promise<void>;
  /** Sets the clock of the machine. */
  readonly setClock: (byMs: number) => void;
  readonly nowMs: () => number;
  /** How long answers take. */
  latencyMs: number;
  /**
   * How long the second of three tabs sees nothing of what others store and take from it, as it runs in another process; the
   * third does so for twice as long.
   */
  processDelayMs: number;
  readonly storage: Map<string, string>;
  /** Says something on the channel of all tabs. */
  readonly say: (message: unknown, channel?: string) => void;
  readonly end: () => void;
}

/** Something that a tab has stored. */
interface Write {
  readonly by: Runner;
  readonly before: string | null;
  readonly atMs: number;
}

interface LockRequest {
  readonly tab: Runner;
  readonly grant: () => Promise<unknown>;
  readonly settle: (error?: Error) => void;
}

/** Runs what happens in a tab, unless that is stopped. */
interface Runner {
  readonly run: (task: () => void) => void;
  readonly held: Set<string>;
  /** How long it sees nothing of what happens in others. */
  readonly delayMs: () => number;
  readonly window: EventTarget;
}

const maxDelayMs = 1000;
const globals = ['window', 'document', 'localStorage', 'navigator', 'BroadcastChannel'] as const;

export function createOrigin(...lacks: readonly Lack[]): Origin {
  const clock = createVirtualClock();
  const before = globals.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  const storage = new Map<string, string>();
  const channels = new Set<Channel>();
  const runners = new Set<Runner>();
  const tabs = new Set<Tab>();
  /** The tab in which things happen, promises included. */
  const current = new AsyncLocalStorage<Runner>();
  let skewMs = Date.UTC(2030, 0);
  let version = 1;
  let opened = 0;
  const requireTab = () => current.getStore() ?? fail('Nothing happens outside of tabs.');
  const within = (runner: Runner, task: () => void) => {
    current.run(runner, task);
  };

  const lacking = (lack: Lack) => lacks.includes(lack);

  class Channel {
    onmessage: ((event: { data: unknown }) => void) | undefined;
    readonly #tab = requireTab();
    constructor(readonly name: string) {
      // As Firefox does where cookies are blocked.
      if (lacking('allowed channels')) throw new Error('The operation is insecure.');
      channels.add(this);
      this.#tab.held.add(`channel ${name}`);
    }
    postMessage(data: unknown) {
      for (const other of channels)
        if (other !== this && other.name === this.name) other.deliver(structuredClone(data));
    }
    deliver(data: unknown) {
      clock.scheduler.schedule(() => {
        this.#tab.run(() => this.onmessage?.({ data }));
      }, 1);
    }
    close() {
      channels.delete(this);
      this.#tab.held.delete(`channel ${this.name}`);
    }
  }

  const queues = new Map<string, { holder?: LockRequest | undefined; waiting: LockRequest[] }>();
  const pass = (name: string) => {
    const queue = queues.get(name)!;
    if (queue.holder) return;
    const next = (queue.holder = queue.waiting.shift());
    if (!next) return;
    next.tab.held.add(`lock ${name}`);
    const release = () => {
      if (queue.holder !== next) return;
      queue.holder = undefined;
      next.tab.held.delete(`lock ${name}`);
      next.settle();
      pass(name);
    };
    next.tab.run(() => {
      void next.grant().then(release);
    });
  };
  const locks = {
    request: (name: string, options: { steal?: boolean; signal?: AbortSignal }, callback: () => unknown) => {
      if (lacking('allowed locks')) throw new Error('The operation is insecure.');
      return new Promise<void>((resolve, reject) => {
        const tab = requireTab();
        const queue = queues.get(name) ?? { waiting: [] };
        queues.set(name, queue);
        const request: LockRequest = {
          tab,
          grant: () => Promise.resolve(callback()),
          settle: (error) => {
            tab.run(() => {
              if (error) reject(error);
              else resolve();
            });
          },
        };
        const { holder } = queue;
        if (options.steal && holder) {
          holder.tab.held.delete(`lock ${name}`);
          queue.holder = undefined;
          clock.scheduler.schedule(() => {
            holder.settle(new Error('stolen'));
          }, holder.tab.delayMs());
        }
        if (options.steal) queue.waiting.unshift(request);
        else queue.waiting.push(request);
        options.signal?.addEventListener('abort', () => {
          if (!queue.waiting.includes(request)) return;
          queue.waiting = queue.waiting.filter((other) => other !== request);
          request.settle(new Error('aborted'));
        });
        // Granted by the browser, a moment later.
        void Promise.resolve().then(() => {
          pass(name);
        });
      });
    },
  };
  const writes = new Map<string, Write[]>();
  /** Reads what the current tab sees in storage. */
  const getItem = (key: string) => {
    const all = writes.get(key) ?? [];
    const nowMs = clock.scheduler.now();
    const unseen = all
      .slice(all.map(({ by }) => by).lastIndexOf(requireTab()) + 1)
      .find(({ atMs }) => atMs + requireTab().delayMs() > nowMs);
    return unseen ? unseen.before : (storage.get(key) ?? null);
  };
  const setItem = (key: string, value: string) => {
    const nowMs = clock.scheduler.now();
    const before = storage.get(key) ?? null;
    const recent = (writes.get(key) ?? []).filter(({ atMs }) => atMs + maxDelayMs > nowMs);
    writes.set(key, [...recent, { by: requireTab(), before, atMs: nowMs }]);
    storage.set(key, value);
    tellOthers(key);
  };
  const tellOthers = (key: string) => {
    for (const runner of runners) {
      if (runner === current.getStore()) continue;
      clock.scheduler.schedule(() => {
        runner.run(() => runner.window.dispatchEvent(Object.assign(new Event('storage'), { key })));
      }, 1 + runner.delayMs());
    }
  };
  const values: Record<(typeof globals)[number], () => unknown> = {
    window: () => requireTab().window,
    document: () => ({ visibilityState: 'visible' }),
    localStorage: () => {
      if (lacking('storage')) throw new Error('forbidden');
      return { getItem, setItem };
    },
    navigator: () => (lacking('locks') ? {} : { locks }),
    BroadcastChannel: () => (lacking('channels') ? undefined : Channel),
  };
  for (const name of globals) Object.defineProperty(globalThis, name, { configurable: true, get: values[name] });

  const open = (options: CrossTabOptions = {}): Tab => {
    let held: (() => void)[] | undefined;
    const place = opened++ % 3;
    const runner: Runner = {
      held: new Set(),
      delayMs: () => place * origin.processDelayMs,
      window: new EventTarget(),
      run: (task) => {
        if (!runners.has(runner)) return;
        if (held) held.push(task);
        else within(runner, task);
      },
    };
    runners.add(runner);
    const scheduler: SchedulerLike = {
      now: () => clock.scheduler.now() + skewMs,
      schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T): Subscription {
        return clock.scheduler.schedule<T>(
          function (this: SchedulerAction<T>, next) {
            // eslint-disable-next-line @typescript-eslint/no-this-alias -- the action of whoever scheduled
            const action = this;
            runner.run(() => {
              if (!action.closed) work.call(action, next);
            });
          },
          delay,
          state,
        );
      },
    };
    const fetch: FetchFunction = (_, { headers }) =>
      new Promise((resolve, reject) => {
        tab.requests++;
        const { fault } = tab;
        if (fault === 'silence') return;
        const etag = `"${version}"`;
        const status = typeof fault === 'number' ? fault : headers['If-None-Match'] === etag ? 304 : 200;
        const body = status === 200 ? JSON.stringify(configOf({ version })) : '';
        clock.scheduler.schedule(() => {
          runner.run(() => {
            if (fault === 'refused') reject(new Error('refused'));
            else
              resolve({
                status,
                statusText: '',
                headers: { get: (name) => (name.toLowerCase() === 'etag' ? etag : null) },
                text: () => Promise.resolve(body),
              });
          });
        }, origin.latencyMs);
      });
    let client!: ConfigCatClient;
    const seen: number[] = [];
    const log: string[] = [];
    const ended$ = new Subscription();
    const tab: Tab = {
      get client() {
        return client;
      },
      values: seen,
      log,
      requests: 0,
      fault: 'none',
      holds: () => [...runner.held],
      stop: () => {
        held ??= [];
      },
      resume: () => {
        const tasks = held ?? [];
        held = undefined;
        for (const task of tasks) runner.run(task);
      },
      happen: (event) => {
        runner.run(() => runner.window.dispatchEvent(new Event(event)));
      },
      close: () => {
        ended$.unsubscribe();
        within(runner, () => {
          client.dispose();
        });
        runners.delete(runner);
        tabs.delete(tab);
      },
    };
    within(runner, () => {
      client = createClientWithAutoPoll(sdkKey, {
        ...crossTab({ pollWhile$: of(true), scheduler, random: () => 0.5, ...options }),
        fetch,
        scheduler,
        random: () => 0,
        // Many clients of one key in a process are worth a warning, but in tabs of their own.
        logFilter: (_, eventId) => eventId !== 3000,
        logger: { log: (level, eventId, message) => log.push(`${level} ${eventId} ${message}`) },
      });
      ended$.add(client.flag$('version', 0).subscribe((value) => seen.push(value)));
    });
    tabs.add(tab);
    return tab;
  };
  const origin: Origin = {
    open,
    serve: () => ++version,
    version: () => version,
    advance: (ms) => clock.advance(ms),
    setClock: (byMs) => {
      skewMs += byMs;
    },
    nowMs: () => clock.scheduler.now() + skewMs,
    latencyMs: 50,
    processDelayMs: 0,
    storage,
    say: (message, channel = `configcat-rx:${entryKey}`) => {
      for (const other of channels) if (other.name === channel) other.deliver(message);
    },
    end: () => {
      for (const tab of tabs) tab.close();
      for (const [name, descriptor] of before) {
        if (descriptor) Object.defineProperty(globalThis, name, descriptor);
        else Reflect.deleteProperty(globalThis, name);
      }
    },
  };
  return origin;
}

function fail(message: string): never {
  throw new Error(message);
}
