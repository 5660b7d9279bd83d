import { attributeReader } from '../model/user.js';
import { decide, startRun } from './decide.js';
import type * as memory from './memory.js';

/*
 * What stands in the place of `memory.ts` in browsers: one user is evaluated faster than the code that remembers would
 * be loaded.
 */

export const startAttributes = (): undefined => undefined;

export const readerOf: typeof memory.readerOf = attributeReader;

export const noteAttributes = (): void => undefined;

export const createMemo: typeof memory.createMemo = () => ({
  wrap: (compute) => compute,
  start: () => 0,
  recall: (_, text, compute, subject) => compute(text, subject),
});

export const decideCached: typeof memory.decideCached = (setting, user, report) =>
  decide(setting, startRun(setting.key, user, report));

export const createTextSet: typeof memory.createTextSet = (items) => new Set(items);

export const withRulesOf = (): undefined => undefined;

export { readConfigText } from '../model/no-config-index.js';
