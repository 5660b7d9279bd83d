import type { Subscriber } from 'rxjs';
import { Observable, Subject } from 'rxjs';
import type { ChannelEvent } from '../../src/postgres/connection';
import { Refusal } from '../../src/postgres/failure';
import { isMessage, listenSafely } from '../../src/postgres/listening';
import { createVirtualClock } from '../support/virtual-time';

/** What may be wrong with a channel. */
interface Defects {
  /** Listening begins, but nothing arrives. */
  isDeaf?: boolean;
  /** Neither listening nor sending succeeds. */
  isAway?: boolean;
  /** The server does not let anybody listen. */
  isForbidden?: boolean;
  /** Attempts to connect have no end. */
  isStuck?: boolean;
}

/** Listens to a channel that does what a spec says, in virtual time. */
function listenTo(defects: Defects = {}) {
  const clock = createVirtualClock();
  const { scheduler } = clock;
  const heard: (readonly [number, unknown])[] = [];
  const pings: number[] = [];
  const attempts: number[] = [];
  const doubt$ = new Subject<void>();
  let current: Subscriber<ChannelEvent> | undefined;

  const subscription = listenSafely({
    events: new Observable<ChannelEvent>((subscriber) => {
      attempts.push(scheduler.now());
      current = subscriber;
      if (defects.isForbidden) subscriber.error(new Refusal('nobody may listen'));
      else if (defects.isAway) subscriber.error(new Error('gone'));
      else if (!defects.isStuck) subscriber.next('listening');
      return () => {
        current = undefined;
      };
    }),
    doubt$,
    ping: async () => {
      pings.push(scheduler.now());
      await Promise.resolve();
      if (defects.isAway) throw new Error('gone');
      if (!defects.isDeaf) current?.next({ payload: 'ping' });
    },
    scheduler,
    random: () => 0,
  }).subscribe((event) => {
    const shown = event instanceof Error ? event.message : isMessage(event) ? event.payload : event;
    heard.push([scheduler.now(), shown]);
  });
  return { clock, heard, pings, attempts, doubt$, subscription, connection: () => current, defects };
}

describe('listening safely', () => {
  it('counts as alive when a notification has arrived, and not before', async () => {
    const { clock, heard, pings } = listenTo();
    expect(heard).toEqual([]);
    await clock.advance(1);
    expect(pings).toEqual([0]);
    expect(heard).toEqual([
      [0, true],
      [0, 'ping'],
    ]);
  });

  it('asks again when the channel has been silent, and only then', async () => {
    const { clock, pings, connection } = listenTo();
    await clock.advance(14_000);
    connection()!.next({ payload: 'of another process' });
    await clock.advance(14_000);
    expect(pings).toEqual([0]);
    await clock.advance(1000);
    expect(pings).toEqual([0, 29_000]);
    await clock.advance(15_000);
    expect(pings).toEqual([0, 29_000, 44_000]);
  });

  it('says what stands between when nothing ever arrives, and tries again', async () => {
    const { clock, heard, attempts } = listenTo({ isDeaf: true });
    await clock.advance(2999);
    expect(heard).toEqual([]);
    await clock.advance(1);
    expect(heard).toEqual([[3000, expect.stringMatching(/pooler in transaction mode.*`listenOn`/)]]);
    await clock.advance(10_000);
    // After 50, 100, 200 ms and so on.
    expect(attempts).toEqual([0, 3050, 6150, 9350, 12_750]);
  });

  it('connects anew when notifications arrive no more, as from a peer that has gone without a word', async () => {
    const { clock, heard, attempts, defects } = listenTo();
    await clock.advance(1);
    defects.isDeaf = true;
    await clock.advance(15_000 + 3000);
    expect(heard.slice(2)).toEqual([[18_000, false]]);
    defects.isDeaf = false;
    await clock.advance(50);
    expect(attempts).toEqual([0, 18_050]);
    expect(heard.slice(3)).toEqual([
      [18_050, true],
      [18_050, 'ping'],
    ]);
  });

  it('knows that something may have been missed when the package has listened anew by itself', async () => {
    const { clock, heard, attempts, connection } = listenTo();
    await clock.advance(1000);
    connection()!.next('listening');
    await clock.advance(1000);
    expect(attempts).toEqual([0]);
    expect(heard.slice(2)).toEqual([
      [1000, false],
      [1000, true],
      [1000, 'ping'],
    ]);
  });

  it('asks at once when the server could not be reached otherwise, and believes in nothing until something arrives', async () => {
    const { clock, heard, attempts, doubt$, defects } = listenTo();
    await clock.advance(1000);
    doubt$.next();
    await clock.advance(0);
    expect(heard.slice(2)).toEqual([
      [1000, false],
      [1000, true],
      [1000, 'ping'],
    ]);
    defects.isAway = true;
    doubt$.next();
    await clock.advance(100);
    expect(heard[5]).toEqual([1000, false]);
    expect(attempts.length).toBeGreaterThan(1);
    defects.isAway = false;
    await clock.advance(1000);
    expect(heard.at(-2)?.[1]).toBe(true);
  });

  it('takes what arrives no more for lost, and for no pooler', async () => {
    const { clock, heard, doubt$, defects } = listenTo();
    await clock.advance(1000);
    defects.isDeaf = true;
    doubt$.next();
    await clock.advance(3000);
    expect(heard.slice(2)).toEqual([
      [1000, false],
      [4000, false],
    ]);
  });

  it('has no doubts before it listens', async () => {
    const { clock, heard, pings, doubt$ } = listenTo({ isStuck: true });
    doubt$.next();
    await clock.advance(9000);
    expect([heard, pings]).toEqual([[], []]);
  });

  it('tries again when the connection is lost: soon at first, then every 10 seconds at most', async () => {
    const { clock, heard, attempts, defects, connection } = listenTo();
    await clock.advance(1);
    defects.isAway = true;
    connection()!.error(new Error('ECONNRESET'));
    await clock.advance(30_000);
    expect(heard.slice(2)).toEqual(attempts.map((atMs) => [atMs || 1, false]));
    const pauses = attempts.slice(2).map((atMs, i) => atMs - attempts[i + 1]!);
    expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000]);
    defects.isAway = false;
    await clock.advance(5000);
    expect(heard.at(-2)?.[1]).toBe(true);
    // The next loss is the first again.
    connection()!.error(new Error('ECONNRESET'));
    await clock.advance(50);
    expect(attempts.at(-1)! - attempts.at(-2)!).toBeLessThanOrEqual(5050);
    expect(heard.at(-2)?.[1]).toBe(true);
  });

  it('reports a refusal in its own words', async () => {
    const { clock, heard } = listenTo({ isForbidden: true });
    await clock.advance(1);
    expect(heard[0]?.[1]).toMatch('PostgreSQL refuses what sharing needs: nobody may listen.');
  });

  it('gives an attempt up that has no end', async () => {
    const { clock, heard, attempts } = listenTo({ isStuck: true });
    await clock.advance(10_050);
    expect(heard).toEqual([[10_000, false]]);
    expect(attempts).toEqual([0, 10_050]);
  });

  it('ends the connection, and asks nothing any more, when unsubscribed from', async () => {
    const { clock, pings, connection, subscription } = listenTo();
    await clock.advance(1);
    subscription.unsubscribe();
    expect(connection()).toBeUndefined();
    await clock.advance(60_000);
    expect(pings).toEqual([0]);
  });
});
