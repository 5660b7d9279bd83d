import { snapshotOf } from './core/snapshot.js';
import type { CoreSnapshot } from './core/types.js';
import type { Explanation } from './evaluation/explanation.js';
import { explainFlag } from './flags/explain.js';
import type { FlagKey, FlagTypes } from './model/flag-types.js';
import type { User } from './model/user.js';

export type { Explanation } from './evaluation/explanation.js';

/**
 * The evaluation of a flag as a tree, and as ConfigCat's evaluation log text, at once. It is slower than `value()`, and
 * never fails: what is wrong with the flag is part of the explanation. It is an entry of its own, so that pages which only
 * call `client.explain()`, a promise, load it when they need it. Source: protocol section 12.2.
 *
 * @param snapshot - of a core, or a client.
 * @param user - default: the default user at the time of the snapshot.
 * @throws TypeError when the key is no string, or the snapshot is none.
 *
 * @example
 * import { explain } from 'configcat-rx/explain';
 *
 * console.log(explain(client.snapshot(), 'darkMode', user).text);
 */
export function explain<F extends FlagTypes<F>>(snapshot: CoreSnapshot<F>, key: FlagKey<F>, user?: User): Explanation {
  const inner = snapshotOf(snapshot);
  return explainFlag(inner, key, user ?? inner.defaultUser);
}
