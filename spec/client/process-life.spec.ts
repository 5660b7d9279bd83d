import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ConfigServer } from '../../src/server';
import { startConfigServer } from '../../src/server';
import { configOf, sdkKey } from '../support/client';

const processes = join(__dirname, '../support/processes');

// Processes have to start and compile; nothing here waits for time to pass.
jest.setTimeout(30_000);

describe('a process', () => {
  let server: ConfigServer;

  beforeAll(async () => {
    server = await startConfigServer({ configs: { [sdkKey]: configOf({ greeting: 'hello' }) } });
  });

  afterAll(() => server.close());

  const start = (script: string, ...more: string[]) => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(processes, script), server.url, ...more], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    const printed: string[] = [];
    lines.on('line', (line) => printed.push(line));
    return { child, lines, printed, ended: once(child, 'close') as Promise<[number | null]> };
  };

  it('ends by itself when its work is done, with undisposed clients of all modes', async () => {
    const { printed, ended } = start('undisposed.ts');
    expect(await ended).toEqual([0, null]);
    expect(printed).toEqual(['hello hello hello']);
  });

  it('ends by itself after the first fetch of a client that nobody watches', async () => {
    expect(await start('unwatched.ts').ended).toEqual([0, null]);
  });

  it('ends by itself when its last subscription has ended', async () => {
    const { printed, ended } = start('unwatched.ts', 'watch');
    expect(await ended).toEqual([0, null]);
    expect(printed).toEqual(['hello']);
  });

  it('stays while a flag is watched', async () => {
    const { child, lines, ended } = start('watching.ts');
    expect(await once(lines, 'line')).toEqual(['hello']);
    await server.setConfig(sdkKey, configOf({ greeting: 'hello again' }));
    expect(await once(lines, 'line')).toEqual(['hello again']);
    expect(child.exitCode).toBeNull();
    child.kill();
    expect(await ended).toEqual([null, 'SIGTERM']);
  });
});
