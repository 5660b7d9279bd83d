/*
 * What the programs beside it have in common.
 */

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles when what it is called with is of exactly the type that is expected. */
export function is<Expected>() {
  return <Actual>(_: Actual, ..._proof: Equal<Actual, Expected> extends true ? [] : ['types differ']) => undefined;
}

/** Flags of known keys and types. */
export interface Flags {
  dark: boolean;
  limit: number;
  theme: 'light' | 'dark';
}
