import { compile } from '../../src/evaluation/compile';
import { isFailure } from '../../src/evaluation/evaluate';
import { explain } from '../../src/evaluation/evaluate-explained';
import { writeEvaluationLog } from '../../src/evaluation/evaluation-log';
import type { ExplainedCondition, ExplainedPrerequisite, ExplainedSetting } from '../../src/evaluation/explanation';
import { parseConfig } from '../../src/model/parse-config';
import type { User } from '../../src/model/user';

const is = (a: string, s: string) => ({ u: { a, c: 28, s } });
const serves = (s: string) => ({ s: { v: { s } } });
const seg = (s: number, c = 0) => ({ s: { s, c } });
const req = (f: string, s: object, c = 0) => ({ p: { f, c, v: s } });
const text = (more: object = {}) => ({ t: 1, v: { s: 'none' }, ...more });
const doc = {
  p: { s: 'salt' },
  s: [
    { n: 'Beta', r: [{ a: 'Email', c: 28, s: 'kate' }] },
    { n: '', r: [] },
    {
      n: 'Two',
      r: [
        { a: 'Email', c: 28, s: 'kate' },
        { a: 'X', c: 28, s: 'x' },
      ],
    },
    { n: 'Version', r: [{ a: 'V', c: 6, s: '1.0.0' }] },
    { n: 'All' },
    { n: 'Unknown', r: [{ a: 'Email', c: 99, s: 'x' }] },
  ],
  f: {
    plain: text(),
    always: text({ r: [{ c: [], ...serves('a') }] }),
    one: text({
      r: [
        { c: [is('Email', 'kate')], ...serves('a') },
        { c: [is('Email', 'ben')], ...serves('b') },
      ],
    }),
    two: text({ r: [{ c: [is('Email', 'kate'), is('X', 'x')], ...serves('a') }] }),
    three: text({ r: [{ c: [is('Email', 'kate'), is('X', 'x'), is('Y', 'y')], ...serves('a') }] }),
    beta: text({ r: [{ c: [seg(0)], ...serves('a') }] }),
    notBeta: text({ r: [{ c: [seg(0, 1)], ...serves('a') }] }),
    badSegment: text({ r: [{ c: [seg(7)], ...serves('a') }] }),
    nameless: text({ r: [{ c: [seg(1)], ...serves('a') }] }),
    segmentOfTwo: text({ r: [{ c: [seg(2)], ...serves('a') }] }),
    versions: text({ r: [{ c: [seg(3), is('X', 'x')], ...serves('a') }] }),
    everybody: text({ r: [{ c: [seg(4)], ...serves('a') }] }),
    requires: text({ r: [{ c: [req('beta', { s: 'a' })], ...serves('b') }] }),
    requiresNot: text({ r: [{ c: [req('beta', { s: 'a' }, 1), is('X', 'x')], ...serves('b') }] }),
    nested: text({ r: [{ c: [req('requires', { s: 'b' })], ...serves('c') }] }),
    missing: text({ r: [{ c: [req('nobody', { s: 'b' })], ...serves('c') }] }),
    circle: text({ r: [{ c: [req('circle', { s: 'b' })], ...serves('c') }] }),
    options: text({
      p: [
        { p: 50, v: { s: 'left' } },
        { p: 50, v: { s: 'right' } },
      ],
    }),
    optionsByX: text({
      a: 'X',
      p: [
        { p: 50, v: { s: 'left' } },
        { p: 50, v: { s: 'right' } },
      ],
    }),
    badOptions: text({ p: [{ p: 1, v: { s: 'left' } }] }),
    emptyOption: text({ p: [{ p: 100, v: {} }] }),
    ruleOptions: text({
      a: 'X',
      r: [
        { c: [is('Email', 'kate')], p: [{ p: 100, v: { s: 'all' } }] },
        { c: [], ...serves('rest') },
      ],
    }),
    nothing: text({ r: [{ c: [is('Email', 'kate')] }] }),
    both: text({ r: [{ c: [is('Email', 'kate')], ...serves('a'), p: [{ p: 100, v: { s: 'all' } }] }] }),
    invalid: text({ r: [{ c: [is('Email', 'kate'), {}], ...serves('a') }] }),
    unknown: text({ r: [{ c: [{ u: { a: 'Email', c: 99, s: 'x' } }], ...serves('a') }] }),
    mixed: text({
      r: [is('Y', 'y'), is('Email', 'ben'), is('Email', 'kate')].map((each) => ({ c: [each], ...serves('a') })),
    }),
    unknownLast: text({ r: [{ c: [is('Email', 'kate'), { u: { a: 'Email', c: 99, s: 'x' } }], ...serves('a') }] }),
    unknownInSegment: text({ r: [{ c: [seg(5)], ...serves('a') }] }),
    requiresUnknown: text({ r: [{ c: [req('unknown', { s: 'a' })], ...serves('a') }] }),
    noValue: text({ r: [{ c: [], s: { v: {} } }] }),
  },
};
const ruleset = compile([parseConfig(JSON.stringify(doc))]);

const users: Readonly<Record<string, User | undefined>> = {
  nobody: undefined,
  kate: { identifier: 'id', email: 'kate', custom: { X: 'x', V: '0.1.0' } },
  ben: { identifier: 'id2', email: 'ben', custom: { V: 'bad' } },
  anybody: { identifier: 'id' },
};

