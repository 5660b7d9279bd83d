import { of } from 'rxjs';
import { flagOverrides, manualPoll } from '../../src';
import type { ClientOptions, ConfigCatClient, OverrideUpdate } from '../../src';
import { connect } from '../../src/client/client';
import { resolveOptions } from '../../src/client/options';
import { logTexts } from '../../src/client/log-texts';
import { configV5Missing } from '../../src/formats/v5-missing';
import { configOf, sdkKey } from '../support/client';

const previous = JSON.stringify({ f: { isOn: { t: 0, v: true } } });
const current = JSON.stringify(configOf({ isOn: true }));

/** Each entry of the log, with the error that came with it. */
let log: string[] = [];
const clients: ConfigCatClient[] = [];

function start(options: ClientOptions): ConfigCatClient {
  log = [];
  const logger = {
    log: (level: string, eventId: number, message: string, error?: unknown) => {
      const { cause = error } = Object(error) as { cause?: unknown };
      log.push(`${level} ${eventId} ${message} ${cause instanceof Error ? cause.message : String(cause)}`);
    },
  };
  const resolved = resolveOptions(
    sdkKey,
    { polling: manualPoll(), logger, ...options },
    { formats: [configV5Missing], texts: logTexts },
  );
  const client = connect(resolved);
  clients.push(client);
  return client;
}

function serving(body: string): Pick<ClientOptions, 'fetch'> {
  const response = { status: 200, statusText: '', headers: { get: () => null }, text: () => Promise.resolve(body) };
  return { fetch: () => Promise.resolve(response) };
}

const oneEntry = (eventId: number): unknown[] => [
  expect.stringMatching(
    new RegExp(`^error ${eventId} .*config_v5\\.json.*\\bconfigV5\\b.*\`formats: \\[configV5\\]\``),
  ),
];

describe('a client without a reader of the previous format', () => {
  afterEach(() => {
    for (const client of clients.splice(0)) client.dispose();
  });

  it('says in one entry what to pass when it downloads a config of that format, and serves defaults', async () => {
    const client = start(serving(previous));
    expect(await client.forceRefresh()).toMatchObject({ isSuccess: false, errorCode: 1105 });
    expect(log).toEqual(oneEntry(1105));
    expect(await client.getValue('isOn', false)).toBe(false);
  });

  it('says so of one in its cache', () => {
    const client = start({ cache: { get: () => `1\n"e"\n${previous}`, set: () => undefined } });
    expect(log).toEqual(oneEntry(2200));
    expect(client.snapshot().keys()).toEqual([]);
  });

  it('says so of one in its overrides', () => {
    const client = start({
      overrides: { source: flagOverrides(of<OverrideUpdate>(previous)), behaviour: 'local-only' },
    });
    expect(client.snapshot().keys()).toEqual([]);
    expect(log).toEqual(oneEntry(2302));
  });

  it('reads configs of the current format', async () => {
    const client = start(serving(current));
    expect(await client.forceRefresh()).toMatchObject({ isSuccess: true });
    expect(await client.getValue('isOn', false)).toBe(true);
  });

  it('says of other configs what is wrong with them', async () => {
    const client = start(serving('{"f":{"isOn":{"t":0,"v":[true]}}}'));
    await client.forceRefresh();
    expect(log).toEqual([expect.stringContaining('Type mismatch at $.f.isOn.v')]);
  });
});
