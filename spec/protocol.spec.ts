import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { firstValueFrom } from 'rxjs';
import {
  EvaluationErrorCode,
  RefreshErrorCode,
  autoPoll,
  createClient,
  createClientWithManualPoll,
  parseConfig,
} from '../src';
import { fromCacheText, toCacheText } from '../src/acquisition/entry';
import type { ClientEvent } from '../src/core/events';
import { comparatorLabels, shownAs } from '../src/evaluation/comparator-labels';
import { comparators } from '../src/evaluation/comparators';
import { describeUserCondition } from '../src/evaluation/describe';
import { dateOperand, listOperand, numberOperand, textOperand, versionOperand } from '../src/evaluation/operands';
import { createTestClient } from '../src/testing';
import { configOf, sdkKey, stage } from './support/client';
import { root, textOf } from './support/snippets';
import { compute, requestBy } from './support/worked-examples';

const page = textOf('docs/protocol.md');

/** A numbered part of the page: all that stands under its heading, up to the next heading with a number. */
interface Section {
  readonly number: string;
  readonly title: string;
  readonly text: string;
}

const sections: readonly Section[] = page
  .split(/^(?=#+ \d)/m)
  .slice(1)
  .map((part) => {
    const [heading = '', ...lines] = part.split('\n');
    const [, number = '', title = ''] = /^#+ ([\d.]*\d)\.? (.*)$/.exec(heading) ?? [];
    return { number, title, text: lines.join('\n') };
  });

function section(number: string): Section {
  return sections.find((one) => one.number === number)!;
}

/** The blocks of a section in a language. */
function blocksOf(number: string, language: string): string[] {
  const blocks = section(number).text.matchAll(/^```(\w+)\n(.*?)^```$/gms);
  return [...blocks].filter((block) => block[1] === language).map(([, , text = '']) => text.trimEnd());
}

/** The rows of all tables in a text, without heads: cells as they are written, code without its marks. */
function rowsOf(text: string): string[][] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines
    .filter((line, i) => line.startsWith('|') && ![line, lines[i + 1]].some((one) => one?.startsWith('| --')))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => codeIn(cell) ?? cell.trim()),
    );
}

