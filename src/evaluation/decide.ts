import { InvalidConfigModelError } from '../errors.js';
import type { ServedValue, SettingType, SettingValue } from '../model/config.js';
import type { AttributeReader, User } from '../model/user.js';
import type {
  Attributes,
  CompiledCondition,
  CompiledSetting,
  Decision,
  Driver,
  LastDecision,
  Report,
  Run,
  Verdict,
} from './ruleset.js';

/**
 * Decides what a setting serves: the first targeting rule that holds, else the percentage options, else the
 * setting's own value. Source: protocol section 5.2.
 *
 * @throws InvalidConfigModelError when evaluation reaches a part of the config that means nothing.
 */
export function decide(setting: CompiledSetting, run: Run): Decision {
  for (const rule of setting.rules) {
    if (holdAll(rule.conditions, run) !== true) continue;
    const { serve } = rule;
    const decision = typeof serve === 'function' ? serve(run) : serve;
    if (decision) return decision;
  }
  return setting.chooseOption?.(run) ?? setting.fallback;
}

/** The verdict of conditions joined by AND: that of the first one that does not hold. */
export function holdAll(conditions: readonly CompiledCondition[], run: Run): Verdict {
  for (const holds of conditions) {
    const verdict = holds(run);
    if (verdict !== true) return verdict;
  }
  return true;
}

const plain: Driver = {
  decide: decidePrerequisite,
  holdSegment: ({ conditions }, run) => holdAll(conditions, run),
};

function decidePrerequisite(prerequisite: CompiledSetting, run: Run): Decision {
  const known = run.prerequisites?.get(prerequisite);
  if (known) return known;
  const { reportCount } = run;
  const decision = decide(prerequisite, run);
  keepDecision(prerequisite, decision, reportCount, run);
  return decision;
}

/** How much one evaluation tells where it repeats itself. */
export const mostRepeats = 1000;

/**
 * Keeps what a prerequisite flag has decided for the rest of the evaluation, because those that can be reached by many
 * paths would otherwise take a time that doubles with each of them. A decision that has succeeded on one path does so on
 * all: had it come across a setting of another path, it would have met itself there.
 *
 * @param reportCount - how much had been reported before.
 */
export function keepDecision(prerequisite: CompiledSetting, decision: Decision, reportCount: number, run: Run): void {
  // What is reported is reported each time.
  if (run.reportCount === reportCount || run.reportCount >= mostRepeats)
    (run.prerequisites ??= new Map()).set(prerequisite, decision);
}

/** Begins an evaluation. */
export function startRun(settingKey: string, user: User | undefined, report: Report, driver: Driver = plain): Run {
  return {
    user,
    report,
    driver,
    settingKey,
    isUserMissingReported: false,
    isAttributeMissingReported: false,
    reportCount: 0,
    path: undefined,
    prerequisites: undefined,
  };
}

/** Says once per setting that targeting needs a user. */
export function reportMissingUser(run: Run): Verdict {
  run.reportCount++;
  if (!run.isUserMissingReported) {
    run.isUserMissingReported = true;
    run.report('userMissing', run.settingKey);
  }
  return 'unusable';
}

/** What a setting decides when it comes to this value. */
export function toDecision(
  { value, variationId }: ServedValue,
  ruleIndex: number | undefined,
  optionIndex: number | undefined,
): Decision {
  return { errorCode: 0, value, variationId, ruleIndex, optionIndex };
}

/**
 * The type of a setting.
 *
 * @throws InvalidConfigModelError when it has none.
 */
export function typeOf({ type, simple }: Pick<CompiledSetting, 'type' | 'simple'>): SettingType {
  if (!type) throw new InvalidConfigModelError(simple?.problem ?? 'Setting type is invalid.');
  return type;
}

/** What `typeof` says of the values of a type. */
export function typeofSetting(type: SettingType): 'boolean' | 'string' | 'number' {
  return type === 'boolean' || type === 'string' ? type : 'number';
}

/**
 * The value of a decision.
 *
 * @throws InvalidConfigModelError when the config gives none of the setting's type.
 */
export function requireValue({ value }: Decision): SettingValue {
  if (value === undefined) throw new InvalidConfigModelError('Setting value is missing or invalid.');
  return value;
}

/**
 * Decides for a user like `decide()`, but remembers: the same attributes lead to the same decision. Attributes are
 * compared, not users, because users are objects that may change.
 */
export function decideFor(setting: CompiledSetting, user: User | undefined, report: Report): Decision {
  const { rules, chooseOption, attributes, key } = setting;
  if (rules.length === 0 && !chooseOption) return setting.fallback;
  // What is evaluated for the first time may never be evaluated again: only the second time is worth remembering.
  if (!user || !attributes || !setting.isKnown) {
    setting.isKnown = true;
    return decide(setting, startRun(key, user, report));
  }

  const last = (setting.last ??= startMemory(attributes));
  const evaluation = ++last.evaluation;
  const comparison = compareAttributes(attributes.readers, user, last.attributes);
  // An evaluation inside this one, in a getter of the user, leaves other attributes behind.
  if (comparison === 'same' && last.decision && last.evaluation === evaluation) return last.decision;
  last.decision = undefined;
  const run = startRun(key, user, report);
  const decision = decide(setting, run);
  const isRepeatable = comparison !== 'incomparable' && run.reportCount === 0;
  if (isRepeatable && last.evaluation === evaluation) last.decision = decision;
  return decision;
}

function startMemory({ names }: Attributes): LastDecision {
  return { attributes: names.map(() => undefined), decision: undefined, evaluation: 0 };
}

/** Compares the attributes of a user with those that were seen before, and leaves them to be seen the next time. */
function compareAttributes(
  readers: readonly AttributeReader[],
  user: User,
  seen: unknown[],
): 'same' | 'different' | 'incomparable' {
  let comparison: 'same' | 'different' | 'incomparable' = 'same';
  try {
    for (let i = 0; i < readers.length; i++) {
      const attribute = readers[i]!(user);
      // Lists and dates can change while they stay the same object.
      if (typeof attribute === 'object' && attribute !== null) comparison = 'incomparable';
      if (attribute === seen[i]) continue;
      seen[i] = attribute;
      if (comparison === 'same') comparison = 'different';
    }
    return comparison;
  } catch {
    // Evaluation itself may not come across the attribute that cannot be read.
    return 'incomparable';
  }
}
