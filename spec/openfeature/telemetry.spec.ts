import type { EvaluationContext, JsonValue } from '@openfeature/core';
import { TelemetryAttribute as names, createEvaluationEvent } from '@openfeature/core';
import type { ClientOptions, ConfigCatClient } from '../../src';
import { createClient, flagOverrides } from '../../src';
import { flagSetId } from '../../src/functions';
import { createWebProvider } from '../../src/openfeature/web';
import type { Stage } from '../support/client';
import { sdkKey, stage } from '../support/client';
import type { FlagType, Sdk } from '../support/openfeature';
import { sdks } from '../support/openfeature';

const kate: EvaluationContext = { targetingKey: 'kate' };
const config = {
  f: {
    plan: {
      t: 1,
      v: { s: 'free' },
      i: 'id-free',
      r: [{ c: [{ u: { a: 'Identifier', c: 28, s: 'kate' } }], s: { v: { s: 'pro' }, i: 'id-pro' } }],
    },
    broken: { t: 1, v: { s: '{' }, i: 'id-broken' },
  },
};

const clients: ConfigCatClient[] = [];
let installed: Sdk | undefined;
afterEach(async () => {
  await installed?.reset();
  for (const client of clients.splice(0)) client.dispose();
});

/** What OpenFeature's own helper tells OpenTelemetry of evaluations. */
function telling(sdk: Sdk) {
  return async (
    key: string,
    context?: EvaluationContext,
    type: FlagType = 'String',
    defaultValue: JsonValue = 'default',
  ): Promise<Readonly<Record<string, unknown>>> => {
    let attributes: Readonly<Record<string, unknown>> = {};
    await sdk.evaluate({
      type,
      key,
      defaultValue,
      ...(context && { context }),
      hooks: [
        (name, details, hookContext) => {
          if (name === 'finally') ({ attributes } = createEvaluationEvent(hookContext!, details!));
        },
      ],
    });
    return attributes;
  };
}

async function play(sdk: Sdk, options: ClientOptions = {}): Promise<Stage & { tell: ReturnType<typeof telling> }> {
  const staged = stage(config, options);
  clients.push(staged.client);
  installed = sdk;
  const ready = sdk.install(staged.client);
  await staged.clock.advance(0);
  await ready;
  return { ...staged, tell: telling(sdk) };
}

describe.each(sdks.map((sdk) => [sdk.name, sdk] as const))("OpenFeature's telemetry of the %s SDK", (_, sdk) => {
  it('has every attribute of the convention', async () => {
    const { client, tell } = await play(sdk);
    expect(await tell('plan', kate)).toEqual({
      [names.KEY]: 'plan',
      [names.PROVIDER]: 'ConfigCat',
      [names.REASON]: 'targeting_match',
      [names.VARIANT]: 'id-pro',
      [names.VALUE]: 'pro',
      [names.CONTEXT_ID]: 'kate',
      [names.FLAG_SET_ID]: flagSetId(client),
      [names.VERSION]: '"0"',
    });
    expect(flagSetId(client)).toMatch(/^[0-9a-f]{40}$/);
  });

  it.each<[string, EvaluationContext, string | undefined]>([
    ['the targeting key', { targetingKey: 'kate' }, 'kate'],
    ['an identifier in its place', { identifier: 'leo' }, 'leo'],
    ["ConfigCat's name of it", { Identifier: 'mia' }, 'mia'],
    ['nobody, where a context only has attributes', { plan: 'pro' }, undefined],
    ['nobody, where there is no context', {}, undefined],
  ])('tells as the subject %s', async (__, context, id) => {
    const { tell } = await play(sdk);
    expect((await tell('plan', context))[names.CONTEXT_ID]).toBe(id);
  });

  it("tells of the client's default user where the context is empty", async () => {
    const { tell } = await play(sdk, { defaultUser: { identifier: 'kate' } });
    expect(await tell('plan', {})).toMatchObject({ [names.CONTEXT_ID]: 'kate', [names.VALUE]: 'pro' });
  });

  it.each<[string, string, FlagType, JsonValue, string]>([
    ['a flag that is not there', 'nowhere', 'String', '', 'flag_not_found'],
    ['a flag of another type', 'plan', 'Number', 0, 'type_mismatch'],
    ['an object flag that is not JSON', 'broken', 'Object', {}, 'parse_error'],
  ])('has the same of an evaluation that fails: %s', async (__, key, type, defaultValue, error) => {
    const { client, tell } = await play(sdk, { logLevel: 'off' });
    expect(await tell(key, kate, type, defaultValue)).toMatchObject({
      [names.ERROR_CODE]: error,
      [names.CONTEXT_ID]: 'kate',
      [names.FLAG_SET_ID]: flagSetId(client),
      [names.VERSION]: '"0"',
    });
  });

  it('follows the version of the config', async () => {
    const { clock, serve, tell } = await play(sdk);
    serve({ f: { plan: { t: 1, v: { s: 'other' } } } });
    await clock.advance(60_000);
    expect(await tell('plan', kate)).toMatchObject({ [names.VALUE]: 'other', [names.VERSION]: '"1"' });
  });

  it('has no version of what is overridden on the spot', async () => {
    const overrides = { source: flagOverrides({ plan: 'own' }), behaviour: 'local-only' as const };
    const client = createClient(sdkKey, { overrides });
    clients.push(client);
    installed = sdk;
    await sdk.install(client);
    const attributes = await telling(sdk)('plan', kate);
    expect(attributes).toMatchObject({ [names.VALUE]: 'own', [names.CONTEXT_ID]: 'kate' });
    expect(attributes).not.toHaveProperty([names.VERSION]);
  });

  it('does without an identifier that cannot be read', async () => {
    const defaultUser = {
      get identifier(): string {
        throw new Error('unreadable');
      },
    };
    const { tell } = await play(sdk, { defaultUser, logLevel: 'off' });
    expect(await tell('broken', {})).toMatchObject({ [names.VALUE]: '{', [names.VERSION]: '"0"' });
  });
});

it('knows no config of an object that only looks like a client', async () => {
  const { client, clock } = stage(config);
  clients.push(client);
  await clock.advance(0);
  const provider = createWebProvider({ ...client, snapshot: () => client.snapshot() });
  const { value, flagMetadata } = provider.resolveStringEvaluation('plan', '', kate, console);
  expect([value, flagMetadata]).toEqual(['pro', { contextId: 'kate' }]);
});
