import type { UserCondition } from '../model/config.js';
import { comparators } from './comparators.js';

const shownItems = 10;

/** Writes a user condition as ConfigCat's logs do. Source: protocol section 12.2, USERCOND. */
export function describeUserCondition({ attribute, comparator, comparisonValue }: UserCondition): string {
  const row = comparators[comparator];
  const label = row?.label ?? '<invalid operator>';
  return `User.${attribute} ${label} ${row ? describeValue(comparisonValue[row.member], row.shown) : describeUnknown(comparisonValue)}`;
}

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

function describeUnknown({ text, number, list }: UserCondition['comparisonValue']): string {
  const scalars = list === undefined ? [text, number].filter((value) => value !== undefined) : [];
  return scalars.length === 1 ? `'${scalars[0]}'` : "'<invalid value>'";
}
