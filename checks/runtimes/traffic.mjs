// The config server that the runtimes ask, and what it sees of them.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const configWith = (greeting) => ({ f: { greeting: { t: 1, v: { s: greeting } } } });

/**
 * Starts a config server for some SDK keys. The first answer for each of them says `one`, all others say `two`.
 * `count(sdkKey)` gives the number of answers so far.
 */
export async function startTraffic(project, sdkKeys) {
  const { startConfigServer } = createRequire(join(project, 'package.json'))('configcat-rx/server');
  const counts = new Map(sdkKeys.map((sdkKey) => [sdkKey, 0]));
  const server = await startConfigServer({
    configs: Object.fromEntries(sdkKeys.map((sdkKey) => [sdkKey, configWith('one')])),
    onRequest: ({ method, sdkKey, status }) => {
      if (method !== 'GET' || status === undefined || !counts.has(sdkKey)) return;
      counts.set(sdkKey, counts.get(sdkKey) + 1);
      void server.setConfig(sdkKey, configWith('two'));
    },
  });
  return { url: server.url, count: (sdkKey) => counts.get(sdkKey), close: () => server.close() };
}
