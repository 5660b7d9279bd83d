import type { SessionStorage } from '../../src';
import type { SessionStore } from '../../src/flags/session-store';
import { createSessionStore } from '../../src/flags/session-store';

const name = 'session';
const id = 'a'.repeat(40);

/** A storage that counts what is written, and fails when it is told to. */
function storageOf(items = new Map<string, string>()) {
  const state = { isBroken: false, writes: 0 };
  const attempt = <T>(act: () => T): T => {
    if (state.isBroken) throw new Error('broken');
    return act();
  };
  const storage: SessionStorage = {
    getItem: (item) => attempt(() => items.get(item)),
    setItem: (item, text) =>
      attempt(() => {
        state.writes++;
        items.set(item, text);
      }),
    removeItem: (item) => attempt(() => void items.delete(item)),
  };
  return { items, state, storage };
}

function storeOf({ maxHeld = 1000, text }: { maxHeld?: number; text?: string } = {}) {
  const own = storageOf(new Map(text === undefined ? [] : [[name, text]]));
  const store = createSessionStore(() => own.storage, name, maxHeld);
  own.state.writes = 0;
  const kept = () => JSON.parse(own.items.get(name)!) as [number, string, unknown[][]];
  const reopened = () => createSessionStore(() => own.storage, name, maxHeld);
  return { ...own, store, kept, reopened };
}

const hold = (store: SessionStore, ...places: readonly string[]) => {
  for (const place of places) store.add(place[0]!, place[1]!, { value: place, variationId: undefined, sinceMs: 5 });
};
/** Which of some places of one letter for the user and one for the flag are held. */
const heldOf = (store: SessionStore, ...places: readonly string[]) =>
  places.filter((place) => store.get(place[0]!, place[1]!).length > 0);

describe('what a session keeps', () => {
  it('is a text that another page reads again', () => {
    const { store, kept, reopened } = storeOf();
    store.add('u', 'f', { value: true, variationId: 'v', sinceMs: 5 });
    store.add('u', 'g', { value: 1.5, variationId: undefined, sinceMs: -6 });
    expect(kept()).toEqual([
      1,
      store.id(),
      [
        ['u', 'f', true, 'v', 5],
        ['u', 'g', 1.5, null, -6],
      ],
    ]);
    const next = reopened();
    expect([next.id(), next.get('u', 'f'), next.get('u', 'g')]).toEqual([
      store.id(),
      [{ value: true, variationId: 'v', sinceMs: 5 }],
      [{ value: 1.5, variationId: undefined, sinceMs: -6 }],
    ]);
    expect([next.get('u', 'h'), next.get('v', 'f')]).toEqual([[], []]);
    expect(next.page).not.toBe(store.page);
  });

  it('is written once for each change, and not where nothing changes', () => {
    const { store, state } = storeOf();
    const writesOf = (act: () => void) => {
      state.writes = 0;
      act();
      return state.writes;
    };
    expect([
      writesOf(() => hold(store, 'uf')),
      writesOf(() => store.delete('u', 'g')),
      writesOf(() => store.delete('v', 'f')),
      writesOf(() => store.deleteUser('v')),
      writesOf(() => store.delete('u', 'f')),
      writesOf(() => store.delete('u', 'f')),
      writesOf(() => hold(store, 'uf', 'ug')),
      writesOf(() => store.deleteUser('u')),
      writesOf(() => store.deleteUser('u')),
    ]).toEqual([1, 0, 0, 0, 1, 0, 2, 1, 0]);
  });

  it('is written once after a task that holds many values, also when it throws', () => {
    const { store, state, kept } = storeOf();
    const writesOf = <T>(task: () => T) => {
      state.writes = 0;
      const result = store.writeAfter(task);
      return [result, state.writes];
    };
    expect(writesOf(() => 'nothing')).toEqual(['nothing', 0]);
    expect(writesOf(() => hold(store, 'uf', 'ug', 'uh'))).toEqual([undefined, 1]);
    const inner = () => {
      hold(store, 'vf');
      store.writeAfter(() => hold(store, 'vg'));
      expect(state.writes).toBe(0);
      return 'both';
    };
    expect(writesOf(inner)).toEqual(['both', 1]);
    expect(writesOf(() => 'nothing')).toEqual(['nothing', 0]);
    const failing = () => {
      hold(store, 'wf');
      throw new Error('broken');
    };
    expect(() => store.writeAfter(failing)).toThrow('broken');
    expect([state.writes, kept()[2].length]).toEqual([1, 6]);
    hold(store, 'wg');
    expect(state.writes).toBe(2);
  });
});

