import type { Command } from 'commander';
import { firstValueFrom } from 'rxjs';
import { attributesOf, simulateUsers } from '../../inspector/population.js';
import { valueOf } from '../../inspector/value.js';
import type { ConfigCatClient, FetchFunction, SettingChange, SettingValue, Snapshot, User } from '../../index.js';
import { createClientWithManualPoll, describeChange } from '../../index.js';
import { Failure } from '../failure.js';
import type { UserOptions } from '../options.js';
import { numberBetween, takesJson, takesSource, takesUser, userOf } from '../options.js';
import type { FetchedConfig, SourceOptions } from '../source.js';
import { findDocument, findSource, loadConfig, localSdkKey } from '../source.js';
import { alignColumns } from '../table.js';
import type { Terminal } from '../terminal.js';
import { oneLine, withoutControls } from '../terminal.js';

/** `diff`: what another config would change, and for how many. */
export function addDiff(program: Command, terminal: Terminal): void {
  takesJson(takesUser(takesSource(program.command('diff'))))
    .argument('<config>', 'path or address of a config JSON')
    .argument('[after]', 'the config to compare it with; without it, <config> is what would replace what is live')
    .option('--users <number>', 'size of the simulated population', numberBetween(1, 1_000_000), 10_000)
    .option('--exit-code', 'exit with 1 when anything differs')
    .summary('show what another config changes')
    .description(
      'Names the flags that differ between two configs, also those that differ through a segment or a prerequisite flag, and for which share of a simulated population their value differs. ' +
        'Simulated users have each value that a rule names about equally often; what options say of the user (--country DE) is the same for all. Values that a config holds as hashes are not simulated.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ configcat-rx diff before.json after.json
  $ CONFIGCAT_SDK_KEY=… configcat-rx diff flags.json     what flags.json would change
  $ configcat-rx diff before.json after.json --country DE --users 100000 --json`,
    )
    .action(async (config: string, after: string | undefined, options: DiffOptions) =>
      diff(config, after, options, terminal),
    );
}

interface DiffOptions extends SourceOptions, UserOptions {
  readonly json?: true;
  readonly users: number;
  readonly exitCode?: true;
}

/** How many users have one value before and another one after. */
interface Move {
  readonly before: SettingValue | null | undefined;
  readonly after: SettingValue | null | undefined;
  readonly users: number;
}

async function diff(
  first: string,
  second: string | undefined,
  options: DiffOptions,
  terminal: Terminal,
): Promise<void> {
  // With two configs there is nothing to be found; the environment may name an SDK key all the same.
  const places =
    second === undefined
      ? [findSource(options, terminal), findDocument(first, terminal)]
      : [findDocument(first, terminal), findDocument(second, terminal)];
  const loaded: FetchedConfig[] = [];
  for (const place of await Promise.all(places)) {
    const config = await loadConfig(place, terminal);
    config.client.dispose();
    loaded.push(config);
  }
  const [before, after] = loaded as [FetchedConfig, FetchedConfig];
  const { changes, snapshots } = await compare(before.text, after.text);
  const users = simulateUsers(attributesOf([before.config, after.config]), {
    size: options.users,
    base: baseOf(options),
  });
  const flags = changes.map((change) => ({ change, moves: movesOf(change.key, snapshots, users) }));

  if (options.json) terminal.printJson({ users: users.length, flags: flags.map(toJson) }, 2);
  else if (flags.length === 0) terminal.print('No flag differs.');
  else flags.forEach((flag) => printFlag(flag, users.length, terminal));
  if (options.exitCode && flags.length > 0) {
    throw new Failure(`${flags.length} ${flags.length === 1 ? 'flag differs' : 'flags differ'}.`);
  }
}

interface Difference {
  readonly change: SettingChange;
  readonly moves: readonly Move[];
}

/** Lets a client see one config after the other. */
async function compare(
  before: string,
  after: string,
): Promise<{ changes: readonly SettingChange[]; snapshots: readonly [Snapshot, Snapshot] }> {
  let text = before;
  const fetch: FetchFunction = () =>
    Promise.resolve({
      status: 200,
      statusText: 'OK',
      headers: { get: () => null },
      text: () => Promise.resolve(text),
    });
  // Of what cannot be evaluated the comparison tells by itself.
  const client: ConfigCatClient = createClientWithManualPoll(localSdkKey, {
    fetch,
    baseUrl: 'http://configcat-rx.invalid',
    logLevel: 'off',
  });
  try {
    await client.forceRefresh();
    const old = client.snapshot();
    text = after;
    const change = firstValueFrom(client.changes$, { defaultValue: undefined });
    await client.forceRefresh();
    const current = client.snapshot();
    client.dispose();
    return { changes: (await change)?.flags ?? [], snapshots: [old, current] };
  } finally {
    client.dispose();
  }
}

function movesOf(key: string, [before, after]: readonly [Snapshot, Snapshot], users: readonly User[]): Move[] {
  const [isOld, isNew] = [before, after].map((snapshot) => snapshot.setting(key) !== undefined);
  const moves = new Map<string, { before: Move['before']; after: Move['after']; users: number }>();
  for (const user of users) {
    const old = isOld ? valueOf(before, key, user) : undefined;
    const current = isNew ? valueOf(after, key, user) : undefined;
    if (old === current) continue;
    const name = JSON.stringify([typeof old, old, typeof current, current]);
    const move = moves.get(name) ?? { before: old, after: current, users: 0 };
    move.users++;
    moves.set(name, move);
  }
  return [...moves.values()].sort((a, b) => b.users - a.users);
}

/** What options say of users: the identifier is no part of it, unless it is given. */
function baseOf(options: DiffOptions): Partial<User> {
  const { identifier, ...rest } = userOf(options) ?? {};
  return identifier ? { ...rest, identifier } : rest;
}

function printFlag({ change, moves }: Difference, size: number, terminal: Terminal): void {
  const [title, ...lines] = withoutControls(describeChange(change)).split('\n');
  terminal.print(terminal.styled('bold', title!));
  for (const line of lines) {
    const style = line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : undefined;
    terminal.print(`  ${style ? terminal.styled(style, line) : line}`);
  }
  const affected = moves.reduce((sum, { users }) => sum + users, 0);
  terminal.print(
    `  ${terminal.styled('yellow', `Another value for ${percent(affected, size)} of ${size} simulated users`)}`,
  );
  const rows = moves.map(({ before, after, users }) => [
    percent(users, size).padStart(7),
    `${formatValue(before)} → ${formatValue(after)}`,
  ]);
  if (rows.length > 0) terminal.print(...alignColumns(rows).map((row) => `  ${row}`));
  terminal.print('');
}

function percent(part: number, size: number): string {
  return `${((100 * part) / size).toFixed(1)} %`;
}

function formatValue(value: Move['before']): string {
  if (value === undefined) return '(no flag)';
  return value === null ? '(cannot be evaluated)' : oneLine(JSON.stringify(value));
}

function toJson({ change: { key, reasons }, moves }: Difference): object {
  return { key, reasons, affected: moves.reduce((sum, { users }) => sum + users, 0), moves };
}
