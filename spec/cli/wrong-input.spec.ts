import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigServer } from '../../src/server/index';
import { startConfigServer } from '../../src/server/index';
import { runCli, temporaryFolder } from '../support/command-line';

const sdkKey = 'configcat-sdk-1/abcdefghijklmnopqrstuv/abcdefghijklmnopq-last';
const sample = join(__dirname, '../../samples/config.json');
const path = temporaryFolder();

let server: ConfigServer;
beforeAll(async () => {
  server = await startConfigServer({ configs: { [sdkKey]: sample } });
  writeFileSync(path('broken.json'), '{"f": ');
  writeFileSync(path('wrong.json'), '{"f": {"isOn": {"t": 0, "v": 5}, "is\\u001b[31mRed": 1}}');
  mkdirSync(path('folder'));
});
afterAll(() => server.close());

describe('wrong input', () => {
  it.each<[string, () => string[], string | RegExp]>([
    ['no command', () => [], 'error: Which command? configcat-rx --help names them.'],
    ['an unknown command', () => ['gte'], "error: unknown command 'gte' (Did you mean get?)"],
    ['an unknown option', () => ['get', '--fil', 'x'], "error: unknown option '--fil' (Did you mean --file?)"],
    ['an option without its value', () => ['get', '--file'], /argument missing$/],
    ['no source', () => ['get'], /^error: Where is the config\? Give --file, --url or --sdk-key/],
    ['two sources', () => ['get', '--file', sample, '--url', 'http://x'], /--file and --url exclude each other/],
    ['a file and an SDK key', () => ['get', '--file', sample, '-k', sdkKey], /--file and --sdk-key exclude each other/],
    ['a missing file', () => ['get', '--file', 'none.json'], "error: --file: There is no file 'none.json'."],
    [
      'a missing file that is no option',
      () => ['check', 'none.json', '--schema', 'schemas.mjs'],
      "error: There is no file 'none.json'.",
    ],
    ['a folder', () => ['explain', 'x', '--file', path('folder')], /cannot be read: it is a folder\.$/],
    ['a file that is no JSON', () => ['get', '--file', path('broken.json')], /is no config JSON: .*JSON/],
    ['a file that is no config', () => ['types', '--file', path('wrong.json')], /is no config JSON: /],
    ['a watched file that is missing', () => ['watch', '--file', 'none.json'], /There is no file/],
    ['an inspected file that is missing', () => ['inspect', '--file', 'none.json'], /There is no file/],
    ['a served file that is missing', () => ['serve', 'none.json', '--port', '0'], /none\.json/],
    ['a served file that is broken', () => ['serve', path('broken.json'), '--port', '0'], /is broken/],
    ['two files for one SDK key', () => ['serve', `${sdkKey}=${sample}`, `${sdkKey}=x`], /Two files have the same SDK/],
    ['an address that is none', () => ['get', '--url', 'flags'], "error: --url: 'flags' is no address of the web."],
    ['an address of a file', () => ['get', '--url', 'file:///flags.json'], /is no address of the web/],
    [
      'a base URL without an SDK key',
      () => ['get', '--url', 'http://localhost:1'],
      /needs --sdk-key or CONFIGCAT_SDK_KEY/,
    ],
    [
      'an SDK key that is none',
      () => ['get', '--sdk-key', 'not-an-sdk-key'],
      /matching the SDK Key format, got '\*+dk-key'/,
    ],
    ['a user that is no JSON', () => ['get', '--file', sample, '--user', '{'], /^error: --user is no JSON: /],
    ['a user that is a list', () => ['get', '--file', sample, '--user', '[]'], 'error: --user is no JSON object.'],
    [
      'a user of other members',
      () => ['get', '-f', sample, '--user', '{"id":"1"}'],
      /a user has identifier, email, country and custom, no 'id'/,
    ],
    [
      'an identifier that is a number',
      () => ['get', '-f', sample, '--user', '{"identifier":1}'],
      "error: --user: 'identifier' is no text.",
    ],
    [
      'an attribute that is an object',
      () => ['get', '-f', sample, '--user', '{"custom":{"a":{}}}'],
      /'a' is neither text nor a number/,
    ],
    ['an attribute without a value', () => ['get', '-f', sample, '-a', 'plan'], /Expected name=value/],
    ['an attribute that is no JSON', () => ['get', '-f', sample, '-a', 'age:=x'], /'x' is no JSON/],
    [
      'an interval that is no number',
      () => ['watch', '-f', sample, '--interval', 'often'],
      /Expected a whole number from 1/,
    ],
    ['a port out of range', () => ['serve', sample, '--port', '70000'], /from 0 to 65535/],
    ['an unknown fault', () => ['serve', sample, '--fault', 'fire'], /Expected one of latency:<ms>, status:<code>/],
    ['a fault without its number', () => ['serve', sample, '--fault', 'latency'], /Expected one of/],
    ['a fault with a number too many', () => ['serve', sample, '--fault', 'reset:5'], /Expected one of/],
    ['a name that is none', () => ['types', '-f', sample, '--name', '1x'], /Expected the name of an interface/],
    ['a check without a file', () => ['types', '-f', sample, '--check'], /--check needs --out/],
    ['a folder that cannot be written', () => ['types', '-f', sample, '--out', path('folder')], /^error: --out: /],
    ['a diff with a missing file', () => ['diff', sample, 'none.json'], /There is no file 'none\.json'/],
    ['a diff with nothing to compare with', () => ['diff', sample], /Where is the config\?/],
  ])('%s is told in one line, and by exit code 2', async (_, args, message) => {
    const { code, out, err } = await runCli(args());
    const lines = err.split('\n');
    expect([code, out, lines.length, lines[1]]).toEqual([2, '', 2, '']);
    if (typeof message === 'string') expect(lines[0]).toBe(message);
    else expect(lines[0]).toMatch(message);
    expect(err).not.toContain(sdkKey);
    // eslint-disable-next-line no-control-regex
    expect(err).not.toMatch(/\u001b/);
  });
});

