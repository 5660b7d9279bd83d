import { request } from 'node:http';
import { join } from 'node:path';
import type { Inspector, LoadedConfig } from '../../src/inspector/server';
import { startInspector } from '../../src/inspector/server';

const config: LoadedConfig = { text: '{"f":{}}', etag: '"1"' };

let inspector: Inspector;
let load: () => Promise<LoadedConfig>;
beforeEach(async () => {
  load = () => Promise.resolve(config);
  inspector = await startInspector({
    name: 'flags.json',
    pollIntervalSeconds: 7,
    port: 0,
    host: '127.0.0.1',
    pageFolder: join(__dirname, '../../src/inspector/page'),
    load: () => load(),
  });
});
afterEach(() => inspector.close());

/** Asks with any Host header. */
function ask(path: string, { method = 'GET', ...headers }: Record<string, string> = {}) {
  return new Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const asked = request(new URL(path, inspector.url), { method, headers, agent: false }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      });
      asked.once('error', reject).end();
    },
  );
}

describe('the server of the inspector', () => {
  it('serves the page under a strict policy', async () => {
    const { status, headers, body } = await ask('/');
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    expect(body).toContain('<script type="module" src="/page.js"></script>');
    expect((await ask('/page.css')).headers['content-type']).toBe('text/css; charset=utf-8');
  });

  it('serves the config, and 304 to whoever has it', async () => {
    const first = await ask('/config.json');
    expect([first.status, first.body, first.headers.etag]).toEqual([200, '{"f":{}}', '"1"']);
    const second = await ask('/config.json', { 'If-None-Match': '"1"' });
    expect([second.status, second.body]).toEqual([304, '']);
    load = () => Promise.resolve({ ...config, etag: undefined });
    expect((await ask('/config.json', { 'If-None-Match': '"1"' })).status).toBe(200);
  });

  it('says why there is no config', async () => {
    load = () => Promise.reject(new Error("There is no file 'flags.json'."));
    expect(await ask('/config.json')).toMatchObject({ status: 502, body: "There is no file 'flags.json'." });
  });

  it('tells the page what it shows', async () => {
    expect(JSON.parse((await ask('/settings.json')).body)).toEqual({ name: 'flags.json', pollIntervalSeconds: 7 });
  });

  it('knows nothing else', async () => {
    for (const path of [
      '/main.ts',
      '/../server.ts',
      '/%2e%2e/server.ts',
      '/constructor',
      '/__proto__',
      '/?x/page.css/..',
    ]) {
      const { status, headers } = await ask(path);
      expect([path, status]).toEqual([path, path.startsWith('/?') ? 200 : 404]);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    }
    expect(await ask('/', { method: 'POST' })).toMatchObject({ status: 405 });
  });

  it('answers to its own names only, so that other pages cannot read it', async () => {
    const { port } = new URL(inspector.url);
    expect((await ask('/', { Host: `localhost:${port}` })).status).toBe(200);
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `localhost.evil.example:${port}`]) {
      expect(await ask('/config.json', { Host: host })).toMatchObject({ status: 421 });
    }
    expect((await ask('/config.json', { Origin: 'http://evil.example' })).headers).not.toHaveProperty(
      'access-control-allow-origin',
    );
  });

  it('does not start where its port is taken', async () => {
    const port = Number(new URL(inspector.url).port);
    const second = startInspector({
      ...{ name: '', pollIntervalSeconds: 1, host: '127.0.0.1', pageFolder: '' },
      port,
      load,
    });
    await expect(second).rejects.toThrow('EADDRINUSE');
  });
});
