import { EMPTY, Subject, of } from 'rxjs';
import { readAtEach, readLatest } from '../../src/flags/read-latest';
import { record } from '../support/record';

const asker = { closed: false };

describe('a reading of the present state', () => {
  it.each([
    [0, 1],
    [1, 2],
    [2, 3],
    [9, 10],
    [10, 10],
    [Infinity, 10],
  ])('that brings about another state is repeated: %p times in a row makes %i readings', (changes, expected) => {
    let state = 0;
    let readings = 0;
    const read = () => {
      if (readings++ < changes) state++;
      return readings;
    };
    expect(readLatest(read, () => state, asker)).toBe(expected);
    expect(readings).toBe(expected);
  });

  it('is not repeated for who does not want to know any more', () => {
    let state = 0;
    expect(
      readLatest(
        () => ++state,
        () => state,
        { closed: true },
      ),
    ).toBe(1);
  });
});

describe('readings at each change', () => {
  it('emit once for each change, and once for all that a reading brings about', () => {
    const change$ = new Subject<void>();
    let readings = 0;
    const { values } = record(
      readAtEach(change$, () => {
        readings++;
        if (readings === 2 || readings === 3) change$.next();
        return readings;
      }),
    );
    change$.next();
    change$.next();
    change$.next();
    expect(values).toEqual([1, 4, 5]);
  });

  it('end as the changes do, and leave them with the subscriber', () => {
    expect(record(readAtEach(of(1, 2), () => 'read'))).toMatchObject({ values: ['read', 'read'], isComplete: true });
    expect(record(readAtEach(EMPTY, () => 'read'))).toMatchObject({ values: [], isComplete: true });
    const change$ = new Subject<void>();
    record(readAtEach(change$, () => 'read')).stop();
    expect(change$.observed).toBe(false);
  });
});
