import { loadExplainer } from '#explainer';
import { lastValueFrom } from 'rxjs';
import { requireEvaluable, requireObject } from '../arguments.js';
import type { Core } from '../core/source.js';
import { asSource } from '../core/source.js';
import type { OpenStore } from '../core/config-store.js';
import { createCore } from '../core/core.js';
import { toDetails } from '../flags/details.js';
import { publicSnapshotOf } from '../core/snapshot.js';
import { allFlags$ } from '../flags/all-flags.js';
import { changes$ } from '../flags/changes.js';
import { events$ } from '../flags/events.js';
import { createEvaluationLog, explainWhenLoaded } from '../flags/explanations.js';
import { createFanOut } from '../flags/fan-out.js';
import { flagDetails$ } from '../flags/flag-details.js';
import { flagState$ } from '../flags/flag-state.js';
import { flag$ } from '../flags/flag.js';
import { flags$ } from '../flags/flags.js';
import { json$ } from '../flags/json.js';
import { getJson } from '../flags/json-reads.js';
import { keys$ } from '../flags/keys.js';
import { isOnline, setOnline } from '../flags/online.js';
import * as reads from '../flags/reads.js';
import { ready$ } from '../flags/ready.js';
import { snapshot$ } from '../flags/snapshots.js';
import { status$ } from '../flags/status.js';
import { watch } from '../flags/watch.js';
import { anchor } from '../lifetime/anchor.js';
import type { User } from '../model/user.js';
import type { ResolvedOptions } from '../core/source.js';
import { createFullSnapshot } from './snapshot.js';
import { traceWith } from './trace.js';
import type { ConfigCatClient } from './types.js';

/**
 * Starts a client: a core, with the functions that answer questions as its methods.
 *
 * @param openStore - opens what it gets configs from, where that is not simply by its options.
 */
export function connect(options: ResolvedOptions, openStore?: OpenStore): ConfigCatClient {
  const create = (complete: ResolvedOptions) =>
    createCore(
      complete,
      createFanOut,
      {
        createPublicSnapshot: createFullSnapshot,
        evaluateWithLog: createEvaluationLog(loadExplainer),
        detailsOf: toDetails,
      },
      openStore,
    );
  const core = anchor(options.logLevel === 'debug' ? traceWith(loadExplainer, options, create) : create(options));
  const client = {
    ...streamsOf(core),
    ...methodsOf(core),
    get isOnline() {
      return isOnline(core);
    },
  };
  // The public types narrow keys and values; at run time any may come.
  return asSource(client, core) as unknown as ConfigCatClient;
}

type Streams = Extract<keyof ConfigCatClient, `${string}$`>;

/** A function of a core as a method: the public types of clients say what it takes. */
function binderOf(core: Core) {
  return (question: (source: Core, ...args: never[]) => unknown): unknown => question.bind(undefined, core);
}

function streamsOf(core: Core) {
  const bind = binderOf(core);
  return {
    flag$: bind(flag$),
    flagDetails$: bind(flagDetails$),
    flagState$: bind(flagState$),
    flags$: bind(flags$),
    allFlags$: bind(allFlags$),
    json$: bind(json$),
    changes$: changes$(core),
    keys$: keys$(core),
    snapshot$: snapshot$(core),
    status$: status$(core),
    ready$: ready$(core),
    events$: events$(core),
  } satisfies Record<Streams, unknown>;
}

const { dispose: disposeNow, asyncDispose }: { readonly dispose?: symbol; readonly asyncDispose?: symbol } = Symbol;

function methodsOf(core: Core) {
  const bind = binderOf(core);
  const { defaultUser, lifetime, store } = core;
  const { dispose } = lifetime;
  return {
    getValue: bind(reads.getValue),
    getValueDetails: bind(reads.getValueDetails),
    getJson: bind(getJson),
    getAllKeys: bind(reads.getAllKeys),
    getAllValues: bind(reads.getAllValues),
    getAllValueDetails: bind(reads.getAllValueDetails),
    getKeyAndValue: bind(reads.getKeyAndValue),
    explain: (key: string, user?: User) => {
      requireEvaluable(key, undefined, user);
      return lifetime.pending(
        reads
          .afterRead(core, (snapshot) => snapshot)
          .then((snapshot) => explainWhenLoaded(loadExplainer, snapshot, key, user ?? snapshot.defaultUser)),
      );
    },
    watch: bind(watch),
    // By itself it would not hold the client.
    snapshot: () => publicSnapshotOf(core.data.snapshot()),
    getSnapshot: () => reads.afterRead(core, publicSnapshotOf),
    waitForReady: bind(reads.waitForReady),
    forceRefresh: bind(reads.forceRefresh),
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
  } satisfies Record<Exclude<keyof ConfigCatClient & string, Streams | 'isOnline'>, unknown>;
}
