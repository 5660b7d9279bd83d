import type { Command } from 'commander';
import type { EvaluationDetails, Setting, SettingValue } from '../../index.js';
import { Failure } from '../failure.js';
import type { UserOptions } from '../options.js';
import { takesJson, takesSource, takesUser, userOf } from '../options.js';
import type { SourceOptions } from '../source.js';
import { findSource, loadConfig } from '../source.js';
import { alignColumns } from '../table.js';
import type { Terminal } from '../terminal.js';
import { oneLine, formatKey, withoutControls } from '../terminal.js';

type Details = EvaluationDetails<SettingValue | null>;

/** `get`: the values of flags for one user. */
export function addGet(program: Command, terminal: Terminal): void {
  takesJson(takesUser(takesSource(program.command('get'))))
    .argument('[keys...]', 'flags to evaluate; default: all of them')
    .summary('print the values of flags')
    .description('Prints the value of one flag, or a table of several, as one user gets them.')
    .addHelpText(
      'after',
      `
Examples:
  $ configcat-rx get darkMode --file flags.json --id kate --attribute plan=pro
  $ CONFIGCAT_SDK_KEY=… configcat-rx get
  $ configcat-rx get --url http://127.0.0.1:8080 --sdk-key … --json | jq .darkMode.value`,
    )
    .action(async (keys: readonly string[], options: GetOptions) => get(keys, options, terminal));
}

type GetOptions = SourceOptions & UserOptions & { readonly json?: true };

async function get(keys: readonly string[], options: GetOptions, terminal: Terminal): Promise<void> {
  const user = userOf(options);
  const { client, config } = await loadConfig(await findSource(options, terminal), terminal, user);
  try {
    const snapshot = client.snapshot();
    const wanted = keys.length > 0 ? [...new Set(keys)] : config.keys;
    const missing = wanted.filter((key) => !config.keys.includes(key));
    if (missing.length > 0) throw new Failure(`There is no flag ${missing.map((key) => `'${key}'`).join(', ')}.`);
    if (!user && wanted.some((key) => isTargeted(config.setting(key)))) {
      terminal.warn('warn: There is no user, so targeting rules and percentage options are left out; --id names one.');
    }
    // All at once is the only way to a flag whose key is empty.
    const all: readonly Details[] =
      keys.length === 0 || wanted.includes('')
        ? (await client.getAllValueDetails()).filter(({ key }) => wanted.includes(key))
        : wanted.map((key) => snapshot.details(key, null));
    if (options.json) {
      terminal.printJson(Object.fromEntries(all.map((details) => [details.key, toJson(details)])), 2);
    } else if (keys.length === 1) {
      // As it is, for `$(…)` in a shell, unless it is a person who reads it.
      const text = String(all[0]!.value);
      if (!all[0]!.isDefaultValue) terminal.print(terminal.isInteractive ? withoutControls(text) : text);
    } else if (all.length > 0) {
      const rows = all.map(({ key, value, variationId = '' }) => [
        formatKey(key),
        oneLine(JSON.stringify(value)),
        oneLine(variationId),
      ]);
      const [header, ...lines] = alignColumns([['flag', 'value', 'variation'], ...rows]);
      terminal.print(terminal.styled('bold', header!), ...lines);
    }
    const failed = all.find(({ isDefaultValue }) => isDefaultValue);
    if (failed)
      throw new Failure(`'${failed.key}' cannot be evaluated: ${failed.errorMessage ?? 'there is no reason.'}`);
  } finally {
    client.dispose();
  }
}

function isTargeted(setting: Setting | undefined): boolean {
  return setting !== undefined && setting.targetingRules.length + setting.percentageOptions.length > 0;
}

function toJson({ value, variationId, errorCode, errorMessage }: Details): object {
  return { value, variationId, ...(errorCode !== 0 && { errorCode, errorMessage }) };
}
