import { sha256Hex, utf8 } from '../../src/hash';
import { booleanFlag, evaluateIn, testCondition } from '../support/evaluation';

// Source: protocol section 16, rows H.
const salted = (text: string) => sha256Hex(utf8(text));
const abc = '26aae167d94eebc8512c99cd2d6a83811e46cd5c03bdefd76355a04942cccfab';
const beta = '93ace4f2a9fbb738dfa7841ad532f260d420fa336069e88c0152fae6f23019ee';

describe('sha256Hex', () => {
  it.each([
    ['H1', 'a comparison value', 'abc' + 'salt' + 'key', abc],
    ['H12', 'a comparison value inside a segment', 'a@b.c' + 'salt' + 'Beta', beta],
  ])('%s: hashes %s with salt and context', (_, _description, text, hash) => {
    expect(salted(text)).toBe(hash);
  });
});

describe('evaluate, with hashed comparators', () => {
  const hello = '86bc69f757f361b633243af531bac0bf0db9ba564d3210896e5e660616c1f901';
  const he = '3_d570df8e0614a05393eb0e1f06b54a49ef707ea472a0c2b38fae6b3c7f36ec5d';
  const halfE = '2_f92a9cba8fc824bd5612effdc86541134985acbe68fb2fd5daebb4b82b0ec9e6';
  const empty = `0_${salted('saltkey')}`;

  it.each([
    ['H2', 'finds equal text', 20, { s: abc }, 'abc', true],
    ['H3', 'reads hashes in lower case only', 20, { s: abc.toUpperCase() }, 'abc', false],
    ['H4', 'hashes the UTF-8 form', 20, { s: hello }, 'héllo', true],
    ['H5', 'counts slices in bytes', 22, { l: [he] }, 'héllo', true],
    ['H6', 'cuts characters in half', 22, { l: [halfE] }, 'héllo', true],
    ['H7', 'finds no slice longer than the text', 23, { l: [`6_${abc}`] }, 'abc', true],
    [
      'H8',
      'rejects a slice without length',
      22,
      { l: [abc] },
      'abc',
      'InvalidConfigModelError: Comparison value is invalid.',
    ],
    ['H9', 'accepts a plus sign before the length', 22, { l: [`+3_${abc}`] }, 'abc', true],
    ['H9', 'accepts blanks around the length', 22, { l: [` 3 _${abc}`] }, 'abc', true],
    ['H10', 'stops at the first slice that fits', 22, { l: [`3_${abc}`, 'bad'] }, 'abc', true],
    ['H11', 'finds the empty slice in front of any text', 22, { l: [empty] }, 'abc', true],
    ['H11', 'finds the empty slice in front of a blank', 22, { l: [empty] }, ' ', true],
    ['', 'finds no slice of another hash', 22, { l: [`3_${beta}`] }, 'abc', false],
    ['', 'finds another slice behind it', 22, { l: [`3_${beta}`, `3_${abc}`] }, 'abc', true],
    ['', 'finds a slice at the end', 24, { l: [`3_${abc}`] }, 'xyabc', true],
    ['', 'finds the whole text at the end', 24, { l: [`3_${abc}`] }, 'abc', true],
    ['', 'finds no slice at the end that is at the begin', 24, { l: [`3_${abc}`] }, 'abcxy', false],
    ['', 'finds no slice at the begin that is at the end', 22, { l: [`3_${abc}`] }, 'xyabc', false],
    ['', 'says the opposite of the end', 25, { l: [`3_${abc}`] }, 'xyabc', false],
    ['', 'counts in two digits', 22, { l: [`12_${salted('abcabcabcabcsaltkey')}`] }, 'abcabcabcabc...', true],
    ['', 'counts more than there is', 24, { l: [`13_${abc}`] }, 'abc', false],
    ['', 'takes all after the line for the hash', 22, { l: [`3_${abc}\n`] }, 'abc', false],
    ['H14', 'finds one element of a list', 26, { l: [salted('USA' + 'salt' + 'key')] }, ['x', 'USA'], true],
  ])('%s: %s', (_, _description, comparator, value, x, verdict) => {
    expect(testCondition(comparator, value, x)).toBe(verdict);
  });

  it.each([
    ['a negative length', `-1_${abc}`],
    ['a letter before the length', `x3_${abc}`],
    ['a letter behind the length', `3x_${abc}`],
    ['a line in the length', `1_3_${abc}`.replace('1_3', '_3')],
    ['two signs', `+-3_${abc}`],
    ['a sign alone', `+_${abc}`],
    ['another radix', `0x3_${abc}`],
    ['a fraction as length', `1.5_${abc}`],
    ['nothing before the line', `_${abc}`],
    ['nothing after the line', '3_'],
    ['a length that is no safe integer', `9007199254740992_${abc}`],
  ])('rejects a slice with %s when it is reached', (_, item) => {
    expect(testCondition(22, { l: [item] }, 'abc')).toBe('InvalidConfigModelError: Comparison value is invalid.');
    expect(testCondition(25, { l: [item] }, 'abc')).toBe('InvalidConfigModelError: Comparison value is invalid.');
  });

  it('H13: hashes with the name of the segment inside a segment', () => {
    const document = {
      p: { s: 'salt' },
      s: [{ n: 'Beta', r: [{ a: 'Email', c: 16, l: [beta] }] }],
      f: { key: booleanFlag([{ s: { s: 0, c: 0 } }]) },
    };
    expect(evaluateIn(document, 'key', { identifier: 'id', email: 'a@b.c' }).outcome).toBe(true);
  });

  it('H15: fails without a salt', () => {
    expect(testCondition(20, { s: abc }, 'abc', {})).toBe('InvalidConfigModelError: Config JSON salt is missing.');
  });

  it('accepts an empty salt', () => {
    expect(testCondition(20, { s: salted('abckey') }, 'abc', { s: '' })).toBe(true);
  });
});
