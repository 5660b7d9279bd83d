import type { IConfigCatClient, IConfigCatCache } from '@configcat/sdk';
import { LogLevel, PollingMode, getClient } from '@configcat/sdk';
import type { ConfigCache, LogEntryLevel, PollingMode as Mode } from '../../src';
import { autoPoll, createClient, lazyLoad, manualPoll } from '../../src';
import { configOf, sdkKey } from '../support/client';
import type { FaultServer, RecordedRequest } from '../support/fault-server';
import { startFaultServer } from '../support/fault-server';
import { recordLog } from '../support/recorded-log';

const first = configOf({ on: true, text: 'première 🎉', count: 1.5 });
const second = configOf({ on: false, text: 'deuxième', count: 2 });

interface Refreshed {
  readonly isSuccess: boolean;
  readonly errorCode: number;
  readonly errorMessage?: string | undefined;
}

/** One SDK, as these specs use it. */
interface Peer {
  refresh(): Promise<Refreshed>;
  values(): Promise<Readonly<Record<string, unknown>>>;
  /** The state that the client was ready with, in our words. */
  ready(): Promise<string | undefined>;
  setOnline(): void;
  setOffline(): void;
  dispose(): void;
  /** Everything logged so far, as `level id text`. */
  readonly log: readonly string[];
}

type ModeName = 'auto' | 'lazy' | 'manual';

interface Setup {
  readonly baseUrl: string;
  readonly cache?: ConfigCache & IConfigCatCache;
  readonly mode?: ModeName;
  readonly offline?: boolean;
  readonly requestTimeoutMs?: number;
  readonly logLevel?: LogEntryLevel;
}

const ourModes: Record<ModeName, () => Mode> = { auto: autoPoll, lazy: lazyLoad, manual: manualPoll };
const theirModes = { auto: PollingMode.AutoPoll, lazy: PollingMode.LazyLoad, manual: PollingMode.ManualPoll } as const;

const theirLevels = { error: LogLevel.Error, warn: LogLevel.Warn, info: LogLevel.Info, debug: LogLevel.Debug } as const;
const theirStates = ['no-flag-data', 'local-only', 'cached', 'up-to-date'];

const plain = ({ isSuccess, errorCode, errorMessage }: Refreshed) => ({ isSuccess, errorCode, errorMessage });

const sdks: Record<string, (setup: Setup) => Peer> = {
  ours: ({ mode = 'manual', ...options }) => {
    const { logger, entries } = recordLog();
    const client = createClient(sdkKey, { ...options, polling: ourModes[mode](), logger });
    return {
      refresh: () => client.forceRefresh().then(plain),
      values: () => client.getAllValues(),
      ready: () => client.waitForReady(),
      setOnline: () => {
        client.setOnline();
      },
      setOffline: () => {
        client.setOffline();
      },
      dispose: () => {
        client.dispose();
      },
      get log() {
        return entries.map(({ level, eventId, message }) => `${level} ${eventId} ${message}`);
      },
    };
  },
  theirs: ({ mode = 'manual', logLevel = 'warn', ...options }) => {
    const log: string[] = [];
    const client: IConfigCatClient = getClient(sdkKey, theirModes[mode], {
      ...options,
      logger: {
        level: theirLevels[logLevel],
        log: (level, eventId, message) => {
          log.push(`${LogLevel[level].toLowerCase()} ${String(eventId)} ${message.toString()}`);
        },
      },
    });
    return {
      log,
      refresh: () => client.forceRefreshAsync().then(plain),
      values: async () =>
        Object.fromEntries(
          (await client.getAllValuesAsync()).map(({ settingKey, settingValue }) => [settingKey, settingValue]),
        ),
      ready: async () => theirStates[await client.waitForReady()],
      setOnline: () => {
        client.setOnline();
      },
      setOffline: () => {
        client.setOffline();
      },
      dispose: () => {
        client.dispose();
      },
    };
  },
};

/** A cache that both SDKs can use, in the way that `wrap` gives its answers. */
function sharedCache(wrap: <T>(value: T) => T | Promise<T>) {
  const entries = new Map<string, string>();
  return {
    entries,
    cache: {
      get: (key: string) => wrap(entries.get(key)) as string | undefined,
      set: (key: string, value: string) => {
        entries.set(key, value);
      },
    },
  };
}

