import type { Observable } from 'rxjs';
import { EMPTY } from 'rxjs';
import type { ClientEvent } from '../core/events.js';
import type { FlagSource } from '../core/source.js';
import { coreOf } from '../core/source.js';
import { untilDisposed } from '../lifetime/until-disposed.js';
import { toDetails } from './details.js';

/** How events are listened to. */
export interface EventOptions {
  /**
   * Whoever only looks on, as for telemetry, neither keeps a Node process alive nor counts as a subscriber.
   *
   * @defaultValue `false`
   */
  readonly isPassive?: boolean;
}

/**
 * What happens from now on, evaluations included. Events of the past are not replayed; but what happens while a source is
 * made, as that it is ready at once, is told to whoever subscribes in the same tick.
 *
 * @param source - a core, or a client.
 */
export function events$(source: FlagSource, { isPassive = false }: EventOptions = {}): Observable<ClientEvent> {
  const { context, lifetime } = coreOf(source);
  context.detailsOf ??= toDetails;
  if (isPassive) return context.events.event$;
  return untilDisposed(lifetime, context.events.event$, () => EMPTY);
}
