import { allowsBreaks, announcesBreaks, incompatibleChanges, names, newestSections } from '../tools/api-changes.mjs';

const report = (...declarations: string[]) =>
  `## API Report File\n\n\`\`\`ts\n\n${declarations.join('\n\n')}\n\n\`\`\`\n`;
const read = '// @public\nexport function read(key: string): boolean;';
const source = ['// @public', 'export interface Source {', '    readonly state: string;', '    stop(): void;', '}'];
const options = ['// @public', 'export interface ReadOptions {', '    timeoutMs?: number;', '}'];
const lines = (parts: readonly string[]) => parts.join('\n');
const withLine = (parts: readonly string[], line: string) => [...parts.slice(0, 2), line, ...parts.slice(2)];
const changed = (before: readonly string[], after: readonly string[]) =>
  incompatibleChanges(report(...before), report(...after));

describe('incompatibleChanges', () => {
  it.each([
    ['nothing changes', [read, lines(source)], [read, lines(source)]],
    ['something is added', [read], [read, lines(source)]],
    ['a comment changes', [read], [read.replace('@public', '@public @deprecated')]],
    ['a function takes one more, which need not be given', [read], [read.replace('string)', 'string, user?: User)')]],
    ['a function gets an overload', [read], [read, read.replace('key: string', 'key: number')]],
    ['what the library makes gets a member', [lines(source)], [lines(withLine(source, '    start(): void;'))]],
    ['a method takes one more', [lines(source)], [lines(source).replace('stop()', 'stop(ms?: number)')]],
    ['options get an optional one', [lines(options)], [lines(withLine(options, '    retries?: number;'))]],
    ['what nobody could import goes', ['interface Hidden {\n}', read], [read]],
    ['what nobody could import is exported', ['interface Hidden {\n}'], ['export interface Hidden {\n}']],
  ])('finds none where %s', (_, before, after) => {
    expect(changed(before, after)).toEqual([]);
  });

  it.each([
    ['a function is removed', [read, lines(source)], [lines(source)], 'read', 'is exported no more'],
    ['a class is removed', ['export class Pool {\n}'], [read], 'Pool', 'is exported no more'],
    ['a type is hidden', ['export type Key = string;'], ['type Key = string;'], 'Key', 'is exported no more'],
    ['an export by name is removed', ['export { Flag$ }'], [read], 'Flag$', 'is exported no more'],
    [
      'a function must be given more',
      [read],
      [read.replace('string)', 'string, user: User)')],
      'read',
      'reads otherwise',
    ],
    ['a result changes', [read], [read.replace('boolean', 'boolean | undefined')], 'read', 'reads otherwise'],
    ['an overload is removed', [read, read.replace('string', 'number')], [read], 'read', 'reads otherwise'],
    [
      'a member is removed',
      [lines(source)],
      [lines(source).replace('    stop(): void;\n', '')],
      'Source',
      'reads otherwise',
    ],
    ['a member is renamed', [lines(source)], [lines(source).replace('stop', 'end')], 'Source', 'reads otherwise'],
    [
      'a member may be missing',
      [lines(source)],
      [lines(source).replace('state:', 'state?:')],
      'Source',
      'reads otherwise',
    ],
    [
      'options need one more',
      [lines(options)],
      [lines(withLine(options, '    key: string;'))],
      'ReadOptions',
      'reads otherwise',
    ],
    ['a union changes', ["export type Mode = 'a' | 'b';"], ["export type Mode = 'a';"], 'Mode', 'reads otherwise'],
    [
      'a hidden type changes',
      ['interface Hidden {\n    a: string;\n}'],
      ['interface Hidden {\n}'],
      'Hidden',
      'reads otherwise',
    ],
    [
      'an interface extends less',
      ['export interface A extends B {\n}'],
      ['export interface A {\n}'],
      'A',
      'reads otherwise',
    ],
  ])('finds one where %s', (_, before, after, name, what) => {
    expect(changed(before, after)).toEqual([{ name, what }]);
  });

  it('finds that a whole entry has gone', () => {
    expect(incompatibleChanges(report(read), '')).toEqual([{ name: 'read', what: 'is exported no more' }]);
  });
});

describe('allowsBreaks', () => {
  it.each([
    ['0.1.0', '0.1.1', false],
    ['0.1.0', '0.2.0', true],
    ['0.9.0', '0.10.0', true],
    ['0.2.0', '1.0.0', true],
    ['1.2.0', '1.3.0', false],
    ['1.2.0', '2.0.0', true],
    ['1.2.0', '1.2.0', false],
    ['2.0.0', '1.9.0', false],
    ['0.1.0', '0.1.0', false],
  ])('from %s to %s: %s', (released, version, allowed) => {
    expect(allowsBreaks(released, version)).toBe(allowed);
  });
});

describe('announcesBreaks', () => {
  it.each([
    ["---\n'configcat-rx': minor\n---\n\n`read` has gone.\n", '0.1.0', true],
    ["---\n'configcat-rx': minor\n---\n\n`read` has gone.\n", '1.1.0', false],
    ['---\n"configcat-rx": major\n---\n\n`read` has gone.\n', '1.1.0', true],
    ["---\n'configcat-rx': patch\n---\n\n`read` has gone.\n", '0.1.0', false],
    ["---\n'other': major\n---\n\n`read` has gone.\n", '1.1.0', false],
    ['`read` has gone, and that is minor.\n', '0.1.0', false],
  ])('%j, after %s: %s', (changeset, released, announces) => {
    expect(announcesBreaks(changeset, 'configcat-rx', released)).toBe(announces);
  });
});

describe('what users are told', () => {
  it('names a declaration as a word', () => {
    expect(names('`flag$` has gone', 'flag$')).toBe(true);
    expect(names('`flags$` has gone', 'flag$')).toBe(false);
    expect(names('`flag$()` has gone', 'flag')).toBe(false);
    expect(names('SourceOptions', 'Source')).toBe(false);
  });

  it('of a changelog is what was written after the last release', () => {
    const changelog = '# Changes\n\n## Unreleased\n\n- new\n\n## 0.2.0\n\n- newer\n\n## 0.1.0\n\n- old\n';
    expect(newestSections(changelog, '0.1.0')).toBe('## Unreleased\n\n- new\n\n## 0.2.0\n\n- newer\n\n');
    expect(newestSections(changelog, '0.2.0')).toBe('## Unreleased\n\n- new\n\n');
    expect(newestSections('# Changes\n\n## Unreleased\n\n- new\n', '0.1.0')).toBe('## Unreleased\n\n- new\n');
  });
});
