import { createCore, externalCache } from '../../src/functions';
import type { RefreshResult } from '../../src/index';
import { autoPoll, createClient, flagOverrides, lazyLoad, manualPoll, parseConfig } from '../../src/index';
import { toConfigJson } from '../../src/testing';

const sdkKey = 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv';
const body = toConfigJson({ dark: { value: true, rules: [{ when: [], serve: false }] } });
const fetch = () =>
  Promise.resolve({ status: 200, statusText: 'OK', headers: new Headers(), text: () => Promise.resolve(body) });
const options = { polling: manualPoll(), fetch, logLevel: 'off' } as const;

/** All members with a text for a name, of the object itself and of what it inherits but for `Object.prototype`. */
function membersOf(object: object): readonly string[] {
  const names = new Set<string>();
  for (let at = object; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  return [...names].sort();
}

const ofExplanations = [
  ...['errorCode', 'errorMessage', 'key', 'matchedPercentageOption', 'matchedTargetingRule', 'setting', 'text', 'user'],
  ...['value', 'variationId'],
];
const ofSnapshots = ['cacheState', 'cacheText', 'defaultUser', 'fetchedAt', 'hasConfig', 'value'];

// Whatever has a name is found by people who look for it in a debugger, and then used.
describe('the members of what is handed out are those that are documented:', () => {
  it.each([
    ['auto polling', () => autoPoll(), ['name']],
    ['lazy loading', () => lazyLoad({ cacheTimeToLiveSeconds: 5 }), ['name']],
    ['manual polling', () => manualPoll(), ['name']],
    ['overrides', () => flagOverrides({ dark: true }, 'the test'), ['origin']],
    ['external caches', () => externalCache({ get: () => undefined, set: () => undefined }), []],
  ])('%s', (_, make, names) => {
    expect(membersOf(make())).toEqual(names);
  });

  it('clients, snapshots, details, explanations and results', async () => {
    const client = createClient(sdkKey, options);
    const result: RefreshResult = await client.forceRefresh();
    const snapshot = client.snapshot();
    expect(membersOf(result)).toEqual(['errorCode', 'isSuccess']);
    expect(membersOf(client)).toEqual([
      ...['allFlags$', 'changes$', 'clearDefaultUser', 'dispose', 'events$', 'explain', 'flag$', 'flagDetails$'],
      ...[
        'flagState$',
        'flags$',
        'forceRefresh',
        'getAllKeys',
        'getAllValueDetails',
        'getAllValues',
        'getJson',
        'getKeyAndValue',
      ],
      ...[
        'getSnapshot',
        'getValue',
        'getValueDetails',
        'isOnline',
        'json$',
        'keys$',
        'ready$',
        'setDefaultUser',
        'setOffline',
      ],
      ...['setOnline', 'snapshot', 'snapshot$', 'status$', 'waitForReady', 'watch'],
    ]);
    expect(membersOf(snapshot)).toEqual(
      [...ofSnapshots, 'details', 'json', 'keyAndValue', 'keys', 'setting', 'values'].sort(),
    );
    expect(membersOf(snapshot.details('dark', false))).toEqual([
      ...['errorCode', 'fetchedAt', 'isDefaultValue', 'key', 'matchedPercentageOption'],
      ...['matchedTargetingRule', 'user', 'value', 'variationId'],
    ]);
    expect(membersOf(await client.explain('dark'))).toEqual(ofExplanations);
    const setting = snapshot.setting('dark')!;
    expect(membersOf(setting)).toEqual([
      ...['key', 'percentageAttribute', 'percentageOptions', 'servedValue', 'targetingRules', 'type'],
    ]);
    expect(membersOf(setting.targetingRules[0]!)).toEqual(['conditions', 'percentageOptions', 'servedValue']);
    client.dispose();
  });

  it('configs', () => {
    expect(membersOf(parseConfig(body))).toEqual(['keys', 'preferences', 'salt', 'segment', 'setting']);
    const overrides = { source: flagOverrides({ dark: true }), behaviour: 'local-only' } as const;
    const client = createClient(sdkKey, { ...options, overrides });
    expect(membersOf(client.snapshot().setting('dark')!)).toEqual([
      ...['key', 'percentageAttribute', 'percentageOptions', 'servedValue', 'targetingRules', 'type'],
    ]);
    client.dispose();
  });

  it('cores and their snapshots', async () => {
    const core = createCore(sdkKey, options);
    await core.refresh();
    expect(membersOf(core)).toEqual([
      ...['dispose', 'disposeWhenWritten', 'ready$', 'refresh', 'setDefaultUser', 'snapshot'],
    ]);
    expect(membersOf(core.snapshot())).toEqual(ofSnapshots);
    core.dispose();
  });
});
