import type { IUser, SettingKeyValue } from '@configcat/sdk';
import { FetchResponse, LogLevel, PollingMode, User, getClient } from '@configcat/sdk';
import { BehaviorSubject, distinctUntilChanged, map } from 'rxjs';
import type { BenchUser } from '../flags.js';
import { configCatUser, configJson, sdkKey } from './configcat-json.js';
import type { Contestant } from './contestant.js';
import { defineContestant } from './contestant.js';

const contestant = (isAsync: boolean): Contestant =>
  defineContestant<IUser>({
    hash: 'configcat',
    write: configJson,
    // The recipe that people write by hand: a stream of snapshots, and every subscriber evaluates.
    openFanOut: async (first) => {
      let served = new FetchResponse(200, 'OK', [['ETag', '"0"']], first);
      let revision = 0;
      const client = getClient(sdkKey, PollingMode.ManualPoll, {
        configFetcher: { fetchAsync: () => Promise.resolve(served) },
        logger: { level: LogLevel.Off, log: () => undefined },
      });
      await client.forceRefreshAsync();
      const snapshot$ = new BehaviorSubject(client.snapshot());
      client.on('configChanged', () => {
        snapshot$.next(client.snapshot());
      });
      return {
        user: toUser,
        subscribe: (key, user, tell) => {
          const value$ = snapshot$.pipe(
            map((snapshot) => snapshot.getValue(key, '', user)),
            distinctUntilChanged(),
          );
          const subscription = value$.subscribe(tell);
          return () => {
            subscription.unsubscribe();
          };
        },
        value: (key, user) => snapshot$.value.getValue(key, '', user),
        change: async (text) => {
          served = new FetchResponse(200, 'OK', [['ETag', `"${++revision}"`]], text);
          await client.forceRefreshAsync();
        },
      };
    },
    open: async (text) => {
      const client = getClient(sdkKey, PollingMode.ManualPoll, {
        configFetcher: { fetchAsync: () => Promise.resolve(new FetchResponse(200, 'OK', [['ETag', '"bench"']], text)) },
        logger: { level: LogLevel.Off, log: () => undefined },
      });
      const { isSuccess, errorMessage } = await client.forceRefreshAsync();
      if (!isSuccess) throw new Error(errorMessage ?? 'The refresh failed.');
      const snapshot = client.snapshot();
      return {
        user: toUser,
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

function toUser(user: BenchUser): IUser {
  const { identifier, email, country, custom } = configCatUser(user);
  return new User(identifier, email, country, custom) as IUser;
}

export const official = contestant(false);
export const officialAsync = contestant(true);
