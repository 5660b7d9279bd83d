import type { IConfigCatClient, IConfigCatClientSnapshot, LogLevel, LogMessage, SettingValue } from '@configcat/sdk';
import { PollingMode, getClient } from '@configcat/sdk';
import type { User } from '../../src/model/user';

/** One log entry of the official SDK. */
export interface OracleLogEntry {
  readonly level: LogLevel;
  readonly eventId: number;
  readonly message: string;
}

export type OracleDetails = ReturnType<IConfigCatClientSnapshot['getValueDetails']>;

/** The official SDK over one config JSON text: what a compatible client must answer. */
export interface Oracle {
  keys(): readonly string[];
  details(key: string, defaultValue: SettingValue, user: User | undefined): OracleDetails;
  /** Under the names that our client gives the members. */
  keyAndValue(variationId: string): { readonly key: string; readonly value: unknown } | null;
  /** Position of the rule that the official SDK says it matched, -1 for none. */
  matchedRuleIndex(key: string, details: OracleDetails): number;
  /** Everything logged since the last call. */
  takeLog(): OracleLogEntry[];
  dispose(): void;
}

const sdkKey = 'oracle-oracle-oracle-1/oracle-oracle-oracle-1';

export function createOracle(configText: string, level: LogLevel): Oracle {
  let log: OracleLogEntry[] = [];
  const client: IConfigCatClient = getClient(sdkKey, PollingMode.ManualPoll, {
    // A synchronous cache is read inside getClient, so the snapshot below already has the config.
    cache: { get: () => `1\n"e"\n${configText}`, set: () => undefined },
    logger: {
      level,
      log: (entryLevel: LogLevel, eventId: number, message: LogMessage) =>
        log.push({ level: entryLevel, eventId, message: message.toString() }),
    },
  });
  const snapshot = client.snapshot();
  return {
    keys: () => snapshot.getAllKeys(),
    keyAndValue: (variationId) => {
      const found = snapshot.getKeyAndValue(variationId);
      return found && { key: found.settingKey, value: found.settingValue };
    },
    details: (key, defaultValue, user) => snapshot.getValueDetails(key, defaultValue, user),
    matchedRuleIndex: (key, details) => {
      const rule = details.matchedTargetingRule;
      const setting = snapshot.fetchedConfig?.f?.[key];
      return rule && setting?.r ? setting.r.indexOf(rule) : -1;
    },
    takeLog: () => {
      const entries = log;
      log = [];
      return entries;
    },
    dispose: () => {
      client.dispose();
    },
  };
}
