/*
 * Programs that must compile, and programs that must not: checked by `npm run typecheck`, never run.
 */
import type { Observable } from 'rxjs';
import type { AnyClient, ConfigCatClient, FlagState, SettingValue, Snapshot, User } from '../../src';
import { createClient, flagOverrides } from '../../src';
import type { Flags } from './is.js';
import { is } from './is.js';

declare const any: ConfigCatClient;
declare const typed: ConfigCatClient<Flags>;
declare const snapshot: Snapshot<Flags>;
declare const user: User;
declare const user$: Observable<User | undefined>;

export function untypedFlags(): void {
  is<Observable<boolean>>()(any.flag$('anything', false));
  is<Observable<string>>()(any.flag$('anything', 'text', user));
  is<Observable<number>>()(any.flag$('anything', 1, user$));
  is<Observable<SettingValue | undefined>>()(any.flag$('anything', user$));
  is<Observable<SettingValue | null>>()(any.flag$('anything', null));
  is<Promise<boolean>>()(any.getValue('anything', true));
  is<number>()(any.snapshot().value('anything', 10));
  // @ts-expect-error an object is no default value
  any.flag$('anything', { a: 1 });
  // @ts-expect-error nor is a function
  void any.getValue('anything', () => true);
}

export function typedFlags(): void {
  is<Observable<boolean>>()(typed.flag$('dark', false));
  is<Observable<'light' | 'dark'>>()(typed.flag$('theme', 'light'));
  is<Observable<boolean | undefined>>()(typed.flag$('dark'));
  is<Observable<number | undefined>>()(typed.flag$('limit', user$));
  is<Observable<'light' | 'dark' | undefined>>()(typed.flag$('theme', user));
  is<Observable<SettingValue | undefined>>()(any.flag$('anything', user));
  is<Observable<'light' | 'dark'>>()(typed.flag$('theme', 'dark', user, { initial: 'cached' }));
  // @ts-expect-error a user is no text
  typed.flag$('limit', 'kate');
  // @ts-expect-error the user comes once
  typed.flag$('limit', user, user);
  is<Observable<number | null>>()(typed.flag$('limit', null));
  is<Observable<FlagState<boolean>>>()(typed.flagState$('dark', false));
  is<Promise<number>>()(typed.getValue('limit', 1));
  is<number>()(snapshot.value('limit', 5));
  is<boolean>()(snapshot.details('dark', false).value);
  // @ts-expect-error no such flag
  typed.flag$('drak', false);
  // @ts-expect-error a default of another type
  typed.flag$('dark', 'yes');
  // @ts-expect-error a text that the flag never has
  void typed.getValue('theme', 'blue');
  // @ts-expect-error no such flag
  snapshot.value('nothing', 1);
}

export function createTyped(): void {
  is<ConfigCatClient<Flags>>()(createClient<Flags>('key'));
  // @ts-expect-error a flag is no list
  createClient<{ list: string[] }>('key');
  // @ts-expect-error no such polling mode
  createClient('key', { polling: 'auto' });
  // @ts-expect-error looks like a polling mode
  createClient('key', { polling: { name: 'auto' } });
  // @ts-expect-error looks like overrides
  createClient('key', { overrides: { source: { origin: 'the file' }, behaviour: 'local-only' } });
  // @ts-expect-error flags are no source of them
  createClient('key', { overrides: { source: { dark: true }, behaviour: 'local-only' } });
  // @ts-expect-error a function that is not called
  createClient('key', { overrides: { source: flagOverrides, behaviour: 'local-only' } });
}

declare const flags: Flags;
declare const some: Partial<Flags>;
declare const account: { readonly identifier: string; readonly email: string; readonly plan: string };
declare const flags$: Observable<Partial<Flags>>;
declare const documents$: Observable<string>;

export function overrides(): void {
  flagOverrides(flags);
  flagOverrides(some);
  flagOverrides(flags$);
  flagOverrides(documents$, 'the documents');
  flagOverrides<Flags>({ dark: true, limit: 1, theme: 'dark' });
  // @ts-expect-error no setting has such a value
  flagOverrides({ dark: [true] });
  // @ts-expect-error limit is a number
  flagOverrides<Partial<Flags>>({ limit: 'no' });
}

export function severalFlags(): void {
  is<Observable<{ readonly a: boolean; readonly b: string }>>()(any.flags$({ a: false, b: 'x' }));
  is<Observable<{ readonly dark: boolean; readonly limit: number }>>()(typed.flags$({ dark: false, limit: 1 }, user$));
  is<Observable<Readonly<Record<string, SettingValue | null>>>>()(typed.allFlags$());
  is<Observable<Readonly<Record<string, SettingValue | null>>>>()(typed.allFlags$(user));
  is<Observable<Readonly<Record<string, SettingValue | null>>>>()(any.allFlags$({ identifier: '42' }));
  is<Observable<Readonly<Record<string, SettingValue | null>>>>()(any.allFlags$(account));
  is<Observable<{ readonly identifier: string; readonly a: boolean }>>()(any.flags$({ identifier: '', a: false }));
  is<Observable<readonly string[]>>()(typed.keys$);
  is<Observable<Snapshot<Flags>>>()(typed.snapshot$);
  is<boolean>()(typed.watch('dark', false).current());
  is<Promise<number>>()(typed.getValue('limit', 1, user, { signal: new AbortController().signal }));
  // @ts-expect-error no such flag
  typed.flags$({ drak: false });
  // @ts-expect-error a default of another type
  typed.flags$({ dark: 'yes' });
  // @ts-expect-error no such flag
  typed.watch('drak', false);
}

export function anyClient(): readonly AnyClient[] {
  const take = (client: AnyClient) => {
    is<Observable<boolean>>()(client.flag$('anything', false));
    is<Promise<number>>()(client.getValue('anything', 1, user));
    is<string>()(client.snapshot().value('anything', ''));
    client.flag$('anything', user$);
    client.dispose();
    // @ts-expect-error a key is text
    client.flag$(1, false);
  };
  take(any);
  take(typed);
  take(createClient<Flags>('key'));
  // @ts-expect-error a source of flags alone has no methods
  take({ snapshot: () => typed.snapshot() });
  const interfaces: ConfigCatClient<{ other: string }> = createClient('key');
  return [any, typed, interfaces];
}
