import type { Child } from '../support/child';
import { runChild } from '../support/child';
import { configOf, sdkKey } from '../support/client';
import type { FaultServer } from '../support/fault-server';
import { startFaultServer } from '../support/fault-server';

const greeting = (text: string) => ({ body: JSON.stringify(configOf({ greeting: text })) });

describe('a process', () => {
  let server: FaultServer;
  let child: Child | undefined;

  beforeEach(async () => {
    server = await startFaultServer();
    server.answer(greeting('hello'));
  });

  afterEach(async () => {
    child?.kill();
    await server.close();
  });

  const start = (script: string, ...more: string[]): Child => (child = runChild(script, sdkKey, server.url, ...more));

  it('ends by itself when its work is done, with undisposed clients of all modes', async () => {
    const { lines, ended } = start('undisposed');
    expect(await ended).toEqual({ code: 0, signal: null, errors: '' });
    expect(lines).toEqual(['hello hello hello']);
  });

  it('ends by itself with a client that would share with tabs, which polls as any other', async () => {
    const { lines, ended } = start('tabless');
    expect(await ended).toEqual({ code: 0, signal: null, errors: '' });
    expect(lines).toEqual(['hello']);
  });

  it.each([
    ['auto', 1],
    ['lazy', 0],
    ['manual', 0],
  ])('ends by itself with a client that is only created, after its fetches: %s makes %i', async (mode, requests) => {
    expect(await start('creating', mode).ended).toEqual({ code: 0, signal: null, errors: '' });
    expect(server.requests).toHaveLength(requests);
  });

  it('ends by itself when the first fetch fails and nobody watches', async () => {
    server.answer({ status: 500 });
    expect(await start('creating', 'auto').ended).toEqual({ code: 0, signal: null, errors: '' });
    expect(server.requests).toHaveLength(2);
  });

  it('ends by itself when its last subscription has ended', async () => {
    const { lines, printed, ended } = start('unsubscribing');
    await printed(1);
    server.answer(greeting('hello again'));
    expect(await ended).toEqual({ code: 0, signal: null, errors: '' });
    expect(lines).toEqual(['hello', 'hello again']);
  });

  it('ends when its client is disposed, and so do the streams', async () => {
    const { lines, ended } = start('disposing');
    expect(await ended).toEqual({ code: 0, signal: null, errors: '' });
    expect(lines).toEqual(['hello', 'complete']);
  });

  it('has no more heap and no more handles after a thousand clients than after some', async () => {
    const { lines, ended } = start('cycles', '1000');
    expect(await ended).toEqual({ code: 0, signal: null, errors: '' });
    const [warm, after] = lines.map((line) => line.split(' '));
    expect([warm?.slice(1), after?.slice(1)]).toEqual(Array(2).fill(['0', '0', '0']));
    // What one client takes is some ten thousand bytes.
    expect(Number(after?.[0]) - Number(warm?.[0])).toBeLessThan(1_000_000);
  });

  it('stays while a flag is watched, whatever the server does', async () => {
    const { lines, printed, isAlive } = start('watching');
    await printed(1);
    server.answer({ status: 500 });
    await server.request(server.requests.length + 4);
    server.answer(greeting('hello again'));
    await printed(2);
    expect(lines).toEqual(['hello', 'hello again']);
    expect(isAlive()).toBe(true);
  });
});
