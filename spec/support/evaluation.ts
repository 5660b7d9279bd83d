import { compile } from '../../src/evaluation/compile';
import { evaluate, failureMessage, isFailure } from '../../src/evaluation/evaluate';
import type { WarningKind } from '../../src/evaluation/ruleset';
import { configV5 } from '../../src/formats/v5';
import { parseConfig } from '../../src/model/parse-config';
import type { User } from '../../src/model/user';

/** What an evaluation came to: a value or the text of an error, and the kinds of the warnings on the way. */
export interface Result {
  readonly outcome: unknown;
  readonly warnings: readonly WarningKind[];
}

/** Evaluates one flag of a document that is written as a literal; users may lack what the types demand. */
export function evaluateIn(document: object, key: string, user?: object): Result {
  const warnings: WarningKind[] = [];
  const evaluation = evaluate(
    compile([parseConfig(toJson(document), undefined, [configV5])]),
    key,
    null,
    user as User | undefined,
    (kind) => warnings.push(kind),
  );
  return { outcome: isFailure(evaluation) ? failureMessage(evaluation) : evaluation.value, warnings };
}

/** A comparison value under the name it has in documents. */
export interface ComparisonJson {
  readonly s?: string;
  readonly d?: number;
  readonly l?: readonly string[];
}

/**
 * Evaluates one user condition on the custom attribute X: its verdict, the text of an error, or `skip` when the
 * attribute cannot be used.
 */
export function testCondition(c: number, value: ComparisonJson, x: unknown, preferences: object = { s: 'salt' }) {
  const document = { p: preferences, f: { key: booleanFlag([{ u: { a: 'X', c, ...value } }]) } };
  const { outcome, warnings } = evaluateIn(document, 'key', { identifier: 'id', custom: { X: x } });
  return outcome === false && warnings.includes('attributeInvalid') ? 'skip' : outcome;
}

/** A boolean flag that is true for whom the conditions hold. */
export function booleanFlag(conditions: readonly object[]): object {
  return { t: 0, v: { b: false }, r: [{ c: conditions, s: { v: { b: true } } }] };
}

/** JSON knows no infinite numbers, but numbers too great for any other. */
function toJson(document: object): string {
  return JSON.stringify(document, (_, value: unknown) => (value === Infinity ? '<infinite>' : value)).replaceAll(
    '"<infinite>"',
    '1e999',
  );
}
