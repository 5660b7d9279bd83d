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
 * to yet. A subscription, a call that is under way and `onConfigChanged` hold it from the other side.
 */
export function anchor(inner: Core): Core {
  const { hold } = inner.lifetime;
  const core: Core = {
    ...inner,
    lifetime: {
      ...inner.lifetime,
      hold: {
        ...hold,
        take: () => {
          hold.keep(core);
          hold.take();
        },
        release: () => {
          hold.release();
          hold.letGo();
        },
      },
      pending: (work) => {
        hold.keep(core);
        work.then(hold.letGo, hold.letGo);
        return work;
      },
    },
  };
  if (inner.options.onConfigChanged) hold.keep(core);
  // The background work itself may be gone already, where nothing holds it.
  if (registry && Weak) registry.register(core, new Weak(inner));
  return asSource(core, core);
}
