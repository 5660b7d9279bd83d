import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ConfigServer, ConfigServerOptions } from '../../src/server/index';
import { startConfigServer } from '../../src/server/index';
import { sendRaw as send } from '../support/raw-request';

const sdkKey = 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv';
const path = `/configuration-files/${sdkKey}/config_v6.json`;

function configText(value: string): string {
  return JSON.stringify({ f: { greeting: { t: 1, v: { s: value } } } });
}

describe('startConfigServer', () => {
  let folder: string;
  let server: ConfigServer | undefined;
  let reports: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'config-server-'));
    reports = [];
  });

  afterEach(async () => {
    await server?.close();
    server = undefined;
    await rm(folder, { recursive: true });
  });

  const start = async (configs: ConfigServerOptions['configs'], port = 0): Promise<string> => {
    server = await startConfigServer({ configs, port, report: (message) => reports.push(message) });
    return server.url + path;
  };

  const startFile = async (text = configText('hello')) => {
    const file = join(folder, 'flags.json');
    await writeFile(file, text);
    return { file, url: await start({ [sdkKey]: file }) };
  };

  const bodyAt = async (url: string) => (await send(url)).body.toString();

  describe('serving', () => {
    it('answers 200 with the body of the file as it is, and an ETag', async () => {
      const text = `\n${configText('grüß dich 👋')}\n`;
      const { url } = await startFile(text);
      const { status, headers, body } = await send(url);
      expect(status).toBe(200);
      expect(body.toString()).toBe(text);
      expect(headers).toMatchObject({
        etag: expect.stringMatching(/^W\/"[0-9a-f]+"$/) as string,
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(Buffer.byteLength(text)),
        'cache-control': 'max-age=0, must-revalidate',
      });
    });

    it('serves an object as JSON', async () => {
      const config: unknown = JSON.parse(configText('from an object'));
      expect(await bodyAt(await start({ [sdkKey]: config as object }))).toBe(configText('from an object'));
    });

    it('serves every SDK key its own config, in all three forms of keys', async () => {
      const keys = [sdkKey, '1234567890123456789012/1234567890123456789012', 'configcat-proxy/my-sdk'];
      await start(Object.fromEntries(keys.map((key) => [key, JSON.parse(configText(key)) as object])));
      for (const key of keys) {
        expect(await bodyAt(`${server?.url}/configuration-files/${key}/config_v6.json`)).toBe(configText(key));
      }
    });

    it('ignores the query that browsers send', async () => {
      const { url } = await startFile();
      expect((await send(`${url}?sdk=ConfigCat-Rx-Browser%2Fa-1.0.0`)).status).toBe(200);
    });

    it('gives equal texts equal ETags, and others another', async () => {
      await start({ a: JSON.parse(configText('x')) as object, b: JSON.parse(configText('x')) as object, c: {} });
      const etags = await Promise.all(
        ['a', 'b', 'c'].map(async (key) => {
          const { headers } = await send(`${server?.url}/configuration-files/${key}/config_v6.json`);
          return headers.etag;
        }),
      );
      expect(etags[0]).toBe(etags[1]);
      expect(etags[0]).not.toBe(etags[2]);
    });

    it('answers HEAD like GET, without a body', async () => {
      const { url } = await startFile();
      const get = await send(url);
      const head = await send(url, {}, 'HEAD');
      expect(head).toMatchObject({ status: 200, body: Buffer.of() });
      expect(head.headers.etag).toBe(get.headers.etag);
    });
  });

  describe('304', () => {
    it('answers a known ETag in If-None-Match', async () => {
      const { url } = await startFile();
      const { etag = '' } = (await send(url)).headers;
      const { status, headers, body } = await send(url, { 'If-None-Match': etag });
      expect({ status, etag: headers.etag, body: body.toString() }).toEqual({ status: 304, etag, body: '' });
    });

    it('answers a known ETag in the query', async () => {
      const { url } = await startFile();
      const { etag = '' } = (await send(url)).headers;
      expect((await send(`${url}?sdk=x&ccetag=${encodeURIComponent(etag)}`)).status).toBe(304);
    });

    it('prefers the header to the query', async () => {
      const { url } = await startFile();
      const { etag = '' } = (await send(url)).headers;
      const known = encodeURIComponent(etag);
      expect((await send(`${url}?ccetag=${known}`, { 'If-None-Match': 'W/"other"' })).status).toBe(200);
      expect((await send(`${url}?ccetag=other`, { 'If-None-Match': etag })).status).toBe(304);
    });

    it('does not come for another ETag', async () => {
      const { url } = await startFile();
      expect((await send(url, { 'If-None-Match': 'W/"other"' })).status).toBe(200);
      expect((await send(`${url}?ccetag=other`)).status).toBe(200);
    });
  });

  describe('gzip', () => {
    it.each(['gzip', 'gzip, deflate, br', 'deflate;q=0.5, gzip;q=1.0'])('is used for %p', async (accepted) => {
      const { url } = await startFile();
      const { headers, body } = await send(url, { 'Accept-Encoding': accepted });
      expect(headers['content-encoding']).toBe('gzip');
      expect(headers['content-length']).toBe(String(body.length));
      expect(gunzipSync(body).toString()).toBe(configText('hello'));
    });

    it.each([undefined, 'identity', 'br', 'deflate, br', 'gzip;q=0'])('is not used for %p', async (accepted) => {
      const { url } = await startFile();
      const { headers, body } = await send(url, accepted === undefined ? {} : { 'Accept-Encoding': accepted });
      expect(headers['content-encoding']).toBeUndefined();
      expect(body.toString()).toBe(configText('hello'));
    });

    it('leaves the ETag as it is', async () => {
      const { url } = await startFile();
      const plain = await send(url);
      const gzipped = await send(url, { 'Accept-Encoding': 'gzip' });
      expect(gzipped.headers.etag).toBe(plain.headers.etag);
      expect(gzipped.headers.vary).toContain('Accept-Encoding');
    });
  });

  describe('CORS', () => {
    const exposed = 'Content-Length,ETag,Date,Content-Encoding';

    it('admits the origin that asks, and every origin when none is named', async () => {
      const { url } = await startFile();
      expect((await send(url, { Origin: 'https://app.example' })).headers).toMatchObject({
        'access-control-allow-origin': 'https://app.example',
        'access-control-expose-headers': exposed,
      });
      expect((await send(url)).headers['access-control-allow-origin']).toBe('*');
    });

    it('holds for answers without a config too', async () => {
      const { url } = await startFile();
      const { etag = '' } = (await send(url)).headers;
      const notModified = await send(url, { 'If-None-Match': etag, Origin: 'https://app.example' });
      const notFound = await send(`${url}x`, { Origin: 'https://app.example' });
      for (const { headers } of [notModified, notFound]) {
        expect(headers['access-control-allow-origin']).toBe('https://app.example');
      }
    });

    it('answers OPTIONS with 204 and what requests may carry', async () => {
      const { url } = await startFile();
      const { status, headers, body } = await send(url, { Origin: 'https://app.example' }, 'OPTIONS');
      expect({ status, body: body.toString() }).toEqual({ status: 204, body: '' });
      expect(headers).toMatchObject({
        'access-control-allow-origin': 'https://app.example',
        'access-control-allow-headers': 'Cache-Control,Content-Type,Content-Length,Accept-Encoding,If-None-Match',
        'access-control-max-age': '600',
      });
      expect(headers['access-control-allow-methods']).toContain('GET');
    });
  });

  describe('refusing', () => {
    it.each([
      ['another SDK key', '/configuration-files/configcat-sdk-1/other/config_v6.json'],
      ['another config version', `/configuration-files/${sdkKey}/config_v5.json`],
      ['another folder', `/config-files/${sdkKey}/config_v6.json`],
      ['the root', '/'],
      ['a name that every object has', '/configuration-files/toString/config_v6.json'],
    ])('answers 404 for %s', async (_, wrongPath) => {
      await startFile();
      expect((await send(`${server?.url}${wrongPath}`)).status).toBe(404);
    });

    it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('answers 405 for %s', async (method) => {
      const { url } = await startFile();
      const { status, headers } = await send(url, {}, method);
      expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: 'GET,HEAD,OPTIONS' });
    });
  });

  describe('following a file', () => {
    it('serves an edit at the next request, under another ETag', async () => {
      const { file, url } = await startFile();
      const before = await send(url);
      await writeFile(file, configText('edited'));
      const after = await send(url, { 'If-None-Match': before.headers.etag ?? '' });
      expect({ status: after.status, body: after.body.toString() }).toEqual({
        status: 200,
        body: configText('edited'),
      });
      expect(after.headers.etag).not.toBe(before.headers.etag);
      expect(reports).toEqual([]);
    });

    it.each([
      ['an edit that is no JSON', '{ "f": '],
      ['an edit that is no config', '{"f":{"greeting":{"t":1}}}'],
      ['an empty file', ''],
    ])('serves the last good state after %s, and reports it once, naming the file', async (_, broken) => {
      const { file, url } = await startFile();
      await writeFile(file, broken);
      expect([await bodyAt(url), await bodyAt(url), await bodyAt(url)]).toEqual(
        [1, 2, 3].map(() => configText('hello')),
      );
      expect(reports).toEqual([expect.stringContaining(`'${file}' is broken`)]);
    });

    it('follows a file of plain values, also where a config was before', async () => {
      const { file, url } = await startFile();
      await writeFile(file, '\ufeff{"flags": {"isOn": true, "name": "x", "rate": 0.5, "__proto__": false}}');
      expect(JSON.parse(await bodyAt(url))).toEqual({
        f: Object.fromEntries([
          ['isOn', { t: 0, v: { b: true } }],
          ['name', { t: 1, v: { s: 'x' } }],
          ['rate', { t: 3, v: { d: 0.5 } }],
          ['__proto__', { t: 0, v: { b: false } }],
        ]),
      });
      expect(reports).toEqual([]);
    });

    it.each([
      [
        'values by key alone',
        '{"darkMode": true, "a": 1, "b": 2, "c": 3}',
        'It has no settings, but darkMode, a, b, …. Expected',
      ],
      ['a value that no flag can have', '{"flags": {"darkMode": null}}', "The plain value of 'darkMode' is neither"],
    ])('says what is wrong with %s', async (_, text, problem) => {
      const { file, url } = await startFile();
      await writeFile(file, text);
      expect(await bodyAt(url)).toBe(configText('hello'));
      expect(reports).toEqual([
        expect.stringContaining(`'${file}' is broken, its last good state is served: ${problem}`),
      ]);
    });

    it('serves the last good state while the file is away, and reports it once', async () => {
      const { file, url } = await startFile();
      await rm(file);
      expect([await bodyAt(url), await bodyAt(url)]).toEqual([configText('hello'), configText('hello')]);
      expect(reports).toEqual([expect.stringContaining(file)]);
    });

    it('serves and reports an edit that is good again', async () => {
      const { file, url } = await startFile();
      await writeFile(file, '{');
      await send(url);
      await writeFile(file, configText('repaired'));
      expect([await bodyAt(url), await bodyAt(url)]).toEqual([configText('repaired'), configText('repaired')]);
      expect(reports.slice(1)).toEqual([`The config file '${file}' is good again.`]);
    });

    it('reports that a broken edit was taken back', async () => {
      const { file, url } = await startFile();
      await writeFile(file, '{');
      await send(url);
      await writeFile(file, configText('hello'));
      expect(await bodyAt(url)).toBe(configText('hello'));
      expect(reports.slice(1)).toEqual([`The config file '${file}' is good again.`]);
    });

    it('reports that a file breaks in the same way a second time', async () => {
      const { file, url } = await startFile();
      for (const text of ['{', configText('hello'), '{']) {
        await writeFile(file, text);
        await send(url);
      }
      expect(reports.filter((message) => message.includes('is broken'))).toHaveLength(2);
    });
  });

  describe('starting', () => {
    it('rejects a missing file by its name', async () => {
      const file = join(folder, 'missing.json');
      await expect(start({ [sdkKey]: file })).rejects.toThrow(file);
    });

    it.each([
      ['no JSON', '{ "f": '],
      ['no config', '{"f":{"greeting":{"t":1}}}'],
    ])('rejects a file that holds %s by its name', async (_, broken) => {
      await expect(startFile(broken)).rejects.toThrow(`'${join(folder, 'flags.json')}' is broken`);
    });

    it('rejects an object that is no config', async () => {
      await expect(start({ [sdkKey]: { f: 1 } })).rejects.toThrow('Type mismatch at $.f');
    });

    it('rejects a port that is taken', async () => {
      await start({});
      await expect(startConfigServer({ configs: {}, port: server?.port ?? 0 })).rejects.toThrow('EADDRINUSE');
    });
  });

  describe('setConfig', () => {
    it('serves another object or JSON text from now on', async () => {
      const url = await start({ [sdkKey]: {} });
      await server?.setConfig(sdkKey, JSON.parse(configText('object')) as object);
      expect(await bodyAt(url)).toBe(configText('object'));
      await server?.setConfig(sdkKey, configText('text'));
      expect(await bodyAt(url)).toBe(configText('text'));
    });

    it('adds an SDK key', async () => {
      const url = await start({});
      expect((await send(url)).status).toBe(404);
      await server?.setConfig(sdkKey, {});
      expect((await send(url)).status).toBe(200);
    });

    it('takes the place of a file', async () => {
      const { file, url } = await startFile();
      await server?.setConfig(sdkKey, configText('set'));
      await writeFile(file, configText('edited'));
      expect(await bodyAt(url)).toBe(configText('set'));
    });

    it('rejects what is no config, and goes on with the former one', async () => {
      const { url } = await startFile();
      await expect(server?.setConfig(sdkKey, '{')).rejects.toThrow(SyntaxError);
      await expect(server?.setConfig(sdkKey, { f: [] })).rejects.toThrow(TypeError);
      expect(await bodyAt(url)).toBe(configText('hello'));
    });
  });

  describe('close', () => {
    it('ends listening', async () => {
      const { url } = await startFile();
      await server?.close();
      await expect(send(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    });

    it('frees the port', async () => {
      await start({});
      const port = server?.port;
      await server?.close();
      await start({}, port);
      expect(server?.port).toBe(port);
    });

    it('may be called twice', async () => {
      await start({});
      await server?.close();
      await expect(server?.close()).resolves.toBeUndefined();
    });
  });
});
