import type { Observable } from 'rxjs';
import { EMPTY, NEVER, Subject, concat, defer, ignoreElements, of } from 'rxjs';
import { alwaysGiven, permissionBy } from '../../src/acquisition/permission';
import { createVirtualClock } from '../support/virtual-time';

/** A permission that the spec gives, at a time that is not zero. */
async function permission({ maxInitWaitMs = 3000, isInitialised = false } = {}) {
  const clock = createVirtualClock();
  await clock.advance(1_000_000);
  const given$ = new Subject<boolean>();
  let waitsEnded = 0;
  let reads = 0;
  const created = permissionBy(given$, {
    isInitialised: () => isInitialised,
    endWait: () => waitsEnded++,
    maxInitWaitMs,
    scheduler: clock.scheduler,
  });
  const read$: Observable<never> = defer(() => {
    reads++;
    return EMPTY;
  });
  return { created, clock, given$, read$, waitsEnded: () => waitsEnded, reads: () => reads };
}

/** Whether a stream has completed. */
function completionOf(stream$: Observable<unknown>): () => boolean {
  let isComplete = false;
  stream$.subscribe({
    next: () => {
      throw new Error('It emits nothing.');
    },
    complete: () => (isComplete = true),
  });
  return () => isComplete;
}

describe('a permission to work', () => {
  it('lets work be done only while it is given, and has begun from the first time on', async () => {
    const { created, given$ } = await permission();
    const work$ = new Subject<string>();
    const seen: string[] = [];
    created.whileGiven(work$).subscribe((value) => seen.push(value));
    expect([work$.observed, created.hasBegun()]).toEqual([false, false]);
    given$.next(false);
    expect([work$.observed, created.hasBegun()]).toEqual([false, false]);
    given$.next(true);
    work$.next('a');
    expect([work$.observed, created.hasBegun()]).toEqual([true, true]);
    given$.next(false);
    expect([work$.observed, created.hasBegun()]).toEqual([false, true]);
    given$.next(true);
    work$.next('b');
    expect(seen).toEqual(['a', 'b']);
  });

  it.each([
    [0, 0],
    [3000, 3000],
    [5000, 5000],
    [60_000, 5000],
    [Infinity, 5000],
  ])(
    'is waited for as long as for a first config (%p ms), and then given up after %i ms',
    async (maxInitWaitMs, ms) => {
      const { created, clock, waitsEnded } = await permission({ maxInitWaitMs });
      const isOver = completionOf(created.begin$);
      await clock.advance(ms - 1);
      expect([isOver(), waitsEnded()]).toEqual([false, 0]);
      await clock.advance(1);
      expect([isOver(), waitsEnded()]).toEqual([true, 1]);
    },
  );

  it('is waited for no longer than until it is given', async () => {
    const { created, clock, given$, waitsEnded } = await permission();
    const isOver = completionOf(created.begin$);
    given$.next(false);
    expect([isOver(), given$.observed]).toEqual([false, true]);
    given$.next(true);
    expect([isOver(), given$.observed]).toEqual([true, false]);
    await clock.advance(60_000);
    expect(waitsEnded()).toBe(0);
  });

  it('is not waited for once work has begun, or where something is known', async () => {
    const begun = await permission();
    begun.created.whileGiven(NEVER).subscribe();
    begun.given$.next(true);
    begun.given$.next(false);
    expect(completionOf(begun.created.begin$)()).toBe(true);
    const initialised = await permission({ isInitialised: true });
    expect(completionOf(initialised.created.begin$)()).toBe(true);
    expect([begun.waitsEnded(), initialised.waitsEnded()]).toEqual([0, 0]);
  });

  it('lets reads wait for it, which read at once from then on', async () => {
    const { created, given$, read$, reads } = await permission();
    created.whileGiven(NEVER).subscribe();
    const isOver = completionOf(created.onceGiven(read$));
    expect([isOver(), reads()]).toEqual([false, 0]);
    given$.next(true);
    expect([isOver(), reads()]).toEqual([true, 1]);
    expect([completionOf(created.onceGiven(read$))(), reads()]).toEqual([true, 2]);
  });

  it('lets reads end that have waited in vain, and reads nothing', async () => {
    const { created, clock, read$, reads } = await permission();
    created.whileGiven(NEVER).subscribe();
    const isOver = completionOf(created.onceGiven(read$));
    await clock.advance(2999);
    expect(isOver()).toBe(false);
    await clock.advance(1);
    expect([isOver(), reads()]).toEqual([true, 0]);
  });
});

describe('a permission that is always given', () => {
  it('has begun, and leaves work and reads as they are', () => {
    const stream$ = concat(of('work'), NEVER);
    const read$ = stream$.pipe(ignoreElements());
    const given: boolean[] = [];
    alwaysGiven.workWhile$.subscribe((isGiven) => given.push(isGiven));
    expect([given, alwaysGiven.hasBegun(), completionOf(alwaysGiven.begin$)()]).toEqual([[true], true, true]);
    expect([alwaysGiven.whileGiven(stream$), alwaysGiven.onceGiven(read$)]).toEqual([stream$, read$]);
  });
});
