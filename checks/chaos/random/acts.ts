import type { ConfigCatClient } from 'configcat-rx';
import { timer } from 'rxjs';
import { cacheTextOf, known } from './config.js';
import type { Member } from './member.js';
import type { ClientAct, ReactiveAct, WorldAct } from './plan.js';
import { defaults } from './sight.js';
import type { Stage } from './types.js';
import { watch } from './watches.js';

/** Does something, at any time and from any place. What is meant for a client that is still being created is left out. */
export function act(what: ReactiveAct, stage: Stage): void {
  if (!('client' in what)) {
    actOnWorld(what, stage);
    return;
  }
  const member = stage.members[what.client];
  if (!member?.client) return;
  try {
    actOnClient(what, { ...stage, member, client: member.client });
  } catch (error) {
    stage.witness.violate(
      'threw',
      `${member.name}, ${what.do}: ${error instanceof Error ? String(error.stack) : String(error)}`,
    );
  }
}

function actOnWorld(what: WorldAct, stage: Stage): void {
  const { caches, answers, clock } = stage;
  switch (what.do) {
    case 'edit':
      // Between two milliseconds, because of two requests in one nobody can say which came first.
      timer(0.5, clock.timersFor().scheduler).subscribe(() => {
        stage.edit();
      });
      break;
    case 'answers':
      answers.push(...what.answers);
      break;
    case 'cache kind':
      caches[what.cache]?.behave(what.kind);
      break;
    case 'peer':
      caches[what.cache]?.peerWrites(textOfPeer(what, stage), what.hasListeners);
  }
}

function textOfPeer(
  { writes, datedByMs, etag }: Extract<WorldAct, { do: 'peer' }>,
  { origin, peerNow, editedAtMs, mislead }: Stage,
): string {
  if (writes === 'nothing') return '';
  if (writes === 'junk') return 'junk';
  if (datedByMs !== 0) mislead();
  const version = origin.version() - (writes === 'older' ? 1 : 0);
  // What is older was requested before the edit that followed.
  const timeMs = (writes === 'older' ? editedAtMs() - 1 : peerNow()) + datedByMs;
  const etags = { own: origin.etagOf(version), foreign: `W/"peer-${version}"`, unsendable: `"☃${version}\u0000"` };
  return cacheTextOf(version, timeMs, etags[etag]);
}

interface Scene extends Stage {
  readonly member: Member;
  readonly client: ConfigCatClient;
}

function actOnClient(what: ClientAct, scene: Scene): void {
  const { member, client, witness, react } = scene;
  const { sight, demands, sources, watches } = member;
  switch (what.do) {
    case 'refresh':
      refresh(scene);
      break;
    case 'online':
      if (!client.isOnline && member.plan.mode === 'auto' && member.isGateOpen && !member.isDisposed) {
        demands.demand('going online');
      }
      client.setOnline();
      break;
    case 'offline':
      if (client.isOnline) demands.wentOffline();
      client.setOffline();
      break;
    case 'read':
      read(scene);
      break;
    case 'read all':
      readAll(scene);
      break;
    case 'look':
      sight.seeSnapshot('snapshot()', client.snapshot());
      break;
    case 'ready':
      // When the client is disposed first, that is an error.
      expectFrom(
        scene,
        'waitForReady()',
        client.waitForReady().catch(() => undefined),
      );
      break;
    case 'watch':
      watches.push(
        watch(what.what, {
          name: member.name,
          client,
          sight,
          witness,
          react: (place) => {
            react(place, member);
          },
        }),
      );
      break;
    case 'unwatch':
      watches.shift()?.unsubscribe();
      break;
    case 'trigger':
      if (client.isOnline && sources.refreshOn$.observed) demands.demand('refreshOn$');
      sources.refreshOn$.next();
      break;
    case 'hear':
      sources.changes$?.next();
      break;
    case 'user':
      if (what.isKnown) client.setDefaultUser(known);
      else client.clearDefaultUser();
      break;
    case 'gate':
      member.isGateOpen = what.isOpen || !member.plan.isGated;
      if (!member.isGateOpen) demands.forget('going online');
      sources.isOpen$.next(what.isOpen);
      break;
    case 'dispose':
      demands.forget();
      if (what.isAwaited) expectFrom(scene, 'asyncDispose()', client[Symbol.asyncDispose]());
      else client.dispose();
  }
}

/** Demands the newest config, and expects that no success is reported with an older one than there was by then. */
export function refresh(scene: Scene): void {
  const { member, client, witness, origin, react } = scene;
  const { sight, demands, isDisposed } = member;
  const served = origin.version();
  const { isOnline } = client;
  if (isOnline && !isDisposed) demands.demand('forceRefresh()');
  expectFrom(scene, 'forceRefresh()', client.forceRefresh(), ({ isSuccess }) => {
    const version = sight.seeSnapshot('snapshot() after forceRefresh()', client.snapshot());
    witness.note(Number(isSuccess), () => `${member.name} forceRefresh(): ${isSuccess ? 'success' : 'failure'}`);
    if (isSuccess && isOnline && version < served && sight.newest() < served) {
      witness.violate(
        'demand answered by what is older',
        `${member.name}: forceRefresh() succeeded with version ${version}, when ${served} was there already`,
      );
    }
    react('refreshed', member);
  });
}

/** How long a read waits for a cache, whatever that does. */
const maxCacheWaitMs = 2010;

/** Reads a flag; the client may fetch first. */
export function read(scene: Scene): void {
  const { member, client, clock, witness } = scene;
  const { demands, plan, sight } = member;
  const shownBefore = sight.shown();
  const begunAtMs = clock.now();
  const requestingMs = demands.requestingMs();
  expectFrom(scene, 'getValue()', client.getValue('version', defaults.version), (version) => {
    sight.seeRead('getValue()', version, shownBefore);
    const waitedMs = clock.now() - begunAtMs - (demands.requestingMs() - requestingMs);
    const isStalled = member.clock.stalledUntilMs() > begunAtMs;
    // Auto polling waits for the first config as long as it is told to.
    if (plan.mode !== 'auto' && !isStalled && waitedMs > maxCacheWaitMs) {
      witness.violate('read waits too long', `${member.name}: ${waitedMs} ms beside requests`);
    }
  });
}

function readAll(scene: Scene): void {
  const { member, client } = scene;
  const shownBefore = member.sight.shown();
  expectFrom(scene, 'getAllValues()', client.getAllValues(), (flags) => {
    member.sight.seeRead('getAllValues()', member.sight.check('getAllValues()', flags), shownBefore);
  });
}

function expectFrom<T>({ member, witness }: Scene, what: string, promise: Promise<T>, use?: (value: T) => void): void {
  const wait = { what };
  member.waiting.add(wait);
  promise
    .finally(() => member.waiting.delete(wait))
    .then(use, (error: unknown) => {
      witness.violate('rejected', `${member.name}, ${what}: ${String(error)}`);
    })
    .catch((error: unknown) => {
      witness.violate('threw', `${member.name}, after ${what}: ${String(error)}`);
    });
}
