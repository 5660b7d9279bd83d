import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, startCli, temporaryFolder } from '../support/command-line';
import { openStream, post } from '../support/relay';

const sample = join(__dirname, '../../samples/config.json');
const path = temporaryFolder();

/** Starts a relay, and gives its address. */
async function start(args: readonly string[]) {
  const running = startCli(['relay', ...args, '--port', '0', '--json']);
  const out = await running.printed(/\}\n/);
  const { url } = JSON.parse(out) as { url: string };
  const ask = (target: string, init?: RequestInit) => fetch(`${url}${target}`, init);
  return { ask, end: () => running.end(), code: running.code };
}

describe('relay', () => {
  it('gives values of a file, follows it, and says goodbye when it is ended', async () => {
    const file = path('relayed.json');
    writeFileSync(file, readFileSync(sample));
    const { ask, end, code } = await start(['--file', file, '--trust-attributes']);
    const stream = await openStream({ ask }, '/values', post({ user: { identifier: '1', country: 'US' } }));
    expect(JSON.stringify(await stream.next())).toContain('["greeting","Hello"');
    writeFileSync(file, readFileSync(sample, 'utf8').replace('"Hello"', '"Ahoy"'));
    expect(JSON.stringify(await stream.next())).toContain('["greeting","Ahoy"');
    end();
    expect(await stream.next()).toMatchObject({ event: 'goodbye', data: { reason: 'shutdown' } });
    expect(await code).toBe(0);
  });

  it('knows users by a header, and nobody without', async () => {
    const { ask, end, code } = await start(['--file', sample, '--user-header', 'X-User', '--path', '/flags']);
    const statuses = await Promise.all([ask('/values'), ask('/values', { headers: { 'X-User': 'jane' } })]);
    expect(statuses.map(({ status }) => status)).toEqual([401, 200]);
    end();
    expect(await code).toBe(0);
  });

  it.each([
    [['--user-header', 'a b'], 'name of a header'],
    [['--allow-origin', 'app'], 'Expected an origin'],
    [['--port', '70000'], 'whole number'],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await runCli(['relay', '--file', sample, ...args]);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});
