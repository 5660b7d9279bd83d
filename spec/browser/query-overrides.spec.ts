import { OverrideBehaviour, createFlagOverridesFromQueryParams } from '@configcat/sdk';
import fc from 'fast-check';
import { BehaviorSubject, EMPTY } from 'rxjs';
import { queryOverrides } from '../../src/browser/index';
import { createClient } from '../../src/index';
import { recordLog } from '../support/recorded-log';
import { queryUpdates } from '../../src/browser/query-overrides';

/** The overrides of a query with the usual prefix, which has nothing wrong with it. */
function flagsOf(query: Parameters<typeof queryUpdates>[0], prefix = 'cc-'): unknown {
  const [flags, ...problems] = queryUpdates(query, prefix);
  expect(problems).toEqual([]);
  return flags;
}

describe('queryOverrides()', () => {
  it.each([
    ['Q1', '?cc-a=true&cc-b=FALSE&cc-c=1.5&cc-d=abc', { a: true, b: false, c: 1.5, d: 'abc' }],
    ['Q2', '?cc-a;str=true', { a: 'true' }],
    ['Q3', 'cc-a=1', {}],
    ['Q4', '?cc-a', { a: '' }],
    ['Q5', '?cc-a=1&cc-a=2', { a: 2 }],
    ['Q6', '?cc-a=0x10&cc-b=1e3&cc-c=NaN', { a: '0x10', b: 1000, c: 'NaN' }],
    ['Q7', '?cc-a+b=c+d', { 'a b': 'c d' }],
    ['nothing', '', {}],
    ['no parameters', '?', {}],
    ['parameters of others', '?utm_source=cc-&CC-a=1&xcc-a=1', {}],
    ['a name that is but the prefix', '?cc-=1', {}],
    ['empty parameters', '?&cc-a=True&&cc-b=1&', { a: true, b: 1 }],
    ['more than one equals sign', '?cc-a=b=c', { a: 'b=c' }],
    ['the marker of text without a name', '?cc-;str=1', { ';str': 1 }],
    ['the marker of text twice', '?cc-a;str;str=1', { 'a;str': '1' }],
    ['the marker of text in capitals', '?cc-a;STR=1', { 'a;STR': 1 }],
    ['the marker of text encoded', '?cc-a%3Bstr=1', { a: '1' }],
    ['a prefix that is encoded', '?%63c-a=1', { a: 1 }],
    ['text after a number of one name', '?cc-a=1&cc-a;str=2', { a: '2' }],
    ['blanks', '?cc-a=%20&cc-b=+5&cc-c=5+&cc-d=0+', { a: ' ', b: 5, c: 5, d: '0 ' }],
    ['infinities', '?cc-a=Infinity&cc-b=-Infinity&cc-c=infinity', { a: Infinity, b: -Infinity, c: 'infinity' }],
    ['a decimal comma', '?cc-a=1,5', { a: '1,5' }],
    ['letters of all kinds', '?cc-%C5%91=%F0%9F%98%80', { ő: '😀' }],
  ])('reads %s', (_, query, flags) => {
    expect(flagsOf(query)).toEqual(flags);
  });

  it('reads what the official SDK reads', () => {
    const piece = fc.constantFrom(
      ...[
        'cc-',
        'a',
        'b',
        ';str',
        '=',
        '&',
        '+',
        '?',
        '%20',
        '%3D',
        '%26',
        'true',
        'False',
        '0',
        '1',
        '.',
        ',',
        '-',
        'e',
      ],
      ...['NaN', 'Infinity', '0x', 'é', '%C3%A9', ' '],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const query = `?cc-${pieces.join('')}`;
        const { dataSource } = createFlagOverridesFromQueryParams(OverrideBehaviour.LocalOnly, false, undefined, {
          currentValue: query,
        });
        const theirs = Object.entries(dataSource.getOverrides()).map(([key, { v }]) => [key, v]);
        expect(Object.entries(flagsOf(query) as object)).toEqual(theirs);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads parameters that somebody else has decoded; the last of a list counts', () => {
    const query = { 'cc-a': ['1', '2'], 'cc-b': 'x y', 'cc-c': [], 'cc-d;str': '1', 'cc-e': undefined, other: '1' };
    expect(flagsOf(query)).toEqual({ a: 2, b: 'x y', d: '1' });
  });

  it('reads all parameters when the prefix is empty', () => {
    expect(flagsOf('?a=1&cc-b=2', '')).toEqual({ a: 1, 'cc-b': 2 });
  });

  it('takes a flag named __proto__ for a flag', () => {
    expect(Object.keys(flagsOf('?cc-__proto__=1') as object)).toEqual(['__proto__']);
  });

  it.each(['%', '%zz', '%E0%A4%A', 'cc-x=%C3'])(
    'reports broken percent-encoding (%s), and reads the rest',
    (broken) => {
      const [flags, ...problems] = queryUpdates(`?cc-a=1&${broken}&cc-b=2`, 'cc-');
      expect(flags).toEqual({ a: 1, b: 2 });
      expect(problems).toMatchObject([
        {
          eventId: 1302,
          message: `Failed to decode the parameter '${broken}' of the query string.`,
          cause: new URIError('URI malformed'),
        },
      ]);
    },
  );

  it('takes a text as prefix, and nothing else', () => {
    expect(() => queryOverrides({ query: EMPTY, prefix: 5 as never })).toThrow(TypeError);
  });
});

describe('a client with queryOverrides()', () => {
  const globals = globalThis as { location?: { search: string } };

  afterEach(() => {
    delete globals.location;
  });

  it('has the flags of the page, as they were when the source was made', () => {
    globals.location = { search: '?cc-isOn=true&page=2' };
    const source = queryOverrides();
    globals.location.search = '?cc-isOn=false';
    const client = createClient('any', { overrides: { source, behaviour: 'local-only' } });
    expect(client.snapshot().values()).toEqual({ isOn: true });
    client.dispose();
  });

  it('has none where there is no page', () => {
    const client = createClient('any', { overrides: { source: queryOverrides(), behaviour: 'local-only' } });
    expect(client.snapshot().values()).toEqual({});
    client.dispose();
  });

  it('follows a stream of queries, and says what is wrong with one', () => {
    const log = recordLog();
    const query$ = new BehaviorSubject('?cc-a=1');
    const source = queryOverrides({ query: query$ });
    const client = createClient('any', { overrides: { source, behaviour: 'local-only' }, logger: log.logger });
    const seen: number[] = [];
    client.flag$('a', 0).subscribe((value) => seen.push(value));
    query$.next('?cc-a=2&cc-b=%');
    query$.next('?');
    expect(seen).toEqual([1, 2, 0]);
    expect(log.take().slice(0, 1)).toEqual(["error 1302 Failed to decode the parameter 'cc-b=%' of the query string."]);
    client.dispose();
  });
});
