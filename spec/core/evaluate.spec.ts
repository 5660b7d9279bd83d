import { reportTo, valueOf } from '../../src/core/evaluate';
import type { InternalSnapshot, SnapshotContext } from '../../src/core/snapshot';
import type { ClientEvent } from '../../src/core/events';
import { compile } from '../../src/evaluation/compile';
import { evaluate } from '../../src/evaluation/evaluate';
import { settingMissing } from '../../src/logging/events';
import type { Log } from '../../src/logging/logger';
import { parseConfig } from '../../src/model/parse-config';
import { configOf } from '../support/client';

type Logged = readonly [event: number, parameters: object];

/** A log that keeps what it is told. */
function keepingLog() {
  const logged: Logged[] = [];
  const log = Object.assign(
    (event: number, parameters: object) => {
      logged.push([event, parameters]);
    },
    { isEnabled: () => true },
  ) as unknown as Log;
  return { log, logged };
}

describe('valueOf', () => {
  const ruleset = compile([parseConfig(JSON.stringify(configOf({ a: true })))]);

  function evaluating(hasListeners: boolean, detailsOf: SnapshotContext['detailsOf']) {
    const { log, logged } = keepingLog();
    const emitted: ClientEvent[] = [];
    const events = { hasListeners: () => hasListeners, emit: (event: ClientEvent) => emitted.push(event) };
    const context = { evaluate, log, report: () => undefined, events, detailsOf, evaluateWithLog: undefined };
    const snapshot = { ruleset, context } as unknown as InternalSnapshot;
    const ask = (key: string, method = 'getValue') => valueOf(snapshot, method, key, false, undefined);
    return { ask, emitted, logged };
  }

  it('makes details for those who listen, and for nobody else', () => {
    const details = {} as ReturnType<NonNullable<SnapshotContext['detailsOf']>>;
    const detailsOf = jest.fn(() => details);
    const deaf = evaluating(false, detailsOf);
    expect([deaf.ask('a'), deaf.ask('b')]).toEqual([true, false]);
    expect(detailsOf).not.toHaveBeenCalled();
    const heard = evaluating(true, detailsOf);
    expect(heard.ask('a')).toBe(true);
    expect(heard.emitted).toEqual([{ type: 'flagEvaluated', details }]);
    const without = evaluating(true, undefined);
    expect([without.ask('a'), without.emitted]).toEqual([true, []]);
  });

  it.each([
    ['getValue', false],
    ['allFlags$', false],
    ['flags$', '<not shown>'],
    ['getJson', '<not shown>'],
    ['jsonDetails', '<not shown>'],
  ])('shows the default value of %s as %p in the log', (method, shown) => {
    const { ask, logged } = evaluating(false, undefined);
    ask('missing', method);
    expect(logged).toEqual([[settingMissing, { key: 'missing', defaultValue: shown, keys: ['a'] }]]);
  });
});

describe('reportTo', () => {
  it('tells flags and attributes apart, whatever their names', () => {
    const { log, logged } = keepingLog();
    const texts = { condition: () => 'condition' } as unknown as Parameters<typeof reportTo>[1];
    const report = reportTo(log, texts, () => 'config');
    const ask = (key: string, attribute: string) => {
      report('percentageAttributeMissing', key, attribute);
    };
    ask('a', 'bX');
    ask('ab', 'X');
    ask('a', 'bX');
    ask('abX', '');
    expect(logged.map(([, parameters]) => parameters)).toMatchObject([
      { key: 'a', attribute: 'bX' },
      { key: 'ab', attribute: 'X' },
      { key: 'abX', attribute: '' },
    ]);
  });
});
