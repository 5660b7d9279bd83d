import type { Observable } from 'rxjs';
import { EMPTY, catchError, defer, filter, from, map, merge } from 'rxjs';
import { observe } from '../arguments.js';
import type { OpenCache } from './external-cache.js';
import type { PollingContext } from './polling/mode.js';

/** Where hints that the server or the cache may have something new come from. */
export interface HintSources {
  readonly refreshOn$?: Observable<unknown> | undefined;
  readonly minRefreshAgeMs: number;
  readonly cache: Pick<OpenCache<unknown>, 'refreshOn$'> | undefined;
}

/** What asks for a fetch besides the polling mode: the user's hints, where there is no younger answer, and the cache. */
export function refreshHints(
  report: PollingContext['report'],
  { refreshOn$, minRefreshAgeMs, cache }: HintSources,
  isOlder: (ageMs: number) => boolean,
): Observable<unknown> {
  return merge(
    reporting(report, 'refreshOn$', refreshOn$).pipe(filter(() => isOlder(minRefreshAgeMs - 1))),
    reporting(report, 'cache.refreshOn$', cache?.refreshOn$),
  );
}

/** A stream of the user's, whose failure is reported and changes nothing else. */
export function reporting(
  report: PollingContext['report'],
  name: string,
  stream$: Observable<unknown> = EMPTY,
): Observable<unknown> {
  const fail = (error: unknown) => {
    report(name, error);
  };
  return defer(() => from(stream$)).pipe(
    map((hint) => observe(hint, fail)),
    catchError((error: unknown) => {
      fail(error);
      return EMPTY;
    }),
  );
}
