import { evaluateFlag } from '../core/evaluate.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { EvaluationDetails } from '../core/types.js';
import { EvaluationError } from '../errors.js';
import type { DefaultValue, Evaluation, Failure } from '../evaluation/evaluate.js';
import { isFailure } from '../evaluation/evaluate.js';
import { jsonInvalid } from '../logging/events.js';
import type { Log } from '../logging/logger.js';
import type { SettingValue } from '../model/config.js';
import type { StandardSchema } from '../model/standard-schema.js';
import type { User } from '../model/user.js';
import { announced, toDetails } from './details.js';
import { heldContexts } from './held-contexts.js';
import type { JsonProblem, JsonResult } from './json-schema.js';
import { parseFlagJson, requireSchema } from './json-schema.js';
import type { View } from '../core/snapshot.js';

/** What is answered where there is nothing but the default value, whatever that is. */
export const noJson = Symbol('no JSON');

/** What one schema has made of the values of flags. */
interface Memo {
  /** The last evaluation that has led to an answer, which rules and options give as the same object each time. */
  lastEvaluation: Evaluation | undefined;
  lastAnswer: unknown;
  lastValue: DefaultValue;
  lastResult: KeptResult | undefined;
  /** By the value; the first is the oldest. */
  readonly results: Map<SettingValue, KeptResult>;
  length: number;
  view: View<unknown> | undefined;
}

/** A result, and in which clients which flags have been told of its problem. */
type KeptResult = JsonResult & { readonly told: WeakMap<Log, Set<string>> | undefined };

/** By the schema: whoever has the same one is given the same objects, in whatever client. */
const memos = new WeakMap<object, Memo>();
const withoutSchema = {};

/** Flags serve few texts; more come of configs that are gone. */
const mostResults = 1000;
const mostCharacters = 4_000_000;

/** The JSON of a flag, or `noJson`; what is wrong is logged once for each flag, and told to whoever listens. */
export function readJson(
  snapshot: InternalSnapshot,
  method: string,
  key: string,
  schema: StandardSchema | undefined,
  user: User | undefined,
): unknown {
  const memo = memoOf(schema);
  // Only readings that hold, or are written down, are more than the evaluation.
  const asked = snapshot.context.evaluateWithLog ? fitting(snapshot, memo, schema) : snapshot;
  const evaluation = evaluateFlag(asked, method, key, undefined, user);
  // Mostly the same text is read again, and that has to cost little more than to read it as text.
  if (evaluation === memo.lastEvaluation && !snapshot.context.detailsOf) return memo.lastAnswer;
  return readOtherJson(snapshot, key, schema, user, evaluation);
}

function readOtherJson(
  snapshot: InternalSnapshot,
  key: string,
  schema: StandardSchema | undefined,
  user: User | undefined,
  evaluation: Evaluation,
): unknown {
  const memo = memoOf(schema);
  const result = isFailure(evaluation) ? undefined : resultOf(memo, evaluation.value!, schema);
  const { events, detailsOf } = snapshot.context;
  const problem = result?.problem && checked(snapshot, key, result);
  if (detailsOf && events.hasListeners()) {
    const told = problem ? failureOf(snapshot, key, problem) : evaluation;
    events.emit({ type: 'flagEvaluated', details: detailsOf(snapshot, key, undefined, user, told) });
  }
  if (!result || problem) return noJson;
  memo.lastEvaluation = evaluation;
  memo.lastAnswer = result.value;
  return result.value;
}

/** Sees to it that a text is held only when it fits. */
function fitting(snapshot: InternalSnapshot, memo: Memo, schema: StandardSchema | undefined): InternalSnapshot {
  const held = heldContexts.get(snapshot.context);
  return held ? held.fitting(snapshot, (value) => !resultOf(memo, value, schema).problem) : snapshot;
}

/** The default value where there is nothing else. */
export function orDefault(answer: unknown, defaultValue: unknown): unknown {
  return answer === noJson ? defaultValue : answer;
}

