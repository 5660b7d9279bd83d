import type { Config } from 'jest';

const config: Config = {
  roots: ['<rootDir>/spec'],
  testMatch: ['**/*.spec.ts'],
  testEnvironment: 'node',
  // Processes and browsers have to start, compilers to run; no spec is about how long that takes.
  testTimeout: 60_000,
  // Specs run as CommonJS. Their types are checked once, by `npm run typecheck`, and not by each worker again.
  transform: {
    '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/spec/tsconfig.json' }],
    '^.+\\.mjs$|/node_modules/(arktype|arkregex|@ark)/.+\\.js$': '<rootDir>/spec/support/commonjs.cjs',
  },
  // Angular and ArkType come as ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!@angular/|arktype/|arkregex/|@ark/)'],
  moduleNameMapper: {
    '^#config-index$': '<rootDir>/src/model/config-index.ts',
    '^#evaluation-memory$': '<rootDir>/src/evaluation/memory.ts',
    '^#explainer$': '<rootDir>/src/flags/explainer-at-hand.ts',
    '^#platform$': '<rootDir>/src/platform/node.ts',
    '^configcat-rx$': '<rootDir>/src/index.ts',
    '^configcat-rx/analytics$': '<rootDir>/src/analytics/index.ts',
    '^configcat-rx/angular$': '<rootDir>/src/angular/index.ts',
    '^configcat-rx/angular/core$': '<rootDir>/src/angular/core.ts',
    '^configcat-rx/browser$': '<rootDir>/src/browser/index.ts',
    '^configcat-rx/core$': '<rootDir>/src/functions.ts',
    '^configcat-rx/explain$': '<rootDir>/src/explain.ts',
    '^configcat-rx/fleet$': '<rootDir>/src/fleet/index.ts',
    '^configcat-rx/key-value$': '<rootDir>/src/key-value/index.ts',
    '^configcat-rx/node$': '<rootDir>/src/node/index.ts',
    '^configcat-rx/openfeature$': '<rootDir>/src/openfeature/index.ts',
    '^configcat-rx/openfeature/web$': '<rootDir>/src/openfeature/web.ts',
    '^configcat-rx/opentelemetry$': '<rootDir>/src/opentelemetry/index.ts',
    '^configcat-rx/postgres$': '<rootDir>/src/postgres/index.ts',
    '^configcat-rx/proxy-stream$': '<rootDir>/src/proxy-stream/index.ts',
    '^configcat-rx/react$': '<rootDir>/src/react/index.ts',
    '^configcat-rx/react/core$': '<rootDir>/src/react/core.ts',
    '^configcat-rx/redis$': '<rootDir>/src/redis/index.ts',
    '^configcat-rx/relay$': '<rootDir>/src/relay/index.ts',
    '^configcat-rx/remote$': '<rootDir>/src/remote/index.ts',
    '^configcat-rx/server$': '<rootDir>/src/server/index.ts',
    '^configcat-rx/testing$': '<rootDir>/src/testing/index.ts',
    '^configcat-rx/webhook$': '<rootDir>/src/webhook/index.ts',
    '^configcat-rx/workers$': '<rootDir>/src/workers/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};

export default config;
