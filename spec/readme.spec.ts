import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { problemsOf } from './support/compile';

const root = join(__dirname, '..');

// Type checking the package once more takes its time.
jest.setTimeout(60_000);

/** The TypeScript blocks of a page, JSX included. */
function blocksOf(page: string): { readonly language: string; readonly code: string }[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```(tsx?)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({ language, code }));
}

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

describe('the code in README.md and in the guides', () => {
  it('compiles', () => {
    const blocks = new Map(pages.flatMap(blocksOf).map(({ language, code }, i) => [`readme-${i}.${language}`, code]));
    expect(blocks.size).toBeGreaterThan(7);
    expect(problemsOf(blocks)).toEqual([]);
  });

  it('is for tests what is tested here', () => {
    const example = readFileSync(join(root, 'spec/testing/example.spec.ts'), 'utf8');
    expect(blocksOf('README.md').map(({ code }) => code)).toContain(example);
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
