import { join } from 'node:path';
import { build } from 'esbuild';
import { createClientWithManualPoll, flagOverrides, manualPoll, maskSdkKey } from '../../src';
import type { CommonOptions } from '../../src';
import { resolveOptions } from '../../src/client/options';
import { configV5 } from '../../src/formats/v5';
import { createFullSnapshot } from '../../src/client/snapshot';
import { createCore } from '../../src/core/core';
import { links, logTexts } from '../../src/client/log-texts';
import { createFanOut } from '../../src/flags/fan-out';
import { toDetails } from '../../src/flags/details';
import { flagDetails$ } from '../../src/flags/flag-details';
import { setOnline } from '../../src/flags/online';
import { forceRefresh, getValueDetails } from '../../src/flags/reads';
import { anchor } from '../../src/lifetime/anchor';
import type { LogEntry } from '../../src/logging/event-text';
import * as events from '../../src/logging/events';
import { sdkKey } from '../support/client';

const root = join(__dirname, '../..');
const page = 'configcat-rx/docs/troubleshooting.md';

type Name = keyof typeof events;

const evaluation = { key: 'darkMode', defaultValue: false };
const ofAttribute = { key: 'plan', attribute: 'Email', condition: "User.Email IS ONE OF ['a']" };

/** Entries of each event, with all that they can be told. */
const entries: { readonly [K in Name]: readonly Extract<LogEntry, readonly [(typeof events)[K], ...unknown[]]>[] } = {
  configMissing: [
    [events.configMissing, evaluation],
    [events.configMissing, { returned: 'empty array' }],
  ],
  settingMissing: [[events.settingMissing, { ...evaluation, keys: ['a', 'b'] }]],
  evaluationFailed: [
    [events.evaluationFailed, { method: 'getValue', ...evaluation }],
    [events.evaluationFailed, { method: 'getAllValues', returned: 'evaluation result' }],
  ],
  methodFailed: [[events.methodFailed, { method: 'refreshOn$' }]],
  wrongSdkKey: [[events.wrongSdkKey, { sdkKey: '***abc', rayId: 'r1' }]],
  unexpectedStatus: [[events.unexpectedStatus, { status: 503, reason: 'Not Now', rayId: 'r1' }]],
  requestTimedOut: [[events.requestTimedOut, { timeoutMs: 30_000, rayId: 'r1' }]],
  requestFailed: [
    [events.requestFailed, { rayId: 'r1' }],
    [events.requestFailed, { problem: 'There is no fetch here.' }],
  ],
  redirectLoop: [[events.redirectLoop, { rayId: 'r1' }]],
  invalidContent: [
    [events.invalidContent, { rayId: 'r1' }],
    [events.invalidContent, { rayId: 'r1', maxBytes: 1000 }],
  ],
  notModifiedWithoutConfig: [[events.notModifiedWithoutConfig, { status: 304, reason: 'As Before', rayId: 'r1' }]],
  pollingFailed: [[events.pollingFailed, {}]],
  overridesMissing: [[events.overridesMissing, { problem: 'Cannot find it.' }]],
  overridesUnreadable: [[events.overridesUnreadable, { problem: 'Failed to read it.' }]],
  overridesInvalid: [[events.overridesInvalid, { problem: 'Failed to decode it.' }]],
  jsonInvalid: [
    [events.jsonInvalid, { key: 'layout', path: 'sizes[0]', reason: 'Expected a number.' }],
    [events.jsonInvalid, { key: 'layout', path: '', reason: 'The text is no JSON (position 5).' }],
  ],
  variationMissing: [[events.variationMissing, { variationId: 'v1' }]],
  cacheReadFailed: [[events.cacheReadFailed, {}]],
  cacheWriteFailed: [[events.cacheWriteFailed, {}]],
  explainerMissing: [[events.explainerMissing, {}]],
  secondClient: [[events.secondClient, { sdkKey: '***abc', count: 3, foreign: 2 }]],
  userMissing: [
    [events.userMissing, { key: 'plan' }],
    [events.userMissing, { key: 'plan', repeated: 17 }],
  ],
  governanceOutOfSync: [[events.governanceOutOfSync, {}]],
  attributeMissing: [[events.attributeMissing, ofAttribute]],
  attributeInvalid: [[events.attributeInvalid, { ...ofAttribute, reason: "'x' is not a valid date" }]],
  attributeConverted: [[events.attributeConverted, { ...ofAttribute, text: '42' }]],
  offline: [[events.offline, {}]],
  disposed: [[events.disposed, { method: 'setOnline' }]],
  localOnly: [[events.localOnly, { method: 'setOnline' }]],
  flagEvaluated: [
    [events.flagEvaluated, { key: 'plan', value: 'pro' }],
    [events.flagEvaluated, { leftOut: 234 }],
  ],
  switched: [[events.switched, { mode: 'ONLINE' }]],
};
const all = Object.entries(entries).flatMap(([name, ofEvent]) =>
  ofEvent.map((entry: LogEntry) => [name, entry] as const),
);

/** A core without texts, whose server knows no such SDK key, and its log. */
function createBareCore(options: CommonOptions = {}) {
  const lines: string[] = [];
  const given = {
    polling: manualPoll(),
    fetch: () =>
      Promise.resolve({
        status: 404,
        statusText: '',
        headers: { get: () => null },
        text: () => Promise.resolve(''),
      }),
    logger: { log: (level: string, eventId: number, message: string) => lines.push(`${level} ${eventId} ${message}`) },
    ...options,
  };
  const inner = createCore(resolveOptions(sdkKey, given, { formats: [configV5], texts: links }), createFanOut, {
    createPublicSnapshot: createFullSnapshot,
    detailsOf: toDetails,
  });
  return { core: anchor(inner), lines };
}

