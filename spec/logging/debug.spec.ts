import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Subject } from 'rxjs';
import type { CommonOptions, ConfigCache, Logger } from '../../src';
import { autoPoll, manualPoll } from '../../src';
import { createCore, logTexts } from '../../src/functions';
import { debugEvents } from '../../src/logging/debug-events';
import { configOf, sdkKey, stage, stageOf } from '../support/client';

const root = join(__dirname, '../..');

const disposables: { dispose(): void }[] = [];
afterEach(() => {
  for (const client of disposables.splice(0)) client.dispose();
});

/** A cache in memory. */
function memoryCache(): ConfigCache {
  const texts = new Map<string, string>();
  return { get: (key) => texts.get(key), set: (key, value) => void texts.set(key, value) };
}

const debug = (log: readonly string[]) => log.filter((line) => line.startsWith('debug'));

describe('the log at level debug', () => {
  it('tells a run from start to end, as the guide shows it', async () => {
    const { client, clock, serve, log } = stage(configOf({ darkMode: false }), {
      logLevel: 'debug',
      cache: memoryCache(),
      baseUrl: 'https://flags.example.com',
    });
    disposables.push(client);
    await clock.advance(0);
    serve(configOf({ darkMode: true }));
    await clock.advance(60_000);
    serve(503);
    await clock.advance(120_000);
    serve(configOf({ darkMode: true }));
    await clock.advance(60_000);
    client.setOffline();
    client.dispose();
    const shown = log.map((line) => line.trimEnd());
    const guide = readFileSync(join(root, 'docs/observability.md'), 'utf8');
    const [, block] = /<!-- debug log -->\n+```text\n([^]*?)\n```/.exec(guide)!;
    expect(shown).toEqual(block!.split('\n'));
  });

  it('is that of clients: a core says nothing, and has no code for it', async () => {
    const { source, clock, log } = stageOf(
      (options) =>
        createCore(sdkKey, {
          ...(options as Pick<CommonOptions, 'fetch' | 'logger' | 'logLevel' | 'scheduler'>),
          polling: autoPoll(),
          texts: logTexts,
        }),
      configOf({ a: 1 }),
      { logLevel: 'debug' },
    );
    disposables.push(source);
    await clock.advance(0);
    expect(debug(log)).toEqual([]);
  });

  it('says nothing at other levels', async () => {
    const { client, clock, log } = stage(configOf({ a: 1 }), { logLevel: 'info' });
    disposables.push(client);
    await clock.advance(0);
    expect(debug(log)).toEqual([]);
  });

  it('has numbers and parameters for loggers and filters, and never the SDK key', async () => {
    const told: Parameters<Logger['log']>[] = [];
    const filtered: number[] = [];
    const { client } = stage(
      configOf({ a: 1 }),
      {
        logLevel: 'debug',
        logger: { log: (...entry) => told.push(entry) },
        logFilter: (_level, id) => filtered.push(id) > 0 && id !== debugEvents.started.id,
      },
      manualPoll(),
    );
    disposables.push(client);
    await client.forceRefresh();
    expect(filtered).toContain(6000);
    expect(told.map(([, id]) => id)).not.toContain(6000);
    const [, , message, , parameters] = told.find(([, id]) => id === 6001)!;
    expect(parameters).toEqual({ url: expect.stringContaining('config_v6.json') as string, etag: undefined });
    expect(message).toContain((parameters as { url: string }).url);
    expect(JSON.stringify(told)).not.toContain(sdkKey.slice(17, 39));
  });

  it('says when polling pauses and goes on', async () => {
    const pollWhile$ = new Subject<boolean>();
    const { client, clock, log, requests } = stage(configOf({ a: 1 }), { logLevel: 'debug' }, autoPoll({ pollWhile$ }));
    disposables.push(client);
    expect(pollWhile$.observed).toBe(true);
    pollWhile$.next(false);
    await clock.advance(120_000);
    expect(requests).toEqual([]);
    pollWhile$.next(true);
    await clock.advance(0);
    expect(requests).toHaveLength(1);
    expect(debug(log).map((line) => line.split(' ')[1])).toEqual(expect.arrayContaining(['6031', '6032', '6001']));
  });

  it.each<[string, object | number | 'silence', number[]]>([
    ['an answer without a config', 304, [6001, 6002, 6013, 6014]],
    ['a wrong key', 404, [6001, 6002, 6013, 6014]],
    ['no answer', 'silence', [6001]],
  ])('tells what becomes of %s', async (_, answer, ids) => {
    const { client, clock, log } = stage(answer, { logLevel: 'debug' }, manualPoll());
    disposables.push(client);
    void client.forceRefresh();
    await clock.advance(10);
    const found = debug(log).map((line) => Number(line.split(' ')[1]));
    expect(found.filter((id) => id > 6000 && id < 6030)).toEqual(ids);
  });

  it('harms nothing where the logger throws', async () => {
    const logger = {
      log: () => {
        throw new Error('broken');
      },
    };
    const { client } = stage(configOf({ a: 1 }), { logLevel: 'debug', logger }, manualPoll());
    disposables.push(client);
    expect(await client.forceRefresh()).toMatchObject({ isSuccess: true });
    expect(await client.getValue('a', 0)).toBe(1);
  });

  it('is explained in the guide, number by number', () => {
    const guide = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8');
    const explained = [...guide.matchAll(/<a id="(6\d+)"><\/a>/g)].map(([, id]) => Number(id));
    const ids = Object.values(debugEvents).map(({ id }) => id);
    expect(explained).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
