import { join } from 'node:path';
import ts from 'typescript';
import { root, textOf } from './support/snippets';

/** By page: the interfaces that its tables of options are about. */
const documented: Readonly<Record<string, readonly [file: string, interfaceName: string][]>> = {
  'docs/options.md': [
    ['src/core/options.ts', 'CommonOptions'],
    ['src/client/options.ts', 'ClientOptions'],
  ],
  'docs/polling.md': [
    ['src/acquisition/polling/auto.ts', 'AutoPollOptions'],
    ['src/acquisition/polling/lazy.ts', 'LazyLoadOptions'],
  ],
  'docs/push.md': [
    ['src/webhook/webhook.ts', 'WebhookOptions'],
    ['src/proxy-stream/proxy-stream.ts', 'ProxyStreamOptions'],
  ],
  'docs/relay.md': [['src/relay/options.ts', 'RelayOptions']],
  'docs/remote.md': [['src/remote/options.ts', 'RemoteOptions']],
  'docs/testing.md': [['src/server/index.ts', 'ConfigServerOptions']],
};

interface Option {
  readonly name: string;
  /** As a docstring says it by `@defaultValue`. */
  readonly defaultValue: string | undefined;
}

/** What can be given, without what is internal. */
function optionsOf([file, interfaceName]: readonly [string, string]): Option[] {
  const text = textOf(file);
  const source = ts.createSourceFile(join(root, file), text, ts.ScriptTarget.Latest, true);
  const found = source.statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === interfaceName);
  if (found === undefined) throw new Error(`${file} has no interface ${interfaceName}.`);
  return (found as ts.InterfaceDeclaration).members.flatMap((member) => {
    const tags = ts.getJSDocTags(member);
    if (tags.some(({ tagName }) => tagName.text === 'internal')) return [];
    const tag = tags.find(({ tagName }) => tagName.text === 'defaultValue');
    const defaultValue = ts.getTextOfJSDocComment(tag?.comment)?.replace(/`/g, '');
    return [{ name: member.name!.getText(), defaultValue }];
  });
}

/** The rows of a page's tables of options: their names, and the cell of the default. */
function rowsOf(page: string): [name: string, defaultCell: string][] {
  const tables = textOf(page).matchAll(/^\| option .*\n\| -.*\n((?:\|.*\n)+)/gm);
  return [...tables].flatMap(([, rows = '']) =>
    rows
      .trim()
      .split('\n')
      .flatMap((row) => {
        const [, names = '', defaultCell = ''] = row.split('|').map((cell) => cell.trim());
        return [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']): [string, string] => [name, defaultCell]);
      }),
  );
}

describe.each(Object.entries(documented))('the options in %s', (page, interfaces) => {
  const options = interfaces.flatMap(optionsOf);
  const rows = rowsOf(page);

  it('are all that there are, and no others', () => {
    expect(rows.map(([name]) => name).sort()).toEqual(options.map(({ name }) => name).sort());
  });

  it('have the defaults that their docstrings say', () => {
    const cells = new Map(rows);
    const wrong = options.filter(({ name, defaultValue }) => {
      const [cell = ''] = (cells.get(name) ?? '').replace(/`/g, '').split(/[\s,]/);
      return defaultValue !== undefined && cell !== defaultValue.replace(/_/g, '').split(/[\s,]/)[0];
    });
    expect(wrong).toEqual([]);
  });
});
