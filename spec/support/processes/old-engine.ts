/*
 * Runs clients in an engine that lacks what Hermes and older browsers lack, and prints what they answer, line by line.
 */
const missing: readonly (readonly [object, readonly string[]])[] = [
  [globalThis, ['AggregateError', 'structuredClone', 'WeakRef', 'FinalizationRegistry']],
  [Array.prototype, ['at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with']],
  [String.prototype, ['at', 'replaceAll', 'isWellFormed', 'toWellFormed']],
  [Int32Array.prototype, ['at', 'with', 'toSorted']],
  [Object, ['hasOwn', 'groupBy']],
  [Array, ['fromAsync']],
  [Promise, ['withResolvers', 'any', 'try']],
  [URL, ['canParse', 'parse']],
  [AbortSignal, ['any', 'timeout']],
  [Map, ['groupBy']],
];

const [sdkKey = ''] = process.argv.slice(2);

const rule = (u: object, s: string) => ({ c: [{ u }], s: { v: { s } } });
const config = {
  p: { s: 'salt' },
  s: [{ n: 'Beta', r: [{ a: 'Email', c: 2, l: ['@b.c'] }] }],
  f: {
    good: { t: 0, v: { b: true } },
    bad: { t: 9, v: { b: true } },
    hashed: { t: 1, v: { s: 'off' }, r: [rule({ a: 'Email', c: 16, l: ['x'] }, 'on')] },
    version: { t: 1, v: { s: 'off' }, r: [rule({ a: 'version', c: 9, s: '1.2.3' }, 'newer')] },
    split: { t: 1, v: { s: 'off' }, p: [{ p: 100, v: { s: 'all' } }] },
    segment: {
      t: 1,
      v: { s: 'off' },
      r: [{ c: [{ s: { s: 0, c: 0 } }, { p: { f: 'good', c: 0, v: { b: true } } }], s: { v: { s: 'in' } } }],
    },
  },
};
const legacy = { f: { old: { t: 1, v: 'off', p: [], r: [{ o: 0, a: 'Email', t: 2, c: '@b.c', v: 'on' }] } } };
const user = { identifier: '42', email: 'a@b.c', custom: { version: '2.0.0' } };

async function run(): Promise<void> {
  for (const [owner, names] of missing) for (const name of names) Reflect.deleteProperty(owner, name);
  const { createClient, createClientWithManualPoll, flagOverrides, isSameUser, manualPoll } =
    await import('../../../src/index');
  const print = (answer: unknown) => {
    console.log(JSON.stringify(answer));
  };
  let served: object = config;
  const fetch = () =>
    Promise.resolve({
      status: 200,
      statusText: 'OK',
      headers: { get: () => null },
      text: () => Promise.resolve(JSON.stringify(served)),
    });
  const logged: string[] = [];
  const logger = { log: (...[, eventId]: [unknown, number]) => logged.push(String(eventId)) };
  const client = createClientWithManualPoll(sdkKey, {
    fetch,
    logger,
    logLevel: 'info',
    baseUrl: 'https://config.test',
  });
  const changes: string[] = [];
  client.changes$.subscribe(({ flags }) => changes.push(...flags.map(({ key }) => key)));
  print((await client.forceRefresh()).isSuccess);
  print(await client.getAllValues(user));
  print((await client.getAllValueDetails(user)).length);
  print((await client.explain('segment', user)).value);
  print((await client.explain('bad', user)).errorCode);
  print(isSameUser(user, { ...user, custom: { ...user.custom } }));
  client.flags$({ good: false, split: '' }, user).subscribe(print).unsubscribe();
  print(await client.getValue('good', false, user, { signal: new AbortController().signal }));
  served = legacy;
  await client.forceRefresh();
  print(await client.getAllValues(user));
  print(changes.length);
  client.dispose();
  const overridden = createClient(sdkKey, {
    polling: manualPoll(),
    overrides: { source: flagOverrides({ a: 1 }), behaviour: 'local-only' },
  });
  print(overridden.snapshot().values());
  overridden.dispose();
  const failing = createClientWithManualPoll(sdkKey, {
    fetch: () => Promise.reject(new Error(`No way to ${sdkKey}.`)),
    logger,
  });
  const { errorCode, exception } = await failing.forceRefresh();
  print([errorCode, String(exception).includes(sdkKey)]);
  failing.dispose();
  print(logged.includes('1002') && logged.includes('5000'));
}

void run();
