import type { EvaluationContext, JsonValue } from '@openfeature/core';
import type { Stage } from '../support/client';
import { stage } from '../support/client';
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
export async function provide(world: World, answer: object | number | 'silence'): Promise<void> {
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

export const providers: Readonly<Record<string, (world: World) => Promise<void>>> = {
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

export function typeOf(name: string): FlagType {
  return types[name.toLowerCase()] ?? 'Number';
}

export function valueOf(type: FlagType, text: string): JsonValue {
  if (type === 'String') return text;
  return JSON.parse(text.replaceAll('\\"', '"')) as JsonValue;
}

export function ask(world: World, typeName: string, key: string, defaultText: string): void {
  const type = typeOf(typeName);
  world.request = { type, key, defaultValue: valueOf(type, defaultText) };
}

export async function evaluate(world: World): Promise<void> {
  const { sdk, request, context, transactionContext, hooks } = world;
  const hasContext = sdk.name === 'server' || Object.keys(context).length > 0;
  world.details = await sdk.evaluate({ ...request, ...(hasContext && { context }), transactionContext, hooks });
}

export function expectDetails(world: World, expected: Readonly<Record<string, unknown>>): void {
  expect(world.details).toMatchObject(expected);
}
