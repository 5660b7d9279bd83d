import type { Observable, ReplaySubject, Subject } from 'rxjs';
import type { Outcome, RefreshResult } from './outcome.js';

/** Work that is under way, for all who wait for it. */
export interface Task {
  /** What it has come to, if anything, once it is over; then completes. */
  readonly result$: ReplaySubject<RefreshResult>;
  /** Ends what is under way and starts it again, on behalf of whoever emits. */
  readonly startAnew$: Subject<void>;
  isInitiatedByUser: boolean;
  /** Somebody wants what the server says now, whatever others have heard meanwhile. */
  isDemanded: boolean;
  /** Which of all starts was its last. */
  start: number;
  /** It was given up once for a demand; not again, or demands that keep coming would let none of them end. */
  isSecond: boolean;
  startedAtMs: number;
  /** When whoever started it last was seen. */
  aliveAtMs: number;
  isOver: boolean;
}

/** Begins work for a task. */
export type Start<C> = (task: Pick<Task, 'isInitiatedByUser' | 'isDemanded'>) => Observable<Outcome<C>>;
