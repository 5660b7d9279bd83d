import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { createClientWithManualPoll } from '../../src/index';
import { runCli, startCli, temporaryFolder } from '../support/command-line';

const sdkKey = 'configcat-sdk-1/abcdefghijklmnopqrstuv/abcdefghijklmnopq-last';
const sample = join(__dirname, '../../samples/config.json');
const path = temporaryFolder();

/** Serves, and gives the address and the SDK keys that it prints. */
async function serve(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const serving = startCli(['serve', ...args, '--port', '0'], { env });
  const out = await serving.printed(/SDK key .*\n/);
  return {
    ...serving,
    url: /^Base URL {2}(\S+)$/m.exec(out)![1]!,
    keys: [...out.matchAll(/^SDK key {3}(\S+)/gm)].map(([, key]) => key!),
    stop: () => {
      serving.end();
      return serving.code;
    },
  };
}

describe('serve', () => {
  it('serves a file for a key that it prints, and follows it', async () => {
    const file = path('served.json');
    writeFileSync(file, readFileSync(sample));
    const { url, keys, stop, out } = await serve([file]);
    const client = createClientWithManualPoll(keys[0]!, { baseUrl: url });
    expect(await client.forceRefresh()).toMatchObject({ isSuccess: true });
    writeFileSync(file, readFileSync(sample, 'utf8').replace('"Hello"', '"Ahoy"'));
    await client.forceRefresh();
    expect(await client.getValue('greeting', '', { identifier: '1', country: 'US' })).toBe('Ahoy');
    client.dispose();
    expect(out()).toMatch(/\d\d:\d\d:\d\d GET config_v6\.json 200\n/);
    expect(await stop()).toBe(0);
  });

  it('serves plain values, as files of overrides have them', async () => {
    const file = path('plain.json');
    writeFileSync(file, '{"flags": {"darkMode": true}}');
    const { url, keys, stop } = await serve([file]);
    expect((await runCli(['get', 'darkMode', '--url', url, '-k', keys[0]!])).out).toBe('true\n');
    await stop();
  });

  it('says what is wrong with a file that would be taken for a config without flags, and names it', async () => {
    const file = path('values.json');
    writeFileSync(file, '{"darkMode": true}');
    const serving = await runCli(['serve', file, '--port', '0']);
    expect(serving).toMatchObject({ code: 2, out: '' });
    expect(serving.err).toContain(`'${file}' is broken: It has no settings, but darkMode.`);
    expect(serving.err).toContain('{"flags": {"darkMode": true}}');
    const reading = await runCli(['get', 'darkMode', '--file', file]);
    expect(reading).toMatchObject({ code: 2, out: '' });
    expect(reading.err).toContain(`'${file}' is no config JSON: It has no settings, but darkMode.`);
  });

  it('serves several files, each for its key, and prints none that it was given', async () => {
    const { url, keys, stop, out, err } = await serve([`${sdkKey}=${sample}`, sample]);
    expect(keys).toEqual([
      '***************/**********************/****************q-last',
      'configcat-sdk-1/local-config-server-02/local-config-server-02',
    ]);
    expect((await runCli(['get', 'greeting', '--url', url, '-k', sdkKey])).out).toBe('Hello\n');
    expect((await runCli(['get', 'greeting', '--url', url, '-k', keys[1]!])).out).toBe('Hello\n');
    expect(out() + err()).not.toContain(sdkKey);
    await stop();
  });

  it('serves one file for the key of the environment', async () => {
    const env = { CONFIGCAT_SDK_KEY: sdkKey };
    const { url, keys, stop } = await serve([sample], env);
    expect(keys).toEqual(['***************/**********************/****************q-last']);
    expect((await runCli(['get', 'greeting', '--url', url], { env })).out).toBe('Hello\n');
    await stop();
  });

  it('answers wrongly now and then', async () => {
    const { url, keys, stop, out } = await serve([sample, '--fault', 'status:503', '--every', '2']);
    const statuses = [];
    for (let i = 0; i < 4; i++) {
      const response = await fetch(`${url}/configuration-files/${keys[0]!}/config_v6.json`);
      await response.text();
      statuses.push(response.status);
    }
    expect(statuses).toEqual([200, 503, 200, 503]);
    expect(out()).toContain('503 (status)');
    await stop();
  });

  it.each(['latency:1', 'reset', 'truncated', 'garbage', 'invalid-gzip', 'not-http', 'redirect-loop'])(
    'knows the fault %s',
    async (fault) => {
      const serving = startCli(['serve', sample, '--port', '0', '--json', '--fault', fault]);
      const [first = ''] = (await serving.printed('\n')).split('\n');
      const { url, configs } = JSON.parse(first) as { url: string; configs: [{ sdkKey: string }] };
      const asked = fetch(`${url}/configuration-files/${configs[0].sdkKey}/config_v6.json`);
      await asked.then((response) => response.text()).catch(() => undefined);
      const out = await serving.printed('"fault"');
      expect(JSON.parse(out.split('\n')[1]!)).toMatchObject({ method: 'GET', fault: fault.split(':')[0] });
      serving.end();
      expect(await serving.code).toBe(0);
    },
  );

  it('says that its port is taken', async () => {
    const { url, stop } = await serve([sample]);
    const result = await runCli(['serve', sample, '--port', new URL(url).port]);
    expect(result).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/^error: .*EADDRINUSE.*\n$/) as string,
    });
    await stop();
  });

  it('tells nothing of requests when quiet', async () => {
    const { url, keys, stop, out } = await serve([sample, '--quiet']);
    const before = out();
    await runCli(['get', '--url', url, '-k', keys[0]!]);
    expect(out()).toBe(before);
    await stop();
  });

  describe('lets', () => {
    /** What a browser is told that asks for a page of this origin, by this name. */
    async function ask(url: string, key: string, headers: Readonly<Record<string, string>>) {
      const address = `${url}/configuration-files/${key}/config_v6.json`;
      return new Promise<{ status: number | undefined; origin: string | undefined; body: string }>(
        (resolve, reject) => {
          const asked = request(address, { headers, agent: false }, (response) => {
            let body = '';
            response.on('data', (chunk: Buffer) => (body += chunk.toString()));
            response.on('end', () => {
              const { 'access-control-allow-origin': origin } = response.headers;
              resolve({ status: response.statusCode, origin, body });
            });
          });
          asked.once('error', reject).end();
        },
      );
    }

    it.each([
      ['http://localhost:5173', true],
      ['http://127.0.0.1:5173', true],
      ['https://[::1]:5173', true],
      ['http://app.localhost', true],
      ['https://app.example', true],
      ['https://app.example:444', false],
      ['http://app.example', false],
      ['https://evil.example', false],
      ['https://localhost.evil.example', false],
      ['http://127.0.0.1.evil.example', false],
      ['http://127.evil.example', false],
      ['null', false],
      ['file://', false],
    ])('a page of %s read: %s', async (origin, isAdmitted) => {
      const { url, keys, stop } = await serve([sample, '--allow-origin', 'https://app.example/']);
      expect((await ask(url, keys[0]!, { origin })).origin).toBe(isAdmitted ? origin : undefined);
      await stop();
    });

    it.each([
      ['localhost:1', 200],
      ['app.localhost', 200],
      ['127.0.0.1', 200],
      ['192.168.1.5:8080', 200],
      ['[::1]:8080', 200],
      ['evil.example', 421],
      ['127.0.0.1.evil.example', 421],
      ['localhost@evil.example', 421],
    ])('itself be called %s: %s', async (host, status) => {
      const { url, keys, stop } = await serve([sample]);
      const answer = await ask(url, keys[0]!, { host, origin: `http://${host}` });
      expect(answer.status).toBe(status);
      if (status === 421) expect(answer).toMatchObject({ origin: undefined, body: 'This server has another name.' });
      await stop();
    });

    it('pages of the address by which it is asked read, where it listens on all', async () => {
      const { url, keys, stop } = await serve([sample, '--host', '0.0.0.0']);
      const local = url.replace('0.0.0.0', '127.0.0.1');
      const host = `192.168.1.5:${new URL(url).port}`;
      const origin = 'http://192.168.1.5:5173';
      expect(await ask(local, keys[0]!, { host, origin })).toMatchObject({ status: 200, origin });
      expect((await ask(local, keys[0]!, { host, origin: 'http://192.168.1.6' })).origin).toBeUndefined();
      await stop();
    });

    it('nobody name an origin that is none', async () => {
      const { code, err } = await runCli(['serve', sample, '--allow-origin', 'app.example']);
      expect([code, err]).toEqual([2, expect.stringContaining('Expected an origin')]);
    });
  });
});
