import type { Observable } from 'rxjs';
import { BehaviorSubject } from 'rxjs';
import type { Engine, FleetRole } from '../fleet/index.js';
import { joinFleet } from '../fleet/index.js';
import type { ConfigCatClient } from '../index.js';
import { createClientWithAutoPoll } from '../index.js';
import { linkTo } from './engine-link.js';
import type { Trial } from './engine-trial.js';
import { expectSame, expectTrue, waitFor } from './expect-engine.js';

/**
 * The lease of these processes, in milliseconds. One of them waits for its end, while the other one waits two seconds for the
 * engine: a shorter lease would save no time, and be lost by a process that a busy computer keeps from renewing it.
 */
const leaseMs = 1500;

/** Lets the holder of the lease be cut off from the engine, with a write on its way that arrives late. */
export async function isolateHolder({ engine, another }: Trial): Promise<void> {
  const link = linkTo(engine);
  let served = 'first';
  const fetch = () => Promise.resolve(new Response(configOf(served), { headers: { ETag: `"${served}"` } }));
  const processes: FleetProcess[] = [];
  const start = (shared: Engine) => {
    const started = startProcess(shared, fetch);
    processes.push(started);
    return started;
  };
  try {
    const first = start(link.engine);
    await first.becomes('leader');
    await first.shows('first');
    const second = start(another);
    await second.becomes('follower');
    await second.shows('first');
    link.cut();
    served = 'late';
    const late = first.client.forceRefresh();
    await first.shows('late');
    await second.becomes('leader');
    expectTrue('the former holder is no leader when another one is', first.role() !== 'leader');
    served = 'newest';
    await second.client.forceRefresh();
    link.join();
    await late;
    await first.becomes('follower');
    await first.shows('newest');
    expectSame('the config that is stored', contentOf((await another.read()).text), `"newest"\n${configOf('newest')}`);
    expectSame('the role of the holder', second.role(), 'leader');
    expectSame('what the former holder showed', first.shown, ['first', 'late', 'newest']);
    // It may have fetched in the name of all before.
    const shown = second.shown.filter((value) => value !== 'late');
    expectSame('what the holder showed', shown, ['first', 'newest']);
  } finally {
    link.join();
    for (const { end } of processes) end();
  }
}

/** A client that is a member of a fleet. */
interface FleetProcess {
  readonly client: ConfigCatClient;
  readonly shown: readonly string[];
  readonly role: () => FleetRole | undefined;
  readonly becomes: (role: FleetRole) => Promise<unknown>;
  readonly shows: (value: string) => Promise<unknown>;
  readonly end: () => void;
}

function startProcess(engine: Engine, fetch: () => Promise<Response>): FleetProcess {
  const shared = joinFleet(() => engine, { leaseMs, maxSilenceMs: 1000 * leaseMs });
  const client = createClientWithAutoPoll('configcat-sdk-1/engine-contract-key---/engine-contract-key---', {
    ...shared,
    fetch,
    pollIntervalSeconds: 600,
    logLevel: 'off',
  });
  const role$ = new BehaviorSubject<FleetRole | undefined>(undefined);
  const shown: string[] = [];
  const subscription = shared.role$.subscribe((role) => role$.next(role));
  subscription.add(client.flag$('greeting', 'none').subscribe((value) => shown.push(value)));
  const eventually = <T>(source$: Observable<T>, wanted: T) =>
    waitFor(source$, `'${String(wanted)}' of a process that shares the engine`, (value) => value === wanted);
  return {
    client,
    shown,
    role: () => role$.value,
    becomes: (role) => eventually(role$, role),
    shows: (value) => eventually(client.flag$('greeting', 'none'), value),
    end: () => {
      subscription.unsubscribe();
      client.dispose();
    },
  };
}

function configOf(greeting: string): string {
  return `{"f":{"greeting":{"t":1,"v":{"s":"${greeting}"}}}}`;
}

/** Everything of a payload but its time. */
function contentOf(text: string | undefined): string | undefined {
  return text?.slice(text.indexOf('\n') + 1);
}