describe('the text', () => {
  it.each(all)('of %s says all that is told, but for names of what is missing', (_, entry) => {
    const text = logTexts.textOf(...entry);
    for (const told of Object.values(entry[1]))
      for (const value of [told].flat()) expect(text).toContain(String(value));
    expect(text).not.toMatch(/undefined|\[object|\$\{/);
    expect(text).not.toContain(page);
  });

  it('is that of the entry where it brings one along', () => {
    for (const { textOf } of [logTexts, links]) {
      const text = textOf(events.flagEvaluated, { key: 'a', value: 1 }, undefined, () => 'Evaluating at length');
      expect(text).toBe('Evaluating at length');
    }
  });

  it('leaves out the ray that nobody knows', () => {
    const text = logTexts.textOf(events.requestTimedOut, { timeoutMs: 1, rayId: undefined });
    expect(text).toBe('Request timed out while trying to fetch config JSON. Timeout value: 1ms');
  });
});

describe('without texts', () => {
  it.each(all)('%s is the place of its documentation, with all that is told', (_, entry) => {
    const [event, told] = entry;
    const json = Object.keys(told).length === 0 ? '' : ` ${JSON.stringify(told)}`;
    expect(links.textOf(...entry)).toBe(`${page}#${event}${json}`);
  });

  it('logs, refreshes and details say what there is to say, and not the SDK key', async () => {
    const { core, lines } = createBareCore();
    const result = await forceRefresh(core);
    const details = await getValueDetails(core, 'a', 1);
    const told = [
      `${page}#1100 {"sdkKey":"${maskSdkKey(sdkKey)}"}`,
      `${page}#1000 {"key":"a","defaultValue":1}`,
    ] as const;
    expect(result).toMatchObject({ errorCode: 1100, errorMessage: told[0] });
    expect(details).toMatchObject({ errorCode: 1000, errorMessage: told[1] });
    expect(lines).toEqual([`error 1100 ${told[0]}`, `error 1000 ${told[1]}`]);
    setOnline(core, false);
    expect(await forceRefresh(core)).toMatchObject({ errorCode: 3200, errorMessage: `${page}#3200` });
    core.lifetime.dispose();
  });

  it('a stream of details that has nothing yet says so in the same way', () => {
    const { core } = createBareCore();
    const seen: unknown[] = [];
    flagDetails$(core, 'a', 1, undefined, { initial: 'default' }).subscribe(({ errorMessage }) =>
      seen.push(errorMessage),
    );
    expect(seen[0]).toBe(`${page}#1000 {"key":"a","defaultValue":1}`);
    core.lifetime.dispose();
  });

  it('warnings of conditions name the attribute', async () => {
    const config = {
      f: {
        a: { t: 0, v: { b: false }, r: [{ c: [{ u: { a: 'Email', c: 2, l: ['x'] } }], s: { v: { b: true } } }] },
        b: { t: 0, v: { b: false }, r: [{ c: [{ u: { a: 'Seats', c: 28, s: '1' } }], s: { v: { b: true } } }] },
      },
    };
    const source = flagOverrides({});
    const { core, lines } = createBareCore({
      cache: { get: () => `1\n"e"\n${JSON.stringify(config)}`, set: () => undefined },
      overrides: { source, behaviour: 'remote-over-local' },
    });
    const user = { identifier: '1', custom: { Seats: 1 } };
    expect((await getValueDetails(core, 'a', true, user)).value).toBe(false);
    expect((await getValueDetails(core, 'b', false, user)).value).toBe(true);
    expect(lines).toEqual([
      `warn 3003 ${page}#3003 {"key":"a","attribute":"Email"}`,
      `warn 3005 ${page}#3005 {"key":"b","attribute":"Seats","text":"1"}`,
    ]);
    core.lifetime.dispose();
  });

  it('what an exception says stays the message of details', async () => {
    const { core } = createBareCore({ overrides: { source: flagOverrides({ a: 1 }), behaviour: 'local-only' } });
    const { errorCode, errorMessage } = await getValueDetails(core, 'a', 'text');
    expect(errorCode).toBe(2);
    expect(errorMessage).toMatch(/^EvaluationError: The type of a setting must match/);
    core.lifetime.dispose();
  });
});

describe('a bundle of', () => {
  const bytesOfTexts = async (contents: string) => {
    const { metafile } = await build({
      stdin: { contents, resolveDir: join(root, 'src'), loader: 'ts' },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      tsconfigRaw: '{}',
      external: ['rxjs'],
      write: false,
      metafile: true,
      alias: {
        '#config-index': join(root, 'src/model/no-config-index.ts'),
        '#evaluation-memory': join(root, 'src/evaluation/no-memory.ts'),
        '#explainer': join(root, 'src/flags/explainer-on-demand.ts'),
        '#platform': join(root, 'src/platform/browser.ts'),
      },
      absWorkingDir: root,
    });
    const { inputs } = Object.values(metafile.outputs)[0]!;
    return inputs['src/logging/texts.ts']?.bytesInOutput ?? 0;
  };

  it('a core and one question has no texts', async () => {
    expect(await bytesOfTexts("export * from './core/core'; export * from './flags/flag';")).toBe(0);
  });

  it('the client has them', async () => {
    expect(await bytesOfTexts("export { createClient } from './index';")).toBeGreaterThan(1000);
  });
});

describe('the package root', () => {
  it('has the texts built in', async () => {
    const lines: string[] = [];
    const client = createClientWithManualPoll(sdkKey, {
      logger: { log: (_, id, text) => lines.push(`${id} ${text}`) },
    });
    await client.getAllKeys();
    expect(lines).toEqual(['1000 Config JSON is not present. Returning empty array.']);
    client.dispose();
  });
});