describe('a session that is full', () => {
  it('forgets what was held first, value by value', () => {
    const { store } = storeOf({ maxHeld: 2 });
    hold(store, 'uf', 'ug', 'uh');
    expect(heldOf(store, 'uf', 'ug', 'uh')).toEqual(['ug', 'uh']);
    const { store: other, kept } = storeOf({ maxHeld: 2 });
    const add = (value: number) => {
      other.add('u', 'f', { value, variationId: undefined, sinceMs: 0 });
    };
    for (const value of [1, 2, 3]) add(value);
    expect(other.get('u', 'f').map(({ value }) => value)).toEqual([2, 3]);
    hold(other, 'ug', 'vf');
    expect([heldOf(other, 'uf', 'ug', 'vf'), kept()[2].length]).toEqual([['ug', 'vf'], 2]);
  });

  it('counts each value of a flag, and forgets them together', () => {
    const { store } = storeOf({ maxHeld: 3 });
    hold(store, 'uf', 'uf', 'vf');
    store.delete('u', 'f');
    hold(store, 'wf', 'wg');
    expect(heldOf(store, 'uf', 'vf', 'wf', 'wg')).toEqual(['vf', 'wf', 'wg']);
    const { store: other } = storeOf({ maxHeld: 3 });
    hold(other, 'uf', 'uf', 'vf');
    other.deleteUser('u');
    hold(other, 'wf', 'wg');
    expect(heldOf(other, 'uf', 'vf', 'wf', 'wg')).toEqual(['vf', 'wf', 'wg']);
  });

  it.each<[string, (store: SessionStore) => void]>([
    ['one by one', (store) => store.delete('u', 'f')],
    ['of a user', (store) => store.deleteUser('u')],
    ['in whole', (store) => store.clear()],
    ['by its end', (store) => store.end()],
  ])('has room again for what is forgotten: %s', (_, forget) => {
    const { store } = storeOf({ maxHeld: 3 });
    hold(store, 'uf', 'vf');
    forget(store);
    hold(store, 'wf', 'wg');
    const others = heldOf(store, 'wf', 'wg');
    hold(store, 'xf');
    expect([others, heldOf(store, 'wf', 'wg', 'xf')]).toEqual([
      ['wf', 'wg'],
      ['wf', 'wg', 'xf'],
    ]);
    hold(store, 'xg', 'xh');
    expect(heldOf(store, 'uf', 'vf', 'wf', 'wg', 'xf', 'xg', 'xh')).toEqual(['xf', 'xg', 'xh']);
  });

  it('counts no value that it has forgotten', () => {
    const { store } = storeOf({ maxHeld: 2 });
    hold(store, 'uf', 'ug', 'uh');
    store.delete('u', 'h');
    hold(store, 'vf');
    expect(heldOf(store, 'ug', 'vf')).toEqual(['ug', 'vf']);
  });

  it('knows after a reload how many values it has, and reads no more than it may hold', () => {
    const { store, storage } = storeOf();
    hold(store, 'uf', 'ug', 'vf');
    const next = createSessionStore(() => storage, name, 2);
    expect(heldOf(next, 'uf', 'ug', 'vf')).toEqual(['ug', 'vf']);
    hold(next, 'vg');
    expect(heldOf(next, 'uf', 'ug', 'vf', 'vg')).toEqual(['vf', 'vg']);
  });

  it('does not stumble over users of whom nothing is left', () => {
    const { store } = storeOf({ maxHeld: 1 });
    hold(store, 'uf');
    store.delete('u', 'f');
    hold(store, 'vf', 'wf');
    expect(heldOf(store, 'uf', 'vf', 'wf')).toEqual(['wf']);
  });
});

