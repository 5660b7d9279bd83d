import type {
  Condition,
  Config,
  ExplainedCondition,
  ExplainedOptions,
  ExplainedResult,
  ExplainedRule,
  ExplainedSetting,
  Explanation,
  PercentageOption,
  ServedValue,
  TargetingRule,
} from '../index.js';
import { describeCondition } from '../index.js';

/** The result of a part of an evaluation; `unseen` parts were not evaluated, because the value was decided before them. */
export type NodeState = 'served' | 'yes' | 'no' | 'error' | 'unseen';

/** The symbol of each state in drawn trees. */
export const stateSymbols: Readonly<Record<NodeState, string>> = {
  served: '●',
  yes: '✓',
  no: '✗',
  error: '!',
  unseen: '·',
};

/** A part of an evaluation, as shown to people. */
export interface TreeNode {
  readonly state: NodeState;
  readonly label: string;
  /** The attribute that the user has, or why the part could not be evaluated. */
  readonly note?: string | undefined;
  readonly children: readonly TreeNode[];
}

/**
 * Turns the evaluation of a flag into a tree: all of its rules, also those that were not evaluated, with the branch that
 * served the value marked from the root to the leaf.
 *
 * @param config - the config that was evaluated, for the names of segments in parts that were not evaluated.
 */
export function treeOf({ key, value, setting, errorMessage }: Explanation, config: Config | undefined): TreeNode {
  if (!setting) return { state: 'error', label: key, note: errorMessage, children: [] };
  const label = `${key} = ${value === undefined ? '(no value)' : JSON.stringify(value)}`;
  return {
    state: value === undefined ? 'error' : 'served',
    label,
    note: errorMessage,
    children: branchesOf(setting, value !== undefined, config),
  };
}

function branchesOf(
  { source, rules, percentageOptions }: ExplainedSetting,
  isServed: boolean,
  config: Config | undefined,
): TreeNode[] {
  const isServedByRule = rules.some(({ outcome, percentageOptions: options, source: { servedValue } }) =>
    options ? options.selected !== undefined : outcome === 'match' && servedValue !== undefined,
  );
  const isServedByOption = percentageOptions?.selected !== undefined;
  const isFallback = isServed && !isServedByRule && !isServedByOption;
  return [
    ...source.targetingRules.map((rule, i) => ruleNode(rule, i, rules[i], config)),
    ...(source.percentageOptions.length > 0
      ? [optionsNode(source.percentageOptions, percentageOptions, source.percentageAttribute)]
      : []),
    { state: isFallback ? 'served' : 'unseen', label: `Otherwise ${formatServed(source.servedValue)}`, children: [] },
  ];
}

function ruleNode(
  rule: TargetingRule,
  index: number,
  explained: ExplainedRule | undefined,
  config: Config | undefined,
): TreeNode {
  const options = rule.percentageOptions;
  const isMatch = explained?.outcome === 'match';
  const isServed = isMatch && (!options || explained.percentageOptions?.selected !== undefined);
  return {
    state: isServed ? 'served' : stateOf(explained && (explained.outcome ?? 'cannot-evaluate')),
    label: `Rule ${index + 1}${rule.servedValue ? `: ${formatServed(rule.servedValue)}` : ''}`,
    note: explained?.reason,
    children: [
      ...rule.conditions.map((condition, i) => conditionNode(condition, explained?.conditions[i], config)),
      ...(options ? [optionsNode(options, explained?.percentageOptions, undefined)] : []),
    ],
  };
}

function conditionNode(
  condition: Condition,
  explained: ExplainedCondition | undefined,
  config: Config | undefined,
): TreeNode {
  const label = explained?.text ?? describeCondition(condition, (index) => config?.segment(index));
  if (!explained) return { state: 'unseen', label, children: [] };
  return { state: stateOf(explained.result), label, note: noteOf(explained), children: insideOf(explained, config) };
}

function noteOf(explained: ExplainedCondition): string | undefined {
  if (explained.kind === 'user') {
    const operand = `User.${explained.source.attribute} is ${formatOperand(explained.operand)}`;
    return explained.reason && explained.operand !== undefined ? `${operand}: ${explained.reason}` : operand;
  }
  return explained.reason;
}

function insideOf(explained: ExplainedCondition, config: Config | undefined): readonly TreeNode[] {
  if (explained.kind === 'segment') {
    return (explained.conditions ?? []).map((condition) => conditionNode(condition.source, condition, config));
  }
  if (explained.kind !== 'prerequisite' || !explained.prerequisite) return [];
  const { source, value } = explained.prerequisite;
  const isKnown = value !== undefined;
  const label = `${source.key} = ${isKnown ? JSON.stringify(value) : '(no value)'}`;
  return [
    { state: isKnown ? 'served' : 'error', label, children: branchesOf(explained.prerequisite, isKnown, config) },
  ];
}

function optionsNode(
  options: readonly PercentageOption[],
  explained: ExplainedOptions | undefined,
  attribute = 'Identifier',
): TreeNode {
  const bucket = explained?.bucket;
  const isSelected = explained?.selected !== undefined;
  let from = 0;
  return {
    state: isSelected ? 'served' : explained ? 'error' : 'unseen',
    label: `Percentage options by User.${explained?.attribute ?? attribute}`,
    note: bucket === undefined ? explained?.reason : `the user is in place ${bucket} of 0 to 99`,
    children: options.map((option): TreeNode => {
      const to = from + option.percentage;
      const places = option.percentage > 0 ? ` (places ${from} to ${to - 1})` : '';
      from = to;
      return {
        state: isSelected ? (option === explained.selected ? 'served' : 'no') : 'unseen',
        label: `${option.percentage} %: ${formatServed(option)}`,
        note: isSelected && option === explained.selected ? places.trim().slice(1, -1) || undefined : undefined,
        children: [],
      };
    }),
  };
}

function stateOf(result: ExplainedResult | ExplainedRule['outcome']): NodeState {
  if (result === undefined) return 'unseen';
  if (result === 'cannot-evaluate') return 'error';
  return result === true || result === 'match' ? 'yes' : 'no';
}

function formatServed({ value, variationId }: ServedValue): string {
  const shown = value === undefined ? '<invalid value>' : JSON.stringify(value);
  return variationId === undefined ? shown : `${shown} (${variationId})`;
}

/** Formats the attribute of a user, which can be a value of any type. */
function formatOperand(operand: unknown): string {
  if (operand === undefined || operand === null) return 'missing';
  if (operand instanceof Date) return Number.isNaN(operand.getTime()) ? 'no date' : operand.toISOString();
  if (typeof operand === 'bigint' || typeof operand === 'symbol') return String(operand);
  if (typeof operand === 'function') return 'a function';
  try {
    return JSON.stringify(operand);
  } catch {
    return typeof operand;
  }
}
