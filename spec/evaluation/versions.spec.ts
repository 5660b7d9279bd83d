import { testCondition } from '../support/evaluation';

// Source: protocol section 16, rows S.
describe('evaluate, with version comparators', () => {
  it.each([
    ['S1', '1.0.0', 'valid'],
    ['S2', 'v1.0.0', 'valid'],
    ['S3', 'V1.0.0', 'invalid'],
    ['S4', '=1.0.0', 'invalid'],
    ['S5', '1.0', 'invalid'],
    ['S6', '1.0.0.0', 'invalid'],
    ['S7', ' 1.0.0 ', 'valid'],
    ['S8', '01.0.0', 'invalid'],
    ['S9', '1.0.0-01', 'invalid'],
    ['S10', '1.0.0-0a', 'valid'],
    ['S11', '1.0.0-a..b', 'invalid'],
    ['S12', '1.0.0+001', 'valid'],
    ['S13', '1.0.0+', 'invalid'],
    ['S14', '9007199254740991.0.0', 'valid'],
    ['S15', '9007199254740992.0.0', 'invalid'],
  ])('%s: finds the attribute %j %s', (_, x, validity) => {
    expect(testCondition(9, { s: '0.0.0-0' }, x)).toBe(validity === 'valid' ? true : 'skip');
  });

  const verdicts = {
    '<': [true, true, false, false],
    '=': [false, true, false, true],
    '>': [false, false, true, true],
    'neither before, after nor equal to': [false, false, false, false],
  };
  it.each([
    ['S16', '1.0.0-alpha', '<', '1.0.0'],
    ['S17', '1.0.0-alpha', '<', '1.0.0-alpha.1'],
    ['S18', '1.0.0-alpha.1', '<', '1.0.0-alpha.beta'],
    ['S19', '1.0.0-beta.2', '<', '1.0.0-beta.11'],
    ['S20', '1.0.0+a', '=', '1.0.0+b'],
    ['S21', '1.10.0', '>', '1.9.0'],
    ['S22', '1.0.0-1', '<', '1.0.0-a'],
    ['S23', '1.0.0-A', '<', '1.0.0-a'],
    ['S24', '1.0.0-99999999999999999999', '=', '1.0.0-99999999999999999998'],
    ['S25', '2.0.0', 'neither before, after nor equal to', 'bad'],
    ['S26', '2.0.0', '=', ' 2.0.0 '],
  ] as const)('%s: finds %s %s %s', (_, x, relation, s) => {
    expect([6, 7, 8, 9].map((comparator) => testCondition(comparator, { s }, x))).toEqual(verdicts[relation]);
  });

  it.each([
    ['S27', ['1.0.0', '', '2.0.0'], '1.0.0', [true, false]],
    ['S27', ['1.0.0', '', '2.0.0'], '3.0.0', [false, true]],
    ['S27', ['1.0.0'], '1.0.0', [true, false]],
    ['S28', ['1.0.0', 'bad'], '1.0.0', [false, false]],
    ['S29', ['bad'], '3.0.0', [false, false]],
    ['S30', [''], '3.0.0', [false, true]],
    ['S31', ['  '], '3.0.0', [false, false]],
    ['S32', [], '3.0.0', [false, true]],
  ])('%s: answers whether %j has %s, and whether it has not', (_, l, x, answers) => {
    expect([4, 5].map((comparator) => testCondition(comparator, { l }, x))).toEqual(answers);
  });

  it('cannot use a number', () => {
    expect(testCondition(9, { s: '0.0.0' }, 1)).toBe('skip');
  });
});
