import { evaluateFlag } from '../core/evaluate.js';
import { settingOf } from '../core/snapshot.js';
import type { FlagSource } from '../core/source.js';
import { coreOf } from '../core/source.js';
import { isFailure } from '../evaluation/evaluate.js';
import type { AnyFlags, FlagKey, FlagTypes } from '../model/flag-types.js';
import type { User } from '../model/user.js';
import type { DecidedFlag } from './flag.js';
import { types } from './ruleset.js';
import { fingerprintOf, writeState } from './values-state.js';

/** Whose values are written down, and of which flags. */
export interface DehydrateOptions<F extends FlagTypes<F> = AnyFlags> {
  /** Default: the default user of the source. */
  readonly user?: User | undefined;
  /** The keys of the flags. One that does not exist is logged. Default: all flags. */
  readonly flags?: readonly FlagKey<F>[] | undefined;
}

/**
 * Writes down the values that flags have for one user, for a page that is to know nothing else: no rule, no value of others, no
 * SDK key, and of the user a fingerprint (SHA-256) in place of his attributes. It is JSON that is safe inside of a script
 * element; give it to `createCoreFromValues()`. It is `null` while there is no config. A flag that cannot be evaluated is
 * logged, and has its default value there.
 *
 * @param source - a core, or a client.
 * @throws TypeError when the user is no object, or a key no string.
 *
 * @example
 * const state = dehydrateValues(client, { user, flags: ['darkMode', 'newCheckout'] });
 * response.send(`<script id="flags" type="application/json">${state}</script>`);
 */
export function dehydrateValues<F extends FlagTypes<F> = AnyFlags>(
  source: FlagSource<F>,
  { user, flags }: DehydrateOptions<F> = {},
): string {
  const snapshot = coreOf(source).data.snapshot();
  const { ruleset, defaultUser, state } = snapshot;
  if (!ruleset) return writeState(null);
  const effective = user ?? defaultUser;
  const keys: readonly string[] = flags ?? ruleset.keys;
  const written = keys.flatMap((key): DecidedFlag[] => {
    // Told to nobody as an evaluation: it shows the flag to nobody.
    const evaluation = evaluateFlag(snapshot, 'dehydrateValues', key, null, effective);
    const setting = settingOf(snapshot, key);
    if (!setting) return [];
    const decision = isFailure(evaluation) ? undefined : evaluation;
    return [[key, decision?.value ?? null, decision?.variationId ?? null, types.indexOf(setting.type)]];
  });
  const { fetchedAtMs = 0, requestedAtMs } = state.entry;
  return writeState({ fetchedAtMs, requestedAtMs, user: fingerprintOf(effective), flags: written });
}
