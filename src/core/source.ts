import type { Core } from './core.js';

/** Under this symbol cores and clients keep what they are made of, also for other copies of this version of the library. */
export const coreSymbol: unique symbol = Symbol.for('configcat-rx/1');

/** Where flags come from: a core, or a client, which is one with methods. */
export interface FlagSource {
  /** @internal */
  readonly [coreSymbol]: Core;
}

/**
 * The core behind a source.
 *
 * @throws TypeError when it is no source of flags.
 */
export function coreOf(source: FlagSource): Core {
  const core = (source as Partial<FlagSource> | null | undefined)?.[coreSymbol];
  if (!core) throw new TypeError('Invalid argument `source`. Expected a core, or a client.');
  return core;
}

/**
 * What a function has made of a core, made when it is first asked for: so nobody pays for what he does not use. What is
 * made lives as long as the core, and must not hold the core itself, which could then never be collected.
 */
export function partOf<T>(core: Core, create: (core: Core) => T): T {
  const { parts } = core;
  if (!parts.has(create)) parts.set(create, create(core));
  return parts.get(create) as T;
}
