import type { Observable } from 'rxjs';
import { requireMade } from '../arguments.js';
import type { HoldOption } from '../session.js';
import { sessionSymbol } from '../session.js';
import type { Core, SessionParts } from '../core/source.js';
import type { InitialPolicy } from '../core/options.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { User } from '../model/user.js';
import type { FlagStreamParts } from './stream.js';
import type { View } from '../core/snapshot.js';

/** How a session holds values. Only whoever imports `session()` has the code. */
export interface Holding extends SessionParts {
  /** A stream of one flag, which holds unless it is said not to. */
  readonly flag: <T>(
    core: Core,
    question: HeldQuestion<T>,
    partsOf: (view: View<T>) => FlagStreamParts<T>,
  ) => FlagStreamParts<T>;
  /** A stream of several flags, which holds. */
  readonly table: <T>(core: Core, read: Read<T>, parts: FlagStreamParts<T>) => FlagStreamParts<T>;
  /** Emits when flags are to be looked at again for a user, `undefined` for the default user. */
  readonly renewal$: (core: Core, user: User | undefined) => Observable<unknown>;
  /** Ends what is held for a user. */
  readonly leave: (user: User | undefined) => void;
  /** Tells once that the storage of the session fails. */
  readonly tellProblem: (core: Core) => void;
}

/** Reads whatever is asked for by a snapshot. */
export type Read<T> = (snapshot: InternalSnapshot, user: User | undefined) => T;

/** What is asked of a flag. */
export interface HeldQuestion<T> {
  readonly view: View<T>;
  readonly key: string;
  readonly fallback: DefaultValue;
  readonly initial: InitialPolicy;
  /** The option of the stream; `undefined` where it is that of the client. */
  readonly hold: HoldOption | undefined;
}

/**
 * How a session holds values.
 *
 * @throws TypeError when it is none.
 */
export function holdingOf(session: unknown, culprit = 'options.hold'): Holding {
  return requireMade(culprit, session, sessionSymbol, 'a session()');
}
