import type { KnownText } from '../acquisition/cache-starting-with.js';
import { compile } from '../evaluation/compile.js';
import { readText } from '../flags/snapshot-of-text.js';
import type { LogEvent } from '../logging/events.js';
import * as logEvents from '../logging/events.js';
import type { AnyFlags, FlagTypes } from '../model/flag-types.js';
import type { CoreOptions, FlagCore } from './create-core.js';
import { toFlagCore } from './create-core.js';
import { createFixedCore } from './fixed-core.js';

/** Options of `createCoreFromText()`. */
export type TextCoreOptions = Pick<CoreOptions, 'defaultUser' | 'formats' | 'texts' | 'logger' | 'logLevel'>;

/**
 * Creates a core that knows one config for good, which comes from a text: what a server has rendered a page by, or what
 * another client knew. It has neither an SDK key nor a clock nor timers, and sends nothing; its streams emit at once, and
 * complete on `dispose()`. All functions of `configcat-rx/core` take it. Its data counts as cached, of the time in the text.
 *
 * What is wrong with the text is logged (event 2200), and there is then no config. Of evaluations nothing is logged: the
 * client that follows the config says that.
 *
 * @typeParam F - keys and types of the flags, see {@link FlagTypes}. Default: any.
 * @param text - `snapshot.cacheText` of a core or client, or a function that gives it; nothing where there is no config.
 * @throws TypeError when the options are none.
 *
 * @example
 * const rendered = createCoreFromText(client.snapshot().cacheText, { defaultUser: { identifier: '42' } });
 * rendered.snapshot().value('darkMode', false);
 * flag$(rendered, 'darkMode', false).subscribe(render); // once
 */
export function createCoreFromText<F extends FlagTypes<F> = AnyFlags>(
  text: KnownText,
  options: TextCoreOptions = {},
): FlagCore<F> {
  const core = createFixedCore(
    options,
    ({ formats }, log) => {
      const state = readText(text, formats, log);
      return { state, ruleset: state.content && compile(state.content) };
    },
    ofEvaluations,
  );
  return toFlagCore<F>(core);
}

/** What evaluations log. */
const ofEvaluations: readonly LogEvent[] = [
  logEvents.configMissing,
  logEvents.settingMissing,
  logEvents.evaluationFailed,
  logEvents.variationMissing,
  logEvents.jsonInvalid,
];
