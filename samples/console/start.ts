import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import type { SettingValue, User } from 'configcat-rx';
import { createClientWithAutoPoll } from 'configcat-rx';
import { startConfigServer } from 'configcat-rx/server';
import { fromEvent, map, merge, mergeMap, pairwise, startWith, take, takeUntil } from 'rxjs';

type Values = Readonly<Record<string, SettingValue | null>>;

const users: readonly User[] = [
  { identifier: 'kate', email: 'kate@example.com', country: 'DE', custom: { plan: 'pro' } },
  { identifier: 'ben', email: 'ben@mail.example', country: 'US', custom: { plan: 'free' } },
];
const { CONFIGCAT_SDK_KEY: realKey, CONFIG_FILE: file = fileURLToPath(new URL('../config.json', import.meta.url)) } =
  process.env;

const { client, close, place } = realKey ? connectTo(realKey) : await serve(file);
console.log(`The flags of ${place}. Change one and see. Ctrl-C ends this.\n`);

const ended$ = merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM')).pipe(take(1));
const lines$ = users.map((user) =>
  client.allFlags$(user).pipe(
    startWith({}),
    pairwise(),
    mergeMap(([before, now]) => changesBetween(before, now)),
    map((change) => `${styleText('bold', user.identifier.padEnd(6))}${change}`),
  ),
);
merge(...lines$)
  .pipe(takeUntil(ended$))
  .subscribe({ next: (line) => console.log(line), complete: () => void close() });

/** ConfigCat itself, with the SDK key of an environment of yours. */
function connectTo(sdkKey: string) {
  const client = createClientWithAutoPoll(sdkKey, { pollIntervalSeconds: 10 });
  return { client, place: 'your environment', close: async () => client.dispose() };
}

/** A config server on this computer that follows a file. */
async function serve(file: string) {
  const sdkKey = 'configcat-sdk-1/sample-environment-key/sample-environment-key';
  const server = await startConfigServer({ configs: { [sdkKey]: file } });
  const client = createClientWithAutoPoll(sdkKey, { baseUrl: server.url, pollIntervalSeconds: 1 });
  const close = async () => {
    client.dispose();
    await server.close();
  };
  return { client, place: file, close };
}

/** One line for each flag that has another value now. */
function changesBetween(before: Values, now: Values): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return keys
    .filter((key) => before[key] !== now[key])
    .map((key) => {
      const value = styleText('yellow', key in now ? JSON.stringify(now[key]) : '(gone)');
      return key in before ? `${key}: ${JSON.stringify(before[key])} → ${value}` : `${key}: ${value}`;
    });
}
