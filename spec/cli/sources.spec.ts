import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ConfigServer } from '../../src/server/index';
import { startConfigServer } from '../../src/server/index';
import { runCli, temporaryFolder } from '../support/command-line';

const sdkKey = 'configcat-sdk-1/abcdefghijklmnopqrstuv/abcdefghijklmnopq-last';
const sample = join(__dirname, '../../samples/config.json');
const path = temporaryFolder();

let server: ConfigServer;
let documents: string;
const web = createServer((_, response) => response.end(readFileSync(sample)));
beforeAll(async () => {
  server = await startConfigServer({ configs: { [sdkKey]: sample } });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  documents = `http://127.0.0.1:${(web.address() as AddressInfo).port}/some/config.json?signature=1`;
});
afterAll(async () => {
  await server.close();
  await new Promise((resolve) => {
    web.close(resolve);
    web.closeAllConnections();
  });
});

/** The same config from everywhere that it can come from. */
const places: readonly (readonly [string, () => { args: string[]; env?: Record<string, string> }])[] = [
  ['a file', () => ({ args: ['--file', sample] })],
  ['the address of a config JSON', () => ({ args: ['--url', documents] })],
  ['a server and an SDK key', () => ({ args: ['--url', server.url, '--sdk-key', sdkKey] })],
  ['a server and CONFIGCAT_SDK_KEY', () => ({ args: ['--url', server.url], env: { CONFIGCAT_SDK_KEY: sdkKey } })],
];

describe.each(places)('from %s', (_, place) => {
  const ask = async (...command: readonly string[]) => {
    const { args, env } = place();
    const result = await runCli([...command, ...args], env && { env });
    expect(result.out + result.err).not.toContain(sdkKey);
    return result;
  };

  it('get prints the value of one flag, as it is', async () => {
    expect(await ask('get', 'greeting', '--country', 'AT')).toEqual({ code: 0, out: 'Guten Tag\n', err: '' });
  });

  it('get prints a table of all flags', async () => {
    const { code, out, err } = await ask('get', '--id', 'kate', '-a', 'plan=pro');
    expect([code, err]).toEqual([0, expect.stringContaining('User.Email attribute is missing')]);
    expect(out.split('\n').slice(0, 3)).toEqual([
      'flag             value    variation',
      'darkMode         false    a8c194b6',
      'debugMenu        false    10daf231',
    ]);
    expect(out).toMatch(/^uploadLimitMb {4}500 {6}758710c1$/m);
  });

  it('get prints JSON', async () => {
    const { out } = await ask('get', 'discountRate', 'darkMode', '--json');
    expect(JSON.parse(out)).toEqual({
      discountRate: { value: 0.1, variationId: 'cb1ea48f' },
      darkMode: { value: false, variationId: 'a8c194b6' },
    });
  });

  it('explain draws the evaluation', async () => {
    const { code, out, err } = await ask('explain', 'expressDelivery', '--id', 'kate');
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe(`● expressDelivery = false
├─ ✗ Rule 1: true (eff57fd5)
│  └─ ✗ Flag 'newCheckout' EQUALS 'true'
│     └─ ● newCheckout = false
│        ├─ ● Percentage options by User.Identifier  the user is in place 92 of 0 to 99
│        │  ├─ ✗ 50 %: true (14643dae)
│        │  └─ ● 50 %: false (4ec4309b)  places 50 to 99
│        └─ · Otherwise false (74400287)
└─ ● Otherwise false (40efc33a)
`);
  });

  it('explain prints JSON and the evaluation log', async () => {
    const json = JSON.parse((await ask('explain', 'greeting', '--country', 'DE', '--json')).out) as object;
    expect(json).toMatchObject({ key: 'greeting', value: 'Guten Tag', user: { country: 'DE' } });
    expect((await ask('explain', 'greeting', '--country', 'DE', '--text')).out).toBe(
      `${(json as { text: string }).text}\n`,
    );
  });

  it('types writes the interface', async () => {
    const { code, out, err } = await ask('types', '--name', 'Site');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(
      'export interface Site {\n  /** On or off. Serves false. */\n  readonly darkMode: boolean;\n',
    );
  });

  it('diff compares it with a file', async () => {
    const other = path('other.json');
    writeFileSync(other, readFileSync(sample, 'utf8').replace('"Guten Tag"', '"Servus"'));
    const { args, env } = place();
    const isFile = args[0] === '--file';
    const result = await runCli(
      isFile ? ['diff', sample, other, '--users', '1000'] : ['diff', other, '--users', '1000', ...args],
      env && { env },
    );
    expect([result.code, result.err]).toEqual([0, '']);
    expect(result.out).toContain("- IF User.Country IS ONE OF ['AT', 'DE'] THEN 'Guten Tag' (fa963d8f)");
    expect(result.out).toContain("+ IF User.Country IS ONE OF ['AT', 'DE'] THEN 'Servus' (fa963d8f)");
    expect(result.out).toMatch(/"Guten Tag" → "Servus"/);
  });
});

it('reads plain values, as files of overrides have them', async () => {
  const file = path('flags.json');
  writeFileSync(file, '\ufeff{"flags":{"isOn":true,"name":"x","rate":0.5,"__proto__":false}}');
  const { code, out } = await runCli(['get', '--file', file, '--json']);
  expect(code).toBe(0);
  expect(Object.entries(JSON.parse(out) as object).map(([key, { value }]) => [key, value as unknown])).toEqual([
    ['isOn', true],
    ['name', 'x'],
    ['rate', 0.5],
    ['__proto__', false],
  ]);
});
