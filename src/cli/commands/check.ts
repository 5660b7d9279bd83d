import type { Command } from 'commander';
import type { Config, Setting, SettingValue, StandardSchema } from '../../index.js';
import { parseFlagJson } from '../../index.js';
import { Failure, wrongInput } from '../failure.js';
import { takesJson, takesSource } from '../options.js';
import { loadSchemas } from '../schemas.js';
import type { ConfigSource, SourceOptions } from '../source.js';
import { findDocument, findSource, loadConfig } from '../source.js';
import type { Terminal } from '../terminal.js';
import { formatKey, oneLine } from '../terminal.js';

/** `check`: whether all that a config can serve fits the schemas of an application. */
export function addCheck(program: Command, terminal: Terminal): void {
  takesJson(takesSource(program.command('check')))
    .argument('[config]', 'path or address of a config JSON; default: what --file, --url or --sdk-key names')
    .requiredOption('-s, --schema <module>', 'a module of JavaScript that exports schemas by the key of their flag')
    .summary('check the JSON of flags by schemas')
    .description(
      'Validates every value that a config can serve for a flag, by rules and options as well, as applications do that read it with a schema: of Zod, Valibot, ArkType, or whatever follows the Standard Schema. ' +
        'Exits with 1 when one does not fit, and says where and why.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ configcat-rx check flags.json --schema ./flags.schemas.mjs
  $ CONFIGCAT_SDK_KEY=… configcat-rx check --schema ./flags.schemas.mjs --json

The module:
  import * as z from 'zod';
  export default { layout: z.object({ columns: z.number() }) };`,
    )
    .action(async (place: string | undefined, options: CheckOptions) => check(place, options, terminal));
}

interface CheckOptions extends SourceOptions {
  readonly schema: string;
  readonly json?: true;
}

/** What has been found of a flag. */
interface Checked {
  readonly key: string;
  /** How many values there are. */
  readonly values: number;
  readonly problems: readonly Problem[];
}

/** Why a value does not fit. */
interface Problem {
  /** As `rule 1, option 2`; `otherwise` for what is served where nothing else is, empty where there is no value. */
  readonly place: string;
  /** Where in the value, as `sizes[0].width`; empty for the whole. */
  readonly path: string;
  readonly reason: string;
}

async function check(place: string | undefined, options: CheckOptions, terminal: Terminal): Promise<void> {
  const source = await sourceOf(place, options, terminal);
  const schemas = await loadSchemas(options.schema, terminal);
  const { client, config } = await loadConfig(source, terminal);
  client.dispose();
  const flags = Array.from(schemas, ([key, schema]) => checkFlag(config, key, schema));
  if (options.json) terminal.printJson({ flags }, 2);
  else for (const flag of flags) terminal.print(...linesOf(flag, terminal));
  const problemCount = flags.reduce((sum, { problems }) => sum + problems.length, 0);
  if (problemCount > 0)
    throw new Failure(problemCount === 1 ? 'There is 1 problem.' : `There are ${problemCount} problems.`);
}

function sourceOf(place: string | undefined, options: CheckOptions, terminal: Terminal): Promise<ConfigSource> {
  if (place === undefined) return findSource(options, terminal);
  const { file, url, sdkKey } = options;
  if ((file ?? url ?? sdkKey) !== undefined) {
    throw wrongInput('<config> and --file, --url or --sdk-key exclude each other: both say where the config is.');
  }
  return findDocument(place, terminal);
}

function checkFlag(config: Config, key: string, schema: StandardSchema): Checked {
  const setting = config.setting(key);
  if (!setting) return { key, values: 0, problems: [{ place: '', path: '', reason: 'There is no such flag.' }] };
  const served = [...servedBy(setting)];
  const problems = served.flatMap(({ place, value }) => {
    const problem = problemOf(value, schema);
    return problem ? [{ place, ...problem }] : [];
  });
  return { key, values: served.length, problems };
}

function problemOf(value: SettingValue | undefined, schema: StandardSchema): Omit<Problem, 'place'> | undefined {
  if (value === undefined) return { path: '', reason: 'The value is missing, or of another type than the setting.' };
  if (typeof value !== 'string') return { path: '', reason: 'The setting is no text.' };
  const { problem } = parseFlagJson(value, schema);
  return problem && { path: problem.path, reason: problem.reason };
}

/** A value that a flag can serve, and where it stands. */
interface Served {
  readonly place: string;
  readonly value: SettingValue | undefined;
}

/** All values of a flag, in the order in which they are tried; options of 0 % as well, which may be raised at any time. */
function* servedBy({ targetingRules, percentageOptions, servedValue }: Setting): Iterable<Served> {
  for (const [i, { servedValue: own, percentageOptions: options = [] }] of targetingRules.entries()) {
    const place = `rule ${i + 1}`;
    // A rule that serves nothing has no value, either.
    if (own || options.length === 0) yield { place, value: own?.value };
    for (const [j, { value }] of options.entries()) yield { place: `${place}, option ${j + 1}`, value };
  }
  for (const [j, { value }] of percentageOptions.entries()) yield { place: `option ${j + 1}`, value };
  yield { place: 'otherwise', value: servedValue.value };
}

function linesOf({ key, values, problems }: Checked, terminal: Terminal): string[] {
  const name = formatKey(key);
  if (problems.length === 0) {
    return [terminal.styled('green', `✓ ${name}: ${values === 1 ? '1 value fits' : `${values} values fit`}`)];
  }
  return problems.map(({ place, path, reason }) => {
    const where = [name, place, path && `at '${path}'`].filter(Boolean).join(', ');
    return terminal.styled('red', oneLine(`✗ ${where}: ${reason}`));
  });
}
