import type { IConfigCatClient, IConfigCatCache } from '@configcat/sdk';
import { PollingMode, getClient } from '@configcat/sdk';
import type { ConfigCache, ConfigCatClient, PollingMode as Mode } from '../../src';
import { autoPoll, createClient, lazyLoad, manualPoll } from '../../src';
import { configOf, sdkKey } from '../support/client';
import type { FaultServer, RecordedRequest } from '../support/fault-server';
import { startFaultServer } from '../support/fault-server';

const first = configOf({ on: true, text: 'première 🎉', count: 1.5 });
const second = configOf({ on: false, text: 'deuxième', count: 2 });

/** One SDK, as these specs use it. */
interface Peer {
  refresh(): Promise<{ readonly isSuccess: boolean; readonly errorCode: number }>;
  values(): Promise<Readonly<Record<string, unknown>>>;
  dispose(): void;
}

type ModeName = 'auto' | 'lazy' | 'manual';

interface Setup {
  readonly baseUrl: string;
  readonly cache?: ConfigCache & IConfigCatCache;
  readonly mode?: ModeName;
}

const ourModes: Record<ModeName, () => Mode> = { auto: autoPoll, lazy: lazyLoad, manual: manualPoll };
const theirModes = { auto: PollingMode.AutoPoll, lazy: PollingMode.LazyLoad, manual: PollingMode.ManualPoll } as const;

const sdks: Record<string, (setup: Setup) => Peer> = {
  ours: ({ mode = 'manual', ...options }) => {
    const client: ConfigCatClient = createClient(sdkKey, { ...options, polling: ourModes[mode](), logLevel: 'off' });
    return {
      refresh: () => client.forceRefresh(),
      values: () => client.getAllValues(),
      dispose: () => {
        client.dispose();
      },
    };
  },
  theirs: ({ mode = 'manual', ...options }) => {
    const client: IConfigCatClient = getClient(sdkKey, theirModes[mode], {
      ...options,
      logger: { log: () => undefined },
    });
    return {
      refresh: () => client.forceRefreshAsync(),
      values: async () =>
        Object.fromEntries(
          (await client.getAllValuesAsync()).map(({ settingKey, settingValue }) => [settingKey, settingValue]),
        ),
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
});
