import { explain } from '../../src/explain';
import type { LogEntryLevel } from '../../src';
import { createClientWithManualPoll } from '../../src';
import type { DefaultValue } from '../../src/evaluation/evaluate';
import { sdkKey } from '../support/client';
import type { AttributesJson } from '../support/conformance';
import { describeConformance, toUser } from '../support/conformance';
import { recordLog } from '../support/recorded-log';

interface LogCasesJson {
  readonly tests: readonly {
    readonly key: string;
    readonly defaultValue: DefaultValue;
    readonly user?: AttributesJson;
    readonly returnValue: DefaultValue;
    readonly expectedLog: string;
  }[];
}

const levelNames: Readonly<Partial<Record<LogEntryLevel, string>>> = { info: 'INFO', warn: 'WARNING', error: 'ERROR' };

describeConformance('the evaluation log, on the conformance data', ({ suites, read }) => {
  const logSuites = suites.filter(({ kind }) => kind === 'log');

  it('meets seven suites', () => {
    expect(logSuites).toHaveLength(7);
  });

  it.each(logSuites.map((suite) => [suite.name, suite.count, suite] as const))(
    'is that of %s in all %i texts, byte for byte, and so is the text of explain',
    (_, count, { config, cases, texts = '' }) => {
      const { tests } = JSON.parse(read(cases)) as LogCasesJson;
      const payload = `1\n"e"\n${read(config)}`;
      for (const { key, defaultValue, user, returnValue, expectedLog } of tests) {
        // Each by a client of its own, because it tells a warning once.
        const log = recordLog();
        const client = createClientWithManualPoll(sdkKey, {
          cache: { get: () => payload, set: () => undefined },
          logger: log.logger,
          logLevel: 'info',
        });
        const snapshot = client.snapshot();
        expect(snapshot.value(key, defaultValue, toUser(user))).toBe(returnValue);
        const actual = log.entries
          .map(({ level, eventId, message }) => `${levelNames[level]} [${eventId}] ${message}`)
          .join('\n');
        const expected = read(`${texts}/${expectedLog}`).replace(/\n+$/, '');
        // The warning names an evaluation method, which differs by SDK.
        expect(actual).toBe(expected.replace('getValueAsync()', 'getValue()'));
        expect(actual).toContain(explain(snapshot, key, toUser(user)).text);
        client.dispose();
      }
      expect(tests).toHaveLength(count);
    },
  );
});
