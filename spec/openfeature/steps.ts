import type { EvaluationContext, JsonValue } from '@openfeature/core';
import type { Stage } from '../support/client';
import { stage } from '../support/client';
import type { StepDefinition } from '../support/gherkin';
import type { Details, FlagType, HookRecorder, Sdk } from '../support/openfeature';

/** What a scenario works on, and what has come of it so far. */
export interface World {
  readonly sdk: Sdk;
  readonly config: object;
  stage?: Stage;
  request: { type: FlagType; key: string; defaultValue: JsonValue };
  context: EvaluationContext;
  transactionContext: EvaluationContext;
  hooks: HookRecorder[];
  levels: readonly string[];
  readonly hookCalls: { readonly stage: string; readonly hook: number; readonly details: Details | undefined }[];
  details: Details | undefined;
  attributes: Readonly<Record<string, unknown>>;
}

export function createWorld(sdk: Sdk, config: object): World {
  return {
    sdk,
    config,
    request: { type: 'Boolean', key: 'boolean-flag', defaultValue: false },
    context: {},
    transactionContext: {},
    hooks: [],
    levels: [],
    hookCalls: [],
    details: undefined,
    attributes: {},
  };
}

/** Plays another round: with a server that answers like this, from the first request on. */
async function provide(world: World, answer: object | number | 'silence'): Promise<void> {
  await leave(world);
  const current = stage(answer);
  world.stage = current;
  current.client.events$.subscribe((event) => {
    if (event.type === 'flagEvaluated') world.attributes = { ...event.details.user?.custom };
  });
  const installed = world.sdk.install(current.client).catch(() => undefined);
  // Long enough for a failing request to be repeated.
  await current.clock.advance(10_000);
  if (answer !== 'silence') await installed;
}

export async function leave(world: World): Promise<void> {
  await world.sdk.reset();
  world.stage?.client.dispose();
}

const providers: Readonly<Record<string, (world: World) => Promise<void>>> = {
  stable: (world) => provide(world, world.config),
  'not ready': (world) => provide(world, 'silence'),
  error: (world) => provide(world, 500),
  fatal: (world) => provide(world, 404),
  stale: async (world) => {
    await provide(world, world.config);
    world.stage?.serve(500);
    await world.stage?.clock.advance(90_000);
  },
};

const types: Readonly<Record<string, FlagType>> = { boolean: 'Boolean', string: 'String', object: 'Object' };

function typeOf(name: string): FlagType {
  return types[name.toLowerCase()] ?? 'Number';
}

function valueOf(type: FlagType, text: string): JsonValue {
  if (type === 'String') return text;
  return JSON.parse(text.replaceAll('\\"', '"')) as JsonValue;
}

function ask(world: World, typeName: string, key: string, defaultText: string): void {
  const type = typeOf(typeName);
  world.request = { type, key, defaultValue: valueOf(type, defaultText) };
}

async function evaluate(world: World): Promise<void> {
  const { sdk, request, context, transactionContext, hooks } = world;
  const hasContext = sdk.name === 'server' || Object.keys(context).length > 0;
  world.details = await sdk.evaluate({ ...request, ...(hasContext && { context }), transactionContext, hooks });
}

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

function expectDetails(world: World, expected: Readonly<Record<string, unknown>>): void {
  expect(world.details).toMatchObject(expected);
}

function expectFields(world: World, fields: string, values: string): void {
  const names = [...fields.matchAll(/"([^"]*)"/g)].map(([, name]) => name);
  const texts = [...values.matchAll(/"([^"]*)"|(\d+)/g)].map(([, text, number]) => text ?? number);
  const value = world.details?.value as Record<string, unknown>;
  expect(names.map((name) => String(value[name!]))).toEqual(texts);
}

/** The steps of the deprecated suite, which evaluate and ask at once. */
const oldSteps: readonly StepDefinition<World>[] = [
  [
    /^an? (?:non-existent )?(\w+) flag with key "([^"]*)" is evaluated with (?:details and )?(?:a |default value |fallback value )*"?([^"]*?)"?(?: default value)?$/,
    async (world, [type = '', key = '', text = '']) => {
      ask(world, type, key, text);
      await evaluate(world);
    },
  ],
  [
    /^a string flag with key "([^"]*)" is evaluated as an integer, with details and a fallback value (\d+)$/,
    async (world, [key = '', text = '']) => {
      ask(world, 'integer', key, text);
      await evaluate(world);
    },
  ],
  [
    /^a flag with key "([^"]*)" is evaluated with default value "([^"]*)"$/,
    async (world, [key = '', text = '']) => {
      ask(world, 'string', key, text);
      await evaluate(world);
    },
  ],
  [
    /^the resolved (boolean|string|integer|float) (?:value|response) should be "?([^"]*?)"?$/,
    (world, [type = '', text = '']) => {
      expectDetails(world, { value: valueOf(typeOf(type), text) });
    },
  ],
  [
    /^the resolved (boolean|string|integer|float) details value should be "?([^"]*?)"?, the variant should be "([^"]*)", and the reason should be "([^"]*)"$/,
    (world, [type = '', text = '', variant = '', reason = '']) => {
      expectDetails(world, { value: valueOf(typeOf(type), text), variant, reason });
    },
  ],
  [
    /^the resolved object (?:details )?value should be contain fields (.*), with values (.*), respectively$/,
    (world, [fields = '', values = '']) => {
      expectFields(world, fields, values);
    },
  ],
  [
    /^the variant should be "([^"]*)", and the reason should be "([^"]*)"$/,
    (world, [variant = '', reason = '']) => {
      expectDetails(world, { variant, reason });
    },
  ],
  [
    /^context contains keys (.*) with values (.*)$/,
    (world, [keys = '', values = '']) => {
      const names = [...keys.matchAll(/"([^"]*)"/g)].map(([, name]) => name!);
      const items = [...values.matchAll(/"([^"]*)"|(\d+)/g)].map(([, text, number]) => text ?? Number(number));
      world.context = Object.fromEntries(names.map((name, i) => [name, items[i]!]));
    },
  ],
  [
    /^the resolved flag value is "([^"]*)" when the context is empty$/,
    async (world, [value = '']) => {
      await world.sdk.setContext({});
      world.context = {};
      await evaluate(world);
      expectDetails(world, { value });
    },
  ],
  [
    /^the default (?:string|integer) value should be returned$/,
    (world) => {
      expectDetails(world, { value: world.request.defaultValue });
    },
  ],
  [
    /^the reason should indicate an error and the error code should indicate a .* with "([^"]*)"$/,
    (world, [code = '']) => {
      expectDetails(world, { reason: 'ERROR', errorCode: code });
    },
  ],
];

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
      expect(world.details?.flagMetadata).toEqual({});
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
