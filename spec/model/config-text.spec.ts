import fc from 'fast-check';
import { root } from '../../src/model/config-document';
import { readConfigText } from '../../src/model/config-index';
import type { Json } from '../../src/model/description';
import { checkDocument } from '../../src/model/description';
import { configV5 } from '../../src/formats/v5';
import { parseConfig } from '../../src/model/parse-config';
import { randomConfig } from '../support/arbitraries';
import { malformedConfig } from '../support/malformed';

type ConfigJson = Json<typeof root>;

/** What parsing makes of a document. */
function parsed(text: string): ConfigJson | undefined {
  try {
    const document: unknown = JSON.parse(text);
    checkDocument(document, root);
    return document as ConfigJson;
  } catch {
    return undefined;
  }
}

/** What the index makes of it, all parts parsed. */
function indexed(text: string) {
  const source = readConfigText(text);
  if (!source) return undefined;
  const settings = source.keys.map((key): [string, unknown] => [key, source.parseSetting(key)]);
  return { settings, p: source.preferences ?? null, s: source.segments() ?? null };
}

const asIndexed = ({ f, p, s }: ConfigJson) => ({ settings: Object.entries(f ?? {}), p: p ?? null, s: s ?? null });

const flag = '{"t":0,"v":{"b":true}}';

