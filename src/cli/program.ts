import { Command, CommanderError } from 'commander';
import { version } from '../index.js';
import { addCheck } from './commands/check.js';
import { addDiff } from './commands/diff.js';
import { addExplain } from './commands/explain.js';
import { addGet } from './commands/get.js';
import { addInspect } from './commands/inspect.js';
import { addRelay } from './commands/relay.js';
import { addServe } from './commands/serve.js';
import { addTypes } from './commands/types.js';
import { addWatch } from './commands/watch.js';
import { Failure, messageOf } from './failure.js';
import type { CliEnvironment } from './terminal.js';
import { Terminal } from './terminal.js';

/**
 * Runs the command line.
 *
 * @param args - what follows the name of the program.
 * @returns the exit code: 0 when all is well; 1 when there is no answer, or it is no; 2 when the input was wrong.
 */
export async function run(args: readonly string[], world: CliEnvironment): Promise<number> {
  const terminal = new Terminal(world);
  for (const sdkKey of keysIn(args)) terminal.hide(sdkKey);
  const program = new Command('configcat-rx')
    .description('Feature flags of ConfigCat on the command line.')
    .version(version, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.printRaw(text),
      writeErr: (text) => terminal.warn(text),
      outputError: (text, write) => write(text),
      getOutHelpWidth: () => world.stdout.columns ?? 100,
    })
    .addHelpText(
      'after',
      `
Exit codes: 0 all is well; 1 there is no answer, or it is no; 2 the input is wrong.
Colours: NO_COLOR=1 turns them off, FORCE_COLOR=1 on.`,
    );
  for (const add of [addGet, addWatch, addExplain, addDiff, addTypes, addCheck, addServe, addRelay, addInspect])
    add(program, terminal);
  try {
    if (args.length === 0) throw new Failure(`Which command? configcat-rx --help names them.`, 2);
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // The library `commander` has printed its error already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    terminal.warn(`error: ${messageOf(error)}`);
    return error instanceof Failure ? error.exitCode : 1;
  }
}

/** Finds SDK keys anywhere in the arguments, also in the wrong place. */
function keysIn(args: readonly string[]): string[] {
  return args.flatMap(
    (arg) => arg.match(/configcat-(?:sdk-1|proxy)\/[^=\s]+|(?<![\w/-])[\w-]{22}\/[\w-]{22}(?![\w/-])/g) ?? [],
  );
}
