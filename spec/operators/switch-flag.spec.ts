import type { Observable } from 'rxjs';
import { NEVER, Subject, concat, of, throwError } from 'rxjs';
import type { User } from '../../src';
import { switchFlag } from '../../src';
import { createTestClient, runMarbles } from '../../src/testing';
import { record } from '../support/record';

const turns = { t: { dark: true }, f: { dark: false } };

describe('switchFlag', () => {
  it('is one source while the flag is on and the other while it is off, and leaves one before it turns to the other', () =>
    runMarbles(({ playFlags, cold, expectObservable, expectSubscriptions }) => {
      const client = playFlags('f---t----f--', turns);
      const on = cold('             a-b-c-d-e-f');
      const onDuring = '        ----^----!';
      const off = cold('        1-2-3-4-5');
      const offDuring = ['      ^---!', '---------^--!'];
      const expected = '        1-2-a-b-c1-2-';
      expectObservable(switchFlag(client, 'dark', { on, off }), '^-----------!').toBe(expected);
      expectSubscriptions(on.subscriptions).toBe(onDuring);
      expectSubscriptions(off.subscriptions).toBe(offDuring);
    }));

  it('emits nothing while the flag is off and no source is given for that', () =>
    runMarbles(({ playFlags, cold, expectObservable }) => {
      const client = playFlags('f--t-----f-----t|', turns);
      const on = cold('            a-b-c-d');
      expectObservable(switchFlag(client, 'dark', { on })).toBe('---a-b-c-------a|');
    }));

  it('makes a source anew each time it turns to it, and only then', () => {
    const client = createTestClient({ dark: false });
    const made: string[] = [];
    const source = (name: string) => () => {
      made.push(name);
      return [name];
    };
    const { values } = record(switchFlag(client, 'dark', { on: source('on'), off: source('off') }));
    expect(made).toEqual(['off']);
    client.set({ dark: true });
    client.set({ other: 1 });
    client.set({ dark: false });
    expect(made).toEqual(['off', 'on', 'off']);
    expect(values).toEqual(made);
    client.dispose();
  });

  it('takes promises and iterables for sources', async () => {
    const client = createTestClient({ dark: true });
    const { values } = record(switchFlag(client, 'dark', { on: Promise.resolve('later'), off: [1, 2] }));
    await Promise.resolve();
    client.set({ dark: false });
    expect(values).toEqual(['later', 1, 2]);
    client.dispose();
  });

  it('counts a flag that cannot be evaluated as off', () => {
    const client = createTestClient({ dark: 'text' }, { logLevel: 'off' });
    for (const key of ['dark', 'missing']) {
      expect(record(switchFlag(client, key, { on: of('on'), off: of('off') })).values).toEqual(['off']);
    }
    client.dispose();
  });

  it('follows the user that it is given, and the default user without one', () => {
    const rules = [{ when: [{ attribute: 'Identifier', comparator: 'equals', value: 'kate' }], serve: true }] as const;
    const client = createTestClient({ beta: { value: false, rules } }, { logLevel: 'error' });
    const branches = { on: of('on'), off: of('off') };
    const user$ = new Subject<User | undefined>();
    const given = record(switchFlag(client, 'beta', branches, user$));
    const followed = record(switchFlag(client, 'beta', branches));
    user$.next({ identifier: 'kate' });
    user$.next({ identifier: 'jack' });
    client.setUser({ identifier: 'kate' });
    expect(given.values).toEqual(['on', 'off']);
    expect(followed.values).toEqual(['off', 'on']);
    client.dispose();
  });

  it('passes on what goes wrong in a source, and ends with it', () =>
    runMarbles(({ playFlags, cold, expectObservable }) => {
      const error = new Error('no prices');
      const on = cold('                                       a-#', undefined, error);
      expectObservable(switchFlag(playFlags('f--t----f', turns), 'dark', { on })).toBe('---a-#', undefined, error);
      const failing = {
        on: (): Observable<string> => {
          throw error;
        },
        off: throwError(() => error),
      };
      expectObservable(switchFlag(playFlags('--t', turns, { logLevel: 'off' }), 'dark', failing)).toBe(
        '#',
        undefined,
        error,
      );
      expectObservable(switchFlag(playFlags('t', turns), 'dark', failing)).toBe('#', undefined, error);
    }));

  it('goes on when a source completes, until the client is disposed', () =>
    runMarbles(({ playFlags, cold, expectObservable, expectSubscriptions }) => {
      const client = playFlags('        f---t---f---|', turns);
      const off = cold('                a|');
      const on = cold('                     b');
      expectObservable(switchFlag(client, 'dark', { on, off })).toBe('a---b---a---|');
      expectSubscriptions(on.subscriptions).toBe('----^---!');
    }));

  it('ends a source that does not end by itself when the client is disposed', () =>
    runMarbles(({ playFlags, cold, expectObservable, expectSubscriptions }) => {
      const on = cold('a-a-a-a-a');
      expectObservable(switchFlag(playFlags('t----|', turns), 'dark', { on })).toBe('a-a-a|');
      expectSubscriptions(on.subscriptions).toBe('^----!');
    }));

  it('of a disposed client is what its source emits at once', () => {
    const client = createTestClient({ dark: true });
    client.dispose();
    const on = concat(of('last'), NEVER);
    expect(record(switchFlag(client, 'dark', { on }))).toMatchObject({ values: ['last'], isComplete: true });
  });

  it('gives each subscriber sources of its own, from the present state on', () =>
    runMarbles(({ playFlags, cold, expectObservable, expectSubscriptions }) => {
      const on = cold('a--b--c');
      const switched$ = switchFlag(playFlags('t', turns), 'dark', { on });
      expectObservable(switched$, '^------!').toBe('a--b--c');
      expectObservable(switched$, '--^----!').toBe('--a--b-');
      expectSubscriptions(on.subscriptions).toBe(['^------!', '--^----!']);
    }));

  it('throws at once when it is called wrongly', () => {
    const client = createTestClient();
    expect(() => switchFlag(client, '', { on: NEVER })).toThrow('Invalid argument `key`.');
    client.dispose();
  });
});
