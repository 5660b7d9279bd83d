import { TestScheduler } from 'rxjs/testing';
import type { ClientEvent, CommonOptions, PollingMode } from '../../src';
import { autoPoll, createClient, createClientWithManualPoll, flagOverrides, lazyLoad, manualPoll } from '../../src';
import { configOf, sdkKey, stage } from '../support/client';

const filled = () => `${Date.now()}\n"e"\n${JSON.stringify(configOf({ a: 1 }))}`;
const cacheOf = (text: string) => ({ get: () => text, set: () => undefined });

/** Clients that are ready before they are returned, and the events of that. */
const atOnce: readonly (readonly [string, () => CommonOptions, () => PollingMode, string[]])[] = [
  ['manual', () => ({}), manualPoll, ['ready no-flag-data']],
  ['lazy', () => ({}), lazyLoad, ['ready no-flag-data']],
  ['offline auto', () => ({ offline: true }), autoPoll, ['ready no-flag-data']],
  ['offline lazy', () => ({ offline: true }), lazyLoad, ['ready no-flag-data']],
  ['auto that waits for nothing', () => ({}), () => autoPoll({ maxInitWaitTimeSeconds: 0 }), ['ready no-flag-data']],
  ['manual with a cache that answers at once', () => ({ cache: cacheOf(filled()) }), manualPoll, ['ready cached']],
  [
    'manual with a cache that is broken',
    () => ({ cache: cacheOf('broken') }),
    manualPoll,
    ['error', 'ready no-flag-data'],
  ],
  [
    'with nothing but overrides',
    () => ({ overrides: { source: flagOverrides({ a: 1 }), behaviour: 'local-only' } }),
    autoPoll,
    ['ready local-only'],
  ],
];

const nameOf = (event: ClientEvent) => (event.type === 'ready' ? `ready ${event.cacheState}` : event.type);

describe.each(atOnce)('events$ of a client that is ready at once: %s', (_, options, polling, expected) => {
  const start = () => stage('silence', { logLevel: 'off', ...options() }, polling());

  it('tells everybody who subscribes in the same tick, each once', async () => {
    const { client, clock } = start();
    const told: string[][] = [[], []];
    for (const names of told) client.events$.subscribe((event) => names.push(nameOf(event)));
    expect(told).toEqual([expected, expected]);
    await clock.advance(100);
    expect(told).toEqual([expected, expected]);
    client.dispose();
  });

  it('does not tell who subscribes later', async () => {
    const { client } = start();
    await Promise.resolve();
    const told: string[] = [];
    client.events$.subscribe((event) => told.push(nameOf(event)));
    expect(told).toEqual([]);
    client.dispose();
  });

  it('tells nothing when it is disposed of first, and leaves nothing', () => {
    const { client, clock } = start();
    client.dispose();
    const told: string[] = [];
    client.events$.subscribe({ next: (event) => told.push(nameOf(event)), complete: () => told.push('complete') });
    expect([told, clock.scheduler.actions]).toEqual([['complete'], []]);
  });
});

describe('events$', () => {
  it('lets a marble test hear that a client is ready, and forgets it with the first frame', () => {
    const scheduler = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
    scheduler.run(({ expectObservable, cold }) => {
      const client = createClientWithManualPoll(sdkKey, { scheduler });
      const ready = { type: 'ready', cacheState: 'no-flag-data' };
      expectObservable(client.events$, '^ 3ms !').toBe('r', { r: ready });
      expectObservable(client.events$, '-^ 3ms !').toBe('');
      cold('5ms x').subscribe(() => {
        client.dispose();
      });
    });
  });

  it('tells what a subscriber causes after what it is told', () => {
    const { client } = stage('silence', { logLevel: 'off' }, manualPoll());
    const told: string[] = [];
    client.events$.subscribe((event) => {
      told.push(nameOf(event));
      if (event.type === 'ready') client.snapshot().value('a', 0);
    });
    expect(told).toEqual(['ready no-flag-data', 'error', 'flagEvaluated']);
    client.dispose();
  });

  it('tells nobody twice who is told of it as it happens', async () => {
    const { client, clock } = stage(configOf({ a: 1 }));
    const told: string[] = [];
    client.events$.subscribe((event) => told.push(nameOf(event)));
    await clock.advance(0);
    expect(told).toEqual(['configFetched', 'configChanged', 'ready up-to-date']);
    client.dispose();
  });

  it('tells in real time as well', async () => {
    const client = createClient(sdkKey, { polling: manualPoll(), logLevel: 'off' });
    const told: string[] = [];
    client.events$.subscribe((event) => told.push(nameOf(event)));
    await Promise.resolve();
    client.events$.subscribe((event) => told.push(nameOf(event)));
    expect(told).toEqual(['ready no-flag-data']);
    client.dispose();
  });
});
