import { Subject } from 'rxjs';
import type { ConfigCache, FlagState, User } from '../../src';
import { autoPoll, lazyLoad, manualPoll } from '../../src';
import { configByUser, configOf, stage } from '../support/client';
import { record } from '../support/record';

const minute = 60_000;

/** What most specs look at: value, status, and `~` while a fetch is under way. */
const brief = (states: readonly FlagState[]) =>
  states.map(({ value, status, isFetching }) => `${String(value)} ${status}${isFetching ? ' ~' : ''}`);

function cacheWith(config: object, time: string): ConfigCache {
  return { get: () => `${time}\n"e"\n${JSON.stringify(config)}`, set: () => undefined };
}

describe('flagState$', () => {
  it('goes from the default value to the fetched one, and says when it fetches', async () => {
    const { client, clock, serve } = stage(configOf({ text: 'a' }));
    const { values } = record(client.flagState$('text', 'default'));
    expect(brief(values)).toEqual(['default initial ~']);
    await clock.advance(0);
    serve(configOf({ text: 'b' }));
    await clock.advance(minute);
    expect(brief(values)).toEqual(['default initial ~', 'a fresh', 'a fresh ~', 'b fresh']);
    client.dispose();
  });

  it('shows what is cached at once, as such', async () => {
    const cache = cacheWith(configOf({ text: 'old' }), '-99999999');
    const { client, clock } = stage(configOf({ text: 'new' }), { cache });
    const { values } = record(client.flagState$('text', 'default'));
    expect(brief(values)).toEqual(['old cached ~']);
    await clock.advance(0);
    expect(brief(values)).toEqual(['old cached ~', 'new fresh']);
    client.dispose();
  });

  it('falls back to the default value when nothing comes, and keeps the last good one when it fails later', async () => {
    const { client, clock, serve } = stage(500, { logLevel: 'off' });
    const { values } = record(client.flagState$('text', 'default'));
    await clock.advance(50);
    serve(configOf({ text: 'a' }));
    await clock.advance(minute);
    serve(500);
    await clock.advance(minute + 501);
    expect(brief(values)).toEqual([
      'default initial ~',
      'default fallback',
      'default fallback ~',
      'a fresh',
      'a fresh ~',
      'a fresh',
      'a cached',
    ]);
    expect(values.map(({ lastError }) => lastError?.errorCode)).toEqual([
      undefined,
      1101,
      1101,
      undefined,
      undefined,
      1101,
      1101,
    ]);
    client.dispose();
  });

  it.each([
    ['is missing', 'none', 'default'],
    ['is of another type', 'text', 5],
  ])('falls back when the flag %s', async (_, key, fallback) => {
    const { client, clock, log } = stage(configOf({ text: 'a' }), { logFilter: (_level, eventId) => eventId < 3000 });
    const { values } = record(client.flagState$(key, fallback));
    await clock.advance(3 * minute);
    expect(values.at(-1)).toMatchObject({ value: fallback, status: 'fallback' });
    // Evaluated once, although the state has changed many times.
    expect(log).toHaveLength(1);
    client.dispose();
  });

  it('says when a value stops being up to date, although nothing else happens', async () => {
    const { client, clock } = stage(configOf({ text: 'a' }), {}, lazyLoad({ cacheTimeToLiveSeconds: 60 }));
    const { values } = record(client.flagState$('text', 'default'));
    await clock.advance(0);
    expect(brief(values)).toEqual(['default initial ~', 'a fresh']);
    await clock.advance(minute);
    expect(values).toHaveLength(2);
    await clock.advance(501);
    expect(values[2]).toMatchObject({ value: 'a', status: 'cached', fetchedAt: new Date(0), ageMs: 60_501 });
    client.dispose();
  });

  it('counts as a read of a lazily loading client', async () => {
    const { client, clock, requests } = stage(configOf({ text: 'a' }), {}, lazyLoad());
    record(client.flagState$('text', ''));
    await clock.advance(2 * minute);
    const { values } = record(client.flagState$('text', ''));
    expect(brief(values)).toEqual(['a cached ~']);
    await clock.advance(0);
    expect([requests.length, brief(values)]).toEqual([2, ['a cached ~', 'a fresh']]);
    client.dispose();
  });

  it('never calls a value fresh in manual polling', async () => {
    const { client, clock } = stage(configOf({ text: 'a' }), { logLevel: 'off' }, manualPoll());
    const { values } = record(client.flagState$('text', 'default'));
    void client.forceRefresh();
    await clock.advance(0);
    expect(brief(values)).toEqual(['default fallback', 'default fallback ~', 'a cached']);
    client.dispose();
  });

  it('follows users, and never shows the value of one config with the state of another', async () => {
    const { client, clock, serve } = stage(configByUser('kate'), { defaultUser: { identifier: 'kate' } });
    const user$ = new Subject<User | undefined>();
    const { values } = record(client.flagState$('plan', '', user$));
    const ofDefaultUser = record(client.flagState$('plan', ''));
    await clock.advance(0);
    user$.next({ identifier: 'jack' });
    serve(configByUser('kate', 'jack'));
    await clock.advance(minute);
    expect(brief(values)).toEqual(['nobody fresh', 'nobody fresh ~', 'JACK fresh']);
    client.clearDefaultUser();
    expect(brief(ofDefaultUser.values)).toEqual([
      ' initial ~',
      'KATE fresh',
      'KATE fresh ~',
      'KATE fresh',
      'nobody fresh',
    ]);
    client.dispose();
  });

  it('clamps the age when the clock is set back', async () => {
    const { client, clock } = stage(configOf({ text: 'a' }));
    await clock.advance(minute);
    const now = jest.spyOn(clock.scheduler, 'now').mockReturnValue(-minute);
    expect(record(client.flagState$('text', '')).values).toMatchObject([{ ageMs: 0 }]);
    expect(record(client.status$).values).toMatchObject([{ ageMs: 0 }]);
    now.mockRestore();
    client.dispose();
  });

  it('of a disposed client is its last state', async () => {
    const { client, clock } = stage(configOf({ text: 'a' }), {}, autoPoll());
    const live = record(client.flagState$('text', ''));
    await clock.advance(0);
    client.dispose();
    expect(live.isComplete).toBe(true);
    const last = record(client.flagState$('text', ''));
    expect([brief(last.values), last.isComplete]).toEqual([['a fresh'], true]);
    expect(clock.scheduler.actions).toEqual([]);
  });

  it('tells its age from the time of the fetch, by a clock that has run before', async () => {
    const { client, clock } = stage(configOf({ a: 1 }), {}, manualPoll());
    const { values } = record(client.flagState$('a', 0));
    expect(values.at(-1)).toMatchObject({ fetchedAt: undefined, ageMs: undefined });
    await clock.advance(1_000_000);
    await client.forceRefresh();
    expect(values.at(-1)).toMatchObject({ fetchedAt: new Date(1_000_000), ageMs: 0 });
    await clock.advance(90_000);
    expect(record(client.flagState$('a', 0)).values).toMatchObject([{ fetchedAt: new Date(1_000_000), ageMs: 90_000 }]);
    client.dispose();
  });

  it('says each state once, and another time or error alone is another state', async () => {
    const { client, clock, serve } = stage(configOf({ a: 1 }), { logLevel: 'off' }, manualPoll());
    await client.forceRefresh();
    const { values } = record(client.flagState$('a', 0));
    client.setOffline();
    client.setOnline();
    client.setDefaultUser({ identifier: 'kate' });
    client.clearDefaultUser();
    expect(values).toHaveLength(1);
    const settled = () => values.filter(({ isFetching }) => !isFetching);
    const refresh = async (answer: object | number) => {
      serve(answer);
      const refreshed = client.forceRefresh();
      // Requests that fail are sent again after a while.
      await clock.advance(1000);
      await refreshed;
    };
    await refresh(configOf({ a: 1 }));
    await refresh(404);
    await refresh(418);
    expect(settled().map(({ fetchedAt, lastError }) => [fetchedAt?.getTime(), lastError?.errorCode])).toEqual([
      [0, undefined],
      [0, undefined],
      [1000, 1100],
      [1000, 1101],
    ]);
    client.dispose();
  });

  it('says that the config has been vouched for later, also when nothing was fetched', async () => {
    const change$ = new Subject<void>();
    let text = '';
    const cache: ConfigCache = {
      get: () => text,
      set: (_, value) => {
        text = value;
      },
      changes$: change$,
    };
    const { client, clock } = stage(configOf({ a: 1 }), { cache, logLevel: 'off' }, manualPoll());
    await client.forceRefresh();
    const { values } = record(client.flagState$('a', 0));
    await clock.advance(5000);
    text = text.replace(/^\d+/, '4000');
    change$.next();
    expect(values.map(({ fetchedAt, isFetching }) => [fetchedAt?.getTime(), isFetching])).toEqual([
      [0, false],
      [4000, false],
    ]);
    client.dispose();
  });
});
