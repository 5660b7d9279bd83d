import { availableParallelism } from 'node:os';

const source = process.env.MUTATED;
const report = source.slice('src/'.length).replaceAll('/', '-').replace('.ts', '');

export default {
  testRunner: 'jest',
  plugins: ['@stryker-mutator/jest-runner'],
  jest: { projectType: 'custom', configFile: 'checks/mutants/jest.config.cjs', enableFindRelatedTests: false },
  mutate: [source],
  ignorePatterns: [
    '/.stryker-tmp',
    '/bench',
    '/dist',
    '/docs/api',
    '/reports',
    '/samples',
    '/checks/*/node_modules',
    '/checks/runtimes',
  ],
  // The conformance data lies beside the repository, so beside the sandbox.
  buildCommand: 'ln -sfn ../../../shared ../shared',
  coverageAnalysis: 'perTest',
  concurrency: Number(process.env.WORKERS ?? availableParallelism()),
  // On a busy computer.
  dryRunTimeoutMinutes: 30,
  timeoutMS: 4000,
  timeoutFactor: 2,
  maxTestRunnerReuse: 200,
  reporters: ['json'],
  jsonReporter: { fileName: `reports/mutants/${report}.json` },
  thresholds: { high: 95, low: 85, break: null },
  // Beside others, so that several files can be measured at once.
  tempDirName: `.stryker-tmp/${report}`,
  allowConsoleColors: false,
};
