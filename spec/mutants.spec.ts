import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Listed } from '../checks/mutants/score.mjs';
import { mutantsOf, outdated, scoreOf } from '../checks/mutants/score.mjs';

const file = 'src/flags/age.ts';
const source = 'const first = 1;\nconst second = first > 0 ? a : b;\nif (second) {\n  stop();\n}\n';

function mutant(original: string, replacement: string, status: string) {
  const at = (index: number) => {
    const before = source.slice(0, index).split('\n');
    return { line: before.length, column: before.at(-1)!.length + 1 };
  };
  const index = source.indexOf(original);
  return { location: { start: at(index), end: at(index + original.length) }, replacement, status };
}

const mutantsWith = (...mutants: object[]) => mutantsOf({ files: { [file]: { source, mutants } } });
const killed = mutant('1', '2', 'Killed');
const survivor = mutant('first > 0', 'true', 'Survived');
const listed: Listed = { file, code: 'const second = first > 0 ? a : b;', original: 'first > 0', replacement: 'true' };

describe('the score of mutants', () => {
  it('counts those that specs notice, by a failure or by not ending', () => {
    const mutants = mutantsWith(killed, mutant('0', '1', 'Timeout'), survivor, mutant('a : b', 'b : a', 'NoCoverage'));
    expect(scoreOf(mutants, [])).toMatchObject({ mutants: 4, noticed: 2, equivalent: 0, score: 0.5 });
  });

  it('leaves out those that could not be tried', () => {
    const mutants = mutantsWith(killed, mutant('0', '1', 'RuntimeError'), mutant('a', 'b', 'Ignored'));
    expect(scoreOf(mutants, [])).toMatchObject({ mutants: 1, noticed: 1, score: 1 });
  });

  it('names survivors by their code, over several lines as well', () => {
    const body = mutant('{\n  stop();\n}', '{}', 'Survived');
    expect(scoreOf(mutantsWith(survivor, body), []).survivors).toEqual([
      { ...listed, fate: 'survived' },
      { file, code: 'if (second) {', original: '{ stop(); }', replacement: '{}', fate: 'survived' },
    ]);
  });

  it('does not ask for those that a list calls equivalent', () => {
    expect(scoreOf(mutantsWith(killed, survivor), [listed])).toEqual({
      mutants: 2,
      noticed: 1,
      equivalent: 1,
      survivors: [],
      score: 1,
    });
  });

  it.each(['file', 'code', 'original', 'replacement'] as const)('asks for those with another %s', (key) => {
    expect(scoreOf(mutantsWith(killed, survivor), [{ ...listed, [key]: 'other' }]).score).toBe(0.5);
  });

  it('is full where nothing can be changed', () => {
    expect(scoreOf([], []).score).toBe(1);
  });
});

describe('the list of equivalent mutants', () => {
  it('is outdated where specs notice one, or the code is another', () => {
    const noticed = mutantsWith(mutant('first > 0', 'true', 'Killed'));
    const gone: Listed = { ...listed, code: 'const third = 3;' };
    expect(outdated([listed], noticed)).toEqual([listed]);
    expect(outdated([listed, gone], mutantsWith(survivor))).toEqual([gone]);
  });

  it('may name files that were not measured', () => {
    expect(outdated([{ ...listed, file: 'src/flags/other.ts' }], mutantsWith(survivor))).toEqual([]);
  });

  it('has only lines that are still there', () => {
    const root = join(__dirname, '..');
    const list = JSON.parse(readFileSync(join(root, 'checks/mutants/equivalents.json'), 'utf8')) as Listed[];
    const linesOf = (name: string) =>
      existsSync(join(root, name)) ? readFileSync(join(root, name), 'utf8').split(/\s*\n\s*/) : [];
    expect(list.filter(({ file, code }) => !linesOf(file).includes(code))).toEqual([]);
  });
});
