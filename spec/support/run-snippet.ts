import type * as IoRedis from 'ioredis';
import { Server } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import { lastValueFrom } from 'rxjs';
import type * as Pg from 'pg';
import ts from 'typescript';
import type { Transport } from '../../src/acquisition/fetch';
import type * as Cores from '../../src/core/core';
import type * as NodeHttp from '../../src/platform/node-http';
import type { Snippet } from './snippets';

/*
 * Code of the guides runs as it stands, against the source. Around it these things are not what a reader has:
 * requests that leave this computer are served from here, servers listen on free ports, `ioredis` and `pg` connect to
 * servers of the spec, and names that the code declares but does not define come from `fakes`.
 */

/** The surroundings of all snippets of a spec. */
export interface World {
  readonly route: (url: string) => string;
  /** What stands behind names that a snippet only declares. */
  readonly fakes: Readonly<Record<string, unknown>>;
  /** The port of the Redis of this spec. */
  readonly redisPort?: number;
  /** The port of its PostgreSQL. */
  readonly postgresPort?: number;
}

/** A snippet that runs. */
export interface Running {
  readonly exports: Record<string, unknown>;
  /** Resolves when all of it has been run. */
  readonly done: Promise<void>;
  /** What it wrote to the console, a line for each call. */
  readonly printed: readonly string[];
}

let mockWorld: World;
const mockEnds = new Set<() => unknown>();
const mockReady: (() => Promise<unknown>)[] = [];

jest.mock('../../src/core/core', () => {
  const actual = jest.requireActual<typeof Cores>('../../src/core/core');
  return {
    createCore: (...args: Parameters<typeof actual.createCore>) => {
      const core = actual.createCore(...args);
      mockReady.push(() => lastValueFrom(core.data.ready$, { defaultValue: undefined }));
      mockEnds.add(core.lifetime.dispose);
      return core;
    },
  };
});

jest.mock('../../src/platform/node-http', () => {
  const actual = jest.requireActual<typeof NodeHttp>('../../src/platform/node-http');
  return {
    ...actual,
    httpTransport: (): Transport => {
      const transport = actual.httpTransport(() => undefined);
      // Nobody's agent, since that would be one for the original address.
      return (request, onRayId) => transport({ ...request, url: mockWorld.route(request.url) }, onRayId);
    },
  };
});

jest.mock('../../src/platform/agents', () => ({
  agentTransport: () =>
    jest.requireMock<typeof NodeHttp>('../../src/platform/node-http').httpTransport(() => undefined),
}));

jest.mock('ioredis', () => {
  const actual = jest.requireActual<typeof IoRedis>('ioredis');
  class Redis extends actual.Redis {
    constructor() {
      super({ host: '127.0.0.1', port: mockWorld.redisPort ?? 1 });
      mockEnds.add(() => this.disconnect());
    }
  }
  return { ...actual, Redis };
});

jest.mock('pg', () => {
  const actual = jest.requireActual<typeof Pg>('pg');
  class Pool extends actual.Pool {
    constructor() {
      super({ host: '127.0.0.1', port: mockWorld.postgresPort ?? 1, user: 'postgres', database: 'postgres' });
      mockEnds.add(() => this.ended || this.end());
    }
  }
  return { ...actual, Pool };
});

/** Makes the surroundings ready; what is given ends that. */
export function enter(world: World): () => void {
  mockWorld = world;
  // A page of jsdom has none.
  const { fetch } = globalThis as { fetch?: typeof globalThis.fetch };
  const prototype = Server.prototype as { listen: (...args: unknown[]) => Server };
  const { listen } = prototype;
  if (fetch) globalThis.fetch = (url, init) => fetch(world.route(url as string), init);
  prototype.listen = function (this: Server, ...args: unknown[]) {
    mockEnds.add(() => {
      (this as { closeAllConnections?: () => void }).closeAllConnections?.();
      this.close();
    });
    const listener = args.find((arg) => typeof arg === 'function');
    return listen.call(this, 0, '127.0.0.1', listener);
  };
  return () => {
    if (fetch) globalThis.fetch = fetch;
    prototype.listen = listen;
  };
}

/**
 * Begins to run a snippet. What it may import: all packages, and the named snippets that `load` knows.
 *
 * @param modules - what stands behind packages that are not installed.
 */
export function start(
  snippet: Snippet,
  load: (name: string) => unknown,
  modules: Readonly<Record<string, object>>,
): Running {
  const { outputText } = ts.transpileModule(snippet.code, {
    fileName: snippet.file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      jsx: ts.JsxEmit.ReactJSX,
      experimentalDecorators: true,
      esModuleInterop: true,
    },
  });
  const printed: string[] = [];
  const print = (...values: unknown[]) => {
    printed.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' '));
  };
  const declared = [...snippet.code.matchAll(/^declare (?:const|function|class) (\w+)/gm)].map(([, name]) => name!);
  const exports = {};
  const scope: Record<string, unknown> = {
    ...Object.fromEntries(declared.map((name) => [name, mockWorld.fakes[name]])),
    console: { log: print, info: print, warn: print, error: print },
    exports,
    jest,
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- what snippets import is known when they run
    require: (name: string) => (name.startsWith('./') ? load(name) : (modules[name] ?? (require(name) as unknown))),
  };
  const AsyncFunction = (async () => Promise.resolve()).constructor as new (
    ...args: string[]
  ) => (...args: unknown[]) => Promise<void>;
  const run = new AsyncFunction(...Object.keys(scope), outputText);
  return { exports, printed, done: run(...Object.values(scope)) };
}

/** Lets every client become ready and tell so, then ends all that was started. */
export async function settle(): Promise<void> {
  do {
    for (const isReady of mockReady.splice(0)) await isReady().catch(() => undefined);
    // Frameworks show a page a moment later, and what they show has clients of its own.
    await setImmediate();
  } while (mockReady.length > 0);
  // What was begun last needs what was begun before.
  for (const end of [...mockEnds].reverse()) end();
  mockEnds.clear();
  await setImmediate();
}