/** The JSON of a flag, or `noJson`, with all that details say. */
export function jsonDetailsOf(
  snapshot: InternalSnapshot,
  key: string,
  schema: StandardSchema | undefined,
  user: User | undefined,
): EvaluationDetails<unknown> {
  const memo = memoOf(schema);
  const evaluation = evaluateFlag(fitting(snapshot, memo, schema), 'Snapshot.jsonDetails', key, undefined, user);
  const result = isFailure(evaluation) ? undefined : resultOf(memo, evaluation.value!, schema);
  const problem = result && checked(snapshot, key, result);
  const outcome = problem ? failureOf(snapshot, key, problem) : evaluation;
  const details = announced(snapshot, toDetails(snapshot, key, undefined, user, outcome));
  return { ...details, value: result && !problem ? result.value : noJson };
}

/** What subscribers of a flag are shown by a schema: one view each, so that whoever asks the same shares the answer. */
export function jsonView(schema: StandardSchema | undefined): View<unknown> {
  const memo = memoOf(schema);
  return (memo.view ??= {
    name: `json${++viewCount}`,
    evaluate: (snapshot, key, _, user) => readJson(snapshot, 'json$', key, schema, user),
    isSame: Object.is,
    ages: false,
  });
}

let viewCount = 0;

/**
 * The memo of a schema.
 *
 * @throws TypeError when the schema is none.
 */
function memoOf(schema: StandardSchema | undefined): Memo {
  // Mostly it is the same as before, which costs less than looking for it.
  return schema === lastSchema && lastMemo ? lastMemo : otherMemoOf(schema);
}

function otherMemoOf(schema: StandardSchema | undefined): Memo {
  const key = schema === undefined ? withoutSchema : schema; // eslint-disable-line @typescript-eslint/prefer-nullish-coalescing -- `null` is no schema.
  let memo = memos.get(key);
  if (!memo) {
    requireSchema(schema);
    memo = {
      lastEvaluation: undefined,
      lastAnswer: undefined,
      lastValue: undefined,
      lastResult: undefined,
      results: new Map(),
      length: 0,
      view: undefined,
    };
    memos.set(key, memo);
  }
  lastSchema = schema;
  lastMemo = memo;
  return memo;
}

let lastSchema: StandardSchema | undefined;
let lastMemo: Memo | undefined;

/** What a schema makes of the value of a flag: once for each. */
function resultOf(memo: Memo, value: SettingValue, schema: StandardSchema | undefined): KeptResult {
  if (memo.lastResult && memo.lastValue === value) return memo.lastResult;
  let result = memo.results.get(value);
  if (!result) {
    const parsed: JsonResult = typeof value === 'string' ? parseFlagJson(value, schema) : noText;
    result = { ...parsed, told: parsed.problem && new WeakMap() };
    keep(memo, value, result);
  }
  memo.lastValue = value;
  memo.lastResult = result;
  return result;
}

const noText: JsonResult = { problem: { path: '', reason: 'The setting is no text.' } };

function keep(memo: Memo, value: SettingValue, result: KeptResult): void {
  const { results } = memo;
  results.set(value, result);
  memo.length += String(value).length;
  for (const [oldest] of results) {
    if (results.size === 1 || (results.size <= mostResults && memo.length <= mostCharacters)) return;
    results.delete(oldest);
    memo.length -= String(oldest).length;
  }
}

/** The problem of a result, if there is one; it is logged when a client meets it at a flag for the first time. */
function checked({ context }: InternalSnapshot, key: string, { problem, told }: KeptResult): JsonProblem | undefined {
  if (!problem || !told) return undefined;
  const { log } = context;
  let keys = told.get(log);
  if (!keys) told.set(log, (keys = new Set()));
  if (!keys.has(key)) {
    keys.add(key);
    const { path, reason, exception } = problem;
    log(jsonInvalid, { key, path, reason }, exception);
  }
  return problem;
}

/** A problem as the outcome of an evaluation. */
function failureOf({ context }: InternalSnapshot, key: string, { path, reason }: JsonProblem): Failure & Evaluation {
  return { errorCode: 1900, exception: new EvaluationError(context.log.textOf(jsonInvalid, { key, path, reason })) };
}
