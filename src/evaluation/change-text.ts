import type { Condition, PercentageOption, Segment, ServedValue } from '../model/config.js';
import type { SettingChange, SettingVersion } from './changes.js';
import { describePrerequisite, describeSegment, describeUserCondition } from './describe.js';

/**
 * Writes what has changed about a flag for people to read: its rules in the words of ConfigCat's logs, lines that are
 * gone with a minus before them, new ones with a plus.
 *
 * @example
 * client.changes$.subscribe(({ flags }) => console.log(flags.map(describeChange).join('\n')));
 * // darkMode (own-rules)
 * // - IF User.Email ENDS WITH ANY OF ['@example.com'] THEN 'true'
 * // + IF User.Email ENDS WITH ANY OF ['@example.com', '@example.org'] THEN 'true'
 * //   OTHERWISE 'false'
 */
export function describeChange({ key, reasons, before, after }: SettingChange): string {
  const [old, current] = [before, after].map((version) => (version ? linesOf(version) : []));
  return [`${key} (${reasons.join(', ')})`, ...compareLines(old!, current!)].join('\n');
}

/**
 * Writes a condition in the words of ConfigCat's logs.
 *
 * @param segmentOf - finds segments by their index, as `segment()` of a config does. Default: none is known.
 *
 * @example
 * describeCondition(rule.conditions[0], (index) => config.segment(index)); // "User.Country IS ONE OF ['AT', 'DE']"
 */
export function describeCondition(
  condition: Condition,
  segmentOf: (index: number) => Segment | undefined = () => undefined,
): string {
  switch (condition.kind) {
    case 'user':
      return describeUserCondition(condition);
    case 'prerequisite':
      return describePrerequisite(condition, true);
    case 'segment':
      return describeSegment(condition, segmentOf(condition.segmentIndex));
    case 'invalid':
      return '<invalid condition>';
  }
}

function linesOf({ setting, segment }: SettingVersion): string[] {
  const segments = new Set<Segment>();
  const describe = (condition: Condition): string => {
    const found = condition.kind === 'segment' ? segment(condition.segmentIndex) : undefined;
    if (found) segments.add(found);
    return describeCondition(condition, () => found);
  };
  const rules = setting.targetingRules.map(({ conditions, servedValue, percentageOptions = [] }) => {
    const when = conditions.length > 0 ? `IF ${conditions.map(describe).join(' AND ')}` : 'ALWAYS';
    return `${when} THEN ${servedValue ? formatServed(servedValue) : percentageOptions.map(formatOption).join(', ')}`;
  });
  const options = setting.percentageOptions.map(formatOption);
  const attribute = setting.percentageAttribute === undefined ? '' : ` BY User.${setting.percentageAttribute}`;
  return [
    ...rules,
    ...options.map((option) => `${option}${attribute}`),
    `OTHERWISE ${formatServed(setting.servedValue)}`,
    ...Array.from(
      segments,
      ({ name, conditions }) => `SEGMENT '${name}': ${conditions.map(describe).join(' AND ') || 'everybody'}`,
    ),
  ];
}

function formatServed({ value, variationId }: ServedValue): string {
  return `'${value ?? '<invalid value>'}'${variationId === undefined ? '' : ` (${variationId})`}`;
}

function formatOption(option: PercentageOption): string {
  return `${option.percentage}%: ${formatServed(option)}`;
}

/** The shortest way from the old lines to the new ones: through their longest common subsequence. */
function compareLines(old: readonly string[], current: readonly string[]): string[] {
  const common = Array.from({ length: old.length + 1 }, () => new Uint32Array(current.length + 1));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = current.length - 1; j >= 0; j--) {
      const [row, next] = [common[i]!, common[i + 1]!];
      row[j] = old[i] === current[j] ? next[j + 1]! + 1 : Math.max(next[j]!, row[j + 1]!);
    }
  }
  const lines: string[] = [];
  let j = 0;
  for (let i = 0; i < old.length; i++) {
    const isKept = () => old[i] === current[j];
    // Behind the last new line there is no number, which is not greater than any.
    const isNewFirst = () => common[i]![j + 1]! > common[i + 1]![j]!;
    while (!isKept() && isNewFirst()) lines.push(`+ ${current[j++]}`);
    if (isKept()) lines.push(`  ${current[j++]}`);
    else lines.push(`- ${old[i]}`);
  }
  return [...lines, ...current.slice(j).map((line) => `+ ${line}`)];
}
