import { defer, of } from 'rxjs';
import type { CommonOptions, PollingMode } from '../../src';
import { autoPoll, flagOverrides, lazyLoad, manualPoll } from '../../src';
import { configOf, stage } from '../support/client';
import { settlePromises } from '../support/virtual-time';

const failure = new Error('Not mine.');

/** The ways in which a function of somebody else fails. */
const failures: readonly (readonly [string, () => never])[] = [
  [
    'throws',
    () => {
      throw failure;
    },
  ],
  // The types promise nothing of the kind: whoever writes an asynchronous function meets it all the same.
  ['gives a promise that is rejected', () => Promise.reject(failure) as never],
  ['gives a promise that is rejected later', () => settlePromises().then(() => Promise.reject(failure)) as never],
  [
    'gives what looks like a promise',
    () =>
      ({
        then: (_: unknown, reject: (e: unknown) => void) => {
          reject(failure);
        },
      }) as never,
  ],
  [
    'gives what throws when it is waited for',
    () =>
      ({
        get then() {
          throw failure;
        },
      }) as never,
  ],
];

describe.each(failures)('a function of somebody else that %s', (_, fail) => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);

  beforeAll(() => {
    process.on('unhandledRejection', note);
    process.on('uncaughtException', note);
  });

  afterAll(() => {
    process.off('unhandledRejection', note);
    process.off('uncaughtException', note);
  });

  afterEach(async () => {
    await settlePromises();
    await settlePromises();
    expect(unhandled.splice(0)).toEqual([]);
  });

  /** Lets a client with these options live for a while. */
  const live = async (options: CommonOptions, polling: PollingMode = autoPoll({ pollIntervalSeconds: 10 })) => {
    const staged = stage(configOf({ a: 1 }), options, polling);
    const { client, clock, serve } = staged;
    const values: unknown[] = [];
    client.flag$('a', 0).subscribe((value) => values.push(value));
    await clock.advance(5000);
    serve(configOf({ a: 2 }));
    await client.forceRefresh();
    await clock.advance(20_000);
    await client.getValue('missing', 0);
    client.dispose();
    await clock.advance(1000);
    expect(values).toEqual([1, 2]);
    return staged;
  };

  it('is logged as `onConfigChanged`, each time', async () => {
    const { log } = await live({ onConfigChanged: fail });
    expect(log.filter((entry) => entry.startsWith('error 1003'))).toEqual(
      Array(2).fill('error 1003 Error occurred in the `onConfigChanged` method.'),
    );
  });

  it('is told to `events$` as `onConfigChanged`', async () => {
    const { client, clock } = stage(configOf({ a: 1 }), { onConfigChanged: fail, logLevel: 'off' });
    const errors: unknown[] = [];
    client.events$.subscribe((event) => {
      if (event.type === 'error') errors.push(event.error);
    });
    await clock.advance(100);
    await settlePromises();
    await settlePromises();
    expect(errors).toEqual([failure]);
    client.dispose();
  });

  it('changes nothing as logger, at any level', async () => {
    let entries = 0;
    const log = () => {
      entries++;
      return fail();
    };
    await live({ logger: { log }, logLevel: 'debug' });
    expect(entries).toBeGreaterThanOrEqual(3);
  });

  it('changes nothing as filter of log entries', async () => {
    await live({ logFilter: fail, logLevel: 'debug' });
  });

  it('changes nothing as logger of its own failure', async () => {
    await live({ onConfigChanged: fail, logger: { log: fail } });
  });

  it('changes nothing as dice', async () => {
    const { requests } = await live(
      { random: fail },
      autoPoll({ pollIntervalSeconds: 10, maxFirstPollDelaySeconds: 100 }),
    );
    expect(requests.length).toBeGreaterThan(2);
  });

  it('keeps no listener of a watch from another', async () => {
    const { client, clock, log, serve } = stage(configOf({ a: 1 }));
    await clock.advance(0);
    const watch = client.watch('a', 0);
    let heard = 0;
    watch.subscribe(fail);
    watch.subscribe(() => heard++);
    serve(configOf({ a: 2 }));
    await client.forceRefresh();
    await settlePromises();
    expect([heard, log]).toEqual([1, ['error 1003 Error occurred in the `watch` method.']]);
    client.dispose();
  });
});

