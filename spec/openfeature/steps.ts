import type { StepDefinition } from '../support/gherkin';
import type { HookRecorder } from '../support/openfeature';
import { oldSteps } from './old-steps';
import type { World } from './world';
import { ask, evaluate, expectDetails, provide, providers, typeOf, valueOf } from './world';

const hookOf =
  (world: World): HookRecorder =>
  (stageName, details) => {
    world.hookCalls.push({ stage: stageName, hook: world.hooks.length, details });
  };

async function addToContext(world: World, level: string, key: string, value: string): Promise<void> {
  const entry = { [key]: value };
  switch (level) {
    case 'API':
      await world.sdk.setContext(entry);
      break;
    case 'Transaction':
      world.transactionContext = { ...world.transactionContext, ...entry };
      break;
    case 'Client':
      world.sdk.setClientContext(entry);
      break;
    case 'Invocation':
      world.context = { ...world.context, ...entry };
      break;
    default:
      world.hooks.push(() => entry);
  }
}

const hookSteps: readonly StepDefinition<World>[] = [
  [/^a client with added hook$/, (world) => world.hooks.push(hookOf(world))],
  [
    /^the "([^"]*)" hook should have been executed$/,
    (world, [name]) => {
      expect(world.hookCalls.map((call) => call.stage)).toContain(name);
    },
  ],
  [
    /^the "([^"]*)" hooks should be called with evaluation details$/,
    (world, [names = ''], [, ...rows]) => {
      for (const name of names.split(', ')) {
        const { details } = world.hookCalls.find((call) => call.stage === name)!;
        const shown = { ...details, flag_key: details?.flagKey, error_code: details?.errorCode } as object;
        for (const [, key = '', value] of rows) {
          const found = (shown as Record<string, string | boolean | undefined>)[key];
          expect([key, String(found ?? null)]).toEqual([key, value]);
        }
      }
    },
  ],
  [
    /^evaluation options containing specific hooks$/,
    (world) => {
      for (const hook of [1, 2]) {
        world.hooks.push((name, details) => void world.hookCalls.push({ stage: name, hook, details }));
      }
    },
  ],
  [
    /^the specified hooks should execute during evaluation$/,
    (world) => {
      expect(new Set(world.hookCalls.map(({ hook }) => hook))).toEqual(new Set([1, 2]));
    },
  ],
  [
    /^the hook order should be maintained$/,
    (world) => {
      const order = world.hookCalls.map((call) => `${call.stage} ${call.hook}`);
      expect(order).toEqual(['before 1', 'before 2', 'after 2', 'after 1', 'finally 2', 'finally 1']);
    },
  ],
];

const contextSteps: readonly StepDefinition<World>[] = [
  [/^a stable provider with retrievable context is registered$/, (world) => provide(world, world.config)],
  [
    /^A context entry with key "([^"]*)" and value "([^"]*)" is added to the "([^"]*)" level$/,
    (world, [key = '', value = '', level = '']) => addToContext(world, level, key, value),
  ],
  [
    /^A table with levels of increasing precedence$/,
    (world, _, table) => {
      world.levels = table.map(([level = '']) => level);
    },
  ],
  [
    /^Context entries for each level from API level down to the "([^"]*)" level, with key "([^"]*)" and value "([^"]*)"$/,
    async (world, [last = '', key = '']) => {
      for (const level of world.levels.slice(0, world.levels.indexOf(last) + 1)) {
        await addToContext(world, level, key, level);
      }
    },
  ],
  [/^Some flag was evaluated$/, evaluate],
  [
    /^The merged context contains an entry with key "([^"]*)" and value "([^"]*)"$/,
    (world, [key = '', value]) => {
      expect(world.attributes).toMatchObject({ [key]: value });
    },
  ],
];

export const steps: readonly StepDefinition<World>[] = [
  ...oldSteps,
  ...hookSteps,
  ...contextSteps,
  [/^an? (stable|not ready|error|fatal|stale) provider$/, (world, [kind = '']) => providers[kind]!(world)],
  [
    /^an? (\w+)-flag with key "([^"]*)" and a fallback value "(.*)"$/,
    (world, [type = '', key = '', text = '']) => {
      ask(world, type, key, text);
    },
  ],
  [
    /^a context containing a key "([^"]*)", with type "([^"]*)" and with value "([^"]*)"$/,
    (world, [key = '', type = '', text = '']) => {
      world.context = { ...world.context, [key]: valueOf(typeOf(type), text) };
    },
  ],
  [
    /^a context containing a key "([^"]*)" with null value$/,
    (world, [key = '']) => {
      world.context = { ...world.context, [key]: null };
    },
  ],
  [
    /^an evaluation context with modifiable data$/,
    (world) => {
      world.context = { email: 'kate@example.com', tags: ['a', 'b'], nested: { plan: 'pro' } };
    },
  ],
  [/^the flag was evaluated with details(?: using the evaluation options| asynchronously)?$/, evaluate],
  [
    /^the resolved details value should be "(.*)"$/,
    (world, [text = '']) => {
      expectDetails(world, { value: valueOf(world.request.type, text) });
    },
  ],
  [
    /^the (reason|variant|error-code|flag key) should be "([^"]*)"$/,
    (world, [name = '', text]) => {
      const names: Readonly<Record<string, string>> = { 'error-code': 'errorCode', 'flag key': 'flagKey' };
      expectDetails(world, { [names[name] ?? name]: text });
    },
  ],
  [
    /^the provider status should be "([^"]*)"$/,
    (world, [status]) => {
      expect(world.sdk.status()).toBe(status);
    },
  ],
  [
    /^the resolved metadata is empty$/,
    (world) => {
      // Of the flag itself: what is left tells telemetry about the evaluation.
      const { contextId, flagSetId, version, ...own } = world.details!.flagMetadata;
      expect([contextId, typeof flagSetId, typeof version, own]).toEqual([undefined, 'string', 'string', {}]);
    },
  ],
  [
    /^the original evaluation context should remain unmodified$/,
    (world) => {
      expect(world.context).toEqual({ email: 'kate@example.com', tags: ['a', 'b'], nested: { plan: 'pro' } });
    },
  ],
  [
    /^the evaluation details should be immutable$/,
    (world) => {
      expect(Object.isFrozen(world.details?.flagMetadata)).toBe(true);
    },
  ],
  [
    /^the evaluation should complete without blocking$/,
    (world) => {
      expect(world.details).toBeDefined();
    },
  ],
];
