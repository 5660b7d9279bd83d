import { lastValueFrom, throwError } from 'rxjs';
import type { CommonOptions, FetchFunction } from '../../src';
import { createClientWithManualPoll, flagOverrides, manualPoll, createClient } from '../../src';
import { configOf, sdkKey } from '../support/client';

/** What cannot be masked away by masking only the whole key. */
const secret = sdkKey.slice(17, 39);
const url = `https://cdn.test/configuration-files/${sdkKey}/config_v6.json`;

/** All texts in something, also in what is not enumerable. */
function textsOf(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (seen.has(value)) return '';
  seen.add(value);
  const names = [...Reflect.ownKeys(value), 'name', 'message', 'stack', 'cause', 'href'];
  const members = names.map((name) => textsOf((value as Record<PropertyKey, unknown>)[name], seen));
  const text: unknown = value;
  return [Array.isArray(value) || !('toString' in value) ? '' : String(text), ...members].join('\n');
}

const causedBy = (cause: unknown) => Object.assign(new Error('fetch failed'), { cause });

function cyclic(): Error {
  const error = causedBy(undefined);
  return Object.assign(error, { cause: causedBy(error), config: { url, self: error } });
}

function endless(depth = 500): Error {
  let error = new Error(url);
  for (let i = 0; i < depth; i++) error = causedBy(error);
  return error;
}

const invalidUrl = () => {
  try {
    return new URL(`https://not a host/${sdkKey}`);
  } catch (error) {
    return error;
  }
};

/** What transports throw. */
const thrown: readonly (readonly [string, () => unknown])[] = [
  ['an error with it in the message', () => new TypeError(`GET ${url}`)],
  ['a cause', () => causedBy(new Error(`GET ${url}`))],
  ['a cause of a cause that is a text', () => causedBy(causedBy(url))],
  [
    'the request of Axios',
    () => Object.assign(new Error('Network Error'), { config: { url, headers: {} }, code: 'E' }),
  ],
  ['what hangs on the request, as lists', () => Object.assign(new Error('x'), { request: { path: ['a', { url }] } })],
  ['a URL', () => Object.assign(new Error('x'), { request: new URL(url) })],
  ['the errors of an aggregate', () => new AggregateError([new Error('a'), new Error(url)], 'All failed')],
  ['the input of a URL that is none', invalidUrl],
  ['a text', () => `Cannot GET ${url}`],
  ['an object', () => ({ message: url, url })],
  ['an object without a prototype', () => Object.assign(Object.create(null) as object, { url })],
  ['an encoded key', () => new Error(`/proxy?to=${encodeURIComponent(url)}`)],
  ['a key in JSON', () => new Error(JSON.stringify({ url }).replaceAll('/', '\\/'))],
  ['a key that is encoded twice', () => new Error(encodeURIComponent(encodeURIComponent(url)))],
  ['a property that is not enumerable', () => Object.defineProperty(new Error('x'), 'url', { value: url })],
  ['a property with a symbol', () => Object.assign(new Error('x'), { [Symbol('url')]: url })],
  ['a getter', () => Object.defineProperty(new Error('x'), 'url', { get: () => url, enumerable: true })],
  ['a cycle', cyclic],
  ['a chain without end', endless],
  ['an exception of the DOM', () => new DOMException(url, 'NetworkError')],
  ['a map', () => Object.assign(new Error('x'), { headers: new Map([['url', url]]), url })],
];

const failing =
  (error: unknown): FetchFunction =>
  () =>
    // eslint-disable-next-line rxjs-x/throw-error -- others throw anything
    lastValueFrom(throwError(() => error));

function answering(status: number, statusText: string): FetchFunction {
  return () =>
    Promise.resolve({ status, statusText, headers: { get: () => `ray ${url}` }, text: () => Promise.resolve('') });
}

/** Fetches, and gives all that anybody can see of it. */
async function shown(options: CommonOptions) {
  const seen: unknown[] = [];
  const client = createClientWithManualPoll(sdkKey, {
    ...options,
    baseUrl: 'https://cdn.test',
    logger: { log: (...entry) => seen.push(...entry) },
    logFilter: (...entry) => seen.push(...entry) > 0,
  });
  client.events$.subscribe((event) => {
    if (event.type === 'error') seen.push(event.message, event.error);
    if (event.type === 'configFetched') seen.push(event.result);
  });
  client.status$.subscribe(({ lastError }) => seen.push(lastError));
  const result = await client.forceRefresh();
  seen.push(result);
  client.dispose();
  return { seen, result };
}

