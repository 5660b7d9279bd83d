/*
 * Programs that must compile, and programs that must not: checked by `npm run typecheck`, never run.
 */
import type { EnvironmentProviders, Signal, WritableSignal } from '@angular/core';
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
  provideConfigCat,
} from '../../src/angular';
import type { TestClient } from '../../src/testing';
import type { Flags } from './is.js';
import { is } from './is.js';

declare const any: ConfigCatClient;
declare const typed: ConfigCatClient<Flags>;
declare const test: TestClient<Flags>;
declare const user: User;

export function anyFlags(): void {
  is<Signal<boolean>>()(injectFlag('anything', false));
  is<Signal<number>>()(injectFlag('anything', 5, { user }));
  is<Signal<SettingValue | null>>()(injectFlag('anything', null));
  is<Observable<string>>()(injectFlag$('anything', 'text', { user: of(user, undefined) }));
  is<Signal<EvaluationDetails<boolean> | undefined>>()(injectFlagDetails('anything', true));
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
  // @ts-expect-error signals of flags are not to be set
  is<WritableSignal<number>>()(injectFlag('anything', 1));
}

export function typedFlags(): void {
  const flags = flagInjectors<Flags>();
  is<Signal<boolean>>()(flags.injectFlag('dark', false));
  is<Signal<'light' | 'dark'>>()(flags.injectFlag('theme', 'light', { user }));
  is<Signal<EvaluationDetails<number> | undefined>>()(flags.injectFlagDetails('limit', 5));
  is<Observable<number | null>>()(flags.injectFlag$('limit', null));
  is<ConfigCatClient<Flags>>()(flags.injectConfigCat());
  // @ts-expect-error no such flag
  flags.injectFlag('drak', false);
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
