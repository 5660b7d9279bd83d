import type { Observable, SchedulerLike, Subscriber } from 'rxjs';
import { Observable as NewObservable, Subject, mergeMap, takeUntil } from 'rxjs';
import type { FetchOutcome, Outcome, RefreshResult } from '../../src/acquisition/outcome';
import { requestLimits } from '../../src/acquisition/request-bound';
import type { RuntimeLimits } from '../../src/acquisition/runtime-limits';
import { noLimits } from '../../src/acquisition/runtime-limits';
import { singleFlight } from '../../src/acquisition/single-flight';
import type { Task } from '../../src/acquisition/task';
import { createTrampoline, inTurn } from '../../src/acquisition/trampoline';
import { createRequestBoundRuntime } from '../support/request-bound';
import { fetched } from '../support/store';
import { createVirtualClock } from '../support/virtual-time';

const success: RefreshResult = { isSuccess: true, errorCode: 0 };

/** One start of the work, which ends when the spec says so. */
interface Started {
  readonly atMs: number;
  readonly task: Pick<Task, 'isInitiatedByUser' | 'isDemanded'>;
  readonly end: (outcome?: FetchOutcome<string>) => void;
  isGivenUp: boolean;
}

/** A task whose work the spec ends, and whoever takes it. */
function flight(
  scheduler: SchedulerLike,
  { limits = noLimits, refusal }: { limits?: RuntimeLimits; refusal?: () => RefreshResult | undefined } = {},
) {
  const started: Started[] = [];
  const tasks$ = new Subject<Observable<Outcome<string>>>();
  const end$ = new Subject<void>();
  const trampoline = createTrampoline();
  const shared = singleFlight<string>(
    { tasks$, trampoline, scheduler, limits, ...(refusal && { refusal }) },
    (task) =>
      new NewObservable((subscriber: Subscriber<Outcome<string>>) => {
        let isEnded = false;
        const entry: Started = {
          atMs: scheduler.now(),
          task,
          isGivenUp: false,
          end: (outcome = fetched('v', 0)) => {
            isEnded = true;
            subscriber.next(outcome);
            subscriber.complete();
          },
        };
        started.push(entry);
        return () => (entry.isGivenUp = !isEnded);
      }),
  );
  tasks$
    .pipe(
      mergeMap((task) => task),
      inTurn(trampoline),
      takeUntil(end$),
    )
    .subscribe();
  return { shared, started, dispose: () => end$.next() };
}

/** What a stream does: its values and `'completed'`. */
function recordOf(stream$: Observable<unknown>): unknown[] {
  const record: unknown[] = [];
  stream$.subscribe({ next: (value) => record.push(value), complete: () => record.push('completed') });
  return record;
}

describe('work that is under way at most once', () => {
  it('tells all who join it how it ended, and begins anew for whoever comes later', () => {
    const { shared, started } = flight(createVirtualClock().scheduler);
    const records = [shared.join(false), shared.join(true), shared.join(false)].map(recordOf);
    expect([records, started.length]).toEqual([[[], [], []], 1]);
    started[0]!.end();
    expect(records).toEqual(Array(3).fill([success, 'completed']));
    recordOf(shared.join(false));
    expect(started).toHaveLength(2);
  });

  it('completes without a word for work that says none, and where nobody takes any', () => {
    const { shared, started, dispose } = flight(createVirtualClock().scheduler);
    const record = recordOf(shared.join(false));
    started[0]!.end({ patch: {}, log: [] } as unknown as FetchOutcome<string>);
    expect(record).toEqual(['completed']);
    const unfinished = recordOf(shared.join(false));
    dispose();
    expect([unfinished, recordOf(shared.join(false)), started.length]).toEqual([['completed'], ['completed'], 2]);
  });

  it('belongs to nobody who has asked', () => {
    const { shared, started } = flight(createVirtualClock().scheduler);
    shared.join(false).subscribe().unsubscribe();
    expect([started.length, started[0]!.isGivenUp]).toEqual([1, false]);
  });
});

