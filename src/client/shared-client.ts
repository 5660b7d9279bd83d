import { loadExplainer } from '#explainer';
import { platform } from '#platform';
import { lastValueFrom } from 'rxjs';
import type { ResolvedOptions } from '../core/source.js';
import { coreOf } from '../core/source.js';
import { createEvaluationLog } from '../flags/explanations.js';
import { processMap } from '../lifetime/process-map.js';
import type { AnyFlags, FlagTypes } from '../model/flag-types.js';
import { isSameUser } from '../model/user-copy.js';
import { connect } from './client.js';
import { comparableText } from './comparable.js';
import { builtIn } from './create-client.js';
import type { ClientOptions } from './options.js';
import { resolveOptions } from './options.js';
import { createReplaceableStore } from './replaceable-store.js';
import type { ConfigCatClient } from './types.js';

/** A client that several parts of a process use, whichever copy of this library they have. */
interface SharedClient {
  /** Counts one use more, by options that are as those before or take their place. */
  readonly use: (options: ClientOptions) => ConfigCatClient;
}

/** By a hash of the SDK key: whoever looks at the global object is not to find the key there. */
const own = new Map<string, SharedClient>();

/**
 * The one client of an SDK key in this process: made by the first call, and the same object for all that follow, also those
 * of other bundles and of modules that run again, as they do while developing. It polls once.
 *
 * Options are compared by value, functions left out. Where they differ, the client goes on by the new ones: what it knows stays,
 * no stream ends, and nobody is shown a default value in between. A user that was set stays, unless the option is another one.
 *
 * Each call counts as a use, and `dispose()` ends one: the last ends the client. A module that runs again need not call it.
 *
 * @typeParam F - keys and types of the flags, see {@link FlagTypes}. Default: any.
 * @throws Error, TypeError or RangeError naming the argument or option that is wrong; the client then goes on as it was.
 *
 * @example
 * export const client = sharedClient(sdkKey, { polling: autoPoll({ pollIntervalSeconds: 30 }) });
 */
export function sharedClient<F extends FlagTypes<F> = AnyFlags>(
  sdkKey: string,
  options: ClientOptions = {},
): ConfigCatClient<F> {
  const clients = processMap(Symbol.for('configcat-rx/1.sharedClients'), own);
  const hash = platform.sha1(`shared ${sdkKey}`);
  let shared = clients.get(hash);
  if (!shared) {
    shared = createShared(sdkKey, options, () => clients.delete(hash));
    clients.set(hash, shared);
  }
  // `F` is the caller's word about the config: nothing at run time depends on it.
  return shared.use(options) as unknown as ConfigCatClient<F>;
}

function createShared(sdkKey: string, options: ClientOptions, onEnd: () => void): SharedClient {
  const resolved = resolveOptions(sdkKey, options, builtIn);
  const store = createReplaceableStore();
  const client = connect(resolved, store.open);
  const core = coreOf(client);
  const { dispose: disposeNow, asyncDispose } = disposalSymbols();
  let text = comparableText(options);
  let uses = 0;

  const replace = (next: ResolvedOptions) => {
    const isSame = isSameUser(resolved.defaultUser, next.defaultUser);
    // What reads the options of the client finds the new ones from now on.
    for (const name of Object.keys(resolved)) if (!(name in next)) Reflect.deleteProperty(resolved, name);
    Object.assign(resolved, next);
    Object.assign(core.context, {
      evaluateWithLog: core.context.log.isEnabled('info') ? createEvaluationLog(loadExplainer) : undefined,
    });
    store.replace(resolved);
    if (!isSame) core.defaultUser.set(resolved.defaultUser);
  };
  const endUse = () => {
    if (uses === 0 || --uses > 0) return;
    onEnd();
    core.lifetime.dispose();
  };
  Object.assign(client, {
    [asyncDispose ?? 'dispose']: () => lastValueFrom(core.store.written$, { defaultValue: undefined }).then(endUse),
    [disposeNow ?? 'dispose']: endUse,
    dispose: endUse,
  });
  return {
    use: (given) => {
      const givenText = comparableText(given);
      if (givenText !== text) {
        replace(resolveOptions(sdkKey, given, builtIn));
        text = givenText;
      }
      uses++;
      return client;
    },
  };
}

/** What `using` and `await using` call by, where the runtime knows it. */
function disposalSymbols(): { readonly dispose?: symbol; readonly asyncDispose?: symbol } {
  return Symbol;
}