describe('a stream of somebody else', () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);

  beforeAll(() => process.on('unhandledRejection', note));
  afterAll(() => process.off('unhandledRejection', note));

  const rejected = (): never => Promise.reject(failure) as never;
  const rejected$ = defer(() => of<never>(rejected()));

  it.each<[string, () => CommonOptions, PollingMode, string[]]>([
    ['refreshOn$', () => ({ refreshOn$: rejected$ }), lazyLoad(), ['refreshOn$']],
    [
      'cache.changes$',
      () => ({ cache: { get: () => undefined, set: () => undefined, changes$: rejected$ } }),
      manualPoll(),
      ['cache.changes$'],
    ],
    ['pollWhile$', () => ({}), autoPoll({ pollWhile$: rejected$ }), []],
    [
      'overrides',
      () => ({ overrides: { source: flagOverrides(rejected$), behaviour: 'local-over-remote' } }),
      manualPoll(),
      [],
    ],
    [
      'overrides that are no stream',
      () => ({ overrides: { source: flagOverrides(rejected()), behaviour: 'local-over-remote' } }),
      manualPoll(),
      [],
    ],
  ])('emits rejected promises as %s, and nothing is unhandled', async (_, options, polling, logged) => {
    const { client, clock, log } = stage(configOf({ a: 1 }), options(), polling);
    await clock.advance(100);
    await settlePromises();
    client.dispose();
    expect(unhandled.splice(0)).toEqual([]);
    expect(log).toEqual(logged.map((name) => `error 1003 Error occurred in the \`${name}\` method.`));
  });
});

describe('a promise of a client', () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);

  beforeAll(() => process.on('unhandledRejection', note));
  afterAll(() => process.off('unhandledRejection', note));
  afterEach(async () => {
    await settlePromises();
    await settlePromises();
    expect(unhandled.splice(0)).toEqual([]);
  });

  const gone = 'The client was disposed before it became ready.';

  it.each<[string, () => PollingMode]>([
    ['auto', () => autoPoll({ maxInitWaitTimeSeconds: -1 })],
    ['lazy', lazyLoad],
    ['manual', manualPoll],
  ])('is never unhandled when it is disposed of early: %s', async (_, polling) => {
    const cache = { get: () => new Promise<string>(() => undefined), set: () => undefined };
    const { client } = stage('silence', { cache, logLevel: 'off' }, polling());
    const { signal } = new AbortController();
    void client.waitForReady();
    void client.waitForReady({ signal });
    void client.getValue('a', 0);
    void client.getValueDetails('a', 0, undefined, { signal });
    void client.explain('a');
    void client.getAllValues();
    void client.forceRefresh();
    const heard = client.waitForReady().catch(String);
    client.dispose();
    void client.waitForReady();
    void client.forceRefresh();
    void client.getKeyAndValue('a');
    expect(await heard).toBe(`Error: ${gone}`);
    await expect(client.waitForReady({ signal })).rejects.toThrow(gone);
  });

  it('is never unhandled when its signal is aborted', async () => {
    const { client } = stage('silence');
    const controller = new AbortController();
    const { signal } = controller;
    void client.getValue('a', 0, undefined, { signal });
    void client.getValueDetails('a', 0, undefined, { signal });
    void client.waitForReady({ signal });
    controller.abort();
    void client.getValue('a', 0, undefined, { signal });
    await settlePromises();
    client.dispose();
  });
});

describe('a signal', () => {
  const abortedAlready: readonly (readonly [string, () => AbortSignal, object])[] = [
    ['of this runtime', () => AbortSignal.abort(), { name: 'AbortError' }],
    ['with a reason', () => AbortSignal.abort(failure), failure],
    // As React Native and older browsers have them.
    ['without reasons', () => withoutReason(true), { name: 'AbortError', message: 'The operation was aborted.' }],
  ];

  function withoutReason(aborted: boolean): AbortSignal & EventTarget {
    return Object.assign(new EventTarget(), { aborted }) as unknown as AbortSignal & EventTarget;
  }

  it.each(abortedAlready)('%s that is aborted already lets nothing begin', async (_, signalOf, error) => {
    const reads: string[] = [];
    const cache = { get: (key: string) => void reads.push(key), set: () => undefined };
    const { client, clock, requests } = stage(configOf({ a: 1 }), { cache }, lazyLoad());
    await clock.advance(0);
    const before = reads.length;
    const signal = signalOf();
    for (const read of [
      () => client.getValue('a', 0, undefined, { signal }),
      () => client.getValueDetails('a', 0, undefined, { signal }),
      () => client.waitForReady({ signal }),
    ]) {
      await expect(read()).rejects.toMatchObject(error);
    }
    await clock.advance(1000);
    expect([requests, reads.length]).toEqual([[], before]);
    expect(() => client.getValue('', 0, undefined, { signal })).toThrow('Invalid argument `key`.');
    client.dispose();
  });

  it('without reasons that is aborted later rejects with an AbortError, and is listened to no more', async () => {
    const { client } = stage('silence');
    const signal = withoutReason(false);
    const read = client.getValue('a', 0, undefined, { signal });
    Object.assign(signal, { aborted: true });
    signal.dispatchEvent(new Event('abort'));
    await expect(read).rejects.toMatchObject({ name: 'AbortError' });
    expect(await read.catch((error: unknown) => error instanceof Error)).toBe(true);
    client.dispose();
  });

  it('that is never aborted changes nothing', async () => {
    const { client, clock } = stage(configOf({ a: 1 }));
    const read = client.getValue('a', 0, undefined, { signal: new AbortController().signal });
    await clock.advance(0);
    expect(await read).toBe(1);
    client.dispose();
  });
});
