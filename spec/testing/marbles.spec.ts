import { concat, delay, of, throwError, timer } from 'rxjs';
import { runMarbles } from '../../src/testing';

const turns = { f: { dark: false }, t: { dark: true } };

/** The error with which a marble test fails. */
function failureOf(test: Parameters<typeof runMarbles>[0]): Error {
  try {
    runMarbles(test);
  } catch (error) {
    return error as Error;
  }
  throw new Error('The test passes.');
}

describe('runMarbles', () => {
  it('plays flags along a diagram', () =>
    runMarbles(({ playFlags, expectObservable }) => {
      const client = playFlags('f--t-(ft)- 5ms f|', turns);
      expectObservable(client.flag$('dark', false)).toBe('f--t-(ft)- 5ms f|', { f: false, t: true });
      expectObservable(client.flag$('dark', false), '----^').toBe('----t(ft)- 5ms f|', { f: false, t: true });
    }));

  it('plays several clients at once, each with its users', () =>
    runMarbles(({ playFlags, hot, expectObservable }) => {
      const beta = { value: false, rules: [{ when: [isKate], serve: true }] };
      const client = playFlags('a----b', { a: { beta }, b: { beta: true } }, { logLevel: 'error' });
      const other = playFlags('-f-t', turns, { logLevel: 'off' });
      hot('--k-j').subscribe((name) => {
        client.setUser({ identifier: name === 'k' ? 'kate' : 'jack' });
      });
      expectObservable(client.flag$('beta', false)).toBe('f-t-ft', { f: false, t: true });
      expectObservable(other.flag$('dark', false)).toBe('f--t', { f: false, t: true });
    }));

  it('runs clients and operators in its time', () =>
    runMarbles(({ playFlags, scheduler, expectObservable }) => {
      const client = playFlags('f 999ms t', turns);
      expectObservable(client.flag$('dark', false).pipe(delay(500))).toBe('500ms f 999ms t', { f: false, t: true });
      expectObservable(timer(1_000, scheduler)).toBe('1s (a|)', { a: 0 });
      expect(client.snapshot().fetchedAt).toEqual(new Date(0));
    }));

  it('returns what the test returns, and disposes the clients', () => {
    const client = runMarbles(({ playFlags }) => playFlags('t', turns));
    expect(client.isOnline).toBe(false);
    let thrown: ReturnType<Parameters<Parameters<typeof runMarbles>[0]>[0]['playFlags']> | undefined;
    failureOf(({ playFlags }) => {
      thrown = playFlags('t', turns);
      throw new Error('the test fails');
    });
    expect(thrown?.isOnline).toBe(false);
  });

  it('writes down what differs', () => {
    const { message } = failureOf(({ playFlags, expectObservable }) => {
      const client = playFlags('f-t|', turns);
      expectObservable(client.flag$('dark', false)).toBe('f--t', { f: false, t: true });
    });
    expect(message).toBe(
      [
        'The streams differ.\n\nexpected:\n  0 ms: next false\n  3 ms: next true\n',
        'received:\n  0 ms: next false\n  2 ms: next true\n  3 ms: complete',
      ].join('\n'),
    );
    const error = failureOf(({ expectObservable }) => {
      expectObservable(
        concat(
          of(1n),
          throwError(() => new TypeError('broken')),
        ),
      ).toBe('');
    });
    expect(error.message).toContain(
      'expected:\n  nothing\n\nreceived:\n  0 ms: next 1\n  0 ms: error TypeError: broken',
    );
    const subscriptions = failureOf(({ cold, expectSubscriptions }) => {
      const source$ = cold('a');
      source$.subscribe();
      expectSubscriptions(source$.subscriptions).toBe('-^');
    });
    expect(subscriptions.message).toMatch(/"subscribedFrame":1.*"subscribedFrame":0/s);
  });

  it.each<[string, unknown, unknown]>([
    ['values', 1, '1'],
    ['signs of zero', 0, -0],
    ['lists', [1, 2], [1, 2, 3]],
    ['the order of lists', [1, 2], [2, 1]],
    ['members', { a: 1 }, { b: 1 }],
    ['nested members', { a: { b: [1] } }, { a: { b: [2] } }],
    ['absent and undefined members', { a: undefined }, {}],
    ['a list and an object', [], {}],
    ['nothing and no value', null, undefined],
    ['times', new Date(1), new Date(2)],
    ['maps', new Map([['a', 1]]), new Map([['a', 2]])],
    ['sets', new Set([1]), new Set([2])],
    ['messages of errors', new Error('a'), new Error('b')],
    ['types of errors', new Error('a'), new TypeError('a')],
    ['members of errors', Object.assign(new Error('a'), { code: 1 }), Object.assign(new Error('a'), { code: 2 })],
    ['what shows nothing of itself', /a/, /b/],
    ['functions', () => 1, () => 1],
  ])('tells apart %s', (_, left, right) => {
    const expected = (value: unknown) => () => {
      runMarbles(({ cold, expectObservable }) => {
        expectObservable(cold('a', { a: left })).toBe('a', { a: value });
      });
    };
    expect(expected(right)).toThrow('The streams differ.');
    expect(expected(left)).not.toThrow();
  });

  it.each<[string, () => unknown]>([
    ['objects, whatever the order of members', () => ({ a: [1, { b: 2 }], c: {} })],
    ['times', () => new Date(1)],
    ['maps and sets', () => new Map([['a', new Set([[1]])]])],
    ['errors', () => Object.assign(new RangeError('a'), { code: 1 })],
    ['empty lists', () => []],
    ['objects that have nothing', () => Object.create(null) as object],
    ['cycles', cyclic],
  ])('takes for the same %s', (_, make) => {
    runMarbles(({ cold, expectObservable }) => {
      expectObservable(cold('a', { a: make() })).toBe('a', { a: make() });
      expectObservable(cold('a', { a: { x: 1, y: make() } })).toBe('a', { a: { y: make(), x: 1 } });
    });
  });

  it('compares with the function that it is given', () => {
    const compared: unknown[] = [];
    runMarbles(
      ({ cold, expectObservable }) => {
        expectObservable(cold('a')).toBe('b');
      },
      (actual, expected) => {
        compared.push(actual, expected);
      },
    );
    expect(compared).toMatchObject([[{ notification: { value: 'a' } }], [{ notification: { value: 'b' } }]]);
  });

  it.each([
    ['f-x', "A letter of 'f-x' stands for no flags."],
    ['f-#', "Flags never error, but in 'f-#' they do."],
  ])('refuses the diagram %p', (marbles, message) => {
    expect(failureOf(({ playFlags }) => playFlags(marbles, turns)).message).toBe(message);
  });
});

const isKate = { attribute: 'Identifier', comparator: 'equals', value: 'kate' } as const;

function cyclic(): object {
  const a: { self?: object; list: unknown[] } = { list: [] };
  a.self = a;
  a.list.push(a);
  return a;
}
