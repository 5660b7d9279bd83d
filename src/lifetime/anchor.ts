import { filter, take } from 'rxjs';
import type { Core } from '../core/source.js';
import { asSource } from '../core/source.js';

const { WeakRef: Weak, FinalizationRegistry: Registry } = globalThis as Partial<
  Pick<typeof globalThis, 'WeakRef' | 'FinalizationRegistry'>
>;

/** Ends clients that nobody can reach any more; not in all engines. */
const registry =
  Registry &&
  new Registry((forgotten: { readonly deref: () => Core | undefined }) => {
    const inner = forgotten.deref();
    // What is being fetched may still go into a cache.
    const idle$ = inner?.store.step$.pipe(filter(({ state }) => !state.isFetching));
    idle$?.pipe(take(1)).subscribe(inner?.lifetime.dispose);
  });

/**
 * A client as it is handed out: what works in the background knows nothing of it, so that it can be collected, and the
 * background work then ends. Whatever is handed out holds it: methods and streams, also those that nobody has subscribed
 * to yet. A subscription that waits and a call that is under way hold it from the other side, by what they do when they end;
 * so does `onConfigChanged`.
 */
export function anchor(inner: Core): Core {
  const { take, release } = inner.lifetime.keepAlive;
  const held = () => core;
  const core: Core = {
    ...inner,
    lifetime: {
      ...inner.lifetime,
      keepAlive: {
        take,
        release: () => {
          release.call(core);
        },
      },
      pending: (work) => {
        work.then(held, held);
        return work;
      },
    },
  };
  if (inner.options.onConfigChanged) inner.parts.set(anchor, core);
  // The background work itself may be gone already, where nothing holds it.
  if (registry && Weak) registry.register(core, new Weak(inner));
  return asSource(core, core);
}
