/** The names of comparators in logs, by their number in config JSON. Source: protocol section 6.1. */
export const comparatorLabels: readonly string[] = [
  'IS ONE OF',
  'IS NOT ONE OF',
  'CONTAINS ANY OF',
  'NOT CONTAINS ANY OF',
  'IS ONE OF',
  'IS NOT ONE OF',
  '<',
  '<=',
  '>',
  '>=',
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'IS ONE OF',
  'IS NOT ONE OF',
  'BEFORE',
  'AFTER',
  'EQUALS',
  'NOT EQUALS',
  'STARTS WITH ANY OF',
  'NOT STARTS WITH ANY OF',
  'ENDS WITH ANY OF',
  'NOT ENDS WITH ANY OF',
  'ARRAY CONTAINS ANY OF',
  'ARRAY NOT CONTAINS ANY OF',
  'EQUALS',
  'NOT EQUALS',
  'STARTS WITH ANY OF',
  'NOT STARTS WITH ANY OF',
  'ENDS WITH ANY OF',
  'NOT ENDS WITH ANY OF',
  'ARRAY CONTAINS ANY OF',
  'ARRAY NOT CONTAINS ANY OF',
];

/** How the comparison value of a comparator may appear in logs. */
export function shownAs(comparator: number): 'plain' | 'hashed' | 'date' {
  if (comparator === 18 || comparator === 19) return 'date';
  return comparator >= 16 && comparator <= 27 ? 'hashed' : 'plain';
}
