import { AstBuilder, GherkinClassicTokenMatcher, Parser, compile } from '@cucumber/gherkin';

/** A scenario with its background, one for each row of its examples. */
export interface Scenario {
  /** With the number of its line, because the rows of an outline share their name. */
  readonly name: string;
  readonly tags: readonly string[];
  readonly steps: readonly ScenarioStep[];
}

export interface ScenarioStep {
  readonly text: string;
  /** The rows of the table under the step, if there is one. */
  readonly table: readonly (readonly string[])[];
}

/** A step by its pattern, whose groups are the arguments before the table. */
export type StepDefinition<W> = readonly [
  RegExp,
  (world: W, args: readonly string[], table: ScenarioStep['table']) => unknown,
];

/** The scenarios of a feature file. */
export function readFeature(text: string): readonly Scenario[] {
  let count = 0;
  const newId = () => String(count++);
  const feature = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(text);
  return compile(feature, '', newId).map(({ name, tags, steps, location }) => ({
    name: `${name} (line ${location?.line ?? '?'})`,
    tags: tags.map((tag) => tag.name),
    steps: steps.map((step) => ({
      text: step.text,
      table: (step.argument?.dataTable?.rows ?? []).map(({ cells }) => cells.map(({ value }) => value)),
    })),
  }));
}

/** Takes the steps one after the other. A step that nobody has defined is a failure. */
export async function play<W>(scenario: Scenario, steps: readonly StepDefinition<W>[], world: W): Promise<void> {
  for (const { text, table } of scenario.steps) {
    const matches = steps.flatMap(([pattern, run]) => {
      const match = pattern.exec(text);
      return match ? [() => run(world, match.slice(1), table)] : [];
    });
    if (matches.length !== 1) throw new Error(`${matches.length} steps are defined for '${text}'.`);
    await matches[0]!();
  }
}
