import type { Command } from 'commander';
import type { Observable } from 'rxjs';
import { asyncScheduler, finalize, lastValueFrom, map, pairwise, startWith, takeUntil, tap } from 'rxjs';
import type { SettingValue } from '../../index.js';
import type { UserOptions } from '../options.js';
import { numberBetween, takesJson, takesSource, takesUser, userOf } from '../options.js';
import type { SourceOptions } from '../source.js';
import { findSource, followSource } from '../source.js';
import { alignColumns } from '../table.js';
import type { Terminal } from '../terminal.js';
import { oneLine, formatKey } from '../terminal.js';

/** Values by key; `null` where a flag cannot be evaluated. */
type Values = Readonly<Record<string, SettingValue | null>>;

/** The value of one flag before and after a change; `undefined` where the flag does not exist. */
interface Change {
  readonly key: string;
  readonly before: SettingValue | null | undefined;
  readonly after: SettingValue | null | undefined;
}

/** `watch`: values as they change. */
export function addWatch(program: Command, terminal: Terminal): void {
  takesJson(takesUser(takesSource(program.command('watch'))))
    .argument('[keys...]', 'flags to watch; default: all of them')
    .option(
      '--interval <seconds>',
      'seconds between two looks; default: 1 for files, else 10',
      numberBetween(1, 86_400),
    )
    .summary('show values as they change')
    .description(
      'Shows a table of values that follows the config, with changes highlighted; where the output is no terminal, a line for each change. Ctrl-C ends it.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ configcat-rx watch --file flags.json --id kate
  $ configcat-rx watch darkMode greeting --interval 5 --json >> changes.ndjson`,
    )
    .action(async (keys: readonly string[], options: WatchOptions) => watch(keys, options, terminal));
}

type WatchOptions = SourceOptions & UserOptions & { readonly json?: true; readonly interval?: number };

async function watch(keys: readonly string[], options: WatchOptions, terminal: Terminal): Promise<void> {
  const source = await findSource(options, terminal);
  const isTable = terminal.isInteractive && !options.json;
  const follow = { user: userOf(options), intervalSeconds: options.interval };
  // Warnings of evaluations would be printed into the table.
  const client = followSource(source, terminal, follow, !isTable);
  const states$: Observable<readonly [Values, Values]> = client.allFlags$().pipe(
    map((values) => (keys.length > 0 ? pick(values, keys) : values)),
    startWith({}),
    pairwise(),
  );
  await lastValueFrom(
    states$.pipe(
      tap(([before, now]) => {
        if (isTable) drawTable(before, now, source.name, terminal);
        else for (const change of changesBetween(before, now)) printChange(change, options.json === true, terminal);
      }),
      takeUntil(terminal.end$),
      finalize(() => client.dispose()),
    ),
    { defaultValue: undefined },
  );
}

function pick(values: Values, keys: readonly string[]): Values {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(values, key)).map((key) => [key, values[key]!]));
}

function changesBetween(before: Values, now: Values): Change[] {
  const read = (values: Values, key: string) => (Object.hasOwn(values, key) ? values[key] : undefined);
  return [...new Set([...Object.keys(now), ...Object.keys(before)])]
    .map((key) => ({ key, before: read(before, key), after: read(now, key) }))
    .filter(({ before: old, after }) => old !== after);
}

/** Draws the table over the last one, because clearing the terminal would make it flicker. */
function drawTable(before: Values, now: Values, name: string, terminal: Terminal): void {
  const isFirst = Object.keys(before).length === 0;
  const changed = new Set(isFirst ? [] : changesBetween(before, now).map(({ key }) => key));
  const rows = Object.keys(now).map((key) => [
    formatKey(key),
    `${formatValue(now[key])}${changed.has(key) ? ` * ${terminal.styled('dim', `was ${formatValue(before[key])}`)}` : ''}`,
  ]);
  const lines = alignColumns(rows);
  const highlighted = Object.keys(now).map((key, i) =>
    changed.has(key) ? terminal.styled('yellow', lines[i]!) : lines[i]!,
  );
  const title = `${terminal.styled('bold', oneLine(name))}  ${terminal.styled('dim', `${timeOfDay()}, Ctrl-C ends`)}`;
  const home = '\u001b[H';
  const [endOfLine, below] = ['\u001b[K', '\u001b[J'];
  const drawn = [title, '', ...highlighted].map((line) => `${line}${endOfLine}\n`).join('');
  terminal.printRaw(`${isFirst ? '\u001b[2J' : ''}${home}${drawn}${below}`);
}

function printChange({ key, before, after }: Change, isJson: boolean, terminal: Terminal): void {
  if (isJson) {
    terminal.printJson({ time: new Date(asyncScheduler.now()).toISOString(), key, before, after });
    return;
  }
  const value = terminal.styled('yellow', after === undefined ? '(gone)' : formatValue(after));
  terminal.print(
    `${timeOfDay()} ${formatKey(key)}: ${before === undefined ? '' : `${formatValue(before)} → `}${value}`,
  );
}

function formatValue(value: SettingValue | null | undefined): string {
  if (value === undefined) return '(nothing)';
  return value === null ? '(cannot be evaluated)' : oneLine(JSON.stringify(value));
}

function timeOfDay(): string {
  return new Date(asyncScheduler.now()).toTimeString().slice(0, 8);
}
