/**
 * Stands in the place of `config-index.ts` in browsers, where configs are small: they are parsed and checked faster than
 * the code that does without would be loaded.
 */
export const readConfigText = (): undefined => undefined;
