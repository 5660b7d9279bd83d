import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Scenario } from '../support/gherkin';
import { play, readFeature } from '../support/gherkin';
import type { Sdk } from '../support/openfeature';
import { sdks } from '../support/openfeature';
import type { TestFlag } from '../support/openfeature-flags';
import { configOfTestFlags } from '../support/openfeature-flags';
import { steps } from './steps';
import { createWorld, leave } from './world';

const ownFolder = __dirname;
const sharedFolder = path.resolve(__dirname, '../../../shared/openfeature');

/** Nine scenarios about what ConfigCat's flags do not have: metadata, being disabled, and a cache of evaluations. */
const foreign = /@metadata|@reason-codes-cached|@reason-codes-disabled|Returns metadata/;
/** The web SDK has nothing to merge: there is one context at a time. */
const isMerging = (file: string, sdk: Sdk) => file === 'contextMerging.feature' && sdk.name === 'web';

// Missing in the flags of the specification, whose scenario asks for it all the same.
const contextAware: TestFlag = {
  variants: { internal: 'INTERNAL', external: 'EXTERNAL' },
  defaultVariant: 'external',
  contextEvaluator: "fn == 'Sulisław' && ln == 'Świętopełk' && age == 29 && !customer ? 'internal' : ''",
};

function readFolder(folder: string, files: readonly string[]) {
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  const flags = JSON.parse(read('test-flags.json')) as Readonly<Record<string, TestFlag>>;
  const config = configOfTestFlags({ 'context-aware': contextAware, ...flags });
  return { config, features: files.map((file) => ({ file, scenarios: readFeature(read(file)) })) };
}

const titleOf = ({ name, tags }: Scenario) => `${tags.join(' ')} ${name}`;

function specify(sdk: Sdk, folder: string, files: readonly string[], count: number): void {
  const { config, features } = readFolder(folder, files);
  const played = features
    .filter(({ file }) => !isMerging(file, sdk))
    .flatMap(({ file, scenarios }) =>
      scenarios.filter((scenario) => !foreign.test(titleOf(scenario))).map((scenario) => ({ file, scenario })),
    );

  it(`plays ${count} scenarios`, () => {
    expect(played).toHaveLength(count);
  });

  it.each(played.map(({ file, scenario }) => [file, scenario.name, scenario] as const))(
    '%s: %s',
    async (_, __, scenario) => {
      const world = createWorld(sdk, config);
      try {
        await play(scenario, steps, world);
      } finally {
        await leave(world);
      }
    },
  );
}

describe.each(sdks.map((sdk) => [sdk.name, sdk] as const))('the provider for the %s SDK', (_, sdk) => {
  describe('in scenarios of its own', () => {
    specify(sdk, ownFolder, ['provider.feature'], 12);
  });

  const describeShared = existsSync(sharedFolder) ? describe : describe.skip;
  describeShared("in OpenFeature's scenarios (where they are there)", () => {
    const files = ['evaluation', 'evaluation_v2', 'hooks', 'metadata', 'contextMerging'].map(
      (name) => `${name}.feature`,
    );
    if (existsSync(sharedFolder)) specify(sdk, sharedFolder, files, sdk.name === 'server' ? 123 : 94);
    else it('are not there', () => undefined);
  });
});
