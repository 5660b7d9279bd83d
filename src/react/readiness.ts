import { lastValueFrom, merge, take } from 'rxjs';
import type { Observable } from 'rxjs';
import type { FlagSource } from '../functions.js';
import { isReady, ready$, snapshot$ } from '../functions.js';
import type { ProviderContext } from './context.js';

/** Tells whether hooks have something to show, or nothing more to wait for. */
export function needNotWait({ source, hydratedSnapshot }: ProviderContext): boolean {
  return hydratedSnapshot.hasConfig || source.snapshot().hasConfig || isReady(source);
}

/** The same where a server renders, and where a browser takes its page over: both know the state, and nothing else. */
export function needNotWaitOnServer({ source, hydratedSnapshot, firstSnapshot }: ProviderContext): boolean {
  return hydratedSnapshot.hasConfig || firstSnapshot?.hasConfig === true || source.isFixed === true;
}

/** Emits once when `needNotWait()` becomes true, and completes. */
export function waitEnded$(source: FlagSource): Observable<unknown> {
  return merge(ready$(source), snapshot$(source)).pipe(take(1));
}

const waits = new WeakMap<FlagSource, Promise<unknown>>();

/**
 * Suspends the component that renders until there is something to show, at most as long as the client waits for its first
 * config; and never again for a change.
 *
 * @throws a promise where React waits for it; on a server, where nobody fetches, an error that shows the fallback.
 */
export function suspendUntilReady(context: ProviderContext): void {
  if (isServer()) {
    if (!needNotWaitOnServer(context)) throw new FallbackOnServer();
    return;
  }
  if (needNotWait(context)) return;
  context.own?.claim();
  // Its cache may have answered at once.
  if (needNotWait(context)) return;
  const { source } = context;
  let wait = waits.get(source);
  if (!wait) {
    wait = lastValueFrom(waitEnded$(source), { defaultValue: undefined });
    waits.set(source, wait);
  }
  // React takes a promise that is thrown for a wish to wait.
  // eslint-disable-next-line @typescript-eslint/only-throw-error
  throw wait;
}

/** What React itself does of what only browsers can show: the server sends the fallback, and the browser renders the rest. */
class FallbackOnServer extends Error {
  override readonly name = 'FallbackOnServer';
  /** By this Next tells that nothing is wrong. */
  readonly digest = 'BAILOUT_TO_CLIENT_SIDE_RENDERING';
  constructor() {
    super(
      'The flags are not known on the server, which shows the fallback of <Suspense>: give the provider a `state`, or its `fallback`.',
    );
  }
}

/** Renders of servers have no effects to tell them by. React Native has a `window` as well. */
function isServer(): boolean {
  return typeof window === 'undefined';
}
