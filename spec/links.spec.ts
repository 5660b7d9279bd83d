import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pages, root, textOf } from './support/snippets';

const samples = readdirSync(join(root, 'samples')).filter((name) =>
  existsSync(join(root, 'samples', name, 'README.md')),
);

/** A page without what only looks like links or headings. */
const proseOf = (page: string) => textOf(page).replace(/^```.*?^```$/gms, '');

/** The anchors of a page's headings, as GitHub and typedoc make them. */
function headingsOf(page: string): string[] {
  return [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** All anchors of a page: those of events in tables as well. */
function anchorsOf(page: string): string[] {
  return [...headingsOf(page), ...[...proseOf(page).matchAll(/<a id="([^"]+)">/g)].map(([, anchor = '']) => anchor)];
}

/** Links and pictures of a page that lead into the repository. */
function linksOf(page: string): string[] {
  return [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

const others = [
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  '.changeset/README.md',
  'bench/README.md',
  ...samples.map((name) => `samples/${name}/README.md`),
];

describe.each([...pages, ...others])('%s', (page) => {
  it('links to files and headings that exist', () => {
    const dead = linksOf(page).filter((link) => {
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? page : relative(root, join(root, dirname(page), path));
      return !existsSync(join(root, file)) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
    });
    expect(dead).toEqual([]);
  });
});

/** Folders of what programs write: see .gitignore. */
const written = ['checks/runtimes/screenshots', 'docs/api', 'samples/screenshots'];

describe.each([...pages, ...others])('%s', (page) => {
  it('names files and folders of the repository that exist', () => {
    const named = proseOf(page).matchAll(
      /`((?:\.ci|\.github|bench|checks|docs|etc|samples|spec|src|tools)\/[\w./-]*)`/g,
    );
    const isThere = (path: string) =>
      [path, `${path}.spec.ts`, join(dirname(page), path)].some((place) => existsSync(join(root, place)));
    const paths = [...named].map(([, path = '']) => path);
    expect(paths.filter((path) => !isThere(path) && !written.includes(path))).toEqual([]);
  });
});

describe.each(pages)('%s', (page) => {
  it('has headings of their own names', () => {
    const anchors = anchorsOf(page);
    expect(anchors).toEqual([...new Set(anchors)]);
  });
});

describe('README.md', () => {
  it('links to every guide', () => {
    expect(linksOf('README.md')).toEqual(expect.arrayContaining(pages.filter((page) => page !== 'README.md')));
  });
});
