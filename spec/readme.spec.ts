import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { debugEvents } from '../src/logging/debug-events';
import * as events from '../src/logging/events';
import { levelOf } from '../src/logging/logger';
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
  it('knows every event that is logged by its level, with an anchor, and no other', () => {
    const [, ...sections] = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8').split(/^## /m);
    const levels: Readonly<Record<string, string>> = {
      Errors: 'error',
      Warnings: 'warn',
      Information: 'info',
      Debugging: 'debug',
    };
    const listed = sections.flatMap((section) => {
      const level = levels[section.slice(0, section.indexOf('\n'))];
      return [...section.matchAll(/^\| (?:<a id="(\d+)"><\/a>)?(\d+) +\|/gm)].map(([, anchor, id]) => [
        level,
        id,
        anchor,
      ]);
    });
    const order = Object.values(levels);
    const logged = Object.values(events)
      .map((event) => [levelOf(event), String(event), String(event)])
      .concat(Object.values(debugEvents).map(({ id }) => ['debug', String(id), String(id)]))
      .sort(([a, x], [b, y]) => order.indexOf(a!) - order.indexOf(b!) || Number(x) - Number(y));
    expect(listed).toEqual(logged);
  });
});
