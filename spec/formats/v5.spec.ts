import { explain } from '../../src/explain';
import { parseConfig } from '../../src';
import { percentageBucket } from '../../src/hash';
import { configOf, stage } from '../support/client';
import { evaluateIn } from '../support/evaluation';

const rule = (t: number, c: string, more: object = {}) => ({ o: 0, a: 'X', t, c, v: true, ...more });

function testRule(t: number, c: string, x: unknown) {
  const document = { f: { key: { v: false, t: 0, i: 'off', p: [], r: [rule(t, c)] } } };
  return evaluateIn(document, 'key', { identifier: 'id', custom: { X: x } }).outcome;
}

const sha1OfAbc = 'a9993e364706816aba3e25717850c26c9cd0d89d';
const otherSha1 = '3c363836cf4e16666669a25da280a1865c2d2874';

// Source: protocol section 16, rows L.
describe('evaluate, with configs of the previous format', () => {
  it.each([
    ['L1', 0, 'a, b ,c', 'b', true],
    ['L2', 0, 'a, b ,c', ' b', false],
    ['L3', 1, 'a,b', 'c', true],
    ['L4', 2, 'a,b', 'a', false],
    ['L5', 2, 'a,b', 'xa,by', true],
    ['L6', 4, '1.0.0,bad', '1.0.0', false],
    ['L7', 5, '1.0.0,bad', '2.0.0', true],
    ['L8', 5, '1.0.0', 'bad', false],
    ['L9', 4, '1.0.0', ' 1.0.0 ', false],
    ['L10', 10, '5', '5abc', true],
    ['L11', 10, '0', '0x10', true],
    ['L12', 11, '5', 'NaN', false],
    ['L13', 11, 'abc', '5', false],
    ['L14', 16, `${sha1OfAbc}, ${otherSha1}`, 'abc', true],
    ['L15', 17, sha1OfAbc, 'abc', false],
    ['L16', 18, '1', '1', false],
  ])('%s: comparator %d finds in %j the attribute %j: %s', (_, t, c, x, verdict) => {
    expect(testRule(t, c, x)).toBe(verdict);
  });

  it('L17: gives everybody’s value to whom no option reaches', () => {
    const options = [{ o: 0, p: 10, v: 'few' }];
    const { outcome, warnings } = evaluateIn({ f: { k: { v: 'def', t: 1, p: options } } }, 'k', { identifier: 'id' });
    expect(percentageBucket(Buffer.from('k'), 'id')).toBe(64);
    expect({ outcome, warnings }).toEqual({ outcome: 'def', warnings: [] });
  });

  it('lets options be negative, and adds them up', () => {
    const options = [-1, 101].map((p, i) => ({ o: i, p, v: `option ${i}` }));
    const { outcome } = evaluateIn({ f: { k: { v: 'def', t: 1, p: options } } }, 'k', { identifier: 'id' });
    expect(outcome).toBe('option 1');
  });

  it('L18: takes options and rules in the order of the document, whatever their members `o` say', () => {
    const options = [
      { o: 5, p: 100, v: 'first' },
      { o: 1, p: 100, v: 'second' },
    ];
    const rules = [rule(1, 'z', { o: 5, v: 'first' }), rule(1, 'z', { o: 1, v: 'second' })];
    const byOptions = { f: { key: { v: 'none', t: 1, p: options } } };
    const byRules = { f: { key: { v: 'none', t: 1, r: rules } } };
    const user = { identifier: 'id', custom: { X: 'x' } };
    expect(evaluateIn(byOptions, 'key', user).outcome).toBe('first');
    expect(evaluateIn(byRules, 'key', user).outcome).toBe('first');
  });

  it.each([undefined, null, '', 0, false, NaN])('skips rules whose attribute is %p, silently', (x) => {
    const document = { f: { key: { v: false, t: 0, r: [rule(1, 'a')] } } };
    expect(evaluateIn(document, 'key', { identifier: 'id', custom: { X: x } })).toEqual({
      outcome: false,
      warnings: [],
    });
  });

  it('warns once that targeting needs a user, and only where there is targeting', () => {
    const targeted = { v: 'all', t: 1, r: [rule(0, 'a'), rule(0, 'b')], p: [{ p: 100, v: 'some' }] };
    const document = { f: { targeted, plain: { v: 'all', t: 1 } } };
    expect(evaluateIn(document, 'targeted')).toEqual({ outcome: 'all', warnings: ['userMissing'] });
    expect(evaluateIn(document, 'plain')).toEqual({ outcome: 'all', warnings: [] });
  });

  it('fails where a comparator of text meets an attribute that is none', () => {
    expect(testRule(2, 'a', 5)).toMatch(/^TypeError/);
    expect(testRule(10, '5', 5)).toMatch(/^TypeError/);
    expect(testRule(16, sha1OfAbc, 5)).toMatch(/^TypeError/);
    expect([0, 1, 4, 5, 6].map((t) => testRule(t, '5', 5))).toEqual([false, true, false, false, false]);
  });

  it('serves values as they are, whatever type the setting claims', () => {
    const document = { f: { key: { v: 1.5, t: 2, r: [rule(0, 'a', { v: 'text' })] } } };
    expect(evaluateIn(document, 'key', { identifier: 'id' }).outcome).toBe(1.5);
    expect(evaluateIn(document, 'key', { identifier: 'id', custom: { X: 'a' } }).outcome).toBe('text');
  });

  it('explains what it decides', () => {
    const document = {
      f: {
        key: { v: 'all', t: 1, r: [rule(16, `${sha1OfAbc}, ${otherSha1}`, { v: 'abc' })], p: [{ p: 64, v: 'few' }] },
      },
    };
    const { client } = stage('silence', {
      cache: { get: () => `1\n"e"\n${JSON.stringify(document)}`, set: () => undefined },
    });
    const explained = (x: string) => explain(client.snapshot(), 'key', { identifier: 'id', custom: { X: x } });
    expect(explained('abc').text).toContain(
      `User.X IS ONE OF (Sensitive) '${sha1OfAbc}, ${otherSha1}' THEN 'abc' => MATCH, applying rule`,
    );
    expect(explained('abc').value).toBe('abc');
    expect(explained('abd').value).toBe('all');
    client.dispose();
  });

  it('shows settings that can be copied and written as JSON, and have what all settings have', () => {
    const document = { f: { key: { v: 'all', t: 1, r: [rule(2, 'a', { v: 'some' })], p: [{ p: 64, v: 'few' }] } } };
    const setting = parseConfig(JSON.stringify(document)).setting('key')!;
    const expected = {
      key: 'key',
      type: 'string',
      servedValue: { value: 'all' },
      targetingRules: [
        {
          conditions: [{ kind: 'user', attribute: 'X', comparator: 2, comparisonValue: { text: 'a' } }],
          servedValue: { value: 'some' },
        },
      ],
      percentageOptions: [{ percentage: 64, value: 'few' }],
    };
    expect(JSON.parse(JSON.stringify(setting))).toEqual(expected);
    expect(structuredClone(setting)).toEqual(expected);
  });

  it('takes downloads of either format in turn', async () => {
    const { client, clock, serve } = stage({ f: { isOn: { t: 0, v: true, i: 'on' } } });
    await clock.advance(0);
    expect(client.snapshot().details('isOn', false)).toMatchObject({ value: true, variationId: 'on', errorCode: 0 });
    expect(client.snapshot().details('isOn', 'text')).toMatchObject({ value: 'text', errorCode: 2 });
    serve(configOf({ isOn: false }));
    await client.forceRefresh();
    expect(client.snapshot().value('isOn', true)).toBe(false);
    client.dispose();
  });
});
