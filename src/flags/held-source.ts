import type { Observable } from 'rxjs';
import type { RefreshResult } from '../acquisition/outcome.js';
import type { FlagSource } from '../core/source.js';
import { coreOf } from '../core/source.js';
import type { CacheState, CoreSnapshot } from '../core/types.js';
import type { AnyFlags, FlagTypes } from '../model/flag-types.js';
import type { User } from '../model/user.js';
import type { HoldOption, Session } from '../session.js';
import { holdingFor, holdingOf } from './holding.js';

/** What holds flags of one question, where not as by its source. */
export interface HoldOptions {
  /**
   * Holds the first real values for the session of a user, whatever configs arrive: a session, `'session'` for that of the client,
   * or `false` for values as they are served. Default: as the client does.
   *
   * @example
   * flags$(core, { darkMode: false, theme: 'light' }, user$, { hold: session() });
   */
  readonly hold?: HoldOption | undefined;
}

/** The flags of another source, as a session holds them. Functions of `configcat-rx/core` and adapters take it. */
export interface HeldSource<F extends FlagTypes<F> = AnyFlags> extends FlagSource<F> {
  /** The present state for synchronous use; never waits and never fetches. */
  snapshot(): CoreSnapshot<F>;
  /** Emits once, when reads need not wait any more, and completes; says what there is then. */
  readonly ready$: Observable<CacheState>;
  /** Lets the other source fetch; never rejects. */
  refresh(): Promise<RefreshResult>;
  /** Sets the default user of the other source. */
  setDefaultUser(user: User | undefined): void;
  /** Completes the streams of this source; the other one goes on. Not needed where nobody is subscribed. */
  dispose(): void;
}

/**
 * The flags of a core or client as a session holds them, however they are read: another source, for functions of
 * `configcat-rx/core` and for providers. It leaves nothing behind in the other one, so that a server can have one for each
 * request. For the same source and session it is the same.
 *
 * @param source - a core, or a client, whose own methods do not hold.
 * @param hold - the session; `'session'` for that of the source.
 * @throws TypeError when the source or the session is none.
 *
 * @example
 * const held = heldSource(client, session({ storage: 'memory' }));
 * flags$(held, { darkMode: false, theme: 'light' }).subscribe(render);
 */
export function heldSource<F extends FlagTypes<F> = AnyFlags>(
  source: FlagSource<F>,
  hold: Session | 'session',
): HeldSource<F> {
  const session = hold === 'session' ? coreOf(source).options.session : hold;
  // Made for whatever flags: `F` is the caller's word about them.
  return holdingOf(session, 'hold').view(source, session!) as HeldSource<F>;
}

/**
 * The source that a `hold` option stands for, for adapters: as a session holds its flags, or as they are served with `false`. The
 * same source where that is what it does anyway.
 *
 * @throws TypeError when the source or the session is none.
 *
 * @example
 * const source = withHold(client, options.hold);
 */
export function withHold<S extends FlagSource>(source: S, hold: HoldOption | undefined): S {
  if (hold === undefined) return source;
  const core = coreOf(source);
  const session = core.options[hold as 'session'] ?? (hold as Session | false);
  // Only whoever holds has the code that shows flags in another way.
  return (session ? holdingOf(session) : holdingFor(core))?.over(source, session) ?? source;
}
