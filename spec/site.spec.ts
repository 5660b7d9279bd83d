import { existsSync, readdirSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Section {
  readonly name: string;
  readonly url: string;
  readonly parent?: string;
  readonly text?: string;
  readonly isReference?: boolean;
  readonly isEvent?: boolean;
}
interface Place {
  readonly title: string;
  readonly url: string;
}
type Site = Readonly<Record<'name' | 'version' | 'description' | 'readme', string>> & {
  readonly guides: readonly Readonly<Record<'file' | 'title' | 'text', string>>[];
};

const { dress } = jest.requireActual<{ dress: (html: string) => string }>('../tools/site/pages.mjs');
const { llmsText } = jest.requireActual<{ llmsText: (site: Site) => string }>('../tools/site/llms.mjs');
const { publishSite } = jest.requireActual<{
  publishSite: (built: string, published: string, version: string) => void;
}>('../tools/site/publish.mjs');
const { sectionsOf, indexOf } = jest.requireActual<{
  sectionsOf: (html: string, place: Place) => Section[];
  indexOf: (
    sections: readonly Section[],
    api: readonly Section[],
  ) => { rows: Section[]; index: { search: (words: string) => { readonly ref: string }[] } };
}>('../tools/site/search.mjs');

describe('sections of a guide', () => {
  it('are its headings and the rows of tables that have anchors', () => {
    const html =
      '<h1 id="push">Push<a></a></h1><p>First.</p><h2 id="hooks">Web &amp; <code>hooks</code></h2><p>Second</p>' +
      '<table><tr><td><a id="1103"></a>1103</td><td>late</td></tr></table>';
    expect(sectionsOf(html, { title: 'Push', url: 'push.html' })).toMatchObject([
      { name: 'Push', url: 'push.html', text: 'Push First.' },
      { name: 'Web & hooks', parent: 'Push', url: 'push.html#hooks', text: 'Web & hooks Second', isEvent: false },
      { name: '1103', parent: 'Push', url: 'push.html#1103', text: '1103 late', isEvent: true },
    ]);
  });
});

describe('the search', () => {
  const api = ['hydrate', 'lazyLoad'].map((name) => ({ name, url: `${name}.html` }));
  const section = (name: string, text: string) => ({ name, parent: 'Guide', url: `#${name}`, text: `${name} ${text}` });
  const sections = [
    section('Other', 'here lazy is named, once, beside much else that this section is about'),
    section('Lazy loading', 'it is lazy'),
    section('Servers', 'hydrate takes over'),
    ...Array.from({ length: 8 }, (_, index) => section(`Filler ${index}`, 'much else, and a lazy word')),
  ];
  const find = (words: string) => {
    const { rows, index } = indexOf(sections, api);
    return index.search(`*${words}*`).map(({ ref }) => rows[Number(ref)]?.name);
  };

  it('finds a heading before what only has the word', () => {
    expect(find('lazy')[0]).toBe('Lazy loading');
  });

  it('finds a guide before a name of the API', () => {
    expect(find('hydrate')).toEqual(['Servers', 'hydrate']);
  });

  it('leaves room for the API: a word leads to three sections', () => {
    expect(find('lazy').slice(3)).toEqual(['lazyLoad']);
  });

  const namesOf = (words: string, found: readonly Section[]) => {
    const { rows, index } = indexOf(found, api);
    return index.search(`*${words}*`).map(({ ref }) => rows[Number(ref)]?.name);
  };

  it('finds a guide before a page on how the library is made', () => {
    const reference = { ...section('Lazy exchanges', 'lazy, lazy and lazy'), isReference: true };
    expect(namesOf('lazy', [reference, section('Servers', 'they may be lazy')]).slice(0, 2)).toEqual([
      'Servers',
      'Lazy exchanges',
    ]);
  });

  it('finds a word before those that it is a part of', () => {
    const holders = section('Leases', 'holder, holders, holding, threshold, household');
    expect(namesOf('hold', [holders, section('Sessions', 'a session can hold a value')])).toEqual([
      'Sessions',
      'Leases',
    ]);
  });

  it('finds a section before an event of the log that is about the same', () => {
    const event = { ...section('6034', 'offline'), isEvent: true };
    const guide = section('Stop and go', 'an offline client stays offline until it is told otherwise');
    expect(namesOf('offline', [event, guide])).toEqual(['Stop and go', '6034']);
  });

  it('leads from a name of the API to one section', () => {
    const more = section('Pages', 'hydrate, hydrate, and hydrate once more');
    const { rows, index } = indexOf([...sections, more], api);
    expect(index.search('hydrate').map(({ ref }) => rows[Number(ref)]?.name)).toEqual(['Pages', 'hydrate']);
  });
});

describe('pages', () => {
  const table = (columns: readonly string[]) => {
    const row = (tag: string) => `<tr>${columns.map((name) => `<${tag}>${name}</${tag}>`).join('')}</tr>`;
    return `<table><thead>${row('th')}</thead><tbody>${row('td')}</tbody></table>`;
  };

  it('name the column in each cell of a narrow table, for screens that show rows as blocks', () => {
    const html = dress(table(['id', '<code>what</code>']));
    expect(html).toContain('<td role="cell" data-label="id">');
    expect(html).toContain('<td role="cell" data-label="what">');
  });

  it('let a wide table scroll inside of a frame', () => {
    const wide = table(['a', 'b', 'c', 'd', 'e']);
    expect(dress(wide)).toBe(`<div class="table-frame" tabindex="0" role="region" aria-label="Table">${wide}</div>`);
  });

  it('show the code of a group under tabs, the first one open', () => {
    const html = dress(
      '<!-- code group --><p><strong>Node</strong></p><pre>1</pre><p><strong>React</strong></p><pre>2</pre><!-- end of code group -->',
    );
    expect(html.match(/<label[^>]*>\w+<\/label>/g)).toHaveLength(2);
    expect(html.match(/checked/g)).toHaveLength(1);
    expect(html).toContain('<div class="code-panel"><pre>2</pre></div>');
  });

  it('refuse a group of one', () => {
    const group = '<!-- code group --><p><strong>Node</strong></p><pre>1</pre><!-- end of code group -->';
    expect(() => dress(group)).toThrow('A code group needs two names in bold');
  });
});

describe('llms.txt', () => {
  const guides = [{ file: 'a.md', title: 'First', text: '# First' }];
  const site = { name: 'x', version: '1.2.3', description: 'It does.', guides };

  it('names each guide with what README.md says of it', () => {
    const text = llmsText({ ...site, readme: '| [First](docs/a.md) | what is in it |\n' });
    expect(text).toContain('- [First](markdown/a.md): what is in it\n');
  });

  it('misses a guide that README.md does not name', () => {
    expect(() => llmsText({ ...site, readme: '' })).toThrow('no line for docs/a.md');
  });
});

describe('the site', () => {
  it('has every guide', () => {
    const { projectDocuments } = JSON.parse(readFileSync('typedoc.json', 'utf8')) as { projectDocuments: string[] };
    const guides = readdirSync('docs').filter((name) => name.endsWith('.md'));
    expect([...projectDocuments].sort()).toEqual(guides.map((name) => `docs/${name}`).sort());
  });
});

describe('the published site', () => {
  it('keeps a folder for each minor, lists them, and leads to the newest', () => {
    const folder = mkdtempSync(join(tmpdir(), 'configcat-rx-site-'));
    const published = join(folder, 'published');
    const publish = (version: string) => {
      const built = join(folder, version);
      mkdirSync(built);
      writeFileSync(join(built, 'index.html'), version);
      publishSite(built, published, version);
    };
    mkdirSync(published);
    for (const version of ['0.9.0', '0.10.0', '0.9.1']) publish(version);
    const textOf = (path: string) => readFileSync(join(published, path), 'utf8');
    expect(textOf('0.9/index.html')).toBe('0.9.1');
    expect(textOf('0.10/index.html')).toBe('0.10.0');
    expect(textOf('index.html')).toContain('url=0.10/index.html');
    expect(textOf('versions.html').match(/href="[^"]+"/g)).toEqual(['href="0.10/index.html"', 'href="0.9/index.html"']);
    expect(() => publishSite(join(folder, '0.9.0'), published, 'newest')).toThrow('"newest" is no version.');
    expect(() => publishSite(join(folder, 'nothing'), published, '1.0.0')).toThrow('There is no site');
    expect(existsSync(join(published, '1.0'))).toBe(false);
    rmSync(folder, { recursive: true });
  });
});
