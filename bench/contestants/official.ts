import type { IUser, SettingKeyValue } from '@configcat/sdk';
import { FetchResponse, LogLevel, PollingMode, User, getClient } from '@configcat/sdk';
import { configCatUser, configJson, sdkKey } from './configcat-json.js';
import type { Contestant } from './contestant.js';
import { defineContestant } from './contestant.js';

const contestant = (isAsync: boolean): Contestant =>
  defineContestant<IUser>({
    hash: 'configcat',
    write: configJson,
    open: async (text) => {
      const client = getClient(sdkKey, PollingMode.ManualPoll, {
        configFetcher: { fetchAsync: () => Promise.resolve(new FetchResponse(200, 'OK', [['ETag', '"bench"']], text)) },
        logger: { level: LogLevel.Off, log: () => undefined },
      });
      const { isSuccess, errorMessage } = await client.forceRefreshAsync();
      if (!isSuccess) throw new Error(errorMessage ?? 'The refresh failed.');
      const snapshot = client.snapshot();
      return {
        user: (user) => {
          const { identifier, email, country, custom } = configCatUser(user);
          return new User(identifier, email, country, custom) as IUser;
        },
        value: isAsync
          ? (key, fallback, user) => client.getValueAsync(key, fallback, user)
          : (key, fallback, user) => snapshot.getValue(key, fallback, user),
        all: isAsync
          ? (user) => client.getAllValuesAsync(user)
          : (user, keys, fallbacks) => keys.map((key, i) => snapshot.getValue(key, fallbacks[i]!, user)),
        values: (all) =>
          isAsync ? (all as SettingKeyValue[]).map(({ settingValue }) => settingValue) : (all as unknown[]),
        close: () => client.dispose(),
      };
    },
  });

export const official = contestant(false);
export const officialAsync = contestant(true);