describe('no answer', () => {
  const source = () => ['--url', server.url, '-k', sdkKey];

  it.each<[string, () => string[], RegExp]>([
    ['an unknown flag', () => ['get', 'nothing', ...source()], /^error: There is no flag 'nothing'\.$/],
    ['an unknown flag to explain', () => ['explain', 'nothing', ...source()], /^error: There is no flag 'nothing'\.$/],
    [
      'a server that is not there',
      () => ['get', '--url', 'http://127.0.0.1:1', '-k', sdkKey],
      /^error: http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/,
    ],
    [
      'an SDK key that nobody knows',
      () => ['get', '--url', server.url, '-k', sdkKey.replace('last', 'none')],
      /Your SDK Key seems to be wrong: '\*{15}\/\*{22}\/\*{16}q-none'/,
    ],
    [
      'a document that is not there',
      () => ['get', '--url', `${server.url}/none.json`],
      /Your SDK Key seems to be wrong|404/,
    ],
  ])('%s is told in one line, and by exit code 1', async (_, args, message) => {
    const { code, out, err } = await runCli(args());
    expect([code, out, err.split('\n').length]).toEqual([1, '', 2]);
    expect(err.trimEnd()).toMatch(message);
    expect(err).not.toMatch(/abcdefghijklmnopqrstuv/);
  });

  it('a flag that cannot be evaluated is told, after those that can', async () => {
    const file = path('mixed.json');
    writeFileSync(file, '{"f":{"good":{"t":0,"v":{"b":true}},"bad":{"t":1,"v":{"b":true}}}}');
    expect(await runCli(['get', '--file', file])).toEqual({
      code: 1,
      out: 'flag  value  variation\ngood  true\nbad   null\n',
      err: expect.stringMatching(/^error: 'bad' cannot be evaluated: .*\n$/) as string,
    });
    expect(await runCli(['get', 'bad', '--file', file])).toMatchObject({ code: 1, out: '' });
  });
});

describe('help', () => {
  it.each(['get', 'watch', 'explain', 'diff', 'types', 'check', 'serve', 'inspect'])(
    'of %s has examples',
    async (command) => {
      for (const args of [
        [command, '--help'],
        ['help', command],
      ]) {
        const { code, out, err } = await runCli(args);
        expect([code, err]).toEqual([0, '']);
        expect(out).toMatch(/^Usage: configcat-rx /);
        expect(out).toMatch(new RegExp(`Examples:\n  \\$ (CONFIGCAT_SDK_KEY=… )?configcat-rx ${command} `));
      }
    },
  );

  it('and version', async () => {
    expect((await runCli(['--help'])).out).toContain('Exit codes: 0 all is well; 1');
    expect((await runCli(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('the SDK key', () => {
  it('is in no output, wherever it stands', async () => {
    const secret = { CONFIGCAT_SDK_KEY: sdkKey };
    for (const args of [
      ['get', '--url', `http://127.0.0.1:1/${sdkKey}`],
      ['get', `--sdk-kye=${sdkKey}`],
      [sdkKey],
      ['get', sdkKey, '--url', server.url],
      ['types', '--url', server.url, '--name', sdkKey],
      ['serve', `${sdkKey}=none.json`, '--port', '0'],
    ]) {
      for (const env of [secret, {}]) {
        const { out, err } = await runCli(args, { env });
        expect(out + err).not.toContain(sdkKey);
        expect(out + err).not.toContain('abcdefghijklmnopqrstuv');
      }
    }
  });
});
