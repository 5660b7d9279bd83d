import type { ClientOptions, EvaluationDetails } from '../../src';
import { createCore } from '../../src/core/core';
import { logTexts } from '../../src/client/log-texts';
import type { Core } from '../../src/core/source';
import { valueOf } from '../../src/core/evaluate';
import { createFullSnapshot } from '../../src/client/snapshot';
import { resolveOptions } from '../../src/client/options';
import { configV5 } from '../../src/formats/v5';
import { flagOverrides } from '../../src';
import * as explainer from '../../src/flags/explain';
import type { LoadExplainer } from '../../src/flags/explanations';
import { createEvaluationLog, explainWhenLoaded } from '../../src/flags/explanations';
import { createFanOut } from '../../src/flags/fan-out';
import { settlePromises } from '../support/virtual-time';

/** A core that logs how it evaluates, by what `load` gives. */
function createLoggingCore(load: LoadExplainer, flags: Readonly<Record<string, boolean | number>> = { a: true, b: 2 }) {
  const lines: string[] = [];
  const given: ClientOptions = {
    overrides: { source: flagOverrides(flags), behaviour: 'local-only' },
    logLevel: 'info',
    logger: { log: (level, eventId, message) => lines.push(`${level} ${eventId} ${message.replace(/\n */g, ' ')}`) },
  };
  const options = resolveOptions('any', given, { formats: [configV5], texts: logTexts });
  const core = createCore(options, createFanOut, {
    createPublicSnapshot: createFullSnapshot,
    evaluateWithLog: createEvaluationLog(load),
  });
  const read = (key: string, identifier?: string) =>
    valueOf(core.data.snapshot(), 'getValue', key, null, identifier === undefined ? undefined : { identifier });
  return { core, lines, read };
}

function createLoading() {
  let resolve: (loaded: typeof explainer) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const load = jest.fn(
    () =>
      new Promise<typeof explainer>((...settle) => {
        [resolve, reject] = settle;
      }),
  );
  return {
    load,
    resolve: () => {
      resolve(explainer);
    },
    reject: () => {
      reject(new Error('cut off'));
    },
  };
}

describe('the log of evaluations', () => {
  it('is written at once where what writes it is at hand', () => {
    const { lines, read, core } = createLoggingCore(() => explainer);
    expect(read('a')).toBe(true);
    expect(lines).toEqual(["info 5000 Evaluating 'a' Returning 'true'."]);
    core.lifetime.dispose();
  });

  it('waits for what writes it, in order, each with the user as he was', async () => {
    const { load, resolve } = createLoading();
    const { lines, read, core } = createLoggingCore(load);
    const user = { identifier: 'kate' };
    expect(valueOf(core.data.snapshot(), 'getValue', 'a', null, user)).toBe(true);
    user.identifier = 'john';
    expect([read('b', 'ann'), read('a')]).toEqual([2, true]);
    expect(lines).toEqual([]);
    resolve();
    await settlePromises();
    expect(lines).toEqual([
      `info 5000 Evaluating 'a' for User '{"Identifier":"kate"}' Returning 'true'.`,
      `info 5000 Evaluating 'b' for User '{"Identifier":"ann"}' Returning '2'.`,
      "info 5000 Evaluating 'a' Returning 'true'.",
    ]);
    read('b');
    expect(lines).toHaveLength(4);
    expect(load).toHaveBeenCalledTimes(1);
    core.lifetime.dispose();
  });

  it('keeps a thousand waiting at most, and says how many more there were', async () => {
    const { load, resolve } = createLoading();
    const { lines, read, core } = createLoggingCore(load);
    for (let i = 0; i < 1234; i++) read('a', String(i));
    resolve();
    await settlePromises();
    expect(lines).toHaveLength(1001);
    expect(lines[999]).toContain('"999"');
    expect(lines[1000]).toBe('info 5000 234 more evaluations have not been written down.');
    core.lifetime.dispose();
  });

  it('is plain, after one warning, where what writes it cannot be loaded', async () => {
    const { load, reject } = createLoading();
    const { lines, read, core } = createLoggingCore(load);
    read('a');
    reject();
    await settlePromises();
    expect(read('b')).toBe(2);
    expect(lines).toEqual([
      'warn 0 The module that explains evaluations could not be loaded.',
      "info 5000 Evaluating 'a': returning 'true'.",
      "info 5000 Evaluating 'b': returning '2'.",
    ]);
    expect(load).toHaveBeenCalledTimes(1);
    core.lifetime.dispose();
  });

  it.each(['resolve', 'reject'] as const)('has nothing of what could not be evaluated (%s)', async (how) => {
    const loading = createLoading();
    const { lines, read, core } = createLoggingCore(loading.load);
    read('missing');
    read('a');
    loading[how]();
    await settlePromises();
    read('missing');
    const evaluations = lines.filter((line) => line.startsWith('info'));
    expect(evaluations).toEqual([expect.stringContaining("Evaluating 'a'")]);
    core.lifetime.dispose();
  });

  it('is not asked for by those who do not read it', () => {
    const { load } = createLoading();
    const overrides = { source: flagOverrides({ a: 1 }), behaviour: 'local-only' } as const;
    const options = resolveOptions('any', { overrides }, { formats: [configV5], texts: logTexts });
    const core = createCore(options, createFanOut, {
      createPublicSnapshot: createFullSnapshot,
      evaluateWithLog: createEvaluationLog(load),
    });
    expect(valueOf(core.data.snapshot(), 'getValue', 'a', null, undefined)).toBe(1);
    expect(load).not.toHaveBeenCalled();
    core.lifetime.dispose();
  });
});

describe('an explanation that is loaded', () => {
  const explainIn = (core: Core, load: LoadExplainer, user = { identifier: 'kate' }) =>
    explainWhenLoaded(load, core.data.snapshot(), 'a', user);

  it('is that of the user as he was', async () => {
    const { load, resolve } = createLoading();
    const { core } = createLoggingCore(() => explainer);
    const user = { identifier: 'kate' };
    const explanation = explainIn(core, load, user);
    user.identifier = 'john';
    resolve();
    expect((await explanation).text).toContain('"kate"');
    core.lifetime.dispose();
  });

  it('has the value all the same where it cannot be loaded', async () => {
    const { load, reject } = createLoading();
    const { core } = createLoggingCore(() => explainer);
    const explanation = explainIn(core, load);
    reject();
    const found: Partial<EvaluationDetails> & { setting?: unknown } = await explanation;
    expect(found).toMatchObject({ key: 'a', value: true, setting: undefined, errorCode: -1 });
    expect(found.errorMessage).toBe('The module that explains evaluations could not be loaded. Error: cut off');
    core.lifetime.dispose();
  });
});
