import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { Failure, messageOf, wrongInput } from '../failure.js';
import { takesSource } from '../options.js';
import type { SourceOptions } from '../source.js';
import { findSource, loadConfig } from '../source.js';
import type { Terminal } from '../terminal.js';
import { typesOf } from '../types.js';

/** `types`: the interface that makes wrong keys fail to compile. */
export function addTypes(program: Command, terminal: Terminal): void {
  takesSource(program.command('types'))
    .option('-o, --out <file>', 'write to this file; default: print')
    .option('--name <name>', 'name of the interface', identifier, 'Flags')
    .option('--check', 'only compare with the file of --out, and exit with 1 when it is out of date')
    .option('--json', 'print the types of values by key as JSON')
    .summary('write the TypeScript interface of the flags')
    .description(
      'Writes the interface for createClient<Flags>(): with it, unknown keys and wrong types do not compile.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ configcat-rx types --file flags.json --out src/flags.ts
  $ CONFIGCAT_SDK_KEY=… configcat-rx types --out src/flags.ts --check     in CI`,
    )
    .action(async (options: TypesOptions) => types(options, terminal));
}

interface TypesOptions extends SourceOptions {
  readonly out?: string;
  readonly name: string;
  readonly check?: true;
  readonly json?: true;
}

async function types(options: TypesOptions, terminal: Terminal): Promise<void> {
  const { out, check, json, name } = options;
  if (check && out === undefined) throw wrongInput('--check needs --out, the file to compare with.');
  if (json && out !== undefined) throw wrongInput('--json prints; it does not go with --out.');
  const { client, config } = await loadConfig(await findSource(options, terminal), terminal);
  client.dispose();
  if (json) {
    terminal.printJson(Object.fromEntries(config.keys.map((key) => [key, config.setting(key)?.type ?? null])), 2);
    return;
  }
  const text = typesOf(config, name);
  if (out === undefined) {
    terminal.printRaw(text);
  } else if (check) {
    const present = await readFile(out, 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw wrongInput(`--out: ${messageOf(error)}`);
    });
    if (present === undefined) throw new Failure(`${out} does not exist. Run the same without --check.`);
    // Checkouts may have other ends of lines.
    if (present.replaceAll('\r\n', '\n') !== text) {
      throw new Failure(`${out} is out of date. Run the same without --check.`);
    }
  } else {
    await writeFile(out, text).catch((error: unknown) => {
      throw wrongInput(`--out: ${messageOf(error)}`);
    });
  }
}

function identifier(text: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(text)) throw new InvalidArgumentError('Expected the name of an interface.');
  return text;
}
