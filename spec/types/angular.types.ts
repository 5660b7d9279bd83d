/*
 * Programs that must compile, and programs that must not: checked by `npm run typecheck`, never run.
 */
import type { EnvironmentProviders, Resource, Signal, WritableResource, WritableSignal } from '@angular/core';
import { signal } from '@angular/core';
import type { Route } from '@angular/router';
import type { Observable } from 'rxjs';
import { of } from 'rxjs';
import type { ConfigCatClient, EvaluationDetails, SettingValue, User } from '../../src';
import { createClient } from '../../src';
import {
  flagGuard,
  flagInjectors,
  injectConfigCat,
  injectFlag,
  injectFlag$,
  injectFlagDetails,
  injectFlagResource,
  provideConfigCat,
} from '../../src/angular';
import type { Ask, FlagResource, ProvidedSource } from '../../src/angular/core';
import * as forCores from '../../src/angular/core';
import type { ClientStatus, FlagCore, RefreshResult } from '../../src/functions';
import { autoPoll, createCore, externalCache, flag$, flags$, status$ } from '../../src/functions';
import type { TestClient } from '../../src/testing';
import type { Flags } from './is.js';
import { is } from './is.js';

declare const any: ConfigCatClient;
declare const typed: ConfigCatClient<Flags>;
declare const test: TestClient<Flags>;
declare const core: FlagCore<Flags>;
declare const user: User;
declare function refreshCore(core: FlagCore): Promise<RefreshResult>;
declare function needsClient(injectors: { readonly injectConfigCat: unknown }): void;

export function anyFlags(): void {
  is<Signal<boolean>>()(injectFlag('anything', false));
  is<Signal<number>>()(injectFlag('anything', 5, { user }));
  is<Signal<SettingValue | null>>()(injectFlag('anything', null));
  is<Observable<string>>()(injectFlag$('anything', 'text', { user: of(user, undefined) }));
  is<Signal<EvaluationDetails<boolean> | undefined>>()(injectFlagDetails('anything', true));
  is<FlagResource<boolean>>()(injectFlagResource('anything', false, { user: () => user }));
  is<FlagResource<SettingValue | null>>()(injectFlagResource('anything', null));
  const resource: Resource<number> = injectFlagResource('anything', 5);
  is<Signal<number>>()(resource.value);
  is<ConfigCatClient>()(injectConfigCat());
  is<ConfigCatClient<Flags>>()(injectConfigCat<Flags>());
  injectFlag('anything', false, { user: signal<User | undefined>(undefined) });
  injectFlag('anything', false, { user: () => user });
  // @ts-expect-error an object is no default value
  injectFlag('anything', { a: 1 });
  // @ts-expect-error a default value is needed
  injectFlag('anything');
  // @ts-expect-error a user is no text
  injectFlag('anything', 1, { user: 'kate' });
  // @ts-expect-error a default value is needed
  injectFlagResource('anything');
  // @ts-expect-error resources of flags are not to be set
  is<WritableResource<number>>()(injectFlagResource('anything', 1));
  // @ts-expect-error signals of flags are not to be set
  is<WritableSignal<number>>()(injectFlag('anything', 1));
}

export function typedFlags(): void {
  const flags = flagInjectors<Flags>();
  is<Signal<boolean>>()(flags.injectFlag('dark', false));
  is<Signal<'light' | 'dark'>>()(flags.injectFlag('theme', 'light', { user }));
  is<Signal<EvaluationDetails<number> | undefined>>()(flags.injectFlagDetails('limit', 5));
  is<Observable<number | null>>()(flags.injectFlag$('limit', null));
  is<FlagResource<'light' | 'dark'>>()(flags.injectFlagResource('theme', 'light', { user }));
  is<FlagResource<number | null>>()(flags.injectFlagResource('limit', null));
  is<ConfigCatClient<Flags>>()(flags.injectConfigCat());
  // @ts-expect-error no such flag
  flags.injectFlag('drak', false);
  // @ts-expect-error no such flag
  flags.injectFlagResource('drak', false);
  // @ts-expect-error a default of another type
  flags.injectFlagResource('dark', 'yes');
  // @ts-expect-error a default of another type
  flags.injectFlag('dark', 'yes');
  // @ts-expect-error objects are no settings
  flagInjectors<{ bad: object }>();
}

export function providers(): readonly EnvironmentProviders[] {
  // @ts-expect-error options are for a client that is made
  provideConfigCat(any, { offline: true });
  // @ts-expect-error no such option
  provideConfigCat('key', { pollSeconds: 5 });
  return [
    provideConfigCat(any),
    provideConfigCat(typed, { user, transferState: false }),
    provideConfigCat(test, { user: () => signal(user) }),
    provideConfigCat('key', { offline: true, user: () => of(user) }),
    provideConfigCat((hydrate) => createClient<Flags>('key', { cache: hydrate() }), { transferState: 'name' }),
  ];
}

export function routes(): readonly Route[] {
  const guard = flagGuard('dark', { expected: 'x', redirectTo: ['/', { page: 1 }], user: () => user });
  return [{ canMatch: [guard], canActivate: [guard], canActivateChild: [flagGuard('dark')] }];
}

export function providersOfCores(): readonly EnvironmentProviders[] {
  // @ts-expect-error a core is made, not configured
  forCores.provideConfigCat('key', { polling: autoPoll() });
  // @ts-expect-error no such option
  forCores.provideConfigCat(core, { polling: autoPoll() });
  // @ts-expect-error a core is no client
  provideConfigCat(core);
  const make = (hydrate: forCores.Hydrate) =>
    createCore<Flags>('key', { polling: autoPoll(), cache: externalCache(hydrate()) });
  return [
    forCores.provideConfigCat(any),
    forCores.provideConfigCat(typed, { user, transferState: false }),
    forCores.provideConfigCat(test, { user: () => signal(user) }),
    forCores.provideConfigCat(core, { user: of(user) }),
    forCores.provideConfigCat(make),
  ];
}

export function questionsOfCores(): void {
  const ask = forCores.injectAsk();
  is<Ask>()(ask);
  is<Observable<ClientStatus>>()(ask(status$));
  is<boolean>()(ask((source) => source.snapshot().value('anything', false)));
  // @ts-expect-error whatever is provided may be a client, whose method is another one
  void ask(refreshCore);
  const askCore = forCores.injectAsk<FlagCore<Flags>>();
  is<Promise<RefreshResult>>()(askCore((source) => source.refresh()));
  is<Observable<'light' | 'dark'>>()(askCore((source) => flag$(source, 'theme', 'light')));
  // @ts-expect-error no such flag
  askCore((source) => flags$(source, { drak: false }));
  const flags = forCores.flagInjectors<Flags>();
  const askKnown = flags.injectAsk();
  is<Ask<ProvidedSource<Flags>>>()(askKnown);
  is<Observable<boolean>>()(askKnown((source) => flag$(source, 'dark', false)));
  is<Signal<'light' | 'dark'>>()(flags.injectFlag('theme', 'light', { user }));
  is<Promise<RefreshResult>>()(flags.injectAsk<FlagCore<Flags>>()((source) => source.refresh()));
  // @ts-expect-error no such flag
  flags.injectFlag('drak', false);
  // @ts-expect-error a core is no client
  needsClient(flags);
}
