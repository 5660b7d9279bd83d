import { loadExplainer } from '#explainer';
import { EMPTY, lastValueFrom } from 'rxjs';
import { requireEvaluable, requireObject } from '../arguments.js';
import type { Core } from '../core/source.js';
import { createCore } from '../core/core.js';
import { toDetails } from '../flags/details.js';
import { faceOf } from '../core/snapshot.js';
import { changes$ } from '../flags/changes.js';
import { createEvaluationLog, explainWhenLoaded } from '../flags/explanations.js';
import { flagDetails$ } from '../flags/flag-details.js';
import { flagState$ } from '../flags/flag-state.js';
import { flag$ } from '../flags/flag.js';
import { flags$ } from '../flags/flags.js';
import { keys$ } from '../flags/keys.js';
import { isOffline, setOnline } from '../flags/online.js';
import * as reads from '../flags/reads.js';
import { snapshot$ } from '../flags/snapshots.js';
import { status$ } from '../flags/status.js';
import { watch } from '../flags/watch.js';
import { anchor } from '../lifetime/anchor.js';
import { untilDisposed } from '../lifetime/until-disposed.js';
import type { User } from '../model/user.js';
import type { ResolvedOptions } from './options.js';
import { createFullFace } from './snapshot.js';
import type { ConfigCatClient } from './types.js';

/** Starts a client: a core, with the functions that answer questions as its methods. */
export function connect(options: ResolvedOptions): ConfigCatClient {
  const core = anchor(
    createCore(options, {
      createFace: createFullFace,
      evaluateWithLog: createEvaluationLog(loadExplainer),
      detailsOf: toDetails,
    }),
  );
  const client = {
    ...streamsOf(core),
    ...methodsOf(core),
    get isOffline() {
      return isOffline(core);
    },
  };
  // The public types narrow keys and values; at run time any may come.
  return client as unknown as ConfigCatClient;
}

type Streams = Extract<keyof ConfigCatClient, `${string}$`>;

function streamsOf(core: Core) {
  const { data, lifetime, context } = core;
  return {
    flag$: flag$.bind(undefined, core),
    flagDetails$: flagDetails$.bind(undefined, core),
    flagState$: flagState$.bind(undefined, core),
    flags$: flags$.bind(undefined, core),
    changes$: changes$(core),
    keys$: keys$(core),
    snapshot$: snapshot$(core),
    status$: status$(core),
    ready$: untilDisposed(lifetime, data.ready$, () => data.ready$),
    events$: untilDisposed(lifetime, context.events.event$, () => EMPTY),
  } satisfies Record<Streams, unknown>;
}

const { dispose: disposeNow, asyncDispose }: { readonly dispose?: symbol; readonly asyncDispose?: symbol } = Symbol;

function methodsOf(core: Core) {
  const { defaultUser, lifetime, store } = core;
  const { dispose } = lifetime;
  return {
    getValue: reads.getValue.bind(undefined, core),
    getValueDetails: reads.getValueDetails.bind(undefined, core),
    getAllKeys: reads.getAllKeys.bind(undefined, core),
    getAllValues: reads.getAllValues.bind(undefined, core),
    getAllValueDetails: reads.getAllValueDetails.bind(undefined, core),
    getKeyAndValue: reads.getKeyAndValue.bind(undefined, core),
    explain: (key: string, user?: User) => {
      requireEvaluable(key, undefined, user);
      return lifetime.pending(
        reads
          .afterRead(core, (snapshot) => snapshot)
          .then((snapshot) => explainWhenLoaded(loadExplainer, snapshot, key, user ?? snapshot.defaultUser)),
      );
    },
    watch: watch.bind(undefined, core),
    // By itself it would not hold the client.
    snapshot: () => faceOf(core.data.snapshot()),
    getSnapshot: () => reads.afterRead(core, faceOf),
    waitForReady: reads.waitForReady.bind(undefined, core),
    forceRefresh: reads.forceRefresh.bind(undefined, core),
    setDefaultUser: (user: User) => {
      requireObject('user', user);
      defaultUser.set(user);
    },
    clearDefaultUser: defaultUser.set.bind(undefined, undefined),
    setOnline: setOnline.bind(undefined, core, true),
    setOffline: setOnline.bind(undefined, core, false),
    // Runtimes without these symbols get nothing but dispose().
    // What is being written is worth a moment: a cache that hangs is left alone after two seconds.
    [asyncDispose ?? 'dispose']: () =>
      lifetime.pending(lastValueFrom(store.written$, { defaultValue: undefined })).then(dispose),
    [disposeNow ?? 'dispose']: dispose,
    dispose,
  } satisfies Record<Exclude<keyof ConfigCatClient & string, Streams | 'isOffline'>, unknown>;
}
