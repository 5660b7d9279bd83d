import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { declarations } from './guides/uses';
import { problemsOf } from './support/compile';
import { pages, root, snippetsOf } from './support/snippets';

describe('the code in README.md and in the guides', () => {
  it('compiles', () => {
    // A folder for each page, so that the snippets of a page can import each other.
    const blocks = pages.flatMap(snippetsOf).map(({ page, file, code }) => [`${page}/${file}`, code] as const);
    const declared = Object.entries(declarations).map(([path, code]) => [`../${path}`, code] as const);
    expect(problemsOf(new Map([...declared, ...blocks]))).toEqual([]);
  });
});

describe('docs/troubleshooting.md', () => {
  it('knows every event that is logged, and no other', () => {
    const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(root, 'src', name), 'utf8'))
      .join('\n')
      // Counts and times are written with underscores from here on.
      .replace(/\b\d+_\d+\b/g, '');
    const logged = [
      ...source.matchAll(
        /(?:log\.(?:error|warn|info)\(|'(?:error|warn)', |\[|: |\? |new OverrideProblem\()([1235][0-3]\d\d)\b/g,
      ),
    ].map(([, id]) => Number(id));
    const listed = [...readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8').matchAll(/^\| (\d{4}) /gm)].map(
      ([, id]) => Number(id),
    );
    expect(listed).toEqual([...new Set(logged)].sort((a, b) => a - b));
  });
});
