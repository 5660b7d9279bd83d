import { displayText } from '../display-text.js';
import type { Version } from './semver.js';
import { parseVersion } from './semver.js';

/**
 * How the left side of a comparator is read from an attribute of any type; `undefined` when the attribute cannot be
 * used, and `expected` then completes the reason. Source: protocol sections 6.2, 6.3 and 7.3.
 */
export interface OperandFamily<T> {
  /** Reads a text; texts that need no reading stay as they are. */
  readonly parse?: (text: string) => T | undefined;
  readonly convert: (attribute: unknown) => T | undefined;
  readonly expected: string;
}

/** Text: strings as they are, everything else converted; never fails. */
export const textOperand: OperandFamily<string> = { convert: attributeText, expected: 'text' };

/** Semantic versions: strings only. */
export const versionOperand: OperandFamily<Version> = {
  parse: parseVersion,
  convert: () => undefined,
  expected: 'a valid semantic version',
};

/** Numbers, also written as text. */
export const numberOperand: OperandFamily<number> = {
  parse: parseNumber,
  convert: toNumber,
  expected: 'a valid decimal number',
};

/** Points in time: a Date, or seconds since the Unix epoch as number or text. */
export const dateOperand: OperandFamily<number> = {
  parse: parseNumber,
  convert: (attribute) => (attribute instanceof Date ? attribute.getTime() / 1000 : toNumber(attribute)),
  expected: 'a valid Unix timestamp (number of seconds elapsed since Unix epoch)',
};

/** Lists of strings, also written as JSON text. */
export const listOperand: OperandFamily<readonly string[]> = {
  parse: (text) => toStringList(parseJson(text)),
  convert: toStringList,
  expected: 'a valid string array',
};

/** The text form of an attribute, for text comparators and percentage hashing. Source: protocol section 7.3. */
export function attributeText(attribute: unknown): string {
  if (typeof attribute === 'string') return attribute;
  if (attribute instanceof Date) return String(attribute.getTime() / 1000);
  if (toStringList(attribute)) return JSON.stringify(attribute);
  return displayText(attribute);
}

/**
 * Reads a decimal number as ConfigCat does: surrounding blanks and exponents are fine, other radices are not.
 *
 * @returns `undefined` when the text is not a number. Source: protocol section 6.3.
 */
export function parseDecimal(text: string): number | undefined {
  // Compat: a zero followed by anything but a digit, point or exponent is refused, a blank included.
  if (text.trim() === '' || /^\s*0[^\d.eE]/.test(text)) return undefined;
  const value = Number(text);
  return Number.isNaN(value) && text.trim() !== 'NaN' ? undefined : value;
}

function parseNumber(text: string): number | undefined {
  return parseDecimal(text.replace(',', '.'));
}

function toNumber(attribute: unknown): number | undefined {
  return typeof attribute === 'number' ? attribute : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Then it is no list.
  }
}

function toStringList(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}
