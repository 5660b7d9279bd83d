import type { NgZone } from '@angular/core';
import { Observable, isObservable } from 'rxjs';

/**
 * Calls a function for whoever is inside the zone: what it does stays outside, or a refresh that a button asks for would
 * bring all later polls inside, and the page would never be stable again. What a stream that it returns emits comes in.
 */
export function callOutside<T>(zone: NgZone, call: () => T): T {
  const result = zone.runOutsideAngular(call);
  return isObservable(result) ? (emitInside(zone, result) as T) : result;
}

/** A stream that does its work outside the zone, and emits inside. */
export function emitInside<T>(zone: NgZone, stream$: Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    // What is emitted at once comes while change detection may be under way, which must not begin another one.
    let early: (() => void)[] | undefined = [];
    const tell = (news: () => void) => {
      if (early) early.push(news);
      else zone.run(news);
    };
    subscriber.add(
      zone.runOutsideAngular(() =>
        stream$.subscribe({
          next: (value) => tell(() => subscriber.next(value)),
          error: (error: unknown) => tell(() => subscriber.error(error)),
          complete: () => tell(() => subscriber.complete()),
        }),
      ),
    );
    for (const news of early) news();
    early = undefined;
  });
}
