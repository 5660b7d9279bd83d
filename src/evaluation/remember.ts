import type { AttributeReader, User } from '../model/user.js';
import { decide, startRun } from './decide.js';
import type { Attributes, CompiledSetting, Decision, LastDecision, Report } from './ruleset.js';

/**
 * Where each user is another one, to look for the same attributes costs more than it saves: after so many misses they are
 * compared for two evaluations of 256.
 */
const mostMisses = 16;
const missesAfterSkips = mostMisses - 2;
const skipsAfterMisses = 254;

/**
 * Decides for a user like `decide()`, but remembers: the same attributes lead to the same decision. Attributes are
 * compared, not users, because users are objects that may change.
 */
export function decideCached(setting: CompiledSetting, user: User | undefined, report: Report): Decision {
  const { rules, choice, attributes, key } = setting;
  if (rules.length === 0 && !choice) return setting.otherwise;
  // What is evaluated for the first time may never be evaluated again: only the second time is worth remembering.
  if (!user || !attributes || !setting.isKnown) {
    setting.isKnown = true;
    return decide(setting, startRun(key, user, report));
  }

  const last = (setting.last ??= startMemory(attributes));
  if (last.skips > 0) {
    last.skips--;
    return decide(setting, startRun(key, user, report));
  }
  const evaluation = ++last.evaluation;
  const isSame = hasSameAttributes(attributes.readers, user, last.attributes);
  // An evaluation inside this one, in a getter of the user, leaves other attributes behind.
  if (!isSame || !last.decision || last.evaluation !== evaluation) {
    return decideAnew(setting, user, report, last, isSame === undefined ? undefined : evaluation);
  }
  last.misses = 0;
  return last.decision;
}

/**
 * Decides, and remembers that if it can be repeated.
 *
 * @param evaluation - its number; `undefined` when attributes have been compared in part.
 */
function decideAnew(
  setting: CompiledSetting,
  user: User,
  report: Report,
  last: LastDecision,
  evaluation: number | undefined,
): Decision {
  last.decision = undefined;
  if (++last.misses === mostMisses) {
    last.misses = missesAfterSkips;
    last.skips = skipsAfterMisses;
  }
  const run = startRun(setting.key, user, report);
  const decision = decide(setting, run);
  if (run.reportCount === 0 && last.evaluation === evaluation) last.decision = decision;
  return decision;
}

function startMemory({ names }: Attributes): LastDecision {
  return { attributes: names.map(() => undefined), decision: undefined, evaluation: 0, misses: 0, skips: 0 };
}

/**
 * Compares the attributes of a user with those that were seen before, and leaves them to be seen the next time.
 *
 * @returns `undefined` when one cannot be read: those behind it are still the ones seen before.
 */
function hasSameAttributes(readers: readonly AttributeReader[], user: User, seen: unknown[]): boolean | undefined {
  let isSame = true;
  try {
    for (let i = 0; i < readers.length; i++) {
      const attribute = readers[i]!(user);
      // Lists and dates can change while they stay the same object.
      if (attribute === seen[i] && (typeof attribute !== 'object' || attribute === null)) continue;
      seen[i] = attribute;
      isSame = false;
    }
    return isSame;
  } catch {
    // Evaluation itself may not come across that attribute.
  }
}
