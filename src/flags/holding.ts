import type { Observable } from 'rxjs';
import { requireMade } from '../arguments.js';
import type { Session } from '../session.js';
import { sessionSymbol } from '../session.js';
import type { Core, FlagSource, SessionParts } from '../core/source.js';
import type { InternalSnapshot, View } from '../core/snapshot.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { User } from '../model/user.js';
import type { FlagStreamParts } from './stream.js';

/** How a session holds values. Only whoever imports `session()` has the code. */
export interface Holding extends SessionParts {
  /** What would be a stream of one flag, which holds. */
  readonly flag: <T>(
    core: Core,
    parts: FlagStreamParts<T>,
    view: View<T>,
    key: string,
    fallback: DefaultValue,
  ) => Observable<T>;
  /** What is asked of several flags, which are held. */
  readonly reading: <T>(core: Core, reading: HeldReading<T>) => Observable<T>;
  /** The flags of a source as this session holds them, or as they are served: the source itself where it shows them so. */
  readonly over: <S extends FlagSource>(source: S, hold: Session | false) => S;
  /** The same, but always another source, which can be disposed. */
  readonly view: (source: FlagSource, hold: Session | false) => FlagSource;
  /** Emits when flags that are held are to be looked at again, although there is no other config or user. */
  readonly renewal$: (core: Core) => Observable<unknown>;
  /** Ends what is held for a user. */
  readonly leave: (user: User | undefined) => void;
  /** Tells once that the storage of the session fails. */
  readonly tellProblem: (core: Core) => void;
}

/** What is read of flags that are held. */
export interface HeldReading<T> extends Omit<FlagStreamParts<T>, 'answers$'> {
  /** Whose changes make a difference; `undefined`: those of all flags. */
  readonly keys: readonly string[] | undefined;
  readonly read: (snapshot: InternalSnapshot, user: User | undefined) => T;
}

/**
 * How a session holds values.
 *
 * @throws TypeError when it is none.
 */
export function holdingOf(session: unknown, culprit = 'options.hold'): Holding {
  return requireMade(culprit, session, sessionSymbol, 'a session()');
}

/** How the values of a core are held, if they are. */
export function holdingFor({ parts }: Core): Holding | undefined {
  return parts.get(sessionSymbol) as Holding | undefined;
}
