import { requireObject } from '../arguments.js';
import type { FlagSource } from '../core/source.js';
import { coreOf } from '../core/source.js';
import type { User } from '../model/user.js';
import { holdingFor } from './holding.js';

/**
 * Ends what a core or client with `hold: session()` holds for a user, as when a user interface turns to somebody else. Streams
 * that still show him have the present values at once, and hold those. Does nothing where nothing is held. Streams of users,
 * another default user, hooks and signals do so by themselves.
 *
 * @param source - a core, or a client.
 * @throws TypeError when the user is no object, or the source is none.
 *
 * @example
 * leaveUser(core, lastCustomer);
 */
export function leaveUser(source: FlagSource, user: User): void {
  const holding = holdingFor(coreOf(source));
  requireObject('user', user);
  holding?.leave(user);
}
