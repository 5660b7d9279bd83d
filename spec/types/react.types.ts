/*
 * Programs that must compile, and programs that must not: checked by `npm run typecheck`, never run.
 */
import type { ReactElement } from 'react';
import { createElement } from 'react';
import type { ConfigCatClient, EvaluationDetails, SettingValue, User } from '../../src';
import type { FlagCore } from '../../src/functions';
import {
  ConfigCatProvider,
  dehydrate,
  flagHooks,
  useClient,
  useFlag,
  useFlagDetails,
  useFlags,
  useReady,
  useSuspenseFlag,
} from '../../src/react';
import type { ProvidedSource } from '../../src/react/core';
import * as core from '../../src/react/core';
import type { TestClient } from '../../src/testing';
import type { Flags } from './is.js';
import { is } from './is.js';

declare const any: ConfigCatClient;
declare const typed: ConfigCatClient<Flags>;
declare const test: TestClient<Flags>;
declare const user: User;

export function anyFlags(): void {
  is<boolean>()(useFlag('anything', false));
  is<number>()(useFlag('anything', 5, user));
  is<string>()(useFlag('anything', 'text', undefined));
  is<SettingValue | null>()(useFlag('anything', null));
  is<EvaluationDetails<boolean>>()(useFlagDetails('anything', true, user));
  is<{ readonly a: boolean; readonly b: string }>()(useFlags({ a: false, b: 'x' }));
  is<Readonly<Record<string, SettingValue | null>>>()(useFlags());
  is<Readonly<Record<string, SettingValue | null>>>()(useFlags(undefined, user));
  is<ConfigCatClient>()(useClient());
  is<boolean>()(useReady());
  is<number>()(useSuspenseFlag('anything', 5, user));
  is<SettingValue | null>()(useSuspenseFlag('anything', null));
  // @ts-expect-error a default value is needed: waiting may not help
  useSuspenseFlag('anything');
  // @ts-expect-error an object is no default value
  useFlag('anything', { a: 1 });
  // @ts-expect-error a default value is needed
  useFlag('anything');
  // @ts-expect-error a user is no text
  useFlagDetails('anything', 1, 'kate');
}

export function typedFlags(): void {
  const hooks = flagHooks<Flags>();
  is<boolean>()(hooks.useFlag('dark', false));
  is<'light' | 'dark'>()(hooks.useFlag('theme', 'light', user));
  is<number | null>()(hooks.useFlag('limit', null));
  is<EvaluationDetails<number>>()(hooks.useFlagDetails('limit', 5));
  is<'light' | 'dark'>()(hooks.useSuspenseFlag('theme', 'light', user));
  // @ts-expect-error no such flag
  hooks.useSuspenseFlag('drak', false);
  is<{ readonly dark: boolean; readonly theme: 'light' | 'dark' }>()(hooks.useFlags({ dark: false, theme: 'dark' }));
  is<Readonly<Record<string, SettingValue | null>>>()(hooks.useFlags());
  is<ConfigCatClient<Flags>>()(hooks.useClient());
  // @ts-expect-error no such flag
  hooks.useFlag('drak', false);
  // @ts-expect-error a default of another type
  hooks.useFlag('dark', 'yes');
  // @ts-expect-error a text that the flag never has
  hooks.useFlagDetails('theme', 'blue');
  // @ts-expect-error no such flag
  hooks.useFlags({ dark: false, drak: true });
  // @ts-expect-error a default of another type
  hooks.useFlags({ limit: 'many' });
  // @ts-expect-error objects are no settings
  flagHooks<{ bad: object }>();
}

export function providers(): readonly ReactElement[] {
  const sdkKey = 'key';
  is<string>()(dehydrate(typed));
  // @ts-expect-error not both of them
  createElement(ConfigCatProvider, { client: any, sdkKey });
  // @ts-expect-error options are for a client that is made
  createElement(ConfigCatProvider, { client: any, options: {} });
  // @ts-expect-error no such option
  createElement(ConfigCatProvider, { sdkKey, options: { pollSeconds: 5 } });
  return [
    createElement(ConfigCatProvider, { client: any }),
    createElement(ConfigCatProvider, { user }),
    createElement(ConfigCatProvider<Flags>, { client: typed, user, state: null }, 'text'),
    createElement(ConfigCatProvider<Flags>, { client: test, user: undefined }),
    createElement(ConfigCatProvider, { sdkKey, options: { logLevel: 'off' }, state: undefined }),
  ];
}

declare const typedCore: FlagCore<Flags>;
declare const anyCore: FlagCore;

export function overCores(): readonly ReactElement[] {
  const hooks = core.flagHooks<Flags>();
  is<boolean>()(hooks.useFlag('dark', false));
  is<ProvidedSource<Flags>>()(hooks.useSource());
  is<ProvidedSource>()(core.useSource());
  is<string>()(core.dehydrate(typedCore));
  // @ts-expect-error no such flag
  hooks.useFlag('drak', false);
  // @ts-expect-error it makes no client
  createElement(core.ConfigCatProvider, { sdkKey: 'key' });
  // @ts-expect-error a snapshot is no source
  createElement(core.ConfigCatProvider, { source: typedCore.snapshot() });
  return [
    createElement(core.ConfigCatProvider, { source: anyCore, user }),
    createElement(core.ConfigCatProvider<Flags>, { source: typedCore, state: null }, 'text'),
    createElement(core.ConfigCatProvider<Flags>, { source: typed }),
    createElement(core.ConfigCatProvider<Flags>, { source: test }),
    createElement(core.ConfigCatProvider, { user }),
  ];
}
