import type { StepDefinition } from '../support/gherkin';
import type { World } from './world';
import { ask, evaluate, expectDetails, typeOf, valueOf } from './world';

/** The steps of the deprecated suite, which evaluate and ask at once. */
export const oldSteps: readonly StepDefinition<World>[] = [
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

function expectFields(world: World, fields: string, values: string): void {
  const names = [...fields.matchAll(/"([^"]*)"/g)].map(([, name]) => name);
  const texts = [...values.matchAll(/"([^"]*)"|(\d+)/g)].map(([, text, number]) => text ?? number);
  const value = world.details?.value as Record<string, unknown>;
  expect(names.map((name) => String(value[name!]))).toEqual(texts);
}
