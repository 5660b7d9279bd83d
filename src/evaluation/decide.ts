import type { CompiledCondition, CompiledSetting, Decision, Run, Verdict } from './ruleset.js';

/**
 * Decides what a setting serves: the first targeting rule that holds, else the percentage options, else the
 * setting's own value. Source: protocol section 5.2.
 *
 * @throws InvalidConfigModelError when evaluation reaches a part of the config that means nothing.
 */
export function decide(setting: CompiledSetting, run: Run): Decision {
  for (const rule of setting.rules) {
    if (holdAll(rule.conditions, run) !== true) continue;
    const decision = rule.serve(run);
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

/** Says once per setting that targeting needs a user. */
export function reportMissingUser(run: Run): void {
  if (run.isUserMissingReported) return;
  run.isUserMissingReported = true;
  run.report('userMissing', run.settingKey);
}
