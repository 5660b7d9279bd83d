// A page that watches a flag, and may hold what keeps pages out of the back/forward cache. While it is away, its clock goes
// on for longer than an interval, and its timers stand still, so that only the event of coming back can bring a poll.
import { createClientWithAutoPoll } from 'configcat-rx';
import { crossTab, indexedDbCache, localStorageCache } from 'configcat-rx/browser';
import { createProxyStream } from 'configcat-rx/proxy-stream';

const query = new URLSearchParams(location.search);
const sdkKey = query.get('sdkKey');
const seen = { values: [], frames: 0, persisted: [], warnings: [], locks: -1 };
Object.assign(globalThis, { seen });

// What an earlier page has stored in its future says nothing here.
globalThis.localStorage.clear();

const { now } = Date;
let awayMs = 0;
Date.now = () => now() + awayMs;
globalThis.addEventListener('pagehide', () => (awayMs += 700_000));
globalThis.addEventListener('pageshow', ({ persisted }) => seen.persisted.push(persisted));

const holding = {
  localStorage: () => ({ cache: localStorageCache() }),
  indexedDb: () => ({ cache: indexedDbCache() }),
  crossTab: () => crossTab({ maxSilenceMs: 1_600_000 }),
};
const client = createClientWithAutoPoll(sdkKey, {
  baseUrl: location.origin,
  pollIntervalSeconds: 600,
  ...holding[query.get('holds')](),
  logger: { log: (_, id, message) => seen.warnings.push(`${id} ${message}`) },
});
client.flag$('greeting', 'none').subscribe((value) => {
  seen.values.push(value);
  void globalThis.navigator.locks?.query().then(({ held }) => (seen.locks = held.length));
});
if (query.has('withStream')) {
  const report = (text) => seen.warnings.push(text);
  createProxyStream({ url: location.origin, sdkKey, report }).refresh$.subscribe(() => seen.frames++);
}