function explained(key: string, user?: object) {
  const warnings: unknown[] = [];
  const { evaluation, tree } = explain(ruleset, key, null, user as User | undefined, (...warning) =>
    warnings.push(warning),
  );
  const failure = isFailure(evaluation) ? evaluation : undefined;
  const value = isFailure(evaluation) ? undefined : evaluation.value;
  return {
    failure,
    value,
    tree: tree!,
    warnings,
    text: writeEvaluationLog(key, user as User | undefined, tree, value),
  };
}

// Source: protocol section 12.2.
describe('writeEvaluationLog', () => {
  const rules = 'Evaluating targeting rules and applying the first match if any:';
  const ignored = 'The current targeting rule is ignored and the evaluation continues with the next rule.';

  it.each<[key: string, who: string, outcome: string, lines: readonly string[]]>([
    ['plain', 'nobody', 'none', []],
    ['plain', 'anybody', 'none', []],
    ['always', 'nobody', 'a', [rules, "-  THEN 'a' => MATCH, applying rule"]],
    [
      'one',
      'nobody',
      'none',
      [
        rules,
        "- IF User.Email EQUALS 'kate' THEN 'a' => cannot evaluate, User Object is missing",
        `  ${ignored}`,
        "- IF User.Email EQUALS 'ben' THEN 'b' => cannot evaluate, User Object is missing",
        `  ${ignored}`,
      ],
    ],
    ['one', 'kate', 'a', [rules, "- IF User.Email EQUALS 'kate' THEN 'a' => MATCH, applying rule"]],
    [
      'one',
      'ben',
      'b',
      [
        rules,
        "- IF User.Email EQUALS 'kate' THEN 'a' => no match",
        "- IF User.Email EQUALS 'ben' THEN 'b' => MATCH, applying rule",
      ],
    ],
    [
      'one',
      'anybody',
      'none',
      [
        rules,
        "- IF User.Email EQUALS 'kate' THEN 'a' => cannot evaluate, the User.Email attribute is missing",
        `  ${ignored}`,
        "- IF User.Email EQUALS 'ben' THEN 'b' => cannot evaluate, the User.Email attribute is missing",
        `  ${ignored}`,
      ],
    ],
    [
      'two',
      'nobody',
      'none',
      [
        rules,
        "- IF User.Email EQUALS 'kate' => false, skipping the remaining AND conditions",
        "  THEN 'a' => cannot evaluate, User Object is missing",
        `  ${ignored}`,
      ],
    ],
    [
      'two',
      'kate',
      'a',
      [
        rules,
        "- IF User.Email EQUALS 'kate' => true",
        "  AND User.X EQUALS 'x' => true",
        "  THEN 'a' => MATCH, applying rule",
      ],
    ],
    [
      'two',
      'ben',
      'none',
      [
        rules,
        "- IF User.Email EQUALS 'kate' => false, skipping the remaining AND conditions",
        "  THEN 'a' => no match",
      ],
    ],
    [
      'three',
      'kate',
      'none',
      [
        rules,
        "- IF User.Email EQUALS 'kate' => true",
        "  AND User.X EQUALS 'x' => true",
        "  AND User.Y EQUALS 'y' => false, skipping the remaining AND conditions",
        "  THEN 'a' => cannot evaluate, the User.Y attribute is missing",
        `  ${ignored}`,
      ],
    ],
    [
      'beta',
      'nobody',
      'none',
      [rules, "- IF User IS IN SEGMENT 'Beta' THEN 'a' => cannot evaluate, User Object is missing", `  ${ignored}`],
    ],
    [
      'beta',
      'kate',
      'a',
      [
        rules,
        "- IF User IS IN SEGMENT 'Beta'",
        '  (',
        "    Evaluating segment 'Beta':",
        "    - IF User.Email EQUALS 'kate' => true",
        '    Segment evaluation result: User IS IN SEGMENT.',
        "    Condition (User IS IN SEGMENT 'Beta') evaluates to true.",
        '  )',
        "  THEN 'a' => MATCH, applying rule",
      ],
    ],
    [
      'beta',
      'ben',
      'none',
      [
        rules,
        "- IF User IS IN SEGMENT 'Beta'",
        '  (',
        "    Evaluating segment 'Beta':",
        "    - IF User.Email EQUALS 'kate' => false, skipping the remaining AND conditions",
        '    Segment evaluation result: User IS NOT IN SEGMENT.',
        "    Condition (User IS IN SEGMENT 'Beta') evaluates to false.",
        '  )',
        "  THEN 'a' => no match",
      ],
    ],
    [
      'beta',
      'anybody',
      'none',
      [
        rules,
        "- IF User IS IN SEGMENT 'Beta'",
        '  (',
        "    Evaluating segment 'Beta':",
        "    - IF User.Email EQUALS 'kate' => false, skipping the remaining AND conditions",
        '    Segment evaluation result: cannot evaluate, the User.Email attribute is missing.',
        "    Condition (User IS IN SEGMENT 'Beta') failed to evaluate.",
        '  )',
        "  THEN 'a' => cannot evaluate, the User.Email attribute is missing",
        `  ${ignored}`,
      ],
    ],
    [
      'notBeta',
      'kate',
      'none',
      [
        rules,
        "- IF User IS NOT IN SEGMENT 'Beta'",
        '  (',
        "    Evaluating segment 'Beta':",
        "    - IF User.Email EQUALS 'kate' => true",
        '    Segment evaluation result: User IS IN SEGMENT.',
        "    Condition (User IS NOT IN SEGMENT 'Beta') evaluates to false.",
        '  )',
        "  THEN 'a' => no match",
      ],
    ],
    [
      'notBeta',
      'ben',
      'a',
      [
        rules,
        "- IF User IS NOT IN SEGMENT 'Beta'",
        '  (',
        "    Evaluating segment 'Beta':",
        "    - IF User.Email EQUALS 'kate' => false, skipping the remaining AND conditions",
        '    Segment evaluation result: User IS NOT IN SEGMENT.',
        "    Condition (User IS NOT IN SEGMENT 'Beta') evaluates to true.",
        '  )',
        "  THEN 'a' => MATCH, applying rule",
      ],
    ],
    [
      'notBeta',
      'anybody',
      'none',
      [
        rules,
        "- IF User IS NOT IN SEGMENT 'Beta'",
        '  (',
        "    Evaluating segment 'Beta':",
        "    - IF User.Email EQUALS 'kate' => false, skipping the remaining AND conditions",
        '    Segment evaluation result: cannot evaluate, the User.Email attribute is missing.',
        "    Condition (User IS NOT IN SEGMENT 'Beta') failed to evaluate.",
        '  )',
        "  THEN 'a' => cannot evaluate, the User.Email attribute is missing",
        `  ${ignored}`,
      ],
    ],
    [
      'badSegment',
      'nobody',
      'none',
      [
        rules,
        "- IF User IS IN SEGMENT '<invalid reference>' THEN 'a' => cannot evaluate, User Object is missing",
        `  ${ignored}`,
      ],
    ],
    [
      'badSegment',
      'kate',
      'InvalidConfigModelError: Segment reference is invalid.',
      [rules, "- IF User IS IN SEGMENT '<invalid reference>'"],
    ],
    [
      'nameless',
      'kate',
      'InvalidConfigModelError: Segment name is missing.',
      [rules, "- IF User IS IN SEGMENT '<invalid name>'"],
    ],
    [
      'segmentOfTwo',
      'kate',
      'a',
      [
        rules,
        "- IF User IS IN SEGMENT 'Two'",
        '  (',
        "    Evaluating segment 'Two':",
        "    - IF User.Email EQUALS 'kate' => true",
        "      AND User.X EQUALS 'x' => true",
        '    Segment evaluation result: User IS IN SEGMENT.',
        "    Condition (User IS IN SEGMENT 'Two') evaluates to true.",
        '  )',
        "  THEN 'a' => MATCH, applying rule",
      ],
    ],
    [
      'segmentOfTwo',
      'ben',
      'none',
      [
        rules,
        "- IF User IS IN SEGMENT 'Two'",
        '  (',
        "    Evaluating segment 'Two':",
        "    - IF User.Email EQUALS 'kate' => false, skipping the remaining AND conditions",
        '    Segment evaluation result: User IS NOT IN SEGMENT.',
        "    Condition (User IS IN SEGMENT 'Two') evaluates to false.",
        '  )',
        "  THEN 'a' => no match",
      ],
    ],
    [
      'versions',
      'nobody',
      'none',
      [
        rules,
        "- IF User IS IN SEGMENT 'Version' => false, skipping the remaining AND conditions",
        "  THEN 'a' => cannot evaluate, User Object is missing",
        `  ${ignored}`,
      ],
    ],
    [
      'versions',
      'kate',
      'a',
      [
        rules,
        "- IF User IS IN SEGMENT 'Version'",
        '  (',
        "    Evaluating segment 'Version':",
        "    - IF User.V < '1.0.0' => true",
        '    Segment evaluation result: User IS IN SEGMENT.',
        "    Condition (User IS IN SEGMENT 'Version') evaluates to true.",
        '  ) => true',
        "  AND User.X EQUALS 'x' => true",
        "  THEN 'a' => MATCH, applying rule",
      ],
    ],
    [
      'versions',
      'ben',
      'none',
      [
        rules,
        "- IF User IS IN SEGMENT 'Version'",
        '  (',
        "    Evaluating segment 'Version':",
        "    - IF User.V < '1.0.0' => false, skipping the remaining AND conditions",
        "    Segment evaluation result: cannot evaluate, the User.V attribute is invalid ('bad' is not a valid semantic version).",
        "    Condition (User IS IN SEGMENT 'Version') failed to evaluate.",
        '  ) => false, skipping the remaining AND conditions',
        "  THEN 'a' => cannot evaluate, the User.V attribute is invalid ('bad' is not a valid semantic version)",
        `  ${ignored}`,
      ],
    ],
    [
      'everybody',
      'kate',
      'a',
      [
        rules,
        "- IF User IS IN SEGMENT 'All'",
        '  (',
        "    Evaluating segment 'All':",
        '    - ',
        '    Segment evaluation result: User IS IN SEGMENT.',
        "    Condition (User IS IN SEGMENT 'All') evaluates to true.",
        '  )',
        "  THEN 'a' => MATCH, applying rule",
      ],
    ],
    [
      'requires',
      'nobody',
      'none',
      [
        rules,
        "- IF Flag 'beta' EQUALS 'a'",
        '  (',
        "    Evaluating prerequisite flag 'beta':",
        '    Evaluating targeting rules and applying the first match if any:',
        "    - IF User IS IN SEGMENT 'Beta' THEN 'a' => cannot evaluate, User Object is missing",
        `      ${ignored}`,
        "    Prerequisite flag evaluation result: 'none'.",
        "    Condition (Flag 'beta' EQUALS 'a') evaluates to false.",
        '  )',
        "  THEN 'b' => no match",
      ],
    ],
    [
      'requires',
      'kate',
      'b',
      [
        rules,
        "- IF Flag 'beta' EQUALS 'a'",
        '  (',
        "    Evaluating prerequisite flag 'beta':",
        '    Evaluating targeting rules and applying the first match if any:',
        "    - IF User IS IN SEGMENT 'Beta'",
        '      (',
        "        Evaluating segment 'Beta':",
        "        - IF User.Email EQUALS 'kate' => true",
        '        Segment evaluation result: User IS IN SEGMENT.',
        "        Condition (User IS IN SEGMENT 'Beta') evaluates to true.",
        '      )',
        "      THEN 'a' => MATCH, applying rule",
        "    Prerequisite flag evaluation result: 'a'.",
        "    Condition (Flag 'beta' EQUALS 'a') evaluates to true.",
        '  )',
        "  THEN 'b' => MATCH, applying rule",
      ],
    ],
    [
      'requires',
      'ben',
      'none',
      [
        rules,
        "- IF Flag 'beta' EQUALS 'a'",
        '  (',
        "    Evaluating prerequisite flag 'beta':",
        '    Evaluating targeting rules and applying the first match if any:',
        "    - IF User IS IN SEGMENT 'Beta'",
        '      (',
        "        Evaluating segment 'Beta':",
        "        - IF User.Email EQUALS 'kate' => false, skipping the remaining AND conditions",
        '        Segment evaluation result: User IS NOT IN SEGMENT.',
        "        Condition (User IS IN SEGMENT 'Beta') evaluates to false.",
        '      )',
        "      THEN 'a' => no match",
        "    Prerequisite flag evaluation result: 'none'.",
        "    Condition (Flag 'beta' EQUALS 'a') evaluates to false.",
        '  )',
        "  THEN 'b' => no match",
      ],
    ],
    [
      'requiresNot',
      'kate',
      'none',
      [
        rules,
        "- IF Flag 'beta' NOT EQUALS 'a'",
        '  (',
        "    Evaluating prerequisite flag 'beta':",
        '    Evaluating targeting rules and applying the first match if any:',
        "    - IF User IS IN SEGMENT 'Beta'",
        '      (',
        "        Evaluating segment 'Beta':",
        "        - IF User.Email EQUALS 'kate' => true",
        '        Segment evaluation result: User IS IN SEGMENT.',
        "        Condition (User IS IN SEGMENT 'Beta') evaluates to true.",
        '      )',
        "      THEN 'a' => MATCH, applying rule",
        "    Prerequisite flag evaluation result: 'a'.",
        "    Condition (Flag 'beta' NOT EQUALS 'a') evaluates to false.",
        '  ) => false, skipping the remaining AND conditions',
        "  THEN 'b' => no match",
      ],
    ],
    [
      'requiresNot',
      'ben',
      'none',
      [
        rules,
        "- IF Flag 'beta' NOT EQUALS 'a'",
        '  (',
        "    Evaluating prerequisite flag 'beta':",
        '    Evaluating targeting rules and applying the first match if any:',
        "    - IF User IS IN SEGMENT 'Beta'",
        '      (',
        "        Evaluating segment 'Beta':",
        "        - IF User.Email EQUALS 'kate' => false, skipping the remaining AND conditions",
        '        Segment evaluation result: User IS NOT IN SEGMENT.',
        "        Condition (User IS IN SEGMENT 'Beta') evaluates to false.",
        '      )',
        "      THEN 'a' => no match",
        "    Prerequisite flag evaluation result: 'none'.",
        "    Condition (Flag 'beta' NOT EQUALS 'a') evaluates to true.",
        '  ) => true',
        "  AND User.X EQUALS 'x' => false, skipping the remaining AND conditions",
        "  THEN 'b' => cannot evaluate, the User.X attribute is missing",
        `  ${ignored}`,
      ],
    ],
    [
      'nested',
      'kate',
      'c',
      [
        rules,
        "- IF Flag 'requires' EQUALS 'b'",
        '  (',
        "    Evaluating prerequisite flag 'requires':",
        '    Evaluating targeting rules and applying the first match if any:',
        "    - IF Flag 'beta' EQUALS 'a'",
        '      (',
        "        Evaluating prerequisite flag 'beta':",
        '        Evaluating targeting rules and applying the first match if any:',
        "        - IF User IS IN SEGMENT 'Beta'",
        '          (',
        "            Evaluating segment 'Beta':",
        "            - IF User.Email EQUALS 'kate' => true",
        '            Segment evaluation result: User IS IN SEGMENT.',
        "            Condition (User IS IN SEGMENT 'Beta') evaluates to true.",
        '          )',
        "          THEN 'a' => MATCH, applying rule",
        "        Prerequisite flag evaluation result: 'a'.",
        "        Condition (Flag 'beta' EQUALS 'a') evaluates to true.",
        '      )',
        "      THEN 'b' => MATCH, applying rule",
        "    Prerequisite flag evaluation result: 'b'.",
        "    Condition (Flag 'requires' EQUALS 'b') evaluates to true.",
        '  )',
        "  THEN 'c' => MATCH, applying rule",
      ],
    ],
    [
      'nested',
      'ben',
      'none',
      [
        rules,
        "- IF Flag 'requires' EQUALS 'b'",
        '  (',
        "    Evaluating prerequisite flag 'requires':",
        '    Evaluating targeting rules and applying the first match if any:',
        "    - IF Flag 'beta' EQUALS 'a'",
        '      (',
        "        Evaluating prerequisite flag 'beta':",
        '        Evaluating targeting rules and applying the first match if any:',
        "        - IF User IS IN SEGMENT 'Beta'",
        '          (',
        "            Evaluating segment 'Beta':",
        "            - IF User.Email EQUALS 'kate' => false, skipping the remaining AND conditions",
        '            Segment evaluation result: User IS NOT IN SEGMENT.',
        "            Condition (User IS IN SEGMENT 'Beta') evaluates to false.",
        '          )',
        "          THEN 'a' => no match",
        "        Prerequisite flag evaluation result: 'none'.",
        "        Condition (Flag 'beta' EQUALS 'a') evaluates to false.",
        '      )',
        "      THEN 'b' => no match",
        "    Prerequisite flag evaluation result: 'none'.",
        "    Condition (Flag 'requires' EQUALS 'b') evaluates to false.",
        '  )',
        "  THEN 'c' => no match",
      ],
    ],
    [
      'missing',
      'kate',
      'InvalidConfigModelError: Prerequisite flag is missing.',
      [rules, "- IF Flag '<invalid reference>' EQUALS 'b'"],
    ],
    [
      'circle',
      'kate',
      "InvalidConfigModelError: Circular dependency detected between the following depending flags: 'circle' -> 'circle'.",
      [rules, "- IF Flag 'circle' EQUALS 'b'"],
    ],
    ['options', 'nobody', 'none', ['Skipping % options because the User Object is missing.']],
    [
      'options',
      'kate',
      'right',
      [
        'Evaluating % options based on the User.Identifier attribute:',
        '- Computing hash in the [0..99] range from User.Identifier => 72 (this value is sticky and consistent across all SDKs)',
        "- Hash value 72 selects % option 2 (50%), 'right'.",
      ],
    ],
    [
      'optionsByX',
      'kate',
      'left',
      [
        'Evaluating % options based on the User.X attribute:',
        '- Computing hash in the [0..99] range from User.X => 1 (this value is sticky and consistent across all SDKs)',
        "- Hash value 1 selects % option 1 (50%), 'left'.",
      ],
    ],
    ['optionsByX', 'ben', 'none', ['Skipping % options because the User.X attribute is missing.']],
    [
      'badOptions',
      'kate',
      'InvalidConfigModelError: Sum of percentage option percentages is less than 100.',
      [
        'Evaluating % options based on the User.Identifier attribute:',
        '- Computing hash in the [0..99] range from User.Identifier => 69 (this value is sticky and consistent across all SDKs)',
      ],
    ],
    [
      'emptyOption',
      'kate',
      'InvalidConfigModelError: Setting value is missing or invalid.',
      [
        'Evaluating % options based on the User.Identifier attribute:',
        '- Computing hash in the [0..99] range from User.Identifier => 4 (this value is sticky and consistent across all SDKs)',
        "- Hash value 4 selects % option 1 (100%), '<invalid value>'.",
      ],
    ],
    [
      'ruleOptions',
      'nobody',
      'rest',
      [
        rules,
        "- IF User.Email EQUALS 'kate' THEN % options => cannot evaluate, User Object is missing",
        `  ${ignored}`,
        "-  THEN 'rest' => MATCH, applying rule",
      ],
    ],
    [
      'ruleOptions',
      'kate',
      'all',
      [
        rules,
        "- IF User.Email EQUALS 'kate' THEN % options => MATCH, applying rule",
        '  Evaluating % options based on the User.X attribute:',
        '  - Computing hash in the [0..99] range from User.X => 44 (this value is sticky and consistent across all SDKs)',
        "  - Hash value 44 selects % option 1 (100%), 'all'.",
      ],
    ],
    [
      'nothing',
      'kate',
      'InvalidConfigModelError: Targeting rule THEN part is missing or invalid.',
      [rules, "- IF User.Email EQUALS 'kate' THEN '<invalid value>' => MATCH, applying rule"],
    ],
    [
      'nothing',
      'anybody',
      'none',
      [
        rules,
        "- IF User.Email EQUALS 'kate' THEN '<invalid value>' => cannot evaluate, the User.Email attribute is missing",
        `  ${ignored}`,
      ],
    ],
    [
      'both',
      'kate',
      'InvalidConfigModelError: Targeting rule THEN part is missing or invalid.',
      [rules, "- IF User.Email EQUALS 'kate' THEN 'a' => MATCH, applying rule"],
    ],
    [
      'invalid',
      'kate',
      'InvalidConfigModelError: Condition is missing or invalid.',
      [rules, "- IF User.Email EQUALS 'kate' => true"],
    ],
    [
      'unknown',
      'kate',
      'InvalidConfigModelError: Comparison operator is invalid.',
      [rules, "- IF User.Email <invalid operator> 'x'"],
    ],
    [
      'unknown',
      'anybody',
      'none',
      [
        rules,
        "- IF User.Email <invalid operator> 'x' THEN 'a' => cannot evaluate, the User.Email attribute is missing",
        `  ${ignored}`,
      ],
    ],
    [
      'noValue',
      'kate',
      'InvalidConfigModelError: Setting value is missing or invalid.',
      [rules, "-  THEN '<invalid value>' => MATCH, applying rule"],
    ],
    [
      'unknownLast',
      'kate',
      'InvalidConfigModelError: Comparison operator is invalid.',
      [rules, "- IF User.Email EQUALS 'kate' => true", "  AND User.Email <invalid operator> 'x'"],
    ],
    [
      'unknownInSegment',
      'kate',
      'InvalidConfigModelError: Comparison operator is invalid.',
      [
        rules,
        "- IF User IS IN SEGMENT 'Unknown'",
        '  (',
        "    Evaluating segment 'Unknown':",
        "    - IF User.Email <invalid operator> 'x'",
      ],
    ],
    [
      'requiresUnknown',
      'kate',
      'InvalidConfigModelError: Comparison operator is invalid.',
      [
        rules,
        "- IF Flag 'unknown' EQUALS 'a'",
        '  (',
        "    Evaluating prerequisite flag 'unknown':",
        `    ${rules}`,
        "    - IF User.Email <invalid operator> 'x'",
      ],
    ],
  ])('writes how the flag %s is evaluated for %s, which comes to %s', (key, who, outcome, lines) => {
    const { failure, value, text } = explained(key, users[who]);
    expect(failure ? String(failure.exception) : value).toBe(outcome);
    const [first, ...others] = text.split('\n');
    expect(first).toMatch(users[who] ? new RegExp(`^Evaluating '${key}' for User '\\{.*\\}'$`) : `Evaluating '${key}'`);
    expect(others).toEqual([...lines, `Returning '${String(value)}'.`].map((line) => `  ${line}`));
  });

  it.each<[string, object | undefined, string]>([
    ['nobody', undefined, ''],
    ['one without an identifier', {}, `{"Identifier":""}`],
    [
      'one with all attributes',
      { identifier: 'id', email: 'e', country: 'c', custom: { X: 'x', Y: 1 } },
      '{"Identifier":"id","Email":"e","Country":"c","X":"x","Y":1}',
    ],
    [
      'one without a value for some',
      { identifier: 'id', email: null, custom: { X: undefined, Y: null, Z: 0 } },
      '{"Identifier":"id","Z":0}',
    ],
    [
      'one whose custom attributes have the names of others',
      { identifier: 'id', custom: { Identifier: 'a', Email: 'b', Country: 'c' } },
      '{"Identifier":"id"}',
    ],
    [
      'one with lists and dates',
      { identifier: 'id', custom: { L: ['a'], D: new Date(0) } },
      '{"Identifier":"id","L":["a"],"D":"1970-01-01T00:00:00.000Z"}',
    ],
    [
      'one with what JSON leaves out',
      { identifier: 'id', custom: { F: () => 1, S: Symbol('s') } },
      '{"Identifier":"id"}',
    ],
    ['one with what JSON refuses', { identifier: 'id', custom: { B: 5n } }, '{"Identifier":"id","B":"5"}'],
    [
      'one with no object of custom attributes',
      { identifier: 'id', custom: 'text' },
      '{"Identifier":"id","Custom":"text"}',
    ],
    ['one without custom attributes', { identifier: 'id', custom: null }, '{"Identifier":"id"}'],
    [
      'one whose getter throws',
      {
        identifier: 'id',
        get email() {
          throw new Error('no');
        },
      },
      '{"Identifier":"id","Email":"[unreadable]"}',
    ],
    [
      'one whose custom attributes cannot be read',
      {
        identifier: 'id',
        get custom() {
          throw new Error('no');
        },
      },
      '{"Identifier":"id","Custom":"[unreadable]"}',
    ],
    [
      'one whose custom attributes cannot be listed',
      {
        identifier: 'id',
        custom: new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error('no');
            },
          },
        ),
      },
      '{"Identifier":"id","Custom":"[unreadable]"}',
    ],
    [
      'one of whose custom attributes one throws',
      {
        identifier: 'id',
        custom: {
          X: 'x',
          get Y() {
            throw new Error('no');
          },
        },
      },
      '{"Identifier":"id","X":"x","Y":"[unreadable]"}',
    ],
  ])('describes %s', (_, user, text) => {
    expect(writeEvaluationLog('key', user as User, undefined, 5)).toBe(
      `Evaluating 'key'${user ? ` for User '${text}'` : ''}\n  Returning '5'.`,
    );
  });
});

