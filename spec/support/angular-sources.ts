// First, because Angular's compiler is needed by whatever has a directive.
import { modes } from './angular';
import type { EnvironmentProviders } from '@angular/core';
import { Subject } from 'rxjs';
import type { ClientOptions, CommonOptions, ConfigCatClient, RefreshResult } from '../../src';
import { createClient } from '../../src';
import * as client from '../../src/angular';
import type { ConfigCatOptions, Hydrate, ProvidedSource } from '../../src/angular/core';
import * as core from '../../src/angular/core';
import type { FlagCore } from '../../src/functions';
import { autoPoll, createCore, externalCache, manualPoll } from '../../src/functions';
import { createTestClient, toConfigJson } from '../../src/testing';
import type { StageOf } from './client';
import { sdkKey, stageOf } from './client';

type Flags = Readonly<Record<string, boolean | string | number | undefined>>;

/** A source whose flags are in the hands of a spec. */
export type SourceInHand = ProvidedSource & { set(flags: Flags): void };

/** An entry for Angular, and a kind of source that it provides. */
export interface Setup {
  readonly provide: (
    origin: ProvidedSource | ((hydrate: Hydrate) => ProvidedSource),
    options?: ConfigCatOptions,
  ) => EnvironmentProviders;
  /** Provides a source in the shortest way in which one is made for the injector. */
  readonly provideOwn: (options: OwnOptions & ConfigCatOptions) => EnvironmentProviders;
  readonly create: (options: OwnOptions) => ProvidedSource;
  /** Makes one in virtual time. */
  readonly stage: (first: object | number | 'silence', options?: CommonOptions) => StageOf<ProvidedSource>;
  readonly withFlags: (flags: Flags) => SourceInHand;
  readonly refresh: (source: ProvidedSource) => Promise<RefreshResult>;
}

/** Options of a source that is made for an injector. */
export type OwnOptions = Pick<ClientOptions, 'fetch' | 'offline' | 'logLevel' | 'polling' | 'cache'>;

const createOwnCore = ({ cache, polling = autoPoll(), ...options }: OwnOptions) =>
  createCore(sdkKey, { ...options, polling, ...(cache && { cache: externalCache(cache) }) });

/** What applications get flags from: all that an entry does, it does for each of them. */
export const setups: readonly (readonly [string, Setup])[] = [
  [
    'a client',
    {
      provide: (origin, options) => client.provideConfigCat(origin as ConfigCatClient, options),
      provideOwn: (options) => client.provideConfigCat(sdkKey, options),
      create: (options) => createClient(sdkKey, options),
      stage: (first, options) => stageOf((given) => createClient(sdkKey, given), first, options),
      withFlags: (flags) => createTestClient(flags, { logLevel: 'off' }),
      refresh: (source) => (source as ConfigCatClient).forceRefresh(),
    },
  ],
  [
    'a core',
    {
      provide: core.provideConfigCat,
      provideOwn: ({ user, transferState = 'configcat-rx', cache, ...options }) =>
        core.provideConfigCat((hydrate) => createOwnCore({ ...options, cache: hydrate(cache) }), {
          user,
          transferState,
        }),
      create: createOwnCore,
      stage: (first, options) => stageOf(createOwnCore, first, options),
      withFlags: createCoreInHand,
      refresh: (source) => (source as FlagCore).refresh(),
    },
  ],
];

/** Each setup with each way in which applications notice changes. */
export const setupsInModes = modes.flatMap(([name, mode]) =>
  setups.map(([kind, setup]) => [`${name}, with ${kind}`, mode, setup] as const),
);

/** A core over a cache that the spec fills. */
function createCoreInHand(first: Flags): SourceInHand {
  const change$ = new Subject<void>();
  let flags: Flags = {};
  let ageMs = 0;
  let entry = '';
  const set = (changed: Flags) => {
    flags = { ...flags, ...changed };
    entry = `${++ageMs}\n"e"\n${toConfigJson(flags)}`;
    change$.next();
  };
  set(first);
  const cache = externalCache({ get: () => entry, set: () => undefined, changes$: change$, isOrdered: true });
  const options = { polling: manualPoll(), offline: true, logLevel: 'off', cache } as const;
  return Object.assign(createCore(sdkKey, options), { set });
}
