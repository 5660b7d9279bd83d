import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigServer } from '../../src/server/index';
import { startConfigServer } from '../../src/server/index';
import { startCli, temporaryFolder } from '../support/command-line';

const sdkKey = 'configcat-sdk-1/abcdefghijklmnopqrstuv/abcdefghijklmnopq-last';
const sample = readFileSync(join(__dirname, '../../samples/config.json'), 'utf8');
const changed = sample.replace('"Hello"', '"Ahoy"').replace('"darkMode"', '"dimMode"');
const path = temporaryFolder();

let server: ConfigServer;
let file: string;
beforeEach(async () => {
  file = path('watched.json');
  writeFileSync(file, sample);
  server = await startConfigServer({ configs: { [sdkKey]: JSON.parse(sample) as object } });
});
afterEach(() => server.close());

const places: readonly (readonly [string, () => { args: string[]; change: (text: string) => void | Promise<void> }])[] =
  [
    ['a file', () => ({ args: ['--file', file], change: (text) => writeFileSync(file, text) })],
    [
      'a server',
      () => ({
        args: ['--url', server.url, '--sdk-key', sdkKey, '--interval', '1'],
        change: (text) => server.setConfig(sdkKey, text),
      }),
    ],
  ];

describe.each(places)('watch of %s', (_, place) => {
  it('prints a line for each change where nobody looks at a terminal', async () => {
    const { args, change } = place();
    const watching = startCli(['watch', ...args]);
    expect(await watching.printed('discountRate')).toMatch(/^\d\d:\d\d:\d\d darkMode: false$/m);
    await change(changed);
    const out = await watching.printed('darkMode: false → (gone)');
    expect(out).toMatch(/^\d\d:\d\d:\d\d greeting: "Hello" → "Ahoy"$/m);
    expect(out).toMatch(/dimMode: false$/m);
    expect(out).not.toContain('\u001b');
    watching.end();
    expect([await watching.code, watching.err()]).toEqual([0, '']);
  });

  it('prints JSON for each change of the flags that are asked for', async () => {
    const { args, change } = place();
    const watching = startCli(['watch', 'greeting', 'darkMode', '--json', '--country', 'US', ...args]);
    await watching.printed('greeting');
    await change(changed);
    const lines = (await watching.printed('"before":false'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    const time: unknown = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(lines).toEqual([
      { time, key: 'greeting', after: 'Hello' },
      { time, key: 'darkMode', after: false },
      { time, key: 'greeting', before: 'Hello', after: 'Ahoy' },
      { time, key: 'darkMode', before: false },
    ]);
    watching.end();
    expect(await watching.code).toBe(0);
  });

  it('draws a table in a terminal, changes highlighted', async () => {
    const { args, change } = place();
    const watching = startCli(['watch', ...args], { isTerminal: true });
    expect(await watching.printed('discountRate')).toMatch(/greeting {9}"Hello"/);
    await change(changed);
    const out = await watching.printed('Ahoy');
    expect(out).toContain('\u001b[33mgreeting         "Ahoy" * \u001b[2mwas "Hello"\u001b[22m\u001b[39m');
    expect(out).not.toContain(sdkKey);
    watching.end();
    expect(await watching.code).toBe(0);
  });
});

it('colours nothing where NO_COLOR is set', async () => {
  const watching = startCli(['watch', '--file', file], { isTerminal: true, env: { NO_COLOR: '1' } });
  await watching.printed('discountRate');
  writeFileSync(file, changed);
  // eslint-disable-next-line no-control-regex
  expect(await watching.printed('Ahoy')).not.toMatch(/\u001b\[\d+m/);
  watching.end();
  await watching.code;
});

it('says what is wrong while it goes on', async () => {
  const watching = startCli(['watch', '--file', file]);
  await watching.printed('discountRate');
  writeFileSync(file, '{"f":');
  server.setFaults('*', { kind: 'reset' });
  const next = startCli(['watch', '--url', server.url, '-k', sdkKey]);
  await next.failed('error: ');
  expect(next.err().split('\n')).toHaveLength(2);
  expect(next.err()).not.toContain(sdkKey);
  next.end();
  await watching.failed('error: ');
  expect(watching.err()).toMatch(/^error: '.*watched\.json' is no config JSON: .*\n$/);
  writeFileSync(file, changed);
  await watching.printed('Ahoy');
  watching.end();
  expect(await Promise.all([watching.code, next.code])).toEqual([0, 0]);
});
