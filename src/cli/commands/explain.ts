import { explain as explainFlag } from '../../explain.js';
import type { Command } from 'commander';
import type { NodeState, TreeNode } from '../../inspector/tree.js';
import { stateSymbols, treeOf } from '../../inspector/tree.js';
import { Failure } from '../failure.js';
import type { UserOptions } from '../options.js';
import { takesJson, takesSource, takesUser, userOf } from '../options.js';
import type { SourceOptions } from '../source.js';
import { findSource, loadConfig } from '../source.js';
import type { Style, Terminal } from '../terminal.js';
import { oneLine, withoutControls } from '../terminal.js';

/** `explain`: why a user gets a value. */
export function addExplain(program: Command, terminal: Terminal): void {
  takesJson(takesUser(takesSource(program.command('explain'))))
    .argument('<key>', 'the flag')
    .option('--text', "print ConfigCat's evaluation log instead of a tree")
    .summary('show why a user gets a value')
    .description(
      'Shows the evaluation of a flag as a tree: what was looked at, what the user has there, and what served.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ configcat-rx explain darkMode --file flags.json --id kate --email kate@example.com
  $ configcat-rx explain darkMode --user '{"identifier":"kate","custom":{"age":42}}' --text`,
    )
    .action(async (key: string, options: ExplainOptions) => explain(key, options, terminal));
}

type ExplainOptions = SourceOptions & UserOptions & { readonly json?: true; readonly text?: true };

async function explain(key: string, options: ExplainOptions, terminal: Terminal): Promise<void> {
  const user = userOf(options);
  // The explanation contains what evaluations warn of, so warnings are not printed.
  const { client, config } = await loadConfig(await findSource(options, terminal), terminal, user, false);
  try {
    const explanation = explainFlag(client.snapshot(), key);
    if (!explanation.setting) throw new Failure(`There is no flag '${key}'.`);
    if (options.json) terminal.printJson(explanation, 2);
    else if (options.text) terminal.print(withoutControls(explanation.text));
    else terminal.print(...linesOf(treeOf(explanation, config), terminal));
    if (explanation.errorCode !== 0) {
      throw new Failure(`'${key}' cannot be evaluated: ${explanation.errorMessage ?? 'there is no reason.'}`);
    }
  } finally {
    client.dispose();
  }
}

const styles: Readonly<Record<NodeState, Style>> = {
  served: 'green',
  yes: 'green',
  no: 'red',
  error: 'yellow',
  unseen: 'dim',
};

function linesOf(root: TreeNode, terminal: Terminal): string[] {
  const lines: string[] = [];
  const add = (node: TreeNode, first: string, rest: string) => {
    const { state, label, note, children } = node;
    const text = terminal.styled(styles[state], `${stateSymbols[state]} ${oneLine(label)}`);
    lines.push(`${first}${text}${note === undefined ? '' : `  ${terminal.styled('dim', oneLine(note))}`}`);
    children.forEach((child, i) => {
      const isLast = i === children.length - 1;
      add(child, `${rest}${isLast ? '└─ ' : '├─ '}`, `${rest}${isLast ? '   ' : '│  '}`);
    });
  };
  add(root, '', '');
  return lines;
}