describe('pages that keep a session in one place', () => {
  const pages = (options: { maxHeld?: number } = {}) => {
    const first = storeOf(options);
    return { ...first, second: first.reopened() };
  };

  it('take over what others hold, and keep what they have shown themselves', () => {
    const { store, second } = pages();
    store.add('u', 'f', { value: 'of the first', variationId: undefined, sinceMs: 1 });
    second.add('u', 'f', { value: 'of the second', variationId: undefined, sinceMs: 2 });
    second.add('u', 'g', { value: 'too', variationId: 'v', sinceMs: 3 });
    store.catchUp();
    expect(store.get('u', 'f')).toMatchObject([{ value: 'of the first' }]);
    expect(store.get('u', 'g')).toEqual([{ value: 'too', variationId: 'v', sinceMs: 3 }]);
  });

  it('lose nothing of others by writing, and hold no more than they may', () => {
    const { store, second, reopened } = pages({ maxHeld: 3 });
    hold(store, 'uf');
    second.catchUp();
    hold(second, 'ug');
    store.catchUp();
    hold(store, 'vf');
    expect(heldOf(reopened(), 'uf', 'ug', 'vf')).toEqual(['uf', 'ug', 'vf']);
    second.catchUp();
    hold(second, 'vg');
    expect(heldOf(second, 'uf', 'ug', 'vf', 'vg')).toEqual(['ug', 'vf', 'vg']);
  });

  it('go on in another session once one of them has ended it, and show that', async () => {
    const { store, second } = pages();
    hold(store, 'uf');
    second.catchUp();
    second.end();
    hold(second, 'vf');
    const released = jest.fn();
    store.released$.subscribe(released);
    store.catchUp();
    expect([store.id(), heldOf(store, 'uf', 'vf')]).toEqual([second.id(), ['vf']]);
    expect(released).not.toHaveBeenCalled();
    await Promise.resolve();
    expect(released).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['nothing', null],
    ['what no session has written', '{'],
    ['what is as long as nobody writes', `${' '.repeat(2_000_001)}[]`],
  ])('keep what they have where somebody has put %s there', (_, text) => {
    const { store, items, reopened } = pages();
    hold(store, 'uf');
    if (text === null) items.delete(name);
    else items.set(name, text);
    store.catchUp();
    hold(store, 'ug');
    expect(heldOf(reopened(), 'uf', 'ug')).toEqual(['uf', 'ug']);
  });

  it('look once in a task that holds many values', () => {
    const { store, storage, second } = pages();
    const reads = jest.spyOn(storage, 'getItem');
    store.writeAfter(() => {
      for (const flag of ['f', 'g', 'h']) {
        store.catchUp();
        hold(store, `u${flag}`);
      }
    });
    expect(reads).toHaveBeenCalledTimes(1);
    hold(second, 'vf');
    store.writeAfter(() => {
      store.catchUp();
    });
    expect(heldOf(store, 'vf')).toEqual(['vf']);
  });
});

describe('the text of a session', () => {
  const textOf = (...entries: unknown[]) => JSON.stringify([1, id, entries]);
  const good = ['u', 'f', 'value', 'v', 0];

  it.each<[string, string, boolean]>([
    ['as it would have been written', textOf(good), true],
    ['with nothing held', textOf(), true],
    ['with several flags of a user', textOf(good, ['u', 'g', 1, null, 0]), true],
    ['with the first moment of dates', textOf(['u', 'f', 1, null, -8.64e15]), true],
    ['with the last moment of dates', textOf(['u', 'f', 1, null, 8.64e15]), true],
    ['with a moment that no date has', textOf(['u', 'f', 1, null, 8.65e15]), false],
    ['with a time that is none', textOf(['u', 'f', 1, null, '0']), false],
    ['with a value of no type of flags', textOf(['u', 'f', null, null, 0]), false],
    ['with an object for a value', textOf(['u', 'f', {}, null, 0]), false],
    ['without a user', textOf(['', 'f', 1, null, 0]), false],
    ['without a flag', textOf(['u', '', 1, null, 0]), false],
    ['with one entry of many that is none', textOf(good, 5), false],
    ['of another version', JSON.stringify([2, id, []]), false],
    ['whose name is a list', JSON.stringify([1, [id], []]), false],
    ['whose name is too long', JSON.stringify([1, `${id}0`, []]), false],
    ['whose name is too short', JSON.stringify([1, id.slice(1), []]), false],
    ['whose name has other letters', JSON.stringify([1, `g${id.slice(1)}`, []]), false],
    ['without entries', JSON.stringify([1, id]), false],
    ['that is none', '{', false],
    ['that is empty', '', false],
  ])('%s is taken (%#)', (_, text, isTaken) => {
    const { store } = storeOf({ text });
    expect(store.id() === id).toBe(isTaken);
    expect(store.id()).toMatch(/^[0-9a-f]{40}$/);
    expect(store.takeProblem()).toBeUndefined();
  });

  it('has the values of all flags of a user', () => {
    const { store } = storeOf({ text: textOf(good, ['u', 'g', 1, null, 0], ['v', 'f', false, 5, 0]) });
    expect([store.get('u', 'f'), store.get('u', 'g'), store.get('v', 'f')]).toEqual([
      [{ value: 'value', variationId: 'v', sinceMs: 0 }],
      [{ value: 1, variationId: undefined, sinceMs: 0 }],
      [{ value: false, variationId: undefined, sinceMs: 0 }],
    ]);
  });

  it.each([
    [2_000_000, true],
    [2_000_001, false],
  ])('of %i characters is taken and written: %p', (length, isTaken) => {
    const empty = textOf(['u', 'f', '', null, 0]).length;
    const text = textOf(['u', 'f', 'x'.repeat(length - empty), null, 0]);
    expect(text).toHaveLength(length);
    expect(storeOf({ text }).store.id() === id).toBe(isTaken);
    const { store, state, storage } = storeOf();
    store.storage.setItem('other', 'x'.repeat(length));
    expect([state.writes, storage.getItem('other')?.length]).toEqual(isTaken ? [1, length] : [0, undefined]);
    expect(store.storage.getItem('other')).toHaveLength(length);
    const problem = { error: new RangeError('The session is too long for a storage.') };
    expect(store.takeProblem()).toEqual(isTaken ? undefined : problem);
  });
});

