import type { SchedulerLike } from 'rxjs';
import { createClientWithAutoPoll } from '../../src';
import type { FetchFunction } from '../../src';
import { joinFleet } from '../../src/fleet/share';
import type { Relay } from '../../src/relay';
import { createRelay } from '../../src/relay';
import { configOf, sdkKey } from '../support/client';
import { createMemoryEngine } from '../../src/testing/memory-engine';
import { promising } from '../support/promising';
import { createVirtualClock } from '../support/virtual-time';

const startMs = 1_764_450_000_000;

/** Relays whose clients are a fleet, and that know the time more or less. */
async function openRelays(...skewsMs: readonly number[]) {
  const clock = createVirtualClock();
  await clock.advance(startMs);
  const memory = createMemoryEngine(() => clock.scheduler.now());
  let version = 1;
  let requests = 0;
  const fetch: FetchFunction = () => {
    requests++;
    return Promise.resolve({
      status: 200,
      statusText: '',
      headers: { get: (name) => (name === 'etag' ? `"${version}"` : null) },
      text: () => Promise.resolve(JSON.stringify(configOf({ version }))),
    });
  };
  const members = skewsMs.map((skewMs) => {
    const scheduler = Object.create(clock.scheduler, {
      now: { value: () => clock.scheduler.now() + skewMs },
    }) as SchedulerLike;
    const random = () => 0.5;
    const shared = joinFleet(() => promising(memory), { leaseMs: 3000, maxSilenceMs: 60_000, scheduler, random });
    const client = createClientWithAutoPoll(sdkKey, {
      ...shared,
      pollIntervalSeconds: 10,
      fetch,
      scheduler,
      random,
      logger: { log: () => undefined },
    });
    return { client, relay: createRelay({ client, user: () => undefined, fleet: shared, scheduler }) };
  });
  const ask = async ({ fetch: send }: Relay, etag = '') => {
    const answer = await send(new Request('http://relay.invalid/values', { headers: { 'If-None-Match': etag } }));
    const order = answer.headers.get('configcat-relay-order')!.split(',').map(Number);
    const body = answer.status === 304 ? undefined : ((await answer.json()) as { flags: [[string, number]] });
    return { status: answer.status, etag: answer.headers.get('etag')!, order, version: body?.flags[0][1] };
  };
  return {
    clock,
    relays: members.map(({ relay }) => relay),
    ask,
    change: () => version++,
    requests: () => requests,
    close: async () => {
      for (const { client, relay } of members) {
        void relay.shutdown();
        client.dispose();
      }
      await clock.advance(10_000);
    },
  };
}

/** Whether a state is older than another, by the protocol of the relay. */
function isOlder([, fence = 0, counter = 0]: readonly number[], [, thanFence = 0, thanCounter = 0]: readonly number[]) {
  return fence < thanFence || (fence === thanFence && counter < thanCounter);
}

describe('two relays of one fleet', () => {
  it.each([
    ['clocks that agree', [0, 0]],
    ['a clock that is an hour ahead', [3_600_000, 0]],
    ['a clock that is an hour behind', [-3_600_000, 0]],
  ])('fetch once, and put their states in order: %s', async (_, skewsMs) => {
    const { clock, relays, ask, change, requests, close } = await openRelays(...skewsMs);
    await clock.advance(15_000);
    let last: readonly number[] = [];
    let lastVersion = 0;
    const before = requests();
    for (let i = 0; i < 12; i++) {
      if (i % 3 === 2) change();
      await clock.advance(5000);
      // A reader that moves from one to the other shows nothing that is older than what it has shown.
      const { order, version } = await ask(relays[i % 2]!);
      expect(order).toHaveLength(3);
      if (isOlder(order, last)) continue;
      expect(version).toBeGreaterThanOrEqual(lastVersion);
      [last, lastVersion] = [order, version!];
    }
    // The last change is fetched with the next poll.
    expect(lastVersion).toBe(4);
    expect(requests() - before).toBeLessThanOrEqual(7);
    await close();
  });

  it('give equal values equal tags', async () => {
    const { clock, relays, ask, close } = await openRelays(0, 0);
    await clock.advance(15_000);
    const { etag } = await ask(relays[0]!);
    expect(await ask(relays[1]!, etag)).toMatchObject({ status: 304, etag });
    await close();
  });
});
