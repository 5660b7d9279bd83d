import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Subscription } from 'rxjs';
import type { OverrideProblem } from '../../src/index';
import { createClient } from '../../src/index';
import { fileOverrides } from '../../src/node/index';
import { fileUpdates } from '../../src/node/file-overrides';
import { runChild } from '../support/child';
import { recordLog } from '../support/recorded-log';

let folder: string;
let path: string;
let subscription: Subscription | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'configcat-rx-overrides-'));
  path = join(folder, 'flags.json');
});

afterEach(() => {
  subscription?.unsubscribe();
  rmSync(folder, { recursive: true });
});

/** Follows the file: what it says at once, and a way to wait for what it says next. */
function follow(): { readonly first: string | undefined; readonly next: () => Promise<string> } {
  const updates: string[] = [];
  let tell: (() => void) | undefined;
  subscription = fileUpdates(path, 5).subscribe((update) => {
    updates.push(describeUpdate(update));
    tell?.();
  });
  const first = updates.shift();
  const next = async () => {
    if (updates.length === 0) await new Promise<void>((resolve) => (tell = resolve));
    return updates.shift() ?? '';
  };
  return { first, next };
}

function describeUpdate(update: string | OverrideProblem): string {
  return typeof update === 'string' ? update : `${update.eventId} ${update.message}`;
}

describe('fileOverrides()', () => {
  it('has the content of the file at once, and each new one', async () => {
    writeFileSync(path, 'one');
    const { first, next } = follow();
    expect(first).toBe('one');
    writeFileSync(path, 'two');
    expect(await next()).toBe('two');
    // As many editors save: the file is another one then.
    writeFileSync(`${path}.new`, 'three');
    renameSync(`${path}.new`, path);
    expect(await next()).toBe('three');
  });

  it('follows a file that is a link to changing places, as containers mount them', async () => {
    for (const [place, text] of [
      ['a', 'one'],
      ['b', 'two'],
    ] as const) {
      mkdirSync(join(folder, place));
      writeFileSync(join(folder, place, 'flags.json'), text);
    }
    symlinkSync('a', join(folder, 'data'));
    symlinkSync(join('data', 'flags.json'), path);
    const { first, next } = follow();
    expect(first).toBe('one');
    symlinkSync('b', join(folder, 'data.new'));
    renameSync(join(folder, 'data.new'), join(folder, 'data'));
    expect(await next()).toBe('two');
  });

  it('says once that there is no file, and goes on when there is one', async () => {
    const { first, next } = follow();
    expect(first).toBe(`1300 Cannot find the local config file '${path}'.`);
    writeFileSync(path, 'one');
    expect(await next()).toBe('one');
    rmSync(path);
    expect(await next()).toBe(`1300 Cannot find the local config file '${path}'.`);
    writeFileSync(path, 'one');
    expect(await next()).toBe('one');
  });

  it('says once that the file cannot be read', async () => {
    mkdirSync(path);
    const { first, next } = follow();
    expect(first).toBe(`1302 Failed to read the local config file '${path}'.`);
    rmSync(path, { recursive: true });
    writeFileSync(path, 'one');
    expect(await next()).toBe('one');
  });

  it('does not mind a byte order mark', () => {
    writeFileSync(path, '\ufeffone');
    expect(follow().first).toBe('one');
  });

  it.each([undefined, '', 42])('refuses %p as its path', (bad) => {
    expect(() => fileOverrides(bad as string)).toThrow(TypeError);
  });
});

describe('a client with fileOverrides()', () => {
  it('shows each edit, and keeps the last good one while the file is broken', async () => {
    const log = recordLog();
    writeFileSync(path, '{"flags": {"greeting": "simple", "limit": 5}}');
    const client = createClient('any', {
      overrides: { source: fileOverrides(path, { checkIntervalMs: 5 }), behaviour: 'local-only' },
      logger: log.logger,
    });
    const seen: string[] = [];
    let tell: (() => void) | undefined;
    client.flag$('greeting', 'default', { identifier: '1', email: 'kate@example.com' }).subscribe((value) => {
      seen.push(value);
      tell?.();
    });
    client.events$.subscribe(({ type }) => {
      if (type === 'error') tell?.();
    });
    const told = () => new Promise<void>((resolve) => (tell = resolve));
    const edit = async (text: string) => {
      const next = told();
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
      await next;
    };

    expect(seen).toEqual(['simple']);
    expect(client.snapshot().values()).toEqual({ greeting: 'simple', limit: 5 });
    const rule = { c: [{ u: { a: 'Email', c: 28, s: 'kate@example.com' } }], s: { v: { s: 'complete' } } };
    await edit(JSON.stringify({ f: { greeting: { t: 1, v: { s: 'else' }, r: [rule] } } }));
    await edit('{"flags": ');
    await edit('{"f": {"greeting": {"v": {}}}}');
    const removed = told();
    rmSync(path);
    await removed;
    const blocked = told();
    mkdirSync(path);
    await blocked;
    expect(seen).toEqual(['simple', 'complete']);
    rmSync(path, { recursive: true });
    await edit('{"flags": {"greeting": "good again"}, "f": "not looked at"}');
    client.dispose();

    expect(seen).toEqual(['simple', 'complete', 'good again']);
    expect(log.take()).toEqual([
      `error 2302 Failed to decode JSON from the local config file '${path}'.`,
      `error 2302 Failed to decode JSON from the local config file '${path}'.`,
      `error 1300 Cannot find the local config file '${path}'.`,
      `error 1302 Failed to read the local config file '${path}'.`,
    ]);
    expect(log.entries.map(({ error }) => (error as Error).name)).toEqual([
      'SyntaxError',
      'TypeError',
      'Error',
      'Error',
    ]);
  });

  it('keeps no process alive', async () => {
    writeFileSync(path, '{"flags": {"greeting": "hello"}}');
    const child = runChild('overriding', path);
    expect(await child.ended).toMatchObject({ code: 0, errors: '' });
    expect(child.lines).toEqual(['hello']);
  });
});
