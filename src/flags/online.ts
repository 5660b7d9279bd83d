import type { Core } from '../core/source.js';
import { messages } from '../logging/messages.js';

/** Switches a client online or offline. See `ConfigCatClient.setOnline`. */
export function setOnline({ store, lifetime, context: { log } }: Core, isOnline: boolean): void {
  if (lifetime.isDisposed()) log.warn(3201, () => messages.disposed(isOnline ? 'setOnline' : 'setOffline'));
  else if (isOnline !== store.isOnline()) {
    store.setOnline(isOnline);
    // A client with nothing but local overrides does not let itself be switched.
    if (store.isOnline() === isOnline) log.info(5200, () => messages.switched(isOnline ? 'ONLINE' : 'OFFLINE'));
  }
}

/** No requests are sent, because the client is switched offline or disposed. */
export function isOffline({ store, lifetime }: Core): boolean {
  return lifetime.isDisposed() || !store.isOnline();
}
