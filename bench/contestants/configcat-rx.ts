import { createClientWithManualPoll, inSlices } from 'configcat-rx';
import type { StandardSchema, User } from 'configcat-rx';
import { configCatUser, configJson, sdkKey } from './configcat-json.js';
import type { Contestant } from './contestant.js';
import { defineContestant } from './contestant.js';

const contestant = (isAsync: boolean): Contestant =>
  defineContestant<User>({
    hash: 'configcat',
    write: configJson,
    openFanOut: async (first, isSliced = false) => {
      let served = response(first);
      let revision = 0;
      const client = createClientWithManualPoll(sdkKey, {
        fetch: () => Promise.resolve(served),
        logLevel: 'off',
        ...(isSliced && { delivery: inSlices() }),
      });
      await client.forceRefresh();
      return {
        user: configCatUser,
        subscribe: (key, user, tell) => {
          const subscription = client.flag$(key, '', user).subscribe(tell);
          return () => {
            subscription.unsubscribe();
          };
        },
        value: (key, user) => client.snapshot().value(key, '', user),
        change: async (text) => {
          served = response(text, `"${++revision}"`);
          await client.forceRefresh();
        },
      };
    },
    open: async (text) => {
      const client = createClientWithManualPoll(sdkKey, {
        fetch: () => Promise.resolve(response(text)),
        logLevel: 'off',
      });
      const { isSuccess, errorMessage } = await client.forceRefresh();
      if (!isSuccess) throw new Error(errorMessage);
      const snapshot = client.snapshot();
      return {
        user: configCatUser,
        value: isAsync
          ? (key, fallback, user) => client.getValue(key, fallback, user)
          : (key, fallback, user) => snapshot.value(key, fallback, user),
        json: (key, user) => snapshot.json(key, anyJson, null, user),
        all: isAsync ? (user) => client.getAllValues(user) : (user) => snapshot.values(user),
        values: (all, keys) => keys.map((key) => (all as Record<string, unknown>)[key]),
        close: () => client.dispose(),
      };
    },
  });

export const configCatRx = contestant(false);
export const configCatRxAsync = contestant(true);

/** A schema that takes everything: who reads a text again does not ask it. */
const anyJson: StandardSchema = {
  '~standard': { version: 1, vendor: 'bench', validate: (value) => ({ value }) },
};

const response = (text: string, etag = '"bench"') => ({
  status: 200,
  statusText: 'OK',
  headers: { get: (name: string) => (name.toLowerCase() === 'etag' ? etag : null) },
  text: () => Promise.resolve(text),
});
