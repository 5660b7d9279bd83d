import * as configCat from '@configcat/sdk';
import * as configCatNode from 'configcat-node';
import { createClient, manualPoll } from '../../src';
import { createRelay } from '../../src/relay';
import { startConfigServer } from '../../src/server';
import { sdkKey } from '../support/client';
import type { AttributesJson } from '../support/conformance';
import { describeConformance } from '../support/conformance';
import { listen } from '../support/relay';

interface Sdk {
  readonly getClient: typeof configCat.getClient;
  readonly PollingMode: typeof configCat.PollingMode;
}

const sdks: [string, Sdk][] = [
  ['@configcat/sdk', configCat],
  ['configcat-node', configCatNode as unknown as Sdk],
];

/** Users of a matrix: its columns before the flags are their attributes. */
function usersOf(matrix: string, keys: readonly string[]): ({ identifier: string } | undefined)[] {
  const [head = '', ...lines] = matrix.trim().split(/\r?\n/);
  const names = head.split(';').filter((name) => !keys.includes(name));
  return lines.map((line) => {
    const cells = line.split(';');
    if (cells[0] === '##null##') return undefined;
    const given = names.map((name, i) => [name, cells[i]!] as const).filter(([, cell]) => cell !== '##null##');
    const {
      Identifier: identifier = '',
      Email: email,
      Country: country,
      ...custom
    } = Object.fromEntries(given) as AttributesJson;
    return { identifier: String(identifier), email, country, custom } as { identifier: string };
  });
}

describeConformance("ConfigCat's own SDKs, with a relay in place of the CDN", ({ suites, read }) => {
  const matrices = suites.filter(({ kind, format }) => kind === 'matrix' && format !== 'v5');

  it.each(sdks)('have the same values of all flags for all users of all matrices: %s', async (_, sdk) => {
    let compared = 0;
    for (const { config, cases } of matrices) {
      const cdn = await startConfigServer({ configs: { [sdkKey]: JSON.parse(read(config)) as object } });
      const client = createClient(sdkKey, { baseUrl: cdn.url, polling: manualPoll() });
      await client.forceRefresh();
      const relay = createRelay({ client, user: () => undefined, configs: { [sdkKey]: client } });
      const served = await listen(relay.node);
      // One after the other: two at a time for one SDK key would be one.
      const valuesAt = async (baseUrl: string) => {
        const logger = { log: () => undefined, level: -1 } as never;
        const sdkClient = sdk.getClient(sdkKey, sdk.PollingMode.ManualPoll, { baseUrl, logger });
        await sdkClient.forceRefreshAsync();
        const users = usersOf(read(cases), client.snapshot().keys());
        const values = await Promise.all(users.map((user) => sdkClient.getAllValuesAsync(user)));
        sdkClient.dispose();
        return values;
      };
      const actual = await valuesAt(served.url);
      expect(actual.every((values) => values.length > 0)).toBe(true);
      expect(actual).toEqual(await valuesAt(cdn.url));
      compared += actual.length;
      void relay.shutdown();
      await served.close();
      await cdn.close();
      client.dispose();
    }
    expect(compared).toBeGreaterThan(50);
  });
});

describe('the config at the path of the CDN', () => {
  const text = JSON.stringify({ f: { a: { t: 0, v: { b: true } } } });
  const open = () => {
    const client = createClient(sdkKey, {
      polling: manualPoll(),
      cache: { get: () => `1\n"e1"\n${text}`, set: () => undefined },
    });
    return { client, relay: createRelay({ client, user: () => 'unauthorized', configs: { [sdkKey]: client } }) };
  };
  const path = `/configuration-files/${sdkKey}/config_v6.json`;

  it('is that of the CDN, with its ETag, gzip, and 304', async () => {
    const { client, relay } = open();
    const ask = (headers: Record<string, string>, query = '') =>
      relay.fetch(new Request(`http://relay.invalid${path}${query}`, { headers }));
    const plain = await ask({});
    expect([plain.status, plain.headers.get('etag'), await plain.text()]).toEqual([200, '"e1"', text]);
    const packed = await ask({ 'Accept-Encoding': 'br, gzip' });
    const unpacked = packed.body!.pipeThrough(new DecompressionStream('gzip'));
    expect([packed.headers.get('content-encoding'), await new Response(unpacked).text()]).toEqual(['gzip', text]);
    expect((await ask({ 'Accept-Encoding': 'gzip;q=0' })).headers.get('content-encoding')).toBeNull();
    expect((await ask({ 'If-None-Match': 'W/"e1"' })).status).toBe(304);
    expect((await ask({}, '?sdk=JS&ccetag=%22e1%22')).status).toBe(304);
    void relay.shutdown();
    client.dispose();
  });

  it('is not there for other keys, nor unless asked for', async () => {
    const { client, relay } = open();
    const closed = createRelay({ client, user: () => undefined });
    const statusOf = async (of: typeof relay, asked: string) =>
      (await of.fetch(new Request(`http://relay.invalid${asked}`))).status;
    expect([
      await statusOf(relay, path.replace('1234567890', '0987654321')),
      await statusOf(closed, path),
      await statusOf(relay, '/configuration-files/__proto__/config_v6.json'),
      await statusOf(relay, path.replace('v6', 'v5')),
    ]).toEqual([404, 404, 404, 404]);
    for (const each of [relay, closed]) void each.shutdown();
    client.dispose();
  });
});
