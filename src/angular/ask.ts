import type { FlagSource } from '../functions.js';
import type { ProvidedSource } from './provided.js';
import { injectProvided } from './provided.js';
import { callOutside } from './zone.js';

/**
 * Asks the source of an application's flags a question: a function of `configcat-rx/core`, or whatever else can be done
 * with a source. Its work is done outside the zone; a stream that it returns emits inside.
 *
 * @example
 * const hasFlag$ = ask(keys$).pipe(map((keys) => keys.includes('darkMode')));
 */
export type Ask<S extends FlagSource = ProvidedSource> = <T>(question: (source: S) => T) => T;

/**
 * A function for all that there is no injector for, from an injection context.
 *
 * @typeParam S - what is provided, such as `FlagCore<Flags>` or `ConfigCatClient`. Default: what cores and clients have in
 * common.
 * @throws Error when nothing is provided.
 *
 * @example
 * import { flags$, status$ } from 'configcat-rx/core';
 *
 * private readonly ask = injectAsk<FlagCore>();
 * readonly status = toSignal(this.ask(status$));
 * readonly texts$ = this.ask((core) => flags$(core, { greeting: 'Hello', farewell: 'Bye' }));
 * refresh = () => this.ask((core) => core.refresh());
 */
export function injectAsk<S extends FlagSource = ProvidedSource>(): Ask<S> {
  const { rawSource, zone } = injectProvided();
  // What is provided, and its flags, is the caller's word.
  return (question) => callOutside(zone, () => question(rawSource as unknown as S));
}