/** What a cell has that is nothing but code. */
function codeIn(cell: string): string | undefined {
  return /^(`+)(.*)\1$/.exec(cell.trim())?.[2];
}

/** The sources below a folder. The packages of the bench, which are there once it has run, have a link to this one. */
function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sourcesIn(name);
    return /\.tsx?$/.test(name) ? [name] : [];
  });
}

const files = ['src', 'spec', 'bench'].flatMap(sourcesIn).map((name) => {
  const code = readFileSync(join(root, name), 'utf8');
  // Comments go over several lines.
  return { name, text: code.replace(/\n\s*(?:\*|\/\/) /g, ' '), code };
});

/** What a file cites: numbers of sections, and letters of rows. */
function citationsIn(text: string): string[] {
  return [
    ...text.matchAll(/protocol sections? ((?:\d+(?:\.\d+)?(?:, and |, | and | to )?)+)(?:rows? ([A-Z]))?/g),
  ].flatMap(([, numbers = '', rows]) => [
    ...(numbers.match(/\d+(\.\d+)?/g) ?? []),
    ...(rows === undefined ? [] : [`rows ${rows}`]),
  ]);
}

describe('citations of the protocol', () => {
  const known = new Set(sections.flatMap(({ number, title }) => [number, /rows [A-Z]/.exec(title)?.[0] ?? number]));
  const citing = files
    .map(({ name, text }) => [name, citationsIn(text)] as const)
    .filter(([, cited]) => cited.length > 0);

  it.each(citing)('of %s lead to sections of docs/protocol.md', (_, cited) => {
    expect(cited.filter((number) => !known.has(number))).toEqual([]);
  });

  it('name sections, so that they are looked up', () => {
    const source = files.filter(({ name }) => name.startsWith('src/'));
    expect(source.filter(({ text }) => /Source: protocol (?!sections? \d)/.test(text)).map(({ name }) => name)).toEqual(
      [],
    );
  });

  it('are read in all their forms', () => {
    expect(citationsIn('protocol section 6.5. Source: protocol sections 4.1 to 4.7, and 15.')).toEqual([
      '6.5',
      '4.1',
      '4.7',
      '15',
    ]);
    expect(citationsIn('protocol sections 6.2, 6.3 and 7.3; protocol section 16, rows P.')).toEqual([
      '6.2',
      '6.3',
      '7.3',
      '16',
      'rows P',
    ]);
  });
});

describe('docs/protocol.md', () => {
  it('numbers its sections one after the other', () => {
    const [first, ...others] = sections.map(({ number }) => number);
    expect(first).toBe('1');
    others.reduce((before, number) => {
      const [major = 0, minor = 0] = before.split('.').map(Number);
      expect([`${major + 1}`, `${major}.${minor + 1}`]).toContain(number);
      return number;
    }, '1');
  });

  const examples = sections.flatMap(({ title, text }) => {
    const [, rows] = /\(rows ([A-Z])\)$/.exec(title) ?? [];
    return rows === undefined
      ? []
      : rowsOf(text).map(([what = '', given = '', result]) => [rows, what, given, result] as const);
  });

  it.each(examples)('rows %s: %s of %s is %s', async (rows, what, given, result) => {
    const computed = await compute(rows, what, given);
    expect(typeof computed === 'string' ? computed : JSON.stringify(computed)).toBe(result);
  });

  it('shows requests as they are sent', () => {
    const toBlock = (identifyBy: 'headers' | 'query', product: string) => {
      const { url, headers } = requestBy(identifyBy, `ConfigCat-Rx-${product}/a-1.0.0`, 'W/"5f3c"');
      return [`GET ${url}`, ...Object.entries(headers).map((header) => header.join(': '))].join('\n');
    };
    expect(blocksOf('2.1', 'text')).toEqual([toBlock('headers', 'Node'), toBlock('query', 'Browser')]);
  });

  it('shows a cache entry as it is written', () => {
    const [entry = ''] = blocksOf('9', 'text');
    expect(toCacheText(fromCacheText(entry))).toBe(entry);
    expect(fromCacheText(entry)).toMatchObject({ fetchedAtMs: 1767225600000, etag: 'W/"5f3c"' });
    expect(parseConfig(fromCacheText(entry).configText!).keys).toEqual(['darkMode']);
  });

  it('shows the evaluation log of its config', async () => {
    const [config = ''] = blocksOf('4', 'json');
    const client = createTestClient({}, { logLevel: 'off' });
    client.setConfig(config);
    const user = { identifier: '42', email: 'kate@example.org', country: 'AT', custom: { AppVersion: '2.1.0' } };
    const { text } = await client.explain('uploadLimitMb', user);
    expect(blocksOf('12.2', 'text')).toEqual([text]);
    const staff = { identifier: 'kate', email: 'kate@example.com' };
    expect([
      await client.getValue('newCheckout', false, staff),
      await client.getValue('uploadLimitMb', 0, { identifier: '7' }),
    ]).toEqual([true, 50]);
    client.dispose();
    const [path = ''] = /\$\.f\.[^`]*/.exec(section('4.7').text) ?? [];
    const broken = config.replace('"p": 30, "v": { "b": true }', '"p": 30, "v": { "b": 1 }');
    expect(() => parseConfig(broken)).toThrow(path);
  });

  it('shows conditions as they are logged', () => {
    const condition = { kind: 'user', attribute: 'A' } as const;
    const ten = Array.from({ length: 10 }, () => 'a');
    const none = { text: undefined, number: undefined, list: undefined };
    const shown = [
      [0, { ...none, list: ['AT', 'DE'] }, "['AT', 'DE']"],
      [0, { ...none, list: [...ten, 'b'] }, ', ... <1 more value>'],
      [0, { ...none, list: [...ten, ...ten.slice(5)] }, ', ... <5 more values>'],
      [9, { ...none, text: '2.0.0' }, "'2.0.0'"],
      [16, { ...none, list: ['a'] }, '[<1 hashed value>]'],
      [16, { ...none, list: ['a', 'b', 'c'] }, '[<3 hashed values>]'],
      [20, { ...none, text: 'a' }, "'<hashed value>'"],
      [18, { ...none, number: 1767225600 }, "'1767225600' (2026-01-01T00:00:00.000Z UTC)"],
      [9, none, "'<invalid value>'"],
      [99, none, '<invalid operator>'],
    ] as const;
    const { text } = section('12.2');
    for (const [comparator, comparisonValue, part] of shown) {
      expect(describeUserCondition({ ...condition, comparator, comparisonValue })).toContain(part);
      expect(text).toContain(`\`${part}\``);
    }
  });

  it('tells events in the order in which they come', async () => {
    const { client, clock } = stage(configOf({ darkMode: true }));
    const events: ClientEvent[] = [];
    client.events$.subscribe((event) => events.push(event));
    const read = client.getValue('darkMode', false);
    await clock.advance(1000);
    await read;
    expect(events.map(({ type }) => type)).toEqual(blocksOf('11', 'text')[0]!.split('\n'));
    client.dispose();
  });

  it('has a row for each comparator', () => {
    const families = new Map<unknown, string>([
      [textOperand, 'text'],
      [versionOperand, 'version'],
      [numberOperand, 'number'],
      [dateOperand, 'time'],
      [listOperand, 'list'],
    ]);
    const members = { text: '`s`', number: '`d`', list: '`l`' };
    const told = rowsOf(section('6.1').text).flatMap(([number, opposite, label = '', family, member, shown]) => {
      const negative = label === '=' ? '!=' : label.replace(/^(IS |ARRAY )?/, '$1NOT ');
      const row = { label, family, member: `\`${member}\``, shown };
      return [
        [Number(number), row] as const,
        ...(opposite ? [[Number(opposite), { ...row, label: negative }] as const] : []),
      ];
    });
    const implemented = comparators.map(({ member, operand }, number) => {
      const [label, shown] = [comparatorLabels[number], shownAs(number)];
      return [number, { label, family: families.get(operand), member: members[member], shown }] as const;
    });
    expect(new Map(told.sort(([a], [b]) => a - b))).toEqual(new Map(implemented));
  });

  it('knows the error codes', () => {
    const told = (number: string) =>
      Object.fromEntries(
        rowsOf(section(number).text)
          .filter(([code]) => /^-?\d+$/.test(code!))
          .map(([code, name]) => [name, Number(code)]),
      ) as object;
    expect(told('8.6')).toEqual(RefreshErrorCode);
    expect(told('11')).toEqual(EvaluationErrorCode);
  });

  it('knows the events of docs/troubleshooting.md', () => {
    const idsOf = (text: string) =>
      new Set(
        rowsOf(text)
          // Anchors stand before them.
          .map(([id = '']) => Number(id.replace(/<[^>]*>/g, '')))
          // From 6000 on they are ours, at level debug.
          .filter((id) => id > 0 && id < 6000),
      );
    expect(idsOf(section('12.1').text)).toEqual(idsOf(textOf('docs/troubleshooting.md')));
  });

  // What is put together of parts is an example in section 16 instead, or below.
  const prose = sections.filter(({ number }) => !['4.7', '13'].includes(number) && !number.startsWith('16'));
  const texts = prose.flatMap(({ text }) =>
    [...text.replace(/^```.*?^```$/gms, '').matchAll(/(`+)([A-Z].*?)\1(?!`)/g)]
      .map(([, , code = '']) => code)
      .filter((code) => /^\S+ \S+ .*[.}]$/.test(code)),
  );
  const source = files
    .filter(({ name }) => name.startsWith('src/'))
    .map(({ code }) => code.replaceAll('\\`', '`'))
    .join('\n');

  it.each(texts)('quotes what the source says: %s', (text) => {
    const sentences = text.split(/\{[A-Za-z ]+\}|(?<=\.) /).filter((part) => part.length > 3);
    expect(sentences.length).toBeGreaterThan(0);
    expect(sentences.filter((sentence) => !source.includes(sentence))).toEqual([]);
  });

  it('quotes what is said of arguments', async () => {
    const client = createClientWithManualPoll(sdkKey);
    const calls: readonly (() => unknown)[] = [
      () => createClient(5 as unknown as string),
      () => createClient(''),
      () => client.getValue('darkMode', [] as unknown as boolean),
      () => createClient(sdkKey, { logger: {} as never }),
      () => autoPoll({ pollIntervalSeconds: 0 }),
      () => createClient('configcat-sdk-1/short'),
    ];
    const errors = calls.map((call) => {
      try {
        return call();
      } catch (error) {
        return error;
      }
    });
    const told = rowsOf(section('13').text).filter(([text]) => text!.startsWith('Invalid'));
    expect(told).toHaveLength(errors.length);
    told.forEach(([text = '', name], i) => {
      const pattern = text
        .split(/\{[A-Z ]+\}/)
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('.+');
      expect((errors[i] as Error).message).toMatch(new RegExp(`^${pattern}$`));
      expect((errors[i] as Error).name).toBe(name);
    });
    expect(await firstValueFrom(client.ready$)).toBe('no-flag-data');
    client.dispose();
  });
});
