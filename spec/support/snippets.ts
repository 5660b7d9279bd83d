import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(__dirname, '../..');

/** A TypeScript block of a page of documentation. */
export interface Snippet {
  /** As `docs/react.md`. */
  readonly page: string;
  /** The line of the page that its code begins in. */
  readonly line: number;
  /** Its name if its first line is a comment that names it, as `// app.tsx`; else one that is its own. */
  readonly file: string;
  readonly code: string;
}

/** README.md and all guides. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/${name}`),
];

export function textOf(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** The `ts` and `tsx` blocks of a page, in order. */
export function snippetsOf(page: string): Snippet[] {
  const text = textOf(page);
  return [...text.matchAll(/^```(tsx?)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: code = '', index }) => {
    const line = text.slice(0, index).split('\n').length + 1;
    const [, name] = /^\/\/ ([\w.-]+\.tsx?)\n/.exec(code) ?? [];
    return { page, line, file: name ?? `line-${line}.${language}`, code };
  });
}
