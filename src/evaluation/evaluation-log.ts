import { displayText } from '../display-text.js';
import type { User } from '../model/user.js';
import type {
  ExplainedCondition,
  ExplainedOptions,
  ExplainedRule,
  ExplainedSegment,
  ExplainedSetting,
} from './explanation.js';

/** Starts a new line at a depth of nesting. */
const line = (depth: number) => `\n${'  '.repeat(depth)}`;

/**
 * Writes ConfigCat's evaluation log. Where an error ended the evaluation, the text ends with what was known.
 *
 * @param returned - the value that the caller gets.
 * Source: protocol section 12.2.
 */
export function writeEvaluationLog(
  key: string,
  user: User | undefined,
  setting: ExplainedSetting | undefined,
  returned: unknown,
): string {
  const forUser = user ? ` for User '${describeUser(user)}'` : '';
  const body = setting ? writeSetting(setting, 1) : '';
  return `Evaluating '${key}'${forUser}${body}${line(1)}Returning '${displayText(returned)}'.`;
}

function writeSetting({ source, rules, percentageOptions }: ExplainedSetting, depth: number): string {
  const heading = `${line(depth)}Evaluating targeting rules and applying the first match if any:`;
  return (
    (source.targetingRules.length > 0 ? heading : '') +
    rules.map((rule) => writeRule(rule, depth)).join('') +
    (percentageOptions ? writeOptions(percentageOptions, depth) : '')
  );
}

function writeRule(rule: ExplainedRule, depth: number): string {
  const { source, conditions, outcome, reason, percentageOptions } = rule;
  const isLong = source.conditions.length > 1;
  const written = writeConditions(conditions, depth + 1, isLong);
  const start = `${line(depth)}- ${written}`;
  if (!outcome) return start;
  const last = conditions[conditions.length - 1];
  const endsInBlock =
    last !== undefined && last.kind !== 'user' && !(last.kind === 'segment' && last.conditions === undefined);
  const then = `${isLong || endsInBlock ? line(depth + 1) : ' '}THEN ${writeThen(rule)} => `;
  const isIgnored = outcome === 'cannot-evaluate' || percentageOptions?.reason !== undefined;
  return (
    start +
    then +
    (outcome === 'match'
      ? 'MATCH, applying rule'
      : outcome === 'no-match'
        ? 'no match'
        : `cannot evaluate, ${reason}`) +
    (percentageOptions ? writeOptions(percentageOptions, depth + 1) : '') +
    (isIgnored
      ? `${line(depth + 1)}The current targeting rule is ignored and the evaluation continues with the next rule.`
      : '')
  );
}

function writeThen({ source: { servedValue, percentageOptions } }: ExplainedRule): string {
  return percentageOptions && !servedValue ? '% options' : `'${servedValue?.value ?? '<invalid value>'}'`;
}

function writeConditions(conditions: readonly ExplainedCondition[], depth: number, hasResults: boolean): string {
  return conditions
    .filter(({ kind }) => kind !== 'invalid')
    .map((condition, i) => {
      const start = i === 0 ? 'IF ' : `${line(depth)}AND `;
      const { result } = condition;
      const end =
        !hasResults || result === undefined
          ? ''
          : result === true
            ? ' => true'
            : ' => false, skipping the remaining AND conditions';
      return start + writeCondition(condition, depth) + end;
    })
    .join('');
}

function writeCondition(condition: ExplainedCondition, depth: number): string {
  const { text, result } = condition;
  const inner = depth + 1;
  const close = `${line(depth)})`;
  if (condition.kind === 'prerequisite' && condition.prerequisite) {
    const { source, value } = condition.prerequisite;
    const start = `${text}${line(depth)}(${line(inner)}Evaluating prerequisite flag '${source.key}':${writeSetting(condition.prerequisite, inner)}`;
    if (result === undefined) return start;
    return `${start}${line(inner)}Prerequisite flag evaluation result: '${value}'.${line(inner)}Condition (${text}) evaluates to ${result}.${close}`;
  }
  if (condition.kind === 'segment' && condition.conditions) {
    return writeSegment(condition, condition.conditions, depth);
  }
  return text;
}

function writeSegment(
  { text, name, result, isInSegment, reason }: ExplainedSegment,
  conditions: readonly ExplainedCondition[],
  depth: number,
): string {
  const inner = depth + 1;
  const start = `${text}${line(depth)}(${line(inner)}Evaluating segment '${name}':${line(inner)}- ${writeConditions(conditions, inner + 1, true)}`;
  if (result === undefined) return start;
  const membership =
    isInSegment === 'cannot-evaluate' ? `cannot evaluate, ${reason}` : `User IS ${isInSegment ? '' : 'NOT '}IN SEGMENT`;
  const outcome = result === 'cannot-evaluate' ? 'failed to evaluate' : `evaluates to ${result}`;
  return `${start}${line(inner)}Segment evaluation result: ${membership}.${line(inner)}Condition (${text}) ${outcome}.${line(depth)})`;
}

function writeOptions({ source, attribute, bucket, selected, reason }: ExplainedOptions, depth: number): string {
  if (reason !== undefined) return `${line(depth)}Skipping % options because the ${reason.replace(/^the /, '')}.`;
  const start =
    `${line(depth)}Evaluating % options based on the User.${attribute} attribute:` +
    `${line(depth)}- Computing hash in the [0..99] range from User.${attribute} => ${bucket} (this value is sticky and consistent across all SDKs)`;
  if (!selected) return start;
  const { percentage, value } = selected;
  return `${start}${line(depth)}- Hash value ${bucket} selects % option ${source.indexOf(selected) + 1} (${percentage}%), '${value ?? '<invalid value>'}'.`;
}

/** Source: protocol section 7.4. */
function describeUser(user: Partial<User>): string {
  const custom = read(() => user.custom) ?? {};
  const predefined = new Map<string, () => unknown>([
    ['Identifier', () => user.identifier ?? ''],
    ['Email', () => user.email],
    ['Country', () => user.country],
  ]);
  const others = typeof custom === 'object' ? read(() => Object.keys(custom)) : custom;
  const members: (readonly [string, () => unknown])[] = [...predefined];
  if (!Array.isArray(others)) members.push(['Custom', () => others]);
  else {
    for (const name of others as readonly string[]) {
      if (!predefined.has(name)) members.push([name, () => (custom as Record<string, unknown>)[name]]);
    }
  }
  const texts = members.flatMap(([name, get]) => {
    const value = read(get);
    const text = value === null ? undefined : toJson(value);
    return text === undefined ? [] : [`${JSON.stringify(name)}:${text}`];
  });
  return `{${texts.join(',')}}`;
}

/** What a user says, who comes from outside, and may be anything. */
function read(get: () => unknown): unknown {
  try {
    return get();
  } catch {
    return '[unreadable]';
  }
}

/** What JSON cannot express is shown as text: a log entry must not cost the evaluation. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(displayText(value));
  }
}
