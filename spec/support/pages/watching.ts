/*
 * A page that watches a flag. What it sees, sends and logs is there for the spec to look at.
 */
import { PollingMode, getClient } from '@configcat/sdk/browser';
import type { ConfigCache } from 'configcat-rx';
import { createClientWithAutoPoll } from 'configcat-rx';
import { of } from 'rxjs';
import { createProxyStream } from 'configcat-rx/proxy-stream';
import { crossTab, indexedDbCache, localStorageCache } from 'configcat-rx/browser';

/** What a spec finds in `window.seen`. */
export interface Seen {
  /** The values of the flag, in order. */
  readonly values: string[];
  /** How many values there were in the line after the client's creation. */
  valuesAtOnce: number;
  readonly requests: string[];
  readonly logged: number[];
  /** How often the page came back out of the back/forward cache. */
  returns: number;
  /** What the stream of a Proxy has reported. */
  readonly reports: string[];
  /** How many frames the stream of a Proxy has brought. */
  frames: number;
}

const query = new URLSearchParams(location.search);
const sdkKey = query.get('sdkKey') ?? '';
const baseUrl = query.get('baseUrl') ?? '';
const seen: Seen = { values: [], valuesAtOnce: 0, requests: [], logged: [], returns: 0, reports: [], frames: 0 };
Object.assign(window, { seen });
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) seen.returns++;
});

/** Two intervals, and a gate of the page's own that is always open. */
const tabs = () =>
  crossTab({
    maxSilenceMs: Number(query.get('maxSilenceMs') ?? 120_000),
    ...(query.has('isAlwaysOpen') ? { pollWhile$: of(true) } : {}),
  });

const caches: Record<string, () => ConfigCache> = { localStorage: localStorageCache, indexedDb: indexedDbCache };

if (query.get('mode') === 'official') {
  const client = getClient(sdkKey, PollingMode.ManualPoll, { baseUrl });
  void client
    .forceRefreshAsync()
    .then(() => client.getValueAsync('greeting', 'none'))
    .then((value) => seen.values.push(value));
} else {
  if (query.has('full')) localStorage.setItem('full', 'x'.repeat(5 * 1024 * 1024 - 5));
  const cache = caches[query.get('mode') ?? ''];
  const client = createClientWithAutoPoll(sdkKey, {
    baseUrl,
    pollIntervalSeconds: Number(query.get('pollIntervalSeconds') ?? 1),
    ...(cache ? { cache: cache() } : tabs()),
    fetch: (url, init) => {
      seen.requests.push(url);
      return fetch(url, init);
    },
    logger: { log: (_, eventId) => seen.logged.push(eventId) },
  });
  Object.assign(window, { client });
  const proxyUrl = query.get('proxyUrl');
  if (proxyUrl) {
    createProxyStream({ url: proxyUrl, sdkKey, report: (text) => seen.reports.push(text) }).refresh$.subscribe(
      () => seen.frames++,
    );
  }
  client.flag$('greeting', 'none').subscribe((value) => seen.values.push(value));
  seen.valuesAtOnce = seen.values.length;
}