/** What a request says that a server may care about; of the agent, all but product, runtime and version. */
function said({ method, url, headers }: RecordedRequest) {
  const agent = (name: string) =>
    String(headers[name]).replace(/^ConfigCat-\w+-Node\/(\w)-[\d.]+$/, 'agent in mode $1');
  return {
    request: `${String(method)} ${url}`,
    etag: headers['if-none-match'],
    agents: [agent('user-agent'), agent('x-configcat-useragent')],
  };
}

const brokenForWriting = {
  get: () => undefined,
  set: () => {
    throw new Error('full');
  },
};

let server: FaultServer;
const peers: Peer[] = [];

/** Serves a config as the CDN does. */
function serve(config: object): void {
  const body = JSON.stringify(config);
  const etag = `W/"${body.length}"`;
  server.answerBy(({ headers }) =>
    headers['if-none-match'] === etag ? { status: 304, headers: { ETag: etag } } : { headers: { ETag: etag }, body },
  );
}

function start(sdk: string, setup: Omit<Setup, 'baseUrl'> = {}): Peer {
  const peer = sdks[sdk]!({ baseUrl: server.url, ...setup });
  peers.push(peer);
  return peer;
}

beforeEach(async () => {
  server = await startFaultServer();
});

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.dispose();
  await server.close();
});

const pairs = [
  ['theirs', 'ours'],
  ['ours', 'theirs'],
] as const;

describe.each([
  ['synchronous', <T>(value: T) => value],
  ['asynchronous', <T>(value: T) => Promise.resolve(value)],
] as const)('a shared cache that is %s', (_, wrap) => {
  it.each(pairs)('brings what %s has fetched to %s, which then asks only for news', async (writer, reader) => {
    const { cache } = sharedCache(wrap);
    serve(first);
    const fetching = start(writer, { cache });
    await fetching.refresh();
    fetching.dispose();
    const reading = start(reader, { cache });
    expect(await reading.values()).toEqual({ on: true, text: 'première 🎉', count: 1.5 });
    expect(server.requests).toHaveLength(1);
    await reading.refresh();
    expect(server.requests.at(-1)?.headers['if-none-match']).toBe(`W/"${JSON.stringify(first).length}"`);
    serve(second);
    await reading.refresh();
    expect(await start(writer, { cache }).values()).toEqual({ on: false, text: 'deuxième', count: 2 });
  });
});

describe('what both SDKs store', () => {
  it('differs in nothing but the time', async () => {
    serve(first);
    const stored = [];
    for (const sdk of Object.keys(sdks)) {
      const { cache, entries } = sharedCache((value) => value);
      const peer = start(sdk, { cache });
      await peer.refresh();
      peer.dispose();
      stored.push([...entries].map(([key, text]) => [key, text.replace(/^\d{13}\n/, '')]));
    }
    expect(stored[0]).toHaveLength(1);
    expect(stored[0]).toEqual(stored[1]);
  });
});

