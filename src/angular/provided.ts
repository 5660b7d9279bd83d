import type { EnvironmentProviders, Signal } from '@angular/core';
import {
  DestroyRef,
  InjectionToken,
  NgZone,
  inject,
  makeEnvironmentProviders,
  provideEnvironmentInitializer,
} from '@angular/core';
import type { Observable } from 'rxjs';
import type { AnyFlags, CoreSnapshot, FlagSource, FlagTypes, User } from '../functions.js';
import { ready$ } from '../functions.js';
import type { Transfer } from './transfer.js';
import { injectTransfer } from './transfer.js';
import type { FlagUser, ResolvedUser } from './user.js';
import { followUser, resolveUser, streamOf } from './user.js';
import type { TransferFormat } from './values-only.js';

/** How flags are provided, whatever they come from. */
export interface ConfigCatOptions {
  /**
   * The user of all flags that name none. A function is called in an injection context, and may also give a signal or
   * a stream. Default: the default user of the client or core.
   */
  readonly user?: FlagUser | (() => FlagUser | undefined) | undefined;
  /**
   * The name under which the server transfers the config to the browser, or `false` not to. Where two configs are
   * provided, they need two names. Default: `'configcat-rx'`.
   */
  readonly transferState?: string | false;
  /** What the server transfers in place of the config: `valuesOnly()`. Default: the config. */
  readonly transfer?: TransferFormat | undefined;
}

/**
 * Where an application gets its flags from: a core, or a client.
 *
 * @typeParam F - keys and types of the flags. Default: any.
 */
export interface ProvidedSource<F extends FlagTypes<F> = AnyFlags> extends FlagSource<F> {
  /** The present state for synchronous use; never waits and never fetches. */
  snapshot(): CoreSnapshot<F>;
  /** Evaluates for another user from now on, where none is named. */
  setDefaultUser(user: User): void;
  /** Ends all work and completes all streams. Evaluations go on with what is known. */
  dispose(): void;
}

/** What providers of all entries provide, and injectors of all entries find. */
export interface ProvidedFlags {
  /** As it was given or made: what it does belongs to the zone of whoever calls it, and it emits where it is. */
  readonly rawSource: ProvidedSource;
  /** Which everybody else should call it from outside of: see `callOutside()`. */
  readonly zone: NgZone;
  readonly user: Signal<ResolvedUser | undefined>;
  readonly user$: Observable<User | undefined>;
}

const PROVIDED_FLAGS = new InjectionToken<ProvidedFlags>('ConfigCat flags');

/** How an injector comes to a source of flags. */
export interface SourceOrigin {
  /** Finds or makes it, outside the zone and in an injection context. */
  readonly getSource: (transfer: Transfer) => ProvidedSource;
  /** It has been made for the injector, and ends with it. */
  readonly isOwned: boolean;
  /** What `provideConfigCat()` takes, for those who have given it something else. */
  readonly expected: string;
}

/** Provides flags for an application, or for routes. */
export function provideFlags(origin: SourceOrigin, options: ConfigCatOptions): EnvironmentProviders {
  return makeEnvironmentProviders([
    { provide: PROVIDED_FLAGS, useFactory: () => createProvided(origin, options) },
    // The first fetch need not wait for the first flag.
    provideEnvironmentInitializer(() => inject(PROVIDED_FLAGS)),
  ]);
}

/**
 * What the nearest provider provides, from an injection context.
 *
 * @throws Error when there is none.
 */
export function injectProvided(): ProvidedFlags {
  const provided = inject(PROVIDED_FLAGS, { optional: true });
  if (!provided) throw new Error('There is no ConfigCat client. Add provideConfigCat() to the providers.');
  return provided;
}

function createProvided(
  { getSource, isOwned, expected }: SourceOrigin,
  { user: given, transferState = 'configcat-rx', transfer: format }: ConfigCatOptions,
): ProvidedFlags {
  const zone = inject(NgZone);
  const transfer = injectTransfer(transferState, format);
  const rawSource = zone.runOutsideAngular(() => getSource(transfer));
  requireSource(rawSource, expected);
  if (isOwned) inject(DestroyRef).onDestroy(() => rawSource.dispose());
  const user = followUser(resolveUser(given));
  transfer.send(rawSource, user);
  return { rawSource, zone, user, user$: streamOf(user) };
}

function requireSource(source: ProvidedSource, expected: string): void {
  try {
    // Every question refuses what is no source.
    void ready$(source);
  } catch {
    throw new TypeError(`Invalid argument of provideConfigCat(). Expected ${expected}.`);
  }
}
