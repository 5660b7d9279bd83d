import type { Observable } from 'rxjs';
import { EMPTY, catchError, defer, filter, finalize, from, ignoreElements, map, mergeMap } from 'rxjs';
import { observe } from '../arguments.js';

/** Work of the store that is wanted from a moment on. */
export interface Demand {
  /** A mark of this moment. */
  readonly mark: () => number;
  /** Does the work after the moment of subscription, or joins such work. */
  readonly work$: Observable<unknown>;
}

/** What a trigger can have done. */
export interface TriggerContext {
  /** The config from the server. */
  readonly refresh: Demand;
  /** The config from the external cache. */
  readonly readCache: Demand;
  /** Tells whether the config is older than this, in milliseconds. */
  readonly isOlder: (ageMs: number) => boolean;
  /** Told of streams that break. */
  readonly report: (stream: string, error: unknown) => void;
}

/** What asks a store for a config besides its polling mode: work that is done while it is subscribed to. */
export type Trigger = (context: TriggerContext) => Observable<never>;

/**
 * Demands work at each emission of a user's stream, whose failure is reported and changes nothing else. Emissions that
 * come before the demanded work begins share it, however many they are.
 */
export function demandAtEach(
  name: string,
  stream$: Observable<unknown> | undefined,
  { mark, work$ }: Demand,
  { report }: Pick<TriggerContext, 'report'>,
  isWanted: () => boolean = () => true,
): Observable<never> {
  if (!stream$) return EMPTY;
  const fail = report.bind(undefined, name);
  return defer(() => {
    let waitingSince: number | undefined;
    return defer(() => from(stream$)).pipe(
      map((hint) => observe(hint, fail)),
      catchError((error: unknown) => {
        fail(error);
        return EMPTY;
      }),
      filter(() => isWanted() && waitingSince !== mark()),
      mergeMap(() => {
        const since = (waitingSince = mark());
        return work$.pipe(
          finalize(() => {
            if (waitingSince === since) waitingSince = undefined;
          }),
        );
      }),
      ignoreElements(),
    );
  });
}
