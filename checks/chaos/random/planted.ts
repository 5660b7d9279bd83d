import type { ConfigCatClient } from 'configcat-rx';
import { createClient } from 'configcat-rx';
import type { Observable } from 'rxjs';
import { NEVER, combineLatest, concat, concatMap, map, of, take } from 'rxjs';
import type { CreateClient } from '../stage.js';
import type { ViolationKind } from './witness.js';

/** The same client, but for some of its parts. */
function altered(client: ConfigCatClient, changes: object): ConfigCatClient {
  return Object.create(client, Object.getOwnPropertyDescriptors(changes)) as ConfigCatClient;
}

/** Makes clients with another flag$. */
function withFlags(change: (flag$: Observable<unknown>) => Observable<unknown>): CreateClient {
  return (sdkKey, options) => {
    const client = createClient(sdkKey, options);
    return altered(client, { flag$: (key: string, value: number) => change(client.flag$(key, value)) });
  };
}

/** Clients with a defect each, and the kind of violation by which the run notices it. */
export const planted: Readonly<Record<string, { readonly create: CreateClient; readonly shows: ViolationKind }>> = {
  'joins the refresh under way': {
    shows: 'demand answered by what is older',
    create: (sdkKey, options) => {
      const client = createClient(sdkKey, options);
      let underWay: ReturnType<ConfigCatClient['forceRefresh']> | undefined;
      const forceRefresh = () =>
        (underWay ??= client.forceRefresh().finally(() => {
          underWay = undefined;
        }));
      return altered(client, { forceRefresh });
    },
  },
  'reports success whatever happens': {
    shows: 'demand answered by what is older',
    create: (sdkKey, options) => {
      const client = createClient(sdkKey, options);
      return altered(client, {
        forceRefresh: () => client.forceRefresh().then(() => ({ isSuccess: true, errorCode: 0 })),
      });
    },
  },
  'orders entries by receipt': {
    shows: 'went back',
    create: (sdkKey, options) => {
      const { cache, scheduler } = options;
      if (!cache || !scheduler) return createClient(sdkKey, options);
      const set = (key: string, text: string) => cache.set(key, text.replace(/^\d+/, String(scheduler.now())));
      return createClient(sdkKey, { ...options, cache: { ...cache, set } });
    },
  },
  'believes in the future': {
    shows: 'not the newest at the end',
    create: (sdkKey, options) => {
      const { cache } = options;
      if (!cache) return createClient(sdkKey, options);
      let latestMs = 0;
      const get = async (key: string) => {
        const text = await cache.get(key);
        const timeMs = Number.parseInt(String(text), 10) || 0;
        if (timeMs < latestMs) return undefined;
        latestMs = timeMs;
        return text;
      };
      return createClient(sdkKey, { ...options, cache: { ...cache, get } });
    },
  },
  'hands out an older config': {
    shows: 'not the newest at the end',
    create: (sdkKey, options) => {
      const { fetch } = options;
      if (!fetch) return createClient(sdkKey, options);
      const answers: Awaited<ReturnType<typeof fetch>>[] = [];
      return createClient(sdkKey, {
        ...options,
        fetch: async (url, init) => {
          const answer = await fetch(url, init);
          if (answer.status !== 200) return answer;
          const text = await answer.text();
          answers.push({ ...answer, text: () => Promise.resolve(text) });
          return answers[answers.length % 3 === 0 ? answers.length - 2 : answers.length - 1]!;
        },
      });
    },
  },
  'stores nothing': {
    shows: 'cache is not the newest at the end',
    create: (sdkKey, options) => {
      const { cache } = options;
      return createClient(sdkKey, cache ? { ...options, cache: { ...cache, set: () => undefined } } : options);
    },
  },
  'sends requests offline': {
    shows: 'request while offline',
    create: (sdkKey, options) => {
      const client = createClient(sdkKey, options);
      let isOnline = client.isOnline;
      return altered(client, {
        setOffline: () => {
          isOnline = false;
        },
        setOnline: () => {
          isOnline = true;
          client.setOnline();
        },
        get isOnline() {
          return isOnline;
        },
      });
    },
  },
  'asks twice': {
    shows: 'two requests at once',
    create: (sdkKey, options) => {
      const { fetch } = options;
      if (!fetch) return createClient(sdkKey, options);
      const twice: typeof fetch = (url, init) => {
        fetch(url, init).catch(() => undefined);
        return fetch(url, init);
      };
      return createClient(sdkKey, { ...options, fetch: twice });
    },
  },
  'says everything twice': {
    shows: 'repeated itself',
    create: withFlags((flag$) => flag$.pipe(concatMap((value) => of(value, value)))),
  },
  'says everything once': {
    shows: 'streams and snapshot disagree',
    create: withFlags((flag$) => concat(flag$.pipe(take(1)), NEVER)),
  },
  'never completes': { shows: 'not completed', create: withFlags((flag$) => concat(flag$, NEVER)) },
  'mixes configs': {
    shows: 'mixed two configs',
    create: (sdkKey, options) => {
      const client = createClient(sdkKey, options);
      const mixed = (defaults?: Readonly<Record<string, number | string>>) =>
        defaults
          ? combineLatest(
              Object.fromEntries(Object.entries(defaults).map(([key, value]) => [key, client.flag$(key, value)])),
            )
          : client.allFlags$();
      return altered(client, { flags$: mixed });
    },
  },
  'forgets its waiters': {
    shows: 'never settled',
    create: (sdkKey, options) => {
      const client = createClient(sdkKey, options);
      const getValue = (key: string, value: number) =>
        client.getValue(key, value).then((read) => (read === value ? new Promise(() => undefined) : read));
      return altered(client, { getValue });
    },
  },
  'loses the value when a fetch fails': {
    shows: 'lost the value',
    create: (sdkKey, options) => {
      const client = createClient(sdkKey, options);
      const flag$ = (key: string, value: number) =>
        combineLatest([client.flag$(key, value), client.status$]).pipe(
          map(([known, { lastError }]) => (lastError ? value : known)),
        );
      return altered(client, { flag$ });
    },
  },
  'rejects into the void': {
    shows: 'error escaped',
    create: (sdkKey, options) => {
      void Promise.reject(new Error('nobody handles this'));
      return createClient(sdkKey, options);
    },
  },
  'leaves a timer': {
    shows: 'left behind',
    create: (sdkKey, options) => {
      options.scheduler?.schedule(() => undefined, 10_000_000);
      return createClient(sdkKey, options);
    },
  },
  'leaves a listener': {
    shows: 'left behind',
    create: (sdkKey, options) => {
      options.refreshOn$?.subscribe();
      return createClient(sdkKey, options);
    },
  },
};