describe('a storage that fails', () => {
  it('is replaced by memory for what it does not take, until it takes that', () => {
    const { store, state, items } = storeOf();
    items.set('kept', 'before');
    state.isBroken = true;
    store.storage.setItem('a', '1');
    store.storage.removeItem('kept');
    expect([store.storage.getItem('a'), store.storage.getItem('kept')]).toEqual(['1', null]);
    state.isBroken = false;
    expect([store.storage.getItem('a'), store.storage.getItem('kept')]).toEqual(['1', null]);
    store.storage.setItem('a', '2');
    expect(items.get('a')).toBe('2');
    items.set('a', '3');
    expect(store.storage.getItem('a')).toBe('3');
    store.storage.removeItem('kept');
    store.storage.removeItem('a');
    expect([items.has('kept'), items.has('a'), store.storage.getItem('a')]).toEqual([false, false, null]);
  });

  it('is told of once, with what it has thrown first', () => {
    const { store, state } = storeOf();
    expect(store.takeProblem()).toBeUndefined();
    state.isBroken = true;
    hold(store, 'uf', 'ug');
    expect(store.takeProblem()).toEqual({ error: new Error('broken') });
    hold(store, 'uh');
    expect(store.takeProblem()).toBeUndefined();
    expect(heldOf(store, 'uf', 'ug', 'uh')).toHaveLength(3);
  });

  it.each<[string, unknown]>([
    ['a promise', Promise.resolve('text')],
    ['a number', 5],
    ['an object', {}],
  ])('is one that answers with %s', (_, given) => {
    const storage = { getItem: () => given, setItem: () => undefined, removeItem: () => undefined };
    const store = createSessionStore(() => storage as never, name, 10);
    const message = 'The storage of a session must answer at once, with a text or `null`.';
    expect(store.takeProblem()).toEqual({ error: new TypeError(message) });
    expect(store.storage.getItem('other')).toBeNull();
  });

  it.each([[null], [undefined]])('is none that has nothing, and says so by %p', (nothing) => {
    const storage = { getItem: () => nothing, setItem: () => undefined, removeItem: () => undefined };
    const store = createSessionStore(() => storage, name, 10);
    expect([store.storage.getItem('other'), store.takeProblem()]).toEqual([null, undefined]);
  });
});

describe('whoever shows what a session holds', () => {
  it('is told at once of its end, and of a user who leaves when all have left', async () => {
    const { store } = storeOf();
    let told = 0;
    store.released$.subscribe(() => told++);
    hold(store, 'uf', 'vf');
    store.delete('u', 'f');
    expect(told).toBe(0);
    store.deleteUser('v');
    store.deleteUser('v');
    expect(told).toBe(0);
    await Promise.resolve();
    expect(told).toBe(1);
    store.clear();
    expect(told).toBe(2);
    const before = store.id();
    store.end();
    expect([told, store.id() === before]).toEqual([3, false]);
  });
});
