import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type * as Library from '../../src';
import { sdkKey } from '../support/client';

/** Loads the library as a bundle of its own would have it: with nothing in common with the other copies. */
function loadCopy(): typeof Library {
  let copy!: typeof Library;
  jest.isolateModules(() => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- anew each time
    copy = require('../../src') as typeof Library;
  });
  return copy;
}

function createSilent({ createClient, manualPoll }: typeof Library, log: string[], key = sdkKey) {
  return createClient(key, {
    polling: manualPoll(),
    logger: { log: (level, eventId, message) => log.push(`${level} ${eventId} ${message}`) },
  });
}

const registryName = Symbol.for('configcat-rx.liveClients');
const registry = () => (globalThis as { [registryName]?: unknown })[registryName] as Map<string, Map<unknown, unknown>>;

describe('clients of several copies of the library', () => {
  it('are counted, so that each of ten reloads is named', () => {
    const log: string[] = [];
    const clients = Array.from({ length: 11 }, () => createSilent(loadCopy(), log));
    expect(log).toHaveLength(10);
    log.forEach((line, i) => {
      expect(line).toMatch(
        new RegExp(`^warn 3000 .*already, ${i + 2} with this one \\(${i + 1} of another copy of configcat-rx\\)`),
      );
      expect(line).toMatch(/Reloads while developing/);
    });
    for (const client of clients) client.dispose();
  });

  it('are counted, too, when a reload runs nothing but the module that creates the client', () => {
    const log: string[] = [];
    const copy = loadCopy();
    const clients = Array.from({ length: 3 }, () => createSilent(copy, log));
    expect(log).toEqual([
      expect.stringMatching(/already, 2 with this one\. .*Reloads while developing/),
      expect.stringMatching(/already, 3 with this one\. /),
    ]);
    for (const client of clients) client.dispose();
  });

  it('do not count once they are disposed, or for other SDK keys', () => {
    const log: string[] = [];
    createSilent(loadCopy(), log).dispose();
    const clients = [
      createSilent(loadCopy(), log),
      createSilent(loadCopy(), log, sdkKey.replace('1234567890123456789012', 'abcdefghijklmnopqrstuv')),
    ];
    expect(log).toEqual([]);
    for (const client of clients) client.dispose();
    expect(registry().size).toBe(0);
  });

  it('leave no SDK key for others to see', () => {
    const client = createSilent(loadCopy(), []);
    const names = [...registry().keys()];
    expect(names).toHaveLength(1);
    expect(names[0]).toMatch(/^[0-9a-f]{40}$/);
    expect(Object.keys(globalThis)).not.toContain(registryName);
    client.dispose();
  });

  it('do not count when they are forgotten', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const log: string[] = [];
    (() => {
      createSilent(loadCopy(), log);
    })();
    for (let i = 0; i < 5; i++) {
      await pause(1);
      collect();
    }
    const client = createSilent(loadCopy(), log);
    expect(log).toEqual([]);
    client.dispose();
  });

  it.each([
    ['something else stands in the place', true],
    ['nothing can be written there', false],
  ])('count those of one copy where %s', (_, configurable) => {
    Object.defineProperty(globalThis, registryName, { value: 'text', configurable });
    const log: string[] = [];
    const copy = loadCopy();
    const clients = [createSilent(copy, log), createSilent(copy, log)];
    expect(log).toHaveLength(1);
    for (const client of clients) client.dispose();
  });
});