describe('the tree of an evaluation', () => {
  it('has rules up to the one that serves, and nothing that was not looked at', () => {
    expect(explained('one', users.kate).tree).toEqual({
      source: expect.objectContaining({ key: 'one' }) as unknown,
      percentageOptions: undefined,
      value: 'a',
      rules: [
        {
          source: expect.objectContaining({ servedValue: { value: 'a', variationId: undefined } }) as unknown,
          outcome: 'match',
          reason: undefined,
          percentageOptions: undefined,
          conditions: [
            {
              kind: 'user',
              source: expect.objectContaining({ attribute: 'Email', comparator: 28 }) as unknown,
              text: "User.Email EQUALS 'kate'",
              comparator: 'EQUALS',
              operand: 'kate',
              result: true,
              reason: undefined,
            },
          ],
        },
      ],
    });
    expect(explained('one', users.ben).tree.rules.map(({ outcome }) => outcome)).toEqual(['no-match', 'match']);
    expect(explained('two', users.ben).tree.rules[0]!.conditions).toHaveLength(1);
  });

  it('says why a rule cannot be evaluated, and of which user', () => {
    const reasonsOf = (who: string, key = 'one') =>
      explained(key, users[who]).tree.rules.map(({ outcome, reason, conditions }) => [
        outcome,
        reason,
        conditions.at(-1)!.reason,
      ]);
    const missing = 'the User.Email attribute is missing';
    expect(reasonsOf('nobody')).toEqual(
      Array(2).fill(['cannot-evaluate', 'User Object is missing', 'User Object is missing']),
    );
    expect(reasonsOf('anybody')).toEqual(Array(2).fill(['cannot-evaluate', missing, missing]));
    expect(reasonsOf('ben')).toEqual([
      ['no-match', undefined, undefined],
      ['match', undefined, undefined],
    ]);
    expect(reasonsOf('kate', 'mixed')).toEqual([
      ['cannot-evaluate', 'the User.Y attribute is missing', 'the User.Y attribute is missing'],
      ['no-match', undefined, undefined],
      ['match', undefined, undefined],
    ]);
    const invalid = "the User.V attribute is invalid ('bad' is not a valid semantic version)";
    expect(reasonsOf('ben', 'versions')).toEqual([['cannot-evaluate', invalid, invalid]]);
  });

  it('shows attributes as they are, and why one cannot be read', () => {
    const conditionOf = (user?: object) => explained('one', user).tree.rules[0]!.conditions[0]!;
    expect(conditionOf({ identifier: 'id', email: 'ben' })).toMatchObject({ operand: 'ben', result: false });
    expect(conditionOf()).toMatchObject({ operand: undefined, result: 'cannot-evaluate' });
    const throwing = {
      identifier: 'id',
      get email() {
        throw new Error('no');
      },
    };
    expect(conditionOf(throwing)).toMatchObject({
      operand: undefined,
      result: undefined,
      reason: 'the User.Email attribute cannot be read (Error: no)',
    });
  });

  it('shows the options of the setting, and those of a rule', () => {
    const own = explained('options', users.kate).tree;
    expect(own.percentageOptions).toEqual({
      source: own.source.percentageOptions,
      attribute: 'Identifier',
      bucket: 72,
      selected: own.source.percentageOptions[1],
      reason: undefined,
    });
    expect(explained('options').tree.percentageOptions).toMatchObject({
      bucket: undefined,
      selected: undefined,
      reason: 'User Object is missing',
    });
    expect(explained('optionsByX', users.ben).tree.percentageOptions).toMatchObject({
      attribute: 'X',
      bucket: undefined,
      reason: 'the User.X attribute is missing',
    });
    const withNull = { identifier: 'id', custom: { X: null } };
    expect(explained('optionsByX', withNull).tree.percentageOptions).toMatchObject({
      bucket: undefined,
      reason: 'the User.X attribute is missing',
    });
    const { tree } = explained('ruleOptions', users.kate);
    expect(tree.percentageOptions).toBeUndefined();
    expect(tree.rules[0]!.percentageOptions).toMatchObject({
      attribute: 'X',
      bucket: 44,
      selected: { percentage: 100 },
    });
  });

  it('says why options were skipped whose attribute cannot be read', () => {
    const custom = {
      get X() {
        throw new Error('no');
      },
    };
    const { tree, failure } = explained('optionsByX', { identifier: 'id', custom });
    expect(failure?.errorCode).toBe(-1);
    expect(tree.percentageOptions?.reason).toBe('the User.X attribute cannot be read (Error: no)');
  });

  it('goes into segments', () => {
    const conditionOf = (key: string, who: string) => explained(key, users[who]).tree.rules[0]!.conditions[0]!;
    expect(conditionOf('notBeta', 'kate')).toMatchObject({
      kind: 'segment',
      name: 'Beta',
      text: "User IS NOT IN SEGMENT 'Beta'",
      isInSegment: true,
      result: false,
      conditions: [{ kind: 'user', result: true }],
    });
    expect(conditionOf('beta', 'ben')).toMatchObject({ isInSegment: false, result: false });
    expect(conditionOf('beta', 'anybody')).toMatchObject({
      isInSegment: 'cannot-evaluate',
      result: 'cannot-evaluate',
      reason: 'the User.Email attribute is missing',
    });
    expect(conditionOf('beta', 'nobody')).toMatchObject({
      name: 'Beta',
      conditions: undefined,
      isInSegment: undefined,
    });
    expect(conditionOf('badSegment', 'kate')).toMatchObject({ name: undefined, conditions: undefined });
  });

  it('goes into prerequisite flags, and comes back', () => {
    const { tree } = explained('nested', users.kate);
    expect(tree.rules[0]!.conditions[0]).toMatchObject({
      kind: 'prerequisite',
      result: true,
      prerequisite: {
        source: { key: 'requires' },
        value: 'b',
        rules: [{ outcome: 'match', conditions: [{ prerequisite: { source: { key: 'beta' }, value: 'a' } }] }],
      },
    });
    expect(explained('missing', users.kate).tree.rules[0]!.conditions[0]).toMatchObject({ prerequisite: undefined });
    expect(explained('requiresNot', users.ben).tree.rules[0]!.conditions.map(({ kind }) => kind)).toEqual([
      'prerequisite',
      'user',
    ]);
  });

  it('ends with values where prerequisite flags are too deep, or there are too many conditions', () => {
    const on = (flag: string) => ({ c: [{ p: { f: flag, c: 0, v: { b: true } } }], s: { v: { b: true } } });
    const foot = { t: 0, v: { b: false }, r: [{ c: [is('Email', 'kate')], s: { v: { b: true } } }] };
    const treeOf = (f: object, key: string) => {
      const deep = compile([parseConfig(JSON.stringify({ f }))]);
      const { evaluation, tree } = explain(deep, key, null, users.kate, () => undefined);
      expect(evaluation).toMatchObject({ errorCode: 0, value: true });
      return tree!;
    };
    const chain = Array.from({ length: 120 }, (_, i) => [`k${i + 1}`, { ...foot, r: [on(`k${i}`)] }] as const);
    let tree: ExplainedSetting | undefined = treeOf(Object.fromEntries([['k0', foot], ...chain]) as object, 'k120');
    let told = 0;
    for (; tree.rules.length > 0; told++) {
      const condition: ExplainedCondition | undefined = tree.rules[0]!.conditions[0];
      tree = (condition as ExplainedPrerequisite).prerequisite!;
      expect(tree.value).toBe(true);
    }
    expect([told, tree.source.key]).toEqual([51, 'k69']);

    for (const [count, rules] of [
      [3998, 1],
      [3999, 0],
    ] as const) {
      const others = Array.from({ length: count }, () => ({ c: [is('Email', 'ben')], s: { v: { b: false } } }));
      const { rules: looked } = treeOf({ k0: foot, k1: { ...foot, r: [...others, on('k0')] } }, 'k1');
      expect(looked).toHaveLength(count + 1);
      expect(looked[count]!.conditions[0]).toMatchObject({ prerequisite: { value: true, rules: { length: rules } } });
    }
  });

  it('goes on behind a thousand warnings', () => {
    const others = Array.from({ length: 1000 }, () => ({ c: [is('Y', 'y')], s: { v: { b: false } } }));
    const requiring = { c: [{ p: { f: 'k0', c: 0, v: { b: true } } }], s: { v: { b: true } } };
    const f = { k0: { t: 0, v: { b: true } }, k1: { t: 0, v: { b: false }, r: [...others, requiring, requiring] } };
    const many = compile([parseConfig(JSON.stringify({ f }))]);
    const { evaluation, tree } = explain(many, 'k1', null, users.kate, () => undefined);
    expect(evaluation).toMatchObject({ errorCode: 0, value: true });
    expect(tree!.rules.at(-1)).toMatchObject({ outcome: 'match', conditions: [{ prerequisite: { value: true } }] });
  });

  it('ends where an error does', () => {
    const { tree } = explained('invalid', users.kate);
    expect(tree).toMatchObject({ value: undefined, rules: [{ outcome: undefined, reason: undefined }] });
    expect(tree.rules[0]!.conditions).toMatchObject([
      { kind: 'user', result: true },
      { kind: 'invalid', text: '', result: undefined },
    ]);
  });

  it('is none, where evaluation does not come to a setting', () => {
    for (const given of [undefined, ruleset]) {
      const { evaluation, tree } = explain(given, 'nobody', null, undefined, () => undefined);
      expect([evaluation, tree]).toEqual([{ errorCode: given ? 1001 : 1000, exception: undefined }, undefined]);
    }
    expect(explain(ruleset, 'plain', 5, undefined, () => undefined)).toMatchObject({
      evaluation: { errorCode: 2 },
      tree: undefined,
    });
  });

  it('is none, where somebody else has decided', () => {
    const decided = { ...ruleset, whyNoRules: 'Somebody else decides.' };
    expect(explain(decided, 'one', null, users.kate, () => undefined)).toEqual({
      evaluation: expect.objectContaining({ errorCode: 0, value: 'a' }) as unknown,
      tree: undefined,
    });
  });

  it('comes with the warnings that evaluation gives', () => {
    expect(explained('one', users.anybody).warnings).toEqual([
      ['attributeMissing', 'one', expect.objectContaining({ attribute: 'Email' }), undefined],
      ['attributeMissing', 'one', expect.objectContaining({ attribute: 'Email' }), undefined],
    ]);
    expect(explained('versions', users.ben).warnings).toEqual([
      [
        'attributeInvalid',
        'versions',
        expect.objectContaining({ attribute: 'V' }),
        "'bad' is not a valid semantic version",
      ],
    ]);
    expect(explained('optionsByX', users.ben).warnings).toEqual([
      ['percentageAttributeMissing', 'optionsByX', 'X', undefined],
    ]);
  });
});
