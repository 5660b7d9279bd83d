import type { FlagSource } from '../core/source.js';
import { coreOf } from '../core/source.js';
import * as events from '../logging/events.js';

/**
 * Switches a source online or offline: see `ConfigCatClient.setOnline()`. Has no effect after `dispose()`.
 *
 * @param source - a core, or a client.
 *
 * @example
 * fromEvent(window, 'offline').subscribe(() => setOnline(core, false));
 */
export function setOnline(source: FlagSource, isOnline: boolean): void {
  const { store, lifetime, context } = coreOf(source);
  const { log } = context;
  if (lifetime.isDisposed()) log(events.disposed, { method: isOnline ? 'setOnline' : 'setOffline' });
  else if (isOnline !== store.isOnline()) {
    store.setOnline(isOnline);
    // A client with nothing but local overrides does not let itself be switched.
    if (store.isOnline() === isOnline) log(events.switched, { mode: isOnline ? 'ONLINE' : 'OFFLINE' });
  }
}

/**
 * Requests may be sent: the source is neither switched offline nor disposed.
 *
 * @param source - a core, or a client.
 */
export function isOnline(source: FlagSource): boolean {
  const { store, lifetime } = coreOf(source);
  return !lifetime.isDisposed() && store.isOnline();
}
