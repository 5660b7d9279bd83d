import { Subject } from 'rxjs';
import { createTrampoline, inTurn } from '../../src/acquisition/trampoline';

describe('a trampoline', () => {
  it('runs a task at once, and what that hands in after its end, in order', () => {
    const trampoline = createTrampoline();
    const ran: string[] = [];
    trampoline(() => {
      ran.push('a begins');
      trampoline(() => {
        ran.push('b begins');
        trampoline(() => ran.push('d'));
        ran.push('b ends');
      });
      trampoline(() => ran.push('c'));
      ran.push('a ends');
    });
    expect(ran).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c', 'd']);
  });

  it('goes on after a task that throws, with what that has handed in first', () => {
    const trampoline = createTrampoline();
    const ran: string[] = [];
    const fail = () => {
      trampoline(() => ran.push('handed in'));
      throw new Error('broken');
    };
    expect(() => {
      trampoline(fail);
    }).toThrow('broken');
    trampoline(() => ran.push('next'));
    expect(ran).toEqual(['handed in', 'next']);
  });
});

describe('a stream in turn', () => {
  it('tells all of a value before the next one, which one of them causes', () => {
    const values$ = new Subject<number>();
    const told: string[] = [];
    const shared$ = new Subject<number>();
    values$.pipe(inTurn(createTrampoline())).subscribe(shared$);
    shared$.subscribe((value) => {
      told.push(`first ${value}`);
      if (value === 1) values$.next(2);
    });
    shared$.subscribe((value) => told.push(`second ${value}`));
    values$.next(1);
    expect(told).toEqual(['first 1', 'second 1', 'first 2', 'second 2']);
  });

  it('ends as its source does', () => {
    const ends: unknown[] = [];
    for (const end of [
      (source$: Subject<number>) => source$.complete(),
      (source$: Subject<number>) => source$.error(new Error('x')),
    ]) {
      const source$ = new Subject<number>();
      const observer = { complete: () => ends.push('completed'), error: (error: unknown) => ends.push(String(error)) };
      const subscription = source$.pipe(inTurn(createTrampoline())).subscribe(observer);
      end(source$);
      expect(subscription.closed).toBe(true);
    }
    expect(ends).toEqual(['completed', 'Error: x']);
    const source$ = new Subject<number>();
    source$.pipe(inTurn(createTrampoline())).subscribe().unsubscribe();
    expect(source$.observed).toBe(false);
  });
});
