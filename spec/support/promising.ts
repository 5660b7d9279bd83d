import type { Engine } from '../../src/fleet';
import type { MemoryEngine } from '../../src/testing/memory-engine';

/** The same engine for another process, which receives promises. */
export function promising(engine: MemoryEngine): Engine {
  const later = async <T>(work: () => T): Promise<T> => {
    await Promise.resolve();
    return work();
  };
  return {
    read: () => later(() => engine.read()),
    write: (...args) => later(() => engine.write(...args)),
    announce: (message) => later(() => engine.announce(message)),
    listen: () => engine.listen(),
    lease: (...args) => later(() => engine.lease(...args)),
    renew: (...args) => later(() => engine.renew(...args)),
    release: (...args) => later(() => engine.release(...args)),
    alive$: engine.alive$,
  };
}
