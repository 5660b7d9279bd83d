/*
 * Programs that must compile, and programs that must not: checked by `npm run typecheck`, never run.
 */
import type { Observable } from 'rxjs';
import { of } from 'rxjs';
import type { ConfigCatClient, Exposure, User } from '../../src';
import { exposures, switchFlag, toAsyncIterable } from '../../src';
import type { Flags } from './is.js';
import { is } from './is.js';

declare const any: ConfigCatClient;
declare const typed: ConfigCatClient<Flags>;
declare const user$: Observable<User | undefined>;

export function switches(): void {
  is<Observable<number>>()(switchFlag(any, 'anything', { on: of(1) }));
  is<Observable<number | string>>()(switchFlag(any, 'anything', { on: of(1), off: () => of('a') }, user$));
  is<Observable<string>>()(switchFlag(typed, 'dark', { on: () => Promise.resolve('a'), off: ['b'] }));
  // @ts-expect-error a number is neither on nor off
  switchFlag(typed, 'limit', { on: of(1) });
  // @ts-expect-error no such flag
  switchFlag(typed, 'drak', { on: of(1) });
  // @ts-expect-error nothing to switch to
  switchFlag(typed, 'dark', { off: of(1) });
  // @ts-expect-error a number is no source
  switchFlag(typed, 'dark', { on: 1 });
}

export function exposes(exposure: Exposure<Flags>): void {
  is<Observable<Exposure>>()(exposures(any));
  is<Observable<Exposure<Flags>>>()(exposures(typed));
  if (exposure.key === 'dark') is<boolean>()(exposure.value);
  if (exposure.key === 'theme') is<'light' | 'dark'>()(exposure.value);
  is<string | undefined>()(exposure.variationId);
  is<User | undefined>()(exposure.user);
  // @ts-expect-error no such flag
  if (exposure.key === 'drak') return;
}

export function iterates(): void {
  is<AsyncIterable<boolean>>()(toAsyncIterable(typed.flag$('dark', false)));
  is<AsyncIterable<number>>()(toAsyncIterable(of(1)));
}
