import { InvalidConfigModelError } from '../errors.js';
import type { ServedValue, SettingType, SettingValue } from '../model/config.js';
import type { User } from '../model/user.js';
import type {
  CompiledCondition,
  CompiledSetting,
  Decision,
  OptionChoice,
  Report,
  Run,
  Traversal,
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
    if (holdAll(rule.condition, run) !== true) continue;
    const decision = rule.decision ?? choose(rule.choice, run);
    if (decision) return decision;
  }
  return choose(setting.choice, run) ?? setting.otherwise;
}

/** What a choice comes to, if there is one. */
export function choose(choice: OptionChoice | undefined, run: Run): Decision | undefined {
  return choice?.choose(choice, run);
}

/** The verdict of conditions joined by AND: that of the first one that does not hold. */
export function holdAll(first: CompiledCondition | undefined, run: Run): Verdict {
  for (let condition = first; condition; condition = condition.and) {
    const verdict = condition.judge(condition, run);
    if (verdict !== true) return verdict;
  }
  return true;
}

/** The way through the compiled tree that writes nothing down. */
export const plain: Traversal = {
  decide: (prerequisite, run) => {
    const known = run.prerequisites?.get(prerequisite);
    if (known) return known;
    const { reportCount, path } = run;
    const decision = path!.size > deepestRecursion ? decideDeep(prerequisite, run) : decide(prerequisite, run);
    keepDecision(prerequisite, decision, reportCount, run);
    return decision;
  },
  holdSegment: ({ condition }, run) => holdAll(condition, run),
};

/** How many prerequisite flags may wait for each other on the stack, which not even small ones do not have room for. */
export const deepestRecursion = 50;

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

/** How many settings may wait for a prerequisite flag: reading all of a longer chain would take minutes. */
const longestPath = 2500;

/** What is processed for a setting, to go on with after its prerequisite flag. */
type Left = Pick<Run, 'settingKey' | 'isAbsenceReported'>;

/**
 * Goes from a setting to one of its prerequisite flags.
 *
 * @throws InvalidConfigModelError when that is one of those that wait for it; RangeError when they are too many.
 */
export function enterPrerequisite({ key }: CompiledSetting, run: Run): Left {
  const { settingKey, isAbsenceReported } = run;
  const path = (run.path ??= new Set());
  path.add(settingKey);
  if (path.has(key)) throw new InvalidConfigModelError(circular([...path, key]));
  if (path.size > longestPath)
    throw new RangeError(`More than ${longestPath} prerequisite flags depend on each other.`);
  run.settingKey = key;
  run.isAbsenceReported = false;
  return { settingKey, isAbsenceReported };
}

/** Goes back again. */
export function leavePrerequisite(left: Left, run: Run): void {
  run.path!.delete(left.settingKey);
  Object.assign(run, left);
}

/** How many keys of a circle are named at its begin and at its end. */
const namedKeys = 10;

function circular(keys: readonly string[]): string {
  const names = keys.map((key) => `'${key}'`);
  const hidden = names.length - 2 * namedKeys;
  if (hidden > 1) names.splice(namedKeys, hidden, `... <${hidden} more flags> ...`);
  return `Circular dependency detected between the following depending flags: ${names.join(' -> ')}.`;
}

/** Decides like `decide()`, but leaves it to others to decide what prerequisite flags serve. */
function* decideStepwise(setting: CompiledSetting, run: Run): Generator<CompiledSetting, Decision, Decision> {
  for (const rule of setting.rules) {
    let verdict: Verdict = true;
    for (let { condition } = rule; condition; condition = condition.and) {
      const { question } = condition;
      if (question) {
        const prerequisite = question.prerequisite();
        const left = enterPrerequisite(prerequisite, run);
        const { reportCount } = run;
        const decision = run.prerequisites?.get(prerequisite) ?? (yield prerequisite);
        keepDecision(prerequisite, decision, reportCount, run);
        leavePrerequisite(left, run);
        verdict = question.judge(prerequisite, decision);
      } else verdict = condition.judge(condition, run);
      if (verdict !== true) break;
    }
    if (verdict !== true) continue;
    const decision = rule.decision ?? choose(rule.choice, run);
    if (decision) return decision;
  }
  return choose(setting.choice, run) ?? setting.otherwise;
}

/** Decides with prerequisite flags of any depth: those who wait do so in a list, and not on the stack. */
function decideDeep(setting: CompiledSetting, run: Run): Decision {
  const waiting = [decideStepwise(setting, run)];
  let decision: Decision | undefined;
  for (let steps = waiting[0]; steps; steps = waiting[waiting.length - 1]) {
    // Those who begin do not look at what the step before has come to.
    const { done, value } = steps.next(decision!);
    if (done) {
      waiting.pop();
      decision = value;
    } else waiting.push(decideStepwise(value, run));
  }
  return decision!;
}

/** Begins an evaluation. */
export function startRun(
  settingKey: string,
  user: User | undefined,
  report: Report,
  traversal: Traversal = plain,
): Run {
  return {
    user,
    report,
    traversal,
    settingKey,
    isAbsenceReported: false,
    reportCount: 0,
    path: undefined,
    prerequisites: undefined,
  };
}

/** Says once per setting that targeting needs a user. */
export function reportMissingUser(run: Run): Verdict {
  run.reportCount++;
  if (!run.isAbsenceReported) {
    run.isAbsenceReported = true;
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
export function typeOf({ type, plainOverride }: Pick<CompiledSetting, 'type' | 'plainOverride'>): SettingType {
  if (!type) throw new InvalidConfigModelError(plainOverride?.problem ?? 'Setting type is invalid.');
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
