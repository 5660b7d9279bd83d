import { firstStep } from '../acquisition/outcome.js';
import { rulesetOf } from '../decided/ruleset.js';
import type { ValuesState } from '../decided/values-state.js';
import { isOf, readState } from '../decided/values-state.js';
import { cacheReadFailed } from '../logging/events.js';
import type { AnyFlags, FlagTypes } from '../model/flag-types.js';
import type { User } from '../model/user.js';
import type { CoreOptions, FlagCore } from './create-core.js';
import { toFlagCore } from './create-core.js';
import type { FixedKnowledge } from './fixed-core.js';
import { createFixedCore } from './fixed-core.js';

/** Options of `createCoreFromValues()`. */
export type ValuesCoreOptions = Pick<CoreOptions, 'defaultUser' | 'texts' | 'logger' | 'logLevel'>;

/** A core that knows the values of one user for good. */
export interface ValuesCore<F extends FlagTypes<F> = AnyFlags> extends FlagCore<F> {
  /** It knows the same on a server and in the page that the server has rendered: adapters wait for nothing. */
  readonly isFixed: true;
}

/**
 * Creates a core of values that somebody else has decided for one user, as a server that has rendered a page. It has no rule, no
 * SDK key, no clock and no timers, and sends nothing; its streams emit at once, and complete on `dispose()`. All functions of
 * `configcat-rx/core` and all adapters take it. Its data counts as cached.
 *
 * Where no user is named, and for a user whose attributes are all equal, it answers by these values; for any other by the
 * default value (status `fallback`), which is logged (event 1002). It says "Values only" where it is asked for rules: in
 * explanations, and in the log of `keyAndValue()`. What is wrong with the state is logged (event 2200), and there is then
 * no value.
 *
 * @typeParam F - keys and types of the flags, see {@link FlagTypes}. Default: any.
 * @param state - what `dehydrateValues()` gave, or what that stands for as JavaScript; nothing where there is none.
 * @throws TypeError when the options are none.
 *
 * @example
 * const rendered = createCoreFromValues(document.getElementById('flags')?.textContent);
 * rendered.snapshot().value('darkMode', false);
 */
export function createCoreFromValues<F extends FlagTypes<F> = AnyFlags>(
  state: string | object | null | undefined,
  options: ValuesCoreOptions = {},
): ValuesCore<F> {
  const core = createFixedCore(
    options,
    (_, log) => {
      try {
        return knowledgeOf(readState(state));
      } catch (error) {
        log(cacheReadFailed, {}, error);
        return knowledgeOf(undefined);
      }
    },
    [],
  );
  return Object.assign(toFlagCore<F>(core), { isFixed: true } as const);
}

const otherUser = 'Values only, of one user: nothing is known of others.';

function knowledgeOf(values: ValuesState | undefined): FixedKnowledge {
  const state = { ...firstStep.state, isInitialised: true, isOnline: false };
  if (!values) return { state, ruleset: undefined };
  const { fetchedAtMs, flags } = values;
  const isOwner = (user: User | undefined) => !user || isOf(values, user);
  return {
    // There is a config, of which no layer is known.
    state: { ...state, entry: { ...state.entry, fetchedAtMs }, content: [] },
    ruleset: rulesetOf(new Map(flags.map((flag) => [flag[0], flag])), undefined, { isOwner, otherUser }),
  };
}