describe('both SDKs', () => {
  const answers: readonly (readonly [string, () => void])[] = [
    ['a config', () => serve(first)],
    ['the same again', () => undefined],
    ['another one', () => serve(second)],
    ['404', () => server.answer({ status: 404 })],
    ['500', () => server.answer({ status: 500 })],
    ['429', () => server.answer({ status: 429 })],
    ['a broken config', () => server.answer({ body: '{' })],
    ['a reset connection', () => server.answer('reset')],
    ['one without ETag', () => server.answer({ body: JSON.stringify(first) })],
    ['304 for it', () => server.answer({ status: 304 })],
    ['a good one again', () => serve(second)],
  ];

  it('send the same requests, and see the same values and results, whatever the server answers', async () => {
    const stories = [];
    for (const sdk of Object.keys(sdks)) {
      const peer = start(sdk);
      const story = [];
      for (const [name, change] of answers) {
        change();
        const before = server.requests.length;
        const { isSuccess, errorCode } = await peer.refresh();
        story.push([name, isSuccess, errorCode, await peer.values(), server.requests.slice(before).map(said)]);
      }
      peer.dispose();
      stories.push(story);
    }
    expect(stories[0]).toEqual(stories[1]);
    expect(stories[0]!.map(([, isSuccess]) => isSuccess).filter(Boolean)).toHaveLength(6);
  });

  it.each(['auto', 'lazy', 'manual'] as const)('send the same when they are read in %s mode', async (mode) => {
    serve(first);
    const stories = [];
    for (const sdk of Object.keys(sdks)) {
      const before = server.requests.length;
      const peer = start(sdk, { mode });
      const values = [await peer.values(), await peer.values()];
      peer.dispose();
      stories.push([values, server.requests.slice(before).map(said)]);
    }
    expect(stories[0]).toEqual(stories[1]);
    expect(server.requests).toHaveLength(mode === 'manual' ? 0 : 2);
  });

  const aDayAgo = () => Date.now() - 86_400_000;

  describe.each(['auto', 'lazy', 'manual'] as const)('are ready with the same in %s mode', (mode) => {
    it.each<[string, (() => number) | undefined, () => void, boolean]>([
      ['nothing cached and a good server', undefined, () => serve(first), false],
      ['nothing cached and a failing server', undefined, () => server.answer({ status: 500 }), false],
      ['a stale cache and a good server', aDayAgo, () => serve(first), false],
      ['a stale cache and a failing server', aDayAgo, () => server.answer({ status: 500 }), false],
      ['a fresh cache', Date.now, () => server.answer({ status: 500 }), false],
      ['nothing cached, offline', undefined, () => serve(first), true],
      ['a stale cache, offline', aDayAgo, () => serve(first), true],
      ['a fresh cache, offline', Date.now, () => serve(first), true],
    ])('from %s', async (_, time, answer, offline) => {
      answer();
      const states = [];
      for (const sdk of Object.keys(sdks)) {
        const text = time && `${time()}\n"e"\n${JSON.stringify(first)}`;
        const cache = { get: () => text, set: () => undefined };
        const peer = start(sdk, { mode, offline, ...(text !== undefined && { cache }) });
        states.push(await peer.ready());
        peer.dispose();
      }
      expect(states[0]).toBe(states[1]);
    });
  });

  /** What has to happen for an entry of each event that comes from fetching, caching or switching. */
  const events: readonly (readonly [string, Omit<Setup, 'baseUrl'>, (peer: Peer) => unknown])[] = [
    ['error 1100', {}, (peer) => (server.answer({ status: 403 }), peer.refresh())],
    ['error 1101', {}, (peer) => (server.answer({ status: 503 }), peer.refresh())],
    ['error 1102', { requestTimeoutMs: 50 }, (peer) => (server.answer('hang'), peer.refresh())],
    ['error 1103', {}, (peer) => (server.answer('reset'), peer.refresh())],
    ['error 1105', {}, (peer) => (server.answer({ body: 'no config' }), peer.refresh())],
    ['error 1106', {}, (peer) => (server.answer({ status: 304 }), peer.refresh())],
    ['error 2200', { cache: { get: () => 'garbage', set: () => undefined } }, (peer) => peer.ready()],
    ['error 2201', { cache: brokenForWriting }, (peer) => (serve(first), peer.refresh())],
    ['warn 3200', { offline: true }, (peer) => peer.refresh()],
    [
      'warn 3201',
      {},
      (peer) => {
        peer.dispose();
        peer.setOnline();
        peer.setOffline();
      },
    ],
    [
      'info 5200',
      { logLevel: 'info' },
      (peer) => {
        peer.setOffline();
        peer.setOffline();
        peer.setOnline();
      },
    ],
  ];

  it.each(events)('log %s in the same words, and give the same results', async (event, setup, provoke) => {
    const seen = [];
    for (const sdk of Object.keys(sdks)) {
      const peer = start(sdk, setup);
      const result = await provoke(peer);
      peer.dispose();
      seen.push([result, peer.log]);
    }
    expect(seen[0]![1]).toEqual(expect.arrayContaining([expect.stringContaining(`${event} `)]));
    expect(seen[0]).toEqual(seen[1]);
  });

  it('log a redirect loop in the same words', async () => {
    const other = await startFaultServer();
    try {
      const pointTo = (url: string, mode: number) => ({ body: JSON.stringify({ ...first, p: { u: url, r: mode } }) });
      const logs = [];
      for (const sdk of Object.keys(sdks)) {
        server.answer(pointTo(other.url, 2));
        other.answer(pointTo(server.url, 2));
        const peer = start(sdk);
        await peer.refresh();
        peer.dispose();
        logs.push(peer.log);
      }
      expect(logs[0]).toEqual([expect.stringMatching(/^error 1104 /)]);
      expect(logs[0]).toEqual(logs[1]);
    } finally {
      await other.close();
    }
  });
});
