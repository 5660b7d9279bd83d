import { inspect } from 'node:util';
import * as fc from 'fast-check';
import type { User } from '../../src';
import { randomConfig, randomUser } from '../support/arbitraries';
import { sdkKey } from '../support/client';
import { malformedConfig } from '../support/malformed';
import type { Library } from '../support/variants';
import { loadLibrary } from '../support/variants';

const servers = loadLibrary('servers');
const browsers = loadLibrary('browsers');

interface ConfigJson {
  readonly p?: object | undefined;
  readonly s?: object | undefined;
  readonly f: Readonly<Record<string, object>>;
}

/** Configs one after the other, each of which keeps some settings of the one before, and perhaps its segments. */
const configs = fc
  .array(fc.tuple(randomConfig, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 })), { minLength: 2, maxLength: 4 })
  .map((steps) => {
    let last: ConfigJson = { f: {} };
    return steps.map(([{ text }, kept]) => {
      const next = JSON.parse(text) as ConfigJson;
      const entries = Object.entries(next.f).map(([key, json], i) => [key, kept[i] ? (last.f[key] ?? json) : json]);
      last = { p: next.p, s: kept[7] ? (last.s ?? next.s) : next.s, f: Object.fromEntries(entries) as ConfigJson['f'] };
      return last;
    });
  });

/** All that an application sees while configs replace each other: what streams emit, what is read, and what is logged. */
async function seenWith(library: Library, texts: readonly string[], user: User | undefined): Promise<string[]> {
  const seen: string[] = [];
  let etag = 0;
  const note = (what: string, value: unknown) => {
    seen.push(`${what} ${inspect(value, { depth: 9 }).replace(/fetchedAt: [^,}]+|\n *at .*/g, '')}`);
  };
  const client = library.createClient(sdkKey, {
    polling: library.manualPoll(),
    logLevel: 'warn',
    logger: { log: (level, id, message) => note('log', [level, id, message]) },
    fetch: () =>
      Promise.resolve({
        status: 200,
        statusText: '',
        headers: { get: (name) => (name === 'etag' ? String(etag) : null) },
        text: () => Promise.resolve(texts[etag++]!),
      }),
  });
  client.changes$.subscribe(({ flags }) => {
    note('changes', flags.map(library.describeChange));
  });
  for (const key of ['a', 'b', 'c', '__proto__', 'missing']) {
    client.flag$(key, null, user).subscribe((value) => {
      note(`flag ${key}`, value);
    });
    client.flagDetails$(key, null, user).subscribe((details) => {
      note(`details ${key}`, details);
    });
  }
  client.allFlags$(user).subscribe((values) => {
    note('all', values);
  });
  const read = () => {
    note('read', client.snapshot().details('d', null, user));
  };
  while (etag < texts.length) {
    const { isSuccess } = await client.forceRefresh();
    note('refreshed', isSuccess);
    read();
    read();
    read();
  }
  client.dispose();
  return seen;
}

describe('what browsers get', () => {
  it('shows an application the same as what servers get, whatever configs replace each other', async () => {
    let count = 0;
    const property = fc.asyncProperty(configs, randomUser, fc.boolean(), async (documents, user, isSpaced) => {
      const texts = documents.map((document) => JSON.stringify(document, null, isSpaced ? 1 : undefined));
      const seen = await seenWith(browsers, texts, user);
      count += seen.length;
      expect(seen).toEqual(await seenWith(servers, texts, user));
    });
    await fc.assert(property, { numRuns: 60 });
    expect(count).toBeGreaterThan(1_000);
  });

  it('reads the same from config JSON, and refuses the same', () => {
    const read = ({ parseConfig }: Library, text: string): unknown => {
      try {
        const config = parseConfig(text);
        const { keys, preferences, salt } = config;
        const settings = keys.map((key) => config.setting(key));
        return { keys, preferences, salt, settings, segments: [0, 1, 2, 3].map((index) => config.segment(index)) };
      } catch (error) {
        return String(error);
      }
    };
    fc.assert(
      fc.property(fc.oneof(randomConfig, malformedConfig), ({ text }) => {
        expect(read(browsers, text)).toEqual(read(servers, text));
      }),
      { numRuns: 1_000 },
    );
  });

  it('tells infinite numbers apart', async () => {
    const text = (limit: string) =>
      `{"f":{"a":{"t":0,"v":{"b":false},"r":[{"c":[{"u":{"a":"X","c":12,"d":${limit}}}],"s":{"v":{"b":true}}}]}}}`;
    const user = { identifier: '42', custom: { X: 1 } };
    const seen = await seenWith(browsers, [text('1e999'), text('-1e999')], user);
    expect(seen.filter((line) => line.startsWith('flag a'))).toEqual(['flag a null', 'flag a true', 'flag a false']);
  });
});