describe('the SDK key', () => {
  it.each(thrown)('is masked in %s', async (_, make) => {
    const error = make();
    expect(typeof error === 'string' || textsOf(error).length > 0).toBe(true);
    const { seen, result } = await shown({ fetch: failing(error) });
    expect(result.errorCode).toBe(1103);
    for (const item of seen) expect(textsOf(item)).not.toContain(secret);
  });

  it('leaves errors what they are', async () => {
    const error = Object.assign(new RangeError(`GET ${url}`, { cause: new TypeError('why') }), { code: 'E', count: 3 });
    const { result } = await shown({ fetch: failing(error) });
    const exception = result.exception as RangeError & { code: string; count: number };
    expect(exception).toBeInstanceOf(RangeError);
    expect(exception).toMatchObject({ name: 'RangeError', code: 'E', count: 3, cause: { message: 'why' } });
    expect(exception.message).toMatch(
      /^GET https:\/\/cdn\.test\/configuration-files\/\*+\/\*+\/\*+qrstuv\/config_v6\.json$/,
    );
    // What was thrown belongs to whoever threw it.
    expect(error.message).toContain(secret);
  });

  it('leaves errors without it as they are', async () => {
    const error = Object.assign(new Error('connect ECONNREFUSED', { cause: new Error('deeper') }), { port: 443 });
    expect((await shown({ fetch: failing(error) })).result.exception).toBe(error);
  });

  it('leaves lists in errors as they are, but for itself', async () => {
    const clean = Object.assign(new AggregateError([new Error('a'), new Error('b')], 'All failed'), {
      hosts: ['x', 'y'],
    });
    expect((await shown({ fetch: failing(clean) })).result.exception).toBe(clean);
    const error = new AggregateError([new Error('a'), new Error(url)], 'All failed');
    const exception = (await shown({ fetch: failing(error) })).result.exception as AggregateError;
    expect(exception.errors).toHaveLength(2);
    expect(exception.errors[0]).toMatchObject({ message: 'a' });
    expect(String(exception.errors[1])).toMatch(/\*qrstuv/);
  });

  it.each([500, 304, 403, 301])('is masked in the status text of an answer %i, and in its ray', async (status) => {
    const { seen, result } = await shown({ fetch: answering(status, `See ${url}`) });
    expect(result.isSuccess).toBe(false);
    for (const item of seen) expect(textsOf(item)).not.toContain(secret);
  });

  it('is masked in what caches, callbacks and streams throw', async () => {
    const seen: unknown[] = [];
    const refuse = () => {
      throw causedBy(new Error(url));
    };
    const client = createClient(sdkKey, {
      polling: manualPoll(),
      fetch: () =>
        Promise.resolve({
          status: 200,
          statusText: '',
          headers: { get: () => null },
          text: () => Promise.resolve(JSON.stringify(configOf({ a: 1 }))),
        }),
      cache: { get: refuse, set: refuse },
      onConfigChanged: refuse,
      logger: { log: (...entry) => seen.push(...entry) },
    });
    client.events$.subscribe((event) => seen.push(event.type === 'error' ? [event.message, event.error] : ''));
    await client.forceRefresh();
    client.dispose();
    expect(seen.filter((id) => [1003, 2200, 2201].includes(id as number))).toHaveLength(3);
    for (const item of seen) expect(textsOf(item)).not.toContain(secret);
  });

  it('that is a mere name is hidden nowhere', async () => {
    const seen: unknown[] = [];
    const overrides = { source: flagOverrides({ a: 1 }), behaviour: 'local-only' } as const;
    const client = createClient('a', { overrides, logger: { log: (...entry) => seen.push(entry[2]) } });
    await client.getValue('a missing flag', 0);
    expect(seen).toEqual([expect.stringContaining("'a missing flag'")]);
    client.dispose();
  });
});
