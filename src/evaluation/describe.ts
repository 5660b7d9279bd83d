import type {
  ComparisonValue,
  PrerequisiteCondition,
  Segment,
  SegmentCondition,
  UserCondition,
  ValueByType,
} from '../model/config.js';
import { ownRules } from '../model/own-rules.js';
import { comparatorLabels, shownAs } from './comparator-labels.js';
import { comparators } from './comparators.js';
import type { Comparison } from './ruleset.js';

const shownItems = 10;

/** Writes a user condition as ConfigCat's logs do. Source: protocol section 12.2, USERCOND. */
export function describeUserCondition(condition: UserCondition): string {
  const { attribute, comparator, comparisonValue, [ownRules]: own } = condition;
  if (own) return `User.${attribute} ${own.label} ${describeUnknown(comparisonValue)}`;
  const row = comparators[comparator];
  return describeComparison({ attribute, comparator, value: row ? comparisonValue[row.member] : comparisonValue });
}

/** Writes what evaluation knows of a user condition in the same way. */
export function describeComparison({ attribute, comparator, value }: Comparison): string {
  const label = comparatorLabels[comparator];
  // A value of the comparator's type, or all that the document has.
  const shown = label
    ? describeValue(value as string | number | readonly string[] | undefined, shownAs(comparator))
    : describeUnknown(value as ComparisonValue);
  return `User.${attribute} ${label ?? invalidOperator} ${shown}`;
}

/** The name of a comparator of user conditions. */
export function comparatorLabel({ comparator, [ownRules]: own }: UserCondition): string {
  return own?.label ?? comparatorLabels[comparator] ?? invalidOperator;
}

/** Writes a prerequisite flag condition; `exists` tells whether there is such a flag. */
export function describePrerequisite(condition: PrerequisiteCondition, exists: boolean): string {
  const { flagKey, comparator, comparisonValue } = condition;
  const operator = ['EQUALS', 'NOT EQUALS'][comparator] ?? invalidOperator;
  return `Flag '${exists ? flagKey : '<invalid reference>'}' ${operator} '${describeValueByType(comparisonValue)}'`;
}

/** Writes a segment condition. */
export function describeSegment({ comparator }: SegmentCondition, segment: Segment | undefined): string {
  const operator = ['IS IN SEGMENT', 'IS NOT IN SEGMENT'][comparator] ?? invalidOperator;
  return `User ${operator} '${segment ? segment.name || '<invalid name>' : '<invalid reference>'}'`;
}

/** The one value that there is, as text. */
export function describeValueByType(value: ValueByType): string {
  const present = Object.values(value).filter((member) => member !== undefined);
  return present.length === 1 ? String(present[0]) : '<invalid value>';
}

const invalidOperator = '<invalid operator>';

function describeValue(
  value: string | number | readonly string[] | undefined,
  shown: 'plain' | 'hashed' | 'date',
): string {
  if (value === undefined) return "'<invalid value>'";
  if (typeof value === 'object')
    return `[${shown === 'hashed' ? counted(value.length, 'hashed') : describeList(value)}]`;
  if (shown === 'hashed') return "'<hashed value>'";
  return shown === 'date' ? `'${value}'${describeDate(Number(value))}` : `'${value}'`;
}

function describeList(items: readonly string[]): string {
  const texts = items.slice(0, shownItems).map((item) => `'${item}'`);
  const hidden = items.length - shownItems;
  return (hidden > 0 ? [...texts, `... ${counted(hidden, 'more')}`] : texts).join(', ');
}

function counted(count: number, adjective: string): string {
  return `<${count} ${adjective} ${count === 1 ? 'value' : 'values'}>`;
}

function describeDate(unixSeconds: number): string {
  const date = new Date(unixSeconds * 1000);
  return Number.isNaN(date.getTime()) ? '' : ` (${date.toISOString()} UTC)`;
}

function describeUnknown({ text, number, list }: ComparisonValue): string {
  const scalars = list === undefined ? [text, number].filter((value) => value !== undefined) : [];
  return scalars.length === 1 ? `'${scalars[0]}'` : "'<invalid value>'";
}
