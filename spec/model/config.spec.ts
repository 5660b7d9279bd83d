import { parseAnyConfig as parseConfig } from '../../src/formats/parse-config';

const parse = (document: unknown) => parseConfig(JSON.stringify(document));

// Documents that are complete but for one part.
const setting = (members: object) => ({ f: { a: { t: 0, v: { b: true }, ...members } } });
const value = (v: unknown) => setting({ v });
const condition = (c: unknown) => setting({ r: [{ c: [c] }] });
const userCondition = (members: object) => condition({ u: { a: 'X', c: 0, ...members } });
const segment = (members: object) => ({ s: [{ n: 'S', ...members }] });

const mismatch = 'Type mismatch';
const missing = 'Missing required value';

const legacy = (members: object) => ({ f: { a: { t: 0, v: true, ...members } } });
const legacyRule = (members: object) => legacy({ r: [{ o: 0, a: 'X', t: 0, c: 'a', v: false, ...members }] });

describe('parseConfig', () => {
  it('rejects text that is no JSON', () => {
    expect(() => parseConfig('{"f":')).toThrow(SyntaxError);
    expect(() => parseConfig('')).toThrow(SyntaxError);
  });

  it.each<[unknown, string, string]>([
    [null, missing, '$'],
    ['text', mismatch, '$'],
    [1, mismatch, '$'],
    [[], mismatch, '$'],
    [{ f: [] }, mismatch, '$.f'],
    [{ f: 'a' }, mismatch, '$.f'],
    [{ f: { a: null } }, missing, '$.f.a'],
    [{ f: { a: [] } }, mismatch, '$.f.a'],
    [{ p: [] }, mismatch, '$.p'],
    [{ p: { u: 1 } }, mismatch, '$.p.u'],
    [{ p: { r: '0' } }, mismatch, '$.p.r'],
    [{ p: { r: 0.5 } }, mismatch, '$.p.r'],
    [{ p: { s: 1 } }, mismatch, '$.p.s'],
    [{ s: {} }, mismatch, '$.s'],
    [{ s: [null] }, missing, '$.s[0]'],
    [{ s: [[]] }, mismatch, '$.s[0]'],
    [{ s: [{ n: 'S' }, {}] }, missing, '$.s[1].n'],
    [segment({ n: 1 }), mismatch, '$.s[0].n'],
    [segment({ r: {} }), mismatch, '$.s[0].r'],
    [segment({ r: [null] }), missing, '$.s[0].r[0]'],
    [segment({ r: [{ c: 0 }] }), missing, '$.s[0].r[0].a'],
    [setting({ t: undefined }), missing, '$.f.a.t'],
    [setting({ t: '0' }), mismatch, '$.f.a.t'],
    [setting({ t: 0.5 }), mismatch, '$.f.a.t'],
    [setting({ v: undefined }), missing, '$.f.a.v'],
    [setting({ i: 1 }), mismatch, '$.f.a.i'],
    [setting({ a: 1 }), mismatch, '$.f.a.a'],
    [{ f: { a: { t: 0, v: { b: true } }, b: { t: 0, v: true } } }, mismatch, '$.f.b.v'],
    [value([]), mismatch, '$.f.a.v'],
    [value({ b: 'true' }), mismatch, '$.f.a.v.b'],
    [value({ b: 1 }), mismatch, '$.f.a.v.b'],
    [value({ s: 1 }), mismatch, '$.f.a.v.s'],
    [value({ i: 1.5 }), mismatch, '$.f.a.v.i'],
    [value({ i: 1e20 }), mismatch, '$.f.a.v.i'],
    [value({ i: '1' }), mismatch, '$.f.a.v.i'],
    [value({ d: '1' }), mismatch, '$.f.a.v.d'],
    [setting({ p: {} }), mismatch, '$.f.a.p'],
    [setting({ p: [null] }), missing, '$.f.a.p[0]'],
    [setting({ p: [{ p: 1.5, v: {} }] }), mismatch, '$.f.a.p[0].p'],
    [setting({ p: [{ p: '50', v: {} }] }), mismatch, '$.f.a.p[0].p'],
    [setting({ p: [{ v: {} }] }), missing, '$.f.a.p[0].p'],
    [setting({ p: [{ p: 50, v: {} }, { p: 50 }] }), missing, '$.f.a.p[1].v'],
    [setting({ p: [{ p: 50, v: {}, i: 1 }] }), mismatch, '$.f.a.p[0].i'],
    [setting({ r: {} }), mismatch, '$.f.a.r'],
    [setting({ r: [null] }), missing, '$.f.a.r[0]'],
    [setting({ r: [{ s: [] }] }), mismatch, '$.f.a.r[0].s'],
    [setting({ r: [{ s: {} }] }), missing, '$.f.a.r[0].s.v'],
    [setting({ r: [{ s: { v: {}, i: 1 } }] }), mismatch, '$.f.a.r[0].s.i'],
    [setting({ r: [{ p: [{ p: 50 }] }] }), missing, '$.f.a.r[0].p[0].v'],
    [setting({ r: [{ c: {} }] }), mismatch, '$.f.a.r[0].c'],
    [condition(null), missing, '$.f.a.r[0].c[0]'],
    [condition([]), mismatch, '$.f.a.r[0].c[0]'],
    [condition({ u: [] }), mismatch, '$.f.a.r[0].c[0].u'],
    [userCondition({ a: undefined }), missing, '$.f.a.r[0].c[0].u.a'],
    [userCondition({ a: 1 }), mismatch, '$.f.a.r[0].c[0].u.a'],
    [userCondition({ c: undefined }), missing, '$.f.a.r[0].c[0].u.c'],
    [userCondition({ c: '0' }), mismatch, '$.f.a.r[0].c[0].u.c'],
    [userCondition({ c: 0.5 }), mismatch, '$.f.a.r[0].c[0].u.c'],
    [userCondition({ s: 1 }), mismatch, '$.f.a.r[0].c[0].u.s'],
    [userCondition({ d: '1' }), mismatch, '$.f.a.r[0].c[0].u.d'],
    [userCondition({ l: 'a' }), mismatch, '$.f.a.r[0].c[0].u.l'],
    [userCondition({ l: [1] }), mismatch, '$.f.a.r[0].c[0].u.l[0]'],
    [userCondition({ l: ['a', null] }), missing, '$.f.a.r[0].c[0].u.l[1]'],
    [condition({ s: { c: 0 } }), missing, '$.f.a.r[0].c[0].s.s'],
    [condition({ s: { s: 0 } }), missing, '$.f.a.r[0].c[0].s.c'],
    [condition({ s: { s: '0', c: 0 } }), mismatch, '$.f.a.r[0].c[0].s.s'],
    [condition({ s: { s: 0.5, c: 0 } }), mismatch, '$.f.a.r[0].c[0].s.s'],
    [condition({ s: { s: 0, c: 0.5 } }), mismatch, '$.f.a.r[0].c[0].s.c'],
    [condition({ p: { c: 0, v: {} } }), missing, '$.f.a.r[0].c[0].p.f'],
    [condition({ p: { f: 'b', v: {} } }), missing, '$.f.a.r[0].c[0].p.c'],
    [condition({ p: { f: 'b', c: 0 } }), missing, '$.f.a.r[0].c[0].p.v'],
    [condition({ p: { f: 1, c: 0, v: {} } }), mismatch, '$.f.a.r[0].c[0].p.f'],
    [condition({ p: { f: 'b', c: 0.5, v: {} } }), mismatch, '$.f.a.r[0].c[0].p.c'],
    [condition({ p: { f: 'b', c: 0, v: true } }), mismatch, '$.f.a.r[0].c[0].p.v'],
    // The previous format, known by the raw value of its first setting.
    [{ f: { a: { t: 0, v: true }, b: { t: 0, v: { b: true } } } }, mismatch, '$.f.b.v'],
    [{ f: { a: { t: 0, v: true }, b: { t: 0 } } }, missing, '$.f.b.v'],
    [{ p: { r: '0' }, f: { a: { t: 0, v: true } } }, mismatch, '$.p.r'],
    [legacy({ t: '0' }), mismatch, '$.f.a.t'],
    [legacy({ i: 1 }), mismatch, '$.f.a.i'],
    [legacy({ r: {} }), mismatch, '$.f.a.r'],
    [legacy({ r: [null] }), missing, '$.f.a.r[0]'],
    [legacyRule({ a: undefined }), missing, '$.f.a.r[0].a'],
    [legacyRule({ t: undefined }), missing, '$.f.a.r[0].t'],
    [legacyRule({ t: 0.5 }), mismatch, '$.f.a.r[0].t'],
    [legacyRule({ c: undefined }), missing, '$.f.a.r[0].c'],
    [legacyRule({ c: 5 }), mismatch, '$.f.a.r[0].c'],
    [legacyRule({ v: {} }), mismatch, '$.f.a.r[0].v'],
    [legacy({ p: [{ v: true }] }), missing, '$.f.a.p[0].p'],
    [legacy({ p: [{ p: [], v: true }] }), mismatch, '$.f.a.p[0].p'],
    [legacy({ p: [{ p: 100 }] }), missing, '$.f.a.p[0].v'],
  ])('rejects %j: %s at %s', (document, problem, path) => {
    const reject = () => parse(document);
    expect(reject).toThrow(TypeError);
    expect(reject).toThrow(new Error(`Invalid config JSON content. ${problem} at ${path}`));
  });

  it.each<[unknown]>([
    [{}],
    [{ f: null, p: null, s: null }],
    [{ f: {}, unknown: 1 }],
    [{ p: { r: 9, unknown: 1 } }],
    [setting({ t: 9 })],
    [setting({ i: null, a: null, r: null, p: null })],
    [setting({ a: '', unknown: [] })],
    [value({})],
    [value({ b: true, s: 'x', i: 1, d: 1.5 })],
    [value({ b: null, s: null, i: null, d: null })],
    [setting({ p: [{ p: -1, v: {} }] })],
    [setting({ p: [{ p: 30, v: {} }] })],
    [setting({ p: [{ p: 300, v: {} }] })],
    [setting({ r: [{}] })],
    [setting({ r: [{ c: null, s: null, p: null }] })],
    [setting({ r: [{ s: { v: {} }, p: [] }] })],
    [condition({})],
    [condition({ u: { a: 'X', c: 0 }, s: { s: 0, c: 0 } })],
    [userCondition({ c: 99 })],
    [userCondition({ d: 1 })],
    [userCondition({ s: 'a', d: 1, l: ['a'] })],
    [segment({ n: '' })],
    [segment({ r: null })],
    [condition({ s: { s: 7, c: 9 } })],
    [condition({ p: { f: 'missing', c: 9, v: {} } })],
    [legacy({ t: undefined, r: null, p: null, unknown: {} })],
    [legacy({ t: 9, v: 1.5 })],
    [legacy({ p: [{ o: 0, p: '12.5', v: 'text', i: null }] })],
    [legacyRule({ t: 99, c: '', v: 1 })],
  ])('accepts %j', (document) => {
    expect(() => parse(document)).not.toThrow();
  });

  it('reads keys that are names of inherited members', () => {
    const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const members = keys.map((key) => `"${key}":{"t":1,"v":{"s":"of ${key}"}}`);
    const config = parseConfig(`{"f":{${members.join(',')}}}`);
    expect(config.keys).toEqual(keys);
    for (const key of keys) expect(config.setting(key)).toMatchObject({ key, servedValue: { value: `of ${key}` } });
  });

  it.each([['__proto__'], ['constructor'], ['toString'], ['A'], ['']])(
    'finds no setting %j that the document does not have',
    (key) => {
      expect(parse(setting({})).setting(key)).toBeUndefined();
      expect(parse({}).setting(key)).toBeUndefined();
    },
  );

  it('checks what is behind an inherited name', () => {
    expect(() => parseConfig('{"f":{"__proto__":{"t":0}}}')).toThrow(
      new Error('Invalid config JSON content. Missing required value at $.f.__proto__.v'),
    );
  });

  it('finds segments by position', () => {
    const config = parse(segment({}));
    expect([-1, 0, 1, 0.5].map((index) => config.segment(index)?.name)).toEqual([undefined, 'S', undefined, undefined]);
    expect(parse({}).segment(0)).toBeUndefined();
  });

  it('gives everything a readable name', () => {
    const config = parse({
      p: { u: 'https://cdn.example', r: 2, s: 'salt' },
      s: [{ n: 'Beta', r: [{ a: 'Email', c: 2, l: ['@example'] }] }],
      f: {
        text: {
          t: 1,
          v: { s: 'default', i: 1 },
          i: 'v0',
          a: 'Country',
          r: [
            {
              c: [{ u: { a: 'X', c: 6, s: '1.0.0' } }, { s: { s: 0, c: 1 } }, { p: { f: 'int', c: 0, v: { i: 5 } } }],
              s: { v: { s: 'served' }, i: 'v1' },
            },
            { c: [{ u: { a: 'Y', c: 10, d: 1.5 } }, {}], p: [{ p: 100, v: { s: 'all' }, i: 'v2' }] },
          ],
          p: [
            { p: 30, v: { s: 'some' }, i: 'v3' },
            { p: 70, v: { b: true } },
          ],
        },
        int: { t: 2, v: { i: 5 } },
      },
    });
    const noMembers = { text: undefined, number: undefined, list: undefined };
    const noTypes = { boolean: undefined, string: undefined, int: undefined, double: undefined };
    expect(config.preferences).toEqual({ baseUrl: 'https://cdn.example', redirectMode: 2 });
    expect(config.salt).toBe('salt');
    expect(config.keys).toEqual(['text', 'int']);
    expect(config.segment(0)).toEqual({
      name: 'Beta',
      conditions: [
        { kind: 'user', attribute: 'Email', comparator: 2, comparisonValue: { ...noMembers, list: ['@example'] } },
      ],
    });
    expect(config.setting('text')).toEqual({
      key: 'text',
      type: 'string',
      servedValue: { value: 'default', variationId: 'v0' },
      percentageAttribute: 'Country',
      targetingRules: [
        {
          conditions: [
            { kind: 'user', attribute: 'X', comparator: 6, comparisonValue: { ...noMembers, text: '1.0.0' } },
            { kind: 'segment', segmentIndex: 0, comparator: 1 },
            { kind: 'prerequisite', flagKey: 'int', comparator: 0, comparisonValue: { ...noTypes, int: 5 } },
          ],
          servedValue: { value: 'served', variationId: 'v1' },
          percentageOptions: undefined,
        },
        {
          conditions: [
            { kind: 'user', attribute: 'Y', comparator: 10, comparisonValue: { ...noMembers, number: 1.5 } },
            { kind: 'invalid' },
          ],
          servedValue: undefined,
          percentageOptions: [{ percentage: 100, value: 'all', variationId: 'v2' }],
        },
      ],
      percentageOptions: [
        { percentage: 30, value: 'some', variationId: 'v3' },
        { percentage: 70, value: undefined, variationId: undefined },
      ],
    });
    expect(config.setting('int')).toEqual({
      key: 'int',
      type: 'int',
      servedValue: { value: 5, variationId: undefined },
      percentageAttribute: undefined,
      targetingRules: [],
      percentageOptions: [],
    });
  });

  it('says that an empty document has neither preferences nor salt nor keys', () => {
    expect(parse({})).toMatchObject({ preferences: {}, salt: undefined, keys: [] });
    expect(parse({ p: { s: '' } }).salt).toBe('');
  });

  it.each([
    [0, 'boolean', true],
    [1, 'string', 'x'],
    [2, 'int', 1],
    [3, 'double', 1.5],
    [9, undefined, undefined],
    [-1, undefined, undefined],
  ])('reads the member of a value that belongs to type %i: %s', (t, type, read) => {
    const document = setting({ t, v: { b: true, s: 'x', i: 1, d: 1.5 } });
    expect(parse(document).setting('a')).toMatchObject({ type, servedValue: { value: read } });
  });

  it.each([
    [2, { d: 1 }],
    [3, { i: 1 }],
    [0, { s: 'true' }],
    [1, { s: null }],
  ])('reads no value of type %i from %j', (t, v) => {
    expect(parse(setting({ t, v })).setting('a')?.servedValue.value).toBeUndefined();
  });

  it('reads settings and segments once', () => {
    const config = parse({ ...setting({}), ...segment({}) });
    expect(config.setting('a')).toBe(config.setting('a'));
    expect(config.segment(0)).toBe(config.segment(0));
  });
});