describe('the index of a config text', () => {
  it('has what parsing gives, of every well-formed document that is written as ConfigCat does', () => {
    let indexedCount = 0;
    fc.assert(
      fc.property(randomConfig, fc.constantFrom(undefined, undefined, 1, ' \r\n '), ({ text }, space) => {
        const written = JSON.stringify(JSON.parse(text), null, space);
        const seen = indexed(written);
        if (seen) indexedCount++;
        expect(seen ?? asIndexed(parsed(written)!)).toEqual(asIndexed(parsed(written)!));
      }),
      { numRuns: 300 },
    );
    expect(indexedCount).toBeGreaterThan(60);
  });

  it('is never made of a document that parsing refuses', () => {
    fc.assert(
      fc.property(malformedConfig, fc.nat(), fc.string({ maxLength: 3 }), ({ text }, at, inserted) => {
        const place = at % (text.length + 1);
        for (const written of [text, text.slice(0, place) + inserted + text.slice(place), text.slice(0, place)]) {
          const seen = indexed(written);
          if (!seen) continue;
          const document = parsed(written);
          expect(document).toBeDefined();
          expect(seen).toEqual(asIndexed(document!));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['blanks around it', ` \t{"f":{"a":${flag}}}\r\n`],
    ['no flags', '{"f":{}}'],
    ['texts with escapes', `{"p":{"s":"\\""},"f":{"a":{"t":1,"v":{"s":"{\\"a\\": \\"\\u00e9\\n\\"}"}}}}`],
    ['preferences and segments', `{"p":{"u":"x","r":0,"s":"y"},"s":[{"n":"z","r":[]}],"f":{"a":${flag},"b":${flag}}}`],
    ['keys with escapes', `{"f":{"\\u0061\\n":${flag},"__proto__":${flag}}}`],
    [
      'numbers of every kind',
      `{"f":{"a":{"t":3,"v":{"d":-1.5E-3}},"b":{"t":2,"v":{"i":-0}},"c":{"t":3,"v":{"d":1e999}}}}`,
    ],
    [
      'the order of ConfigCat',
      '{"f":{"a":{"t":1,"a":"X","r":[],"p":[{"p":100,"v":{"s":"b"}}],"v":{"s":"c"},"i":"d"}}}',
    ],
  ])('knows %s', (_, text) => {
    expect(indexed(text)).toEqual(asIndexed(parsed(text)!));
  });

  it.each([
    ['blanks everywhere', ` {\t"f" :\r\n{ "a" : { "t" : 0 , "v" : { "b" : true } } } }\n`],
    [
      'members that it does not know',
      `{"x":[1,-0.5e+7,{"y":null}],"f":{"a":{"t":0,"v":{"b":true,"z":"\\u00e9"},"new":[]}}}`,
    ],
    ['absent members', `{"p":null,"s":null,"f":{"a":{"t":0,"v":{"b":true},"r":null}}}`],
    ['any other order', '{"f":{"a":{"i":"d","r":[],"v":{"s":"c"},"p":[{"v":{"s":"b"},"p":100}],"t":1}}}'],
    ['nothing', '{}'],
    ['parts in another order', `{"f":{"a":${flag}},"p":{"s":"x"}}`],
    ['parts that come twice', `{"p":{"s":"x"},"f":{"a":${flag}},"f":{"b":${flag}}}`],
    ['a key that comes twice', `{"f":{"a":${flag},"b":${flag},"\\u0061":{"t":0,"v":{"b":false}}}}`],
    ['keys that are numbers', `{"f":{"b":${flag},"10":${flag},"9":${flag}}}`],
    ['a member that comes twice', `{"f":{"a":{"t":1,"v":{"b":true},"t":0}}}`],
    ['a member written with escapes', `{"f":{"a":{"\\u0074":0,"v":{"b":true}}}}`],
    ['an integer with an exponent', `{"f":{"a":{"t":0e0,"v":{"b":true}}}}`],
    ['deep nesting', `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)},"f":{"a":${flag}}}`],
    ['a text with millions of escapes', `{"f":{"a":{"t":1,"v":{"s":"${'\\n'.repeat(5_000_000)}"}}}}`],
    ['the previous format', '{"f":{"a":{"t":0,"v":true}}}'],
  ])('leaves %s to parsing', (_, text) => {
    expect(readConfigText(text)).toBeUndefined();
    const { f } = JSON.parse(text) as ConfigJson;
    const config = parseConfig(text, undefined, [configV5]);
    expect(config.keys).toEqual(Object.keys(f ?? {}));
    for (const key of config.keys) expect(config.settingJson(key)).toEqual(f![key]);
  });

  it.each([
    '{"f":{"a":{"t":0}}}',
    '{"f":{"a":{"t":0,"v":null}}}',
    '{"f":{"a":{"t":0,,"v":{}}}}',
    '{"f":{"a":{"t":0,"v":{},}}}',
    '{"f":{"a":{"t":0,"v":{},"r":[{},]}}}',
    `{"f":{"a":${flag}}`,
    `{"f":{"a":${flag}}}}`,
    `{"f":{"a":${flag},}}`,
    `{"f":{"a" ${flag}}}`,
    '{"p":{"s":"\n"}}',
    '{"p":{"s":"\\x"}}',
    '{"p":{"r":01}}',
    '{"p":{"r":-}}',
    '{"p":{"r":1.}}',
    '\ufeff{}',
    `{"f":{"a":${flag}}}\u00a0`,
    `{"f":{"a":${flag}}}{}`,
    `{"f":{,"a":${flag}}}`,
    '',
    '[]',
    '{"f":{"\\":1}}',
  ])('refuses %j', (text) => {
    expect(readConfigText(text)).toBeUndefined();
    expect(parsed(text)).toBeUndefined();
  });

  it('shares the keys of the config before, as long as they are the same', () => {
    const first = parseConfig(`{"f":{"a":${flag},"b":${flag}}}`);
    const changed = parseConfig('{"f":{"a":{"t":0,"v":{"b":false}},"b":{"t":1,"v":{"s":"long"}}}}', first);
    expect(changed.settingKeys).toBe(first.settingKeys);
    expect([changed.setting('a'), changed.setting('b')]).toMatchObject([
      { servedValue: { value: false } },
      { servedValue: { value: 'long' } },
    ]);
    for (const keys of [['a'], ['b', 'a'], ['a', 'c'], ['a', 'b', 'c']]) {
      const other = parseConfig(`{"f":{${keys.map((key) => `"${key}":${flag}`).join(',')}}}`, first);
      expect(other.keys).toEqual(keys);
      expect(keys.map((key) => other.setting(key)?.key)).toEqual(keys);
    }
  });
});