describe('a demand', () => {
  it.each([
    ['begins it', (shared: ReturnType<typeof flight>['shared']) => [shared.joinAfter(shared.mark(), false)]],
    [
      'begins it, and whoever joins does not',
      (shared: ReturnType<typeof flight>['shared']) => [shared.joinAfter(shared.mark(), false), shared.join(false)],
    ],
    [
      'joins what has begun since it was made',
      (shared: ReturnType<typeof flight>['shared']) => {
        const mark = shared.mark();
        return [shared.join(false), shared.joinAfter(mark, false)];
      },
    ],
  ])('is known to the work when it %s', (_, ask) => {
    const { shared, started } = flight(createVirtualClock().scheduler);
    const records = ask(shared).map(recordOf);
    expect(started.map(({ task }) => task.isDemanded)).toEqual([true]);
    started[0]!.end();
    expect(records).toEqual(records.map(() => [success, 'completed']));
    expect(started).toHaveLength(1);
  });

  it('is none of whoever merely joins', () => {
    const { shared, started } = flight(createVirtualClock().scheduler);
    recordOf(shared.join(true));
    recordOf(shared.join(true));
    expect(started.map(({ task }) => task)).toMatchObject([{ isDemanded: false, isInitiatedByUser: true }]);
  });

  it.each([
    [false, false, false],
    [false, true, true],
    [true, false, true],
    [true, true, true],
  ])(
    'gives up what has lasted for two seconds; by a user (%p), then by a user (%p) is by a user: %p',
    async (first, second, expected) => {
      const clock = createVirtualClock();
      await clock.advance(1_000_000);
      const { shared, started } = flight(clock.scheduler);
      const joined = recordOf(shared.join(first));
      await clock.advance(500);
      const demanded = recordOf(shared.joinAfter(shared.mark(), second));
      await clock.advance(1999);
      expect(started.map(({ isGivenUp }) => isGivenUp)).toEqual([false]);
      await clock.advance(1);
      expect(started.map(({ isGivenUp, atMs }) => [isGivenUp, atMs])).toEqual([
        [true, 1_000_000],
        [false, 1_002_500],
      ]);
      expect(started[1]!.task).toMatchObject({ isDemanded: true, isInitiatedByUser: expected });
      started[1]!.end();
      expect([joined, demanded]).toEqual(Array(2).fill([success, 'completed']));
    },
  );

  it('is refused when nothing may begin after what was under way, which goes on', async () => {
    const clock = createVirtualClock();
    const refused: RefreshResult = { isSuccess: false, errorCode: 3200, errorMessage: 'offline' };
    const refusals: RefreshResult[] = [];
    const { shared, started } = flight(clock.scheduler, { refusal: () => refusals[0] });
    recordOf(shared.join(false));
    const record = recordOf(shared.joinAfter(shared.mark(), true));
    refusals.push(refused);
    await clock.advance(2000);
    expect([record, started.length, started[0]!.isGivenUp]).toEqual([[refused, 'completed'], 1, false]);
  });

  it('gives up nothing for the second time, and gets what comes next', async () => {
    const clock = createVirtualClock();
    const { shared, started } = flight(clock.scheduler);
    recordOf(shared.join(false));
    recordOf(shared.joinAfter(shared.mark(), false));
    await clock.advance(2000);
    const late = recordOf(shared.joinAfter(shared.mark(), false));
    await clock.advance(60_000);
    expect([started.length, late]).toEqual([2, []]);
    started[1]!.end();
    expect([started.length, late]).toEqual([3, []]);
    started[2]!.end();
    expect(late).toEqual([success, 'completed']);
  });
});

describe('a demand where timers end with the request that began them', () => {
  function worker() {
    const runtime = createRequestBoundRuntime();
    const { scheduler, isInRequest, handle, clock } = runtime;
    const own = flight(scheduler, { limits: requestLimits(isInRequest) });
    const ask = (stream$: () => Observable<unknown>) => {
      const record: unknown[] = [];
      const request = handle(() => {
        stream$().subscribe({ next: (value) => record.push(value), complete: () => record.push('completed') });
      });
      return { record, request };
    };
    const join = () => ask(() => own.shared.join(false));
    const demand = () => ask(() => own.shared.joinAfter(own.shared.mark(), true));
    const startedAt = () => own.started.map(({ atMs }) => atMs - 1e12);
    return { ...own, clock, handle, join, demand, startedAt };
  }

  it('gives up after two seconds what another request has under way, by a timer of its own', async () => {
    const { clock, handle, join, demand, startedAt, started } = worker();
    const first = join();
    await clock.advance(100);
    const { record, request } = demand();
    await clock.advance(1990);
    expect([startedAt(), request.isAlive()]).toEqual([[0], true]);
    await clock.advance(30);
    expect([startedAt().length, started[0]!.isGivenUp, request.isAlive()]).toEqual([2, true, true]);
    expect(started[1]!.task).toMatchObject({ isDemanded: true, isInitiatedByUser: true });
    handle(() => {
      started[1]!.end();
    });
    await clock.advance(20);
    expect([record, first.record]).toEqual(Array(2).fill([success, 'completed']));
  });

  it('begins as soon as what was under way has ended', async () => {
    const { clock, handle, join, demand, startedAt, started } = worker();
    join();
    await clock.advance(100);
    demand();
    await clock.advance(400);
    handle(() => {
      started[0]!.end();
    });
    await clock.advance(20);
    expect(startedAt()).toEqual([0, expect.any(Number)]);
    expect(startedAt()[1]).toBeLessThanOrEqual(520);
  });

  it('shares what another demand has begun anew, and waits for it in its own request', async () => {
    const { clock, handle, join, demand, startedAt, started } = worker();
    join();
    await clock.advance(100);
    const demands = [demand(), demand()];
    await clock.advance(50);
    demands.push(demand());
    await clock.advance(2100);
    expect(startedAt()).toHaveLength(2);
    expect(demands.map(({ request }) => request.isAlive())).toEqual([true, true, true]);
    handle(() => {
      started[1]!.end();
    });
    await clock.advance(20);
    expect(demands.map(({ record }) => record)).toEqual(Array(3).fill([success, 'completed']));
    expect(startedAt()).toHaveLength(2);
  });

  it('is known to work that a reader has taken over meanwhile', async () => {
    const { clock, join, demand, startedAt, started } = worker();
    join().request.end();
    await clock.advance(85);
    // Looks at 1000 ms, when the work has vanished.
    join();
    await clock.advance(415);
    const { request } = demand();
    await clock.advance(500);
    expect([startedAt(), started[1]?.task.isDemanded]).toEqual([[0, 1000], false]);
    // Two seconds after it was made.
    await clock.advance(1520);
    expect([startedAt().length, started[1]!.task.isDemanded, request.isAlive()]).toEqual([2, true, true]);
  });

  it('is taken over when what it waits for has vanished', async () => {
    const { clock, join, demand, startedAt } = worker();
    join().request.end();
    await clock.advance(500);
    demand();
    await clock.advance(490);
    expect(startedAt()).toEqual([0]);
    await clock.advance(40);
    expect(startedAt()).toHaveLength(2);
  });
});
