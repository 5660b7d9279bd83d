/**
 * A map that all copies of this library in the process share, which other bundles and reloads bring along.
 *
 * @param own - the map of this copy: it becomes that of all, or stays alone where the global object is closed.
 */
export function processMap<T>(symbol: symbol, own: Map<string, T>): Map<string, T> {
  const holder = globalThis as Record<symbol, unknown>;
  try {
    if (!(holder[symbol] instanceof Map)) Object.defineProperty(holder, symbol, { value: own, configurable: true });
    return holder[symbol] as Map<string, T>;
  } catch {
    return own;
  }
}
