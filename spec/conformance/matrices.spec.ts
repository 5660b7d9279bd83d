import { isDeepStrictEqual } from 'node:util';
import { compile } from '../../src/evaluation/compile';
import type { DefaultValue } from '../../src/evaluation/evaluate';
import { evaluate, failureMessage, isFailure } from '../../src/evaluation/evaluate';
import { explain } from '../../src/evaluation/evaluate-explained';
import type { SettingType } from '../../src/model/config';
import { configV5 } from '../../src/formats/v5';
import { parseConfig } from '../../src/model/parse-config';
import type { User } from '../../src/model/user';
import type { AttributesJson } from '../support/conformance';
import { describeConformance, toUser } from '../support/conformance';

/** One evaluation with what must come of it. */
interface Check {
  readonly key: string;
  readonly user: User | undefined;
  readonly defaultValue: DefaultValue;
  readonly value: DefaultValue;
  readonly isError: boolean;
}

interface CasesJson {
  readonly cases: readonly {
    readonly key: string;
    readonly default: DefaultValue;
    readonly user?: AttributesJson;
    readonly expect: { readonly value: DefaultValue; readonly error?: boolean };
  }[];
}

describeConformance('evaluate, on the conformance data', ({ suites, read }) => {
  const valueSuites = suites.filter(({ kind }) => kind !== 'log');

  it('meets five matrices, two more of the previous format, and two lists of cases', () => {
    expect(valueSuites.map(({ kind }) => kind).sort()).toEqual([
      ...Array<string>(2).fill('json'),
      ...Array<string>(7).fill('matrix'),
    ]);
  });

  it.each(valueSuites.map((suite) => [suite.name, suite.count, suite] as const))(
    'agrees with %s in all %i checks, plainly and explained',
    (_, count, suite) => {
      const ruleset = compile([parseConfig(read(suite.config), undefined, [configV5])]);
      const typeOf = (key: string) => ruleset.get(key)?.type;
      const checks = suite.kind === 'matrix' ? readMatrix(read(suite.cases), typeOf) : readCases(read(suite.cases));
      const differences = checks.flatMap((check) => {
        const { key, user, defaultValue, value, isError } = check;
        const evaluation = evaluate(ruleset, key, defaultValue, user, () => undefined);
        const explained = explain(ruleset, key, defaultValue, user, () => undefined).evaluation;
        const actual = isFailure(evaluation) ? defaultValue : evaluation.value;
        const agrees =
          actual === value && isFailure(evaluation) === isError && isDeepStrictEqual(explained, evaluation);
        return agrees ? [] : [{ ...check, actual, error: isFailure(evaluation) && failureMessage(evaluation) }];
      });
      expect(differences).toEqual([]);
      expect(checks).toHaveLength(count);
    },
  );
});

function readMatrix(text: string, typeOf: (key: string) => SettingType | undefined): Check[] {
  const [header = [], ...lines] = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(';'));
  const [, , , customName = '', ...keys] = header;
  return lines.flatMap(([identifier = '', email, country, custom, ...cells]) => {
    const attributes = { Identifier: identifier, Email: email, Country: country, [customName]: custom };
    const given = Object.entries(attributes).filter(
      ([name, value]) => name === 'Identifier' || (value !== '' && value !== '##null##'),
    );
    const user = identifier === '##null##' ? undefined : toUser(Object.fromEntries(given) as AttributesJson);
    expect(cells).toHaveLength(keys.length);
    return cells.map((cell, column): Check => {
      const key = keys[column]!;
      return { key, user, defaultValue: null, value: readCell(cell, typeOf(key)), isError: false };
    });
  });
}

function readCell(cell: string, type: SettingType | undefined): DefaultValue {
  if (type === 'string') return cell;
  if (type === 'boolean') return { true: true, false: false }[cell.toLowerCase()];
  return Number(cell);
}

function readCases(text: string): Check[] {
  const { cases } = JSON.parse(text) as CasesJson;
  return cases.map(({ key, default: defaultValue, user, expect: { value, error = false } }) => ({
    key,
    user: toUser(user),
    defaultValue,
    value,
    isError: error,
  }));
}
