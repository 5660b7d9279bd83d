import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Subject, filter, map } from 'rxjs';
import diagrams from '../../docs/marbles.json';
import type { User } from '../../src';
import { exposures, switchFlag, toAsyncIterable } from '../../src';
import { createTestClient, runMarbles } from '../../src/testing';
import { record } from '../support/record';
import { root } from '../support/snippets';

const { drawMarbles } = jest.requireActual<{ drawMarbles: (diagram: unknown) => string }>('../../tools/marbles.mjs');

/** The rows of a diagram by their names. */
function rowsOf(name: keyof typeof diagrams): Record<string, string> {
  return Object.fromEntries(diagrams[name].rows.map((row) => [row.name, row.marbles]));
}

describe('the marble diagrams of the documentation', () => {
  it('show what switchFlag() does', () =>
    runMarbles(({ playFlags, cold, expectObservable }) => {
      const rows = rowsOf('switch-flag');
      const client = playFlags(rows.livePrices!, { t: { livePrices: true }, f: { livePrices: false } });
      const on = cold('a-b-c-d-e-f');
      const off = cold('1-2-3-4-5');
      const switched$ = switchFlag(client, 'livePrices', { on, off });
      expectObservable(switched$).toBe(rows.switchFlag!);
      // What it shows of each source.
      expectObservable(switched$.pipe(filter((value) => /\d/.test(value)))).toBe(rows.off!.replace(/-$/, '|'));
      expectObservable(switched$.pipe(filter((value) => /[a-z]/.test(value)))).toBe(rows.on!.replace(/-$/, '|'));
    }));

  it('show what exposures() does', () => {
    const { evaluations, exposures: told } = rowsOf('exposures');
    const client = createTestClient({ plan: 'free' });
    const users: Readonly<Record<string, User>> = { k: { identifier: 'kate' }, j: { identifier: 'jack' } };
    const letterOf = (user: User | undefined, value: unknown) => {
      const letter = user?.identifier === 'kate' ? 'k' : 'j';
      return value === 'free' ? letter : letter.toUpperCase();
    };
    const recording = record(exposures(client).pipe(map(({ user, value }) => letterOf(user, value))));
    const { values } = recording;
    const seen = evaluations!.split('').map((sign) => {
      const before = values.length;
      if (sign === '|') client.dispose();
      // Kate's other variation is served while the plan is another.
      if (/[kjK]/.test(sign)) {
        client.set({ plan: sign === 'K' ? 'pro' : 'free' });
        client.snapshot().value('plan', '', users[sign.toLowerCase()]);
      }
      return sign === '|' ? '|' : values.slice(before).join('') || '-';
    });
    expect(seen.join('')).toBe(told);
    expect(recording.isComplete).toBe(true);
  });

  it('show what toAsyncIterable() does', async () => {
    const rows = rowsOf('to-async-iterable');
    const source$ = new Subject<string>();
    const iterator = toAsyncIterable(source$)[Symbol.asyncIterator]();
    let given = '';
    const ask = async () => {
      const result = await iterator.next();
      given = result.done === true ? '|' : result.value;
    };
    let seen = '';
    for (const [frame, sign] of rows.source$!.split('').entries()) {
      if (rows.asks![frame] === 'n') void ask();
      if (sign === '|') source$.complete();
      else if (sign !== '-') source$.next(sign);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      seen += given || '-';
      given = '';
    }
    expect(seen).toBe(rows['the loop']);
  });

  it('are drawn, one for each operator', () => {
    for (const [name, diagram] of Object.entries(diagrams)) {
      expect(readFileSync(join(root, `docs/marbles-${name}.svg`), 'utf8')).toBe(drawMarbles(diagram));
    }
    const operators = readdirSync(join(root, 'src/operators')).map((file) => file.replace(/\.ts$/, ''));
    expect(Object.keys(diagrams).sort()).toEqual(operators.sort());
  });
});
