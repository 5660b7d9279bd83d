import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

interface Rule {
  readonly from: { readonly path?: string };
  readonly to: { readonly path?: string };
}

const root = join(__dirname, '..');
const { forbidden } = jest.requireActual<{ forbidden: readonly Rule[] }>('../tools/dependency-cruiser.cjs');
const folders = ['src', 'checks'].flatMap((parent) =>
  readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${parent}/${name}`),
);
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
const rows = page.split('\n').flatMap((line) => /^\| `((?:src|checks)\/[^`*]+)`/.exec(line)?.[1] ?? []);

/** Whether lint refuses an import of one file by another. A rule without a path is about circles, not about directions. */
function isForbidden(fromFile: string, toFile: string): boolean {
  return forbidden.some(({ from, to }) => {
    const match = from.path === undefined ? null : new RegExp(from.path).exec(fromFile);
    return match !== null && new RegExp(to.path!.replaceAll('$1', match[1] ?? '')).test(toFile);
  });
}

describe('docs/architecture.md', () => {
  it('has one row for each folder of the package and of the checks', () => {
    expect([...rows].sort()).toEqual([...folders].sort());
  });

  it('names files and folders of the source that exist, where it tells how a value flows', () => {
    const [flow = ''] = page.split('## Folders');
    const named = flow.match(/(?<![\w./-])[\w-]+\/(?:[\w-]+\/)*(?:[\w-]+\.(?:ts|mjs)|(?=[\s,;`]))/g) ?? [];
    expect(named).toContain('acquisition/store.ts');
    expect(named).toContain('acquisition/polling/');
    expect(named.filter((path) => !existsSync(join(root, 'src', path)) && !existsSync(join(root, path)))).toEqual([]);
  });
});

describe('a core', () => {
  it('is ten files at most, none of them longer than 150 lines', () => {
    const files = readdirSync(join(root, 'src/core'));
    const lengths = files.map((file) => readFileSync(join(root, 'src/core', file), 'utf8').split('\n').length - 1);
    expect(files.length).toBeLessThanOrEqual(10);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(150);
  });
});

describe('what functions take whole', () => {
  const reports = readdirSync(join(root, 'etc'))
    .filter((name) => name.endsWith('.api.md'))
    .map((name) => readFileSync(join(root, 'etc', name), 'utf8'));
  const isPublic = (name: string) => reports.some((report) => new RegExp(`interface ${name}\\b`).test(report));
  /** Interfaces by name, with the names of their members and of those that they extend. */
  const interfaces = new Map(
    readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      // Commands are given what users write.
      .filter((path) => /\.tsx?$/.test(path) && !path.startsWith('cli'))
      .map((path) => ts.createSourceFile(path, readFileSync(join(root, 'src', path), 'utf8'), ts.ScriptTarget.Latest))
      .flatMap(({ statements }) => statements.filter(ts.isInterfaceDeclaration))
      .map(({ name, members, heritageClauses = [] }) => [
        name.text,
        {
          members: members.length,
          bases: heritageClauses.flatMap(({ types }) =>
            types.flatMap(({ expression }) => (ts.isIdentifier(expression) ? expression.text : [])),
          ),
        },
      ]),
  );
  const countMembers = (name: string): number => {
    const { members = 0, bases = [] } = interfaces.get(name) ?? {};
    return members + bases.filter((base) => !isPublic(base)).reduce((sum, base) => sum + countMembers(base), 0);
  };
  // Options of clients are complete here, as users have written them.
  const contexts = [...interfaces.keys()].filter(
    (name) =>
      /^(Core|Data|Run|Scope)$|(Context|Options|Parts|Ports)$/.test(name) &&
      name !== 'ResolvedOptions' &&
      !isPublic(name),
  );

  it.each(contexts)('has eight members at most: %s', (name) => {
    expect(countMembers(name)).toBeLessThanOrEqual(8);
  });

  it('is counted with what it extends', () => {
    expect(contexts.length).toBeGreaterThan(20);
    expect(countMembers('SnapshotContext')).toBe(8);
  });
});

describe('the lint of directions', () => {
  it.each(folders)('lets %s import no folder that it does not name', (folder) => {
    expect(isForbidden(`${folder}/any.ts`, 'src/new-folder/any.ts')).toBe(true);
  });

  it.each(folders)('lets %s import its own files', (folder) => {
    expect(isForbidden(`${folder}/any.ts`, `${folder}/other.ts`)).toBe(false);
  });

  it('lets the ground know no folder', () => {
    expect(isForbidden('src/errors.ts', 'src/model/any.ts')).toBe(true);
    expect(isForbidden('src/errors.ts', 'src/index.ts')).toBe(true);
    expect(isForbidden('src/errors.ts', 'src/hash.ts')).toBe(false);
  });

  it.each([
    ['model', 'logging'],
    ['logging', 'model'],
    ['evaluation', 'acquisition'],
    ['evaluation', 'logging'],
    ['evaluation', 'formats'],
    ['core', 'formats'],
    ['formats', 'logging'],
    ['acquisition', 'evaluation'],
    ['acquisition', 'overrides'],
    ['overrides', 'client'],
    ['platform', 'client'],
    ['lifetime', 'flags'],
    ['core', 'flags'],
    ['flags', 'operators'],
    ['client', 'operators'],
    ['client', 'react'],
    ['react', 'client'],
    ['redis', 'server'],
    ['postgres', 'redis'],
    ['server', 'cli'],
  ])('keeps src/%s from importing src/%s', (from, to) => {
    expect(isForbidden(`src/${from}/any.ts`, `src/${to}/any.ts`)).toBe(true);
  });
});

describe('docs/concepts.md', () => {
  it('shows the pipeline as src/acquisition/store.ts has it', () => {
    const textOf = (path: string) => readFileSync(join(root, path), 'utf8').replace(/^ *\/\/.*$/gm, '');
    const withoutBlanks = (text: string) => text.replace(/\s/g, '');
    const [, shown = ''] = /^```typescript\n(.*?)^```$/ms.exec(textOf('docs/concepts.md')) ?? [];
    const source = textOf('src/acquisition/store.ts').replace('const step$: Observable<Step<C>>', 'const step$');
    expect(shown).toContain('shareReplay');
    expect(withoutBlanks(source)).toContain(withoutBlanks(shown));
  });
});
