/** Under this symbol sessions keep what they are made of, also for other copies of this version of the library. */
export const sessionSymbol: unique symbol = Symbol.for('configcat-rx/1.session');

/**
 * Where a session is kept: `sessionStorage`, or anything else with these methods, which answers at once. What it throws is
 * logged once per session (event 1003), and the session is then kept in memory.
 *
 * @example
 * const items = new Map<string, string>();
 * const storage: SessionStorage = {
 *   getItem: (name) => items.get(name) ?? null,
 *   setItem: (name, text) => void items.set(name, text),
 *   removeItem: (name) => void items.delete(name),
 * };
 */
export interface SessionStorage {
  /** Gives the text under a name; `null` or `undefined` where there is none. */
  getItem(name: string): string | null | undefined;
  /** Keeps a text under a name, in the place of the one before. */
  setItem(name: string, text: string): void;
  /** Forgets the text under a name. */
  removeItem(name: string): void;
}

/**
 * One visit of somebody: what values are held for, and what exposures are told once in. Made by `session()`, and by nothing
 * else.
 */
export interface Session {
  /** Names the session: letters and digits by chance, the same until it ends, reloads of the page included. */
  readonly id: string;
  /** Where the session is kept; its methods never throw. What is kept there under another name is not the session's. */
  readonly storage: SessionStorage;
  /** Ends the session: nothing is held any more, flags have their present values at once, and one with another `id` begins. */
  end(): void;
  /** What the session is made of, for nobody else. */
  readonly [sessionSymbol]: object;
}

/**
 * In which session the first real value of a flag is held: `'session'` is that of the client. `false` holds nothing.
 */
export type HoldOption = Session | 'session' | false;
