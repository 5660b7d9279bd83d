/*
 * Serves a config file on this computer, and shows what two users get for each of its flags as the file is edited.
 *
 *   npm start                            with samples/config.json
 *   npm start -- path/to/config.json     with a file of your own
 */
import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import type { SettingValue, User } from 'configcat-rx';
import { createClientWithAutoPoll } from 'configcat-rx';
import { startConfigServer } from 'configcat-rx/server';
import type { Observable } from 'rxjs';
import { auditTime, combineLatest, defaultIfEmpty, filter, map, pairwise, startWith, switchMap } from 'rxjs';

/** Values in the order of `users`, by flag key. */
type Table = Readonly<Record<string, readonly (SettingValue | undefined)[]>>;

const sdkKey = 'configcat-sdk-1/sample-environment-key/sample-environment-key';
const users: readonly User[] = [
  { identifier: 'kate', email: 'kate@example.com', country: 'DE', custom: { plan: 'pro' } },
  { identifier: 'ben', email: 'ben@mail.example', country: 'US', custom: { plan: 'free' } },
];
const file = resolve(process.argv[2] ?? fileURLToPath(new URL('config.json', import.meta.url)));
const intro = `The flags of ${file}\nEdit the file and watch the values change. Ctrl-C ends this.\n`;

const server = await startConfigServer({
  configs: { [sdkKey]: file },
  report: (message) => console.warn(oneLine(message)),
});
const client = createClientWithAutoPoll(sdkKey, { baseUrl: server.url, pollIntervalSeconds: 1 });

const keys$ = client.events$.pipe(
  filter((event) => event.type === 'configChanged'),
  map(({ snapshot }) => snapshot.keys()),
);
const table$: Observable<Table> = keys$.pipe(
  // A config with other flags than the last one has another table.
  switchMap((keys) =>
    combineLatest(Object.fromEntries(keys.map((key) => [key, valuesOf(key)]))).pipe(defaultIfEmpty({})),
  ),
  // One config can change many flags: show them together.
  auditTime(0),
);

console.log(intro);
table$.pipe(startWith({}), pairwise()).subscribe(([before, now]) => {
  if (process.stdout.isTTY) drawTable(before, now);
  else printChanges(before, now);
});

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
client.dispose();
await server.close();

function valuesOf(key: string): Observable<(SettingValue | undefined)[]> {
  return combineLatest(users.map((user) => client.flag$(key, user)));
}

/** Redraws the screen. Cells that have just changed carry a mark, and a colour where colours are wanted. */
function drawTable(before: Table, now: Table): void {
  const header = ['', ...users.map(({ identifier }) => identifier)];
  const rows = Object.entries(now).map(([key, values]) => [key, ...values.map(toText)]);
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]!.length)) + 4);
  const pad = (row: readonly string[]) => row.map((text, column) => text.padEnd(widths[column]!));

  console.clear();
  console.log(intro);
  console.log(styleText('bold', pad(header).join('')));
  for (const row of rows) {
    const valuesBefore = before[row[0]!]?.map(toText);
    const isChanged = (column: number) => valuesBefore !== undefined && row[column] !== valuesBefore[column - 1];
    const marked = pad(row.map((text, column) => (column > 0 && isChanged(column) ? `${text} *` : text)));
    console.log(marked.map((text, i) => (i > 0 && isChanged(i) ? styleText('yellow', text) : text)).join(''));
  }
}

/** Prints a line for each value that is not what it was. */
function printChanges(before: Table, now: Table): void {
  const time = new Date().toTimeString().slice(0, 8);
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    users.forEach(({ identifier }, i) => {
      const [old, current] = [before, now].map((table) => (key in table ? toText(table[key]![i]) : undefined));
      if (old === current) return;
      const change = [old, current ?? '(gone)'].filter((text) => text !== undefined).join(' → ');
      console.log(`${time} ${key} ${identifier}: ${change}`);
    });
  }
}

function toText(value: SettingValue | undefined): string {
  return value === undefined ? '(error)' : JSON.stringify(value);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
