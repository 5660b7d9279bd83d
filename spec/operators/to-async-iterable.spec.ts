import { NEVER, Observable, Subject, concat, of, throwError } from 'rxjs';
import { toAsyncIterable } from '../../src';
import { createTestClient } from '../../src/testing';

function iterate<T>(source$: Observable<T>): Required<Pick<AsyncIterator<T>, 'next' | 'return'>> {
  return toAsyncIterable(source$)[Symbol.asyncIterator]() as Required<AsyncIterator<T>>;
}

async function collect<T>(source$: Observable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of toAsyncIterable(source$)) values.push(value);
  return values;
}

const over = { done: true, value: undefined };
const next = <T>(value: T) => ({ done: false, value });

describe('toAsyncIterable', () => {
  it('gives the value that is there, then each one that comes while it is waited for', async () => {
    const client = createTestClient({ limit: 1 });
    const iterator = iterate(client.flag$('limit', 0));
    expect(await iterator.next()).toEqual(next(1));
    const second = iterator.next();
    client.set({ limit: 2 });
    expect(await second).toEqual(next(2));
    client.dispose();
    expect(await iterator.next()).toEqual(over);
  });

  it('drops what comes while the consumer is busy, except for the last', async () => {
    const source$ = new Subject<number>();
    const iterator = iterate(source$);
    const first = iterator.next();
    for (const value of [1, 2, 3, 4]) source$.next(value);
    expect(await first).toEqual(next(1));
    expect(await iterator.next()).toEqual(next(4));
    const later = iterator.next();
    source$.next(5);
    expect(await later).toEqual(next(5));
    await iterator.return();
  });

  it('gives the last of the values that are there at once', async () => {
    expect(await iterate(concat(of(1, 2, 3), NEVER)).next()).toEqual(next(3));
  });

  it('answers those who wait in the order they asked', async () => {
    const source$ = new Subject<number>();
    const iterator = iterate(source$);
    const asked = [iterator.next(), iterator.next(), iterator.next(), iterator.next()];
    source$.next(1);
    source$.next(2);
    source$.complete();
    expect(await Promise.all(asked)).toEqual([next(1), next(2), over, over]);
  });

  it('ends with the source, after the last value', async () => {
    expect(await collect(of(1))).toEqual([1]);
    expect(await collect(of())).toEqual([]);
    const source$ = new Subject<number>();
    const iterator = iterate(source$);
    const first = iterator.next();
    source$.next(1);
    source$.next(2);
    source$.complete();
    expect([await first, await iterator.next(), await iterator.next(), await iterator.next()]).toEqual([
      next(1),
      next(2),
      over,
      over,
    ]);
  });

  it('throws what goes wrong in the source, once, after the last value', async () => {
    const error = new Error('broken');
    const failing$ = concat(
      of(1),
      throwError(() => error),
    );
    await expect(collect(failing$)).rejects.toBe(error);
    const iterator = iterate(failing$);
    expect(await iterator.next()).toEqual(next(1));
    await expect(iterator.next()).rejects.toBe(error);
    expect(await iterator.next()).toEqual(over);
  });

  it('unsubscribes when the loop is left, and forgets what it had', async () => {
    let isSubscribed = false;
    const source$ = new Observable<number>((subscriber) => {
      isSubscribed = true;
      subscriber.next(1);
      return () => {
        isSubscribed = false;
      };
    });
    for await (const value of toAsyncIterable(source$)) {
      expect([value, isSubscribed]).toEqual([1, true]);
      break;
    }
    expect(isSubscribed).toBe(false);

    const subject$ = new Subject<number>();
    const iterator = iterate(subject$);
    const asked = [iterator.next(), iterator.next()];
    subject$.next(1);
    expect(await iterator.return()).toEqual(over);
    subject$.next(2);
    expect(await Promise.all(asked)).toEqual([next(1), over]);
    expect([await iterator.next(), subject$.observed]).toEqual([over, false]);
  });

  it('subscribes to nothing before it is asked, nor after it was left, and once for each loop', async () => {
    let subscriptions = 0;
    const source$ = new Observable<number>((subscriber) => {
      subscriber.next(++subscriptions);
    });
    const iterable = toAsyncIterable(source$);
    const left = iterable[Symbol.asyncIterator]();
    await left.return?.();
    expect(await left.next()).toEqual(over);
    expect(subscriptions).toBe(0);
    const iterator = iterable[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual(next(1));
    void iterator.next();
    expect(await iterable[Symbol.asyncIterator]().next()).toEqual(next(2));
    expect(subscriptions).toBe(2);
  });

  it('gives the present value of a disposed client, and ends', async () => {
    const client = createTestClient({ limit: 1 });
    client.dispose();
    expect(await collect(client.flag$('limit', 0))).toEqual([1]);
  });
});
