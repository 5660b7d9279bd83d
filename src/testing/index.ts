export type {
  TestCondition,
  TestDateComparator,
  TestListComparator,
  TestNumberComparator,
  TestTextComparator,
  UserTestCondition,
} from './condition-json.js';
export type { TargetedFlag, TestFlags, TestPercentageOption, TestRule, TestVariation } from './config-json.js';
export { toConfigJson } from './config-json.js';
export type { EngineCase } from './engine-contract.js';
export type { EngineUnderTest } from './engine-trial.js';
export { engineContract } from './engine-contract.js';
export type { AssertEqual, MarbleHelpers } from './marbles.js';
export { runMarbles } from './marbles.js';
export type { TestClient, TestClientOptions } from './test-client.js';
export { createTestClient } from './test-client.js';
export type { TestFailure } from './test-fetch.js';
