import type { KnownText } from '../acquisition/cache-starting-with.js';
import { textOf } from '../acquisition/cache-starting-with.js';
import { fromCacheText, trustedMs } from '../acquisition/entry.js';
import type { State } from '../acquisition/outcome.js';
import { firstStep } from '../acquisition/outcome.js';
import type { SnapshotContext } from '../core/snapshot.js';
import { createSnapshot, publicSnapshotOf } from '../core/snapshot.js';
import type { FlagSource } from '../core/source.js';
import { coreOf } from '../core/source.js';
import type { CoreSnapshot } from '../core/types.js';
import { compile } from '../evaluation/compile.js';
import { evaluate } from '../evaluation/evaluate.js';
import { cacheReadFailed } from '../logging/events.js';
import type { Log } from '../logging/logger.js';
import type { InternalConfig } from '../model/config.js';
import type { AnyFlags, FlagTypes } from '../model/flag-types.js';
import type { ConfigFormat } from '../model/format.js';
import { parseConfig } from '../model/parse-config.js';

/** How `snapshotOfText()` reads a text. */
export interface TextSnapshotOptions {
  /** Logs nothing of a text that cannot be read, as where somebody else reads it, too. Default: it is logged. */
  readonly isSilent?: boolean;
}

/**
 * What a core or client would answer by the config of a text, as what a server has rendered a page by, for its default user of
 * now. Nobody is asked and no clock is read; of evaluations nothing is logged or told, and a text that cannot be read is
 * logged (event 2200) and then counts as none.
 *
 * @param source - a core, or a client: whose formats, log and default user hold.
 * @param text - `snapshot.cacheText` of a core or client, or a function that gives it; nothing where there is no config.
 * @throws TypeError when `source` is neither core nor client.
 *
 * @example
 * const rendered = snapshotOfText(core, cacheText);
 * const wasDark = rendered.value('darkMode', false);
 */
export function snapshotOfText<F extends FlagTypes<F> = AnyFlags>(
  source: FlagSource<F>,
  text: KnownText,
  { isSilent = false }: TextSnapshotOptions = {},
): CoreSnapshot<F> {
  const { options, context, defaultUser } = coreOf(source);
  const { log, events } = context;
  const state = readText(text, options.formats, isSilent ? undefined : log);
  const quiet = contextOfText(state, {
    createPublicSnapshot: context.createPublicSnapshot,
    log: Object.assign(() => undefined, log),
    events: { ...events, hasListeners: () => false },
  });
  const { content } = state;
  const snapshot = createSnapshot(state, content && compile(content), defaultUser.current(), quiet);
  // `F` is the caller's word about the config: nothing at run time depends on it.
  return publicSnapshotOf(snapshot) as unknown as CoreSnapshot<F>;
}

type TextState = State<readonly InternalConfig[]>;

/** What snapshots of a text work with. Their data is cached and stays so, and users are nothing to be warned of. */
export function contextOfText(
  { content }: TextState,
  parts: Pick<SnapshotContext, 'createPublicSnapshot' | 'log' | 'events'>,
): SnapshotContext {
  return {
    ...parts,
    evaluate,
    report: () => undefined,
    cacheState: () => (content ? 'cached' : 'no-flag-data'),
  };
}

/** The last moment that a date can be: nothing before it is the future where no clock is read. */
const latestMs = 8.64e15;

/**
 * The state of somebody who knows what a text says, or nothing where it cannot be read.
 * Source: protocol section 9.
 */
export function readText(text: KnownText, formats: readonly ConfigFormat[], log: Log | undefined): TextState {
  const first: State<never> = { ...firstStep.state, isInitialised: true, isOnline: false };
  try {
    const entry = fromCacheText(textOf(text) ?? noText);
    const { configText, fetchedAtMs = 0 } = entry;
    if (configText === undefined) return first;
    const content = [parseConfig(configText, undefined, formats)];
    return { ...first, entry: { ...entry, fetchedAtMs: trustedMs(fetchedAtMs, latestMs, 0) }, content };
  } catch (error) {
    log?.(cacheReadFailed, {}, error);
    return first;
  }
}

/** What caches have of no config. */
const noText = '0\n\n';
