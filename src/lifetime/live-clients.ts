import { Observable } from 'rxjs';
import { processMap } from './process-map.js';

/** Not in all engines. */
const { WeakRef: Weak } = globalThis as Partial<Pick<typeof globalThis, 'WeakRef'>>;

/** The live clients of an SDK key, and for each the copy of this library that has created it. */
type LiveClients = Map<WeakRef<object>, unknown>;

/** Stands for this copy: other bundles and reloads bring more of them into the process, which share one registry. */
const copy = {};
const registryName = Symbol.for('configcat-rx.liveClients');
/** By a hash of the SDK key: whoever looks at the global object is not to find the key there. */
const own = new Map<string, LiveClients>();

/**
 * Counts a client as alive while it is subscribed to, to tell those who poll twice by accident. One that is forgotten
 * without having been disposed does not count for long.
 *
 * @param hash - of the SDK key.
 * @param warn - called when there are others: with their number, this client included, and that of those which other copies
 * of this library have created.
 */
export function countedAsLive(
  client: object,
  hash: string,
  warn: (count: number, foreign: number) => void,
): Observable<never> {
  return new Observable((subscriber) => {
    if (!Weak) return;
    const registry = processMap(registryName, own);
    const clients = livingIn(registry, hash);
    const reference = new Weak(client);
    registry.set(hash, clients.set(reference, copy));
    subscriber.add(() => {
      clients.delete(reference);
      if (clients.size === 0) registry.delete(hash);
    });
    if (clients.size > 1) warn(clients.size, [...clients.values()].filter((of) => of !== copy).length);
  });
}

function livingIn(registry: Map<string, LiveClients>, hash: string): LiveClients {
  const clients: LiveClients = registry.get(hash) ?? new Map<WeakRef<object>, unknown>();
  for (const reference of clients.keys()) if (!reference.deref()) clients.delete(reference);
  return clients;
}
