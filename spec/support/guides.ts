// First, because what it replaces must not have been loaded.
import type { Running } from './run-snippet';
import { enter, settle, start } from './run-snippet';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers';
import { TextEncoder } from 'node:util';
import type { RedisServer } from '../../checks/fleet/redis-server';
import { startRedisServer } from '../../checks/fleet/redis-server';
import type { PostgresServer } from '../../checks/fleet/postgres-server';
import { startPostgresServer } from '../../checks/fleet/postgres-server';
import { toConfigJson } from '../../src/testing';
import { before, fakes, flags, localSdkKey, modules, sdkKey, uses } from '../guides/uses';
import type { GuideNetwork } from './guide-network';
import { startGuideNetwork } from './guide-network';
import { isInstalled, part } from './part';
import type { Snippet } from './snippets';
import { pages, root, snippetsOf, textOf } from './snippets';

/** Code that needs a page of a browser. */
const inPage =
  /\b(document|window|pageCookies)\b|'configcat-rx\/(browser|angular(\/core)?)'|'react-dom\/client'|'@angular\/platform-browser'|'use client'/;
/** Code that needs a server, by what it imports: the name of the server, and its programs. */
const servers: Readonly<Record<string, readonly [name: string, ...programs: string[]]>> = {
  "from 'ioredis'": ['Redis', 'redis-server'],
  "from 'pg'": ['PostgreSQL', 'postgres', 'initdb'],
};
/** Code that is tests. */
const isTests = /^describe\(/m;

/**
 * Runs all snippets that belong to an environment of Jest, each as a test of its own: one that throws, rejects, leaves a
 * rejection unhandled, or prints something else than its comments `// → …` say, fails.
 */
export function runGuides(place: 'node' | 'page'): void {
  let network: GuideNetwork;
  let redis: RedisServer | undefined;
  let database: PostgresServer | undefined;
  let leave: () => void;
  let folder: string;
  let errors: jest.SpyInstance<void, unknown[]>;

  beforeAll(async () => {
    // A page of jsdom lacks what the config server and client use.
    if (place === 'page') Object.assign(globalThis, { setImmediate, TextEncoder });
    process.env.CONFIGCAT_SIGNING_KEY = 'configcat_whsk_guides';
    const sample = JSON.parse(readFileSync(join(root, 'samples/config.json'), 'utf8')) as { f: object };
    const { f: more } = JSON.parse(toConfigJson(flags)) as { f: object };
    const config = { ...sample, f: { ...more, ...sample.f } };
    network = await startGuideNetwork({ [sdkKey]: config, [localSdkKey]: firstConfig() });
    if (place === 'node' && isInstalled('redis-server')) redis = await startRedisServer();
    if (place === 'node' && isInstalled('initdb')) database = await startPostgresServer();
    leave = enter({
      route: network.route,
      fakes,
      ...(redis && { redisPort: redis.port }),
      ...(database && { postgresPort: database.port }),
    });
    folder = mkdtempSync(join(tmpdir(), 'configcat-rx-guides-'));
    copyFileSync(join(root, 'samples/config.json'), join(folder, 'config.json'));
    writeFileSync(join(folder, 'flags.json'), '{"flags":{"darkMode":true}}');
    process.chdir(folder);
  });

  afterAll(async () => {
    process.chdir(root);
    leave();
    rmSync(folder, { recursive: true });
    await redis?.stop();
    await database?.remove();
    await network.close();
  });

  beforeEach(() => {
    for (const name of ['log', 'info', 'warn'] as const) jest.spyOn(console, name).mockReturnValue();
    errors = jest.spyOn(console, 'error').mockReturnValue();
    if (place !== 'page') return;
    document.body.innerHTML = '<div id="root"></div>';
    // No snippet finds what another one has kept.
    for (const storage of [localStorage, sessionStorage]) storage.clear();
  });

  afterEach(async () => {
    await settle();
    const reported = errors.mock.calls.map((args) => args.map(String).join(' '));
    jest.restoreAllMocks();
    // Clients and frameworks tell of their problems here.
    expect(reported).toEqual([]);
  });

  for (const page of pages) {
    const all = snippetsOf(page);
    const here = all.filter(({ code }) => (inPage.test(code) ? 'page' : 'node') === place);
    if (here.length > 0) {
      describe(page, () => {
        for (const snippet of here) {
          const run = () => {
            runAsTest(snippet, all);
          };
          const [, needed] = Object.entries(servers).find(([name]) => snippet.code.includes(name)) ?? [];
          if (needed) part(...needed.slice(1))(`line ${snippet.line}, in ${needed[0]}`, run);
          else run();
        }
      });
    }
  }
}

/** The config that the reader is asked to save. */
function firstConfig(): object {
  const [, json = ''] = /^```json\n(.*?)^```$/ms.exec(textOf('docs/getting-started.md')) ?? [];
  return JSON.parse(json) as object;
}

function runAsTest(snippet: Snippet, all: readonly Snippet[]): void {
  if (isTests.test(snippet.code)) {
    describe(`line ${snippet.line}`, () => {
      void createModules(all).run(snippet).done;
    });
    return;
  }
  it(`runs line ${snippet.line}`, async () => {
    const name = `${snippet.page} ${snippet.file}`;
    const { run, load } = createModules(all);
    await before[name]?.(load);
    const running = run(snippet);
    await running.done;
    await uses[name]?.(running.exports as never);
    // What a snippet exports but nobody uses would not have run.
    const isUsed = name in uses || all.some(({ code }) => code.includes(`from '${specifier(snippet)}'`));
    expect(isUsed ? [] : Object.keys(running.exports)).toEqual([]);
    await settle();
    const promised = [...snippet.code.matchAll(/\/\/ → (.*)$/gm)].map(([, text]) => text);
    if (promised.length > 0) expect(running.printed.flatMap((text) => text.split('\n'))).toEqual(promised);
  });
}

/** The snippets of a page as modules that import each other by their names; each is run once at most. */
function createModules(all: readonly Snippet[]) {
  const known = new Map<Snippet, Running>();
  const run = (snippet: Snippet): Running => {
    // What is imported is there at once: its own awaits, if any, have not ended.
    const running = known.get(snippet) ?? start(snippet, (name) => run(find(name)).exports, modules);
    known.set(snippet, running);
    return running;
  };
  const find = (name: string) => {
    const found = all.find((snippet) => specifier(snippet) === name);
    if (found === undefined) throw new Error(`No block is named ${name}.`);
    return found;
  };
  const load = async (name: string) => {
    const running = run(find(name));
    await running.done;
    return running.exports as never;
  };
  return { run, load };
}

function specifier({ file }: Snippet): string {
  return `./${file.replace(/\.tsx?$/, '')}`;
}
