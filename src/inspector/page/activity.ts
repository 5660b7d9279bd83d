import type { SchedulerLike } from 'rxjs';
import { Observable, asyncScheduler, interval, map, startWith } from 'rxjs';
import type { ConfigCatClient } from '../../index.js';
import { exposures } from '../../index.js';

/** What a client does, evaluations in bulk and simulated users included. */
export interface Activity {
  /** In the last second. */
  readonly evaluationsPerSecond: number;
  /** What `exposures()` has told: different users, flags and variations. */
  readonly exposures: number;
}

/** As many users as the page simulates of one flag are known again when it is drawn once more. */
const maxRemembered = 100_000;

/** Counts what a client does. Emits at once, and then each second, however much happens in between. */
export function activityOf(client: ConfigCatClient, scheduler: SchedulerLike = asyncScheduler): Observable<Activity> {
  return new Observable((subscriber) => {
    let [evaluations, evaluationsBefore, exposed] = [0, 0, 0];
    subscriber.add(
      client.events$.subscribe(({ type }) => {
        if (type === 'flagEvaluated') evaluations++;
      }),
    );
    subscriber.add(exposures(client, { maxRemembered }).subscribe(() => exposed++));
    const activity$ = interval(1000, scheduler).pipe(
      startWith(undefined),
      map((): Activity => {
        const evaluationsPerSecond = evaluations - evaluationsBefore;
        evaluationsBefore = evaluations;
        return { evaluationsPerSecond, exposures: exposed };
      }),
    );
    subscriber.add(activity$.subscribe(subscriber));
  });
}
