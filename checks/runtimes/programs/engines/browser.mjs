import { createClientWithAutoPoll, createClientWithManualPoll } from 'configcat-rx';
import {
  crossTab,
  indexedDbCache,
  localStorageCache,
  queryOverrides,
  whenOnline,
  whileVisible,
} from 'configcat-rx/browser';
import { filter, firstValueFrom } from 'rxjs';
import { show } from './result.mjs';

show(async ({ url, sdkKey }) => {
  const tabs = crossTab();
  const client = createClientWithAutoPoll(sdkKey, {
    baseUrl: url,
    pollIntervalSeconds: 1,
    ...tabs,
    refreshOn$: whenOnline(),
  });
  const greeting$ = client.flag$('greeting', 'default');
  const first = await firstValueFrom(greeting$);
  // What this tab has stored is there at once for another client of its origin.
  const cached = readStored(localStorageCache(), sdkKey);
  const second = await firstValueFrom(greeting$.pipe(filter((value) => value !== first)));
  client.dispose();
  const indexed = await readIndexed(sdkKey, url);
  const overridden = readOverridden(url, sdkKey);
  const isVisible = await firstValueFrom(whileVisible());
  const problems = [
    indexed !== 'two' && `IndexedDB has ${indexed}`,
    overridden !== 'from the query' && `the override is ${overridden}`,
    !isVisible && 'the page counts as hidden',
  ].filter(Boolean);
  return [first, cached, second, ...problems].join(' ');
});

function readStored(cache, sdkKey) {
  const offline = createClientWithManualPoll(sdkKey, { cache, offline: true, logLevel: 'off' });
  const value = offline.snapshot().value('greeting', 'default');
  offline.dispose();
  return value;
}

async function readIndexed(sdkKey, baseUrl) {
  const writer = createClientWithManualPoll(sdkKey, { baseUrl, cache: indexedDbCache(), logLevel: 'off' });
  await writer.forceRefresh();
  await writer[Symbol.asyncDispose]?.();
  writer.dispose();
  const reader = createClientWithManualPoll(sdkKey, { cache: indexedDbCache(), offline: true, logLevel: 'off' });
  const value = await reader.getValue('greeting', 'default');
  reader.dispose();
  return value;
}

function readOverridden(baseUrl, sdkKey) {
  const overrides = { source: queryOverrides({ query: '?cc-greeting=from%20the%20query' }), behaviour: 'local-only' };
  const client = createClientWithManualPoll(sdkKey, { baseUrl, overrides, logLevel: 'off' });
  const value = client.snapshot().value('greeting', 'default');
  client.dispose();
  return value;
}
