import type { Observable } from 'rxjs';
import { filter, map } from 'rxjs';
import type { TestClient } from '../../src/testing';
import { runMarbles } from '../../src/testing';

/** Three configs, each of which changes the flag. */
const configs = { f: { dark: false }, t: { dark: true, more: 1 }, u: { dark: false, more: 1 } };
const shown = { f: false, t: true, u: false };

type Pick = (client: TestClient) => Observable<unknown>;

describe('each stream, from its first subscriber to its dispose', () => {
  it.each<[name: string, pick: Pick, whole: string, late: string, values?: Record<string, unknown>]>([
    ['flag$ with a default', (client) => client.flag$('dark', false), 'f--t--u|', '----t-u|'],
    ['flag$ without one', (client) => client.flag$('dark'), 'f--t--u|', '----t-u|'],
    [
      'flagDetails$',
      (client) => client.flagDetails$('dark', false).pipe(map(({ value }) => value)),
      'f--t--u|',
      '----t-u|',
    ],
    [
      'flagState$',
      (client) => client.flagState$('dark', false).pipe(map(({ value }) => value)),
      'f--t--u|',
      '----t-u|',
    ],
    ['flags$', (client) => client.flags$({ dark: false }).pipe(map(({ dark }) => dark)), 'f--t--u|', '----t-u|'],
    ['allFlags$', (client) => client.allFlags$().pipe(map(({ dark }) => dark)), 'f--t--u|', '----t-u|'],
    [
      'snapshot$',
      (client) => client.snapshot$.pipe(map((snapshot) => snapshot.value('dark', false))),
      'f--t--u|',
      '----t-u|',
    ],
    ['keys$', (client) => client.keys$, 'f--t---|', '----t--|', { f: ['dark'], t: ['dark', 'more'] }],
    [
      'changes$',
      (client) => client.changes$.pipe(map(({ flags }) => flags.map(({ key }) => key))),
      '---t--u|',
      '------u|',
      { t: ['dark', 'more'], u: ['dark'] },
    ],
    [
      'status$',
      (client) => client.status$.pipe(map(({ cacheState, isFetching }) => `${cacheState} ${isFetching}`)),
      's--s--s|',
      '----s-s|',
      { s: 'cached false' },
    ],
    ['ready$', (client) => client.ready$, '(r|)', '----(r|)', { r: 'cached' }],
    [
      'events$',
      (client) =>
        client.events$.pipe(
          filter(({ type }) => type === 'configChanged'),
          map(({ type }) => type),
        ),
      '---c--c|',
      '------c|',
      { c: 'configChanged' },
    ],
  ])('%s', (_, pick, whole, late, values = shown) => {
    runMarbles(({ playFlags, expectObservable }) => {
      const client = playFlags('f--t--u|', configs);
      // One stream, several subscribers: the same for both, in the same frame, whenever they come.
      const stream$ = pick(client);
      expectObservable(stream$).toBe(whole, values);
      expectObservable(stream$).toBe(whole, values);
      // What is known is replayed in the frame of the subscription.
      expectObservable(stream$, '----^').toBe(late, values);
      // Who leaves is told no more.
      expectObservable(stream$, '^---!').toBe(whole.slice(0, 4), values);
    });
  });

  it('shows all subscribers of a flag one evaluation, whenever they come', () => {
    const evaluated = runMarbles(({ playFlags, expectObservable, scheduler }) => {
      const client = playFlags('f--t--u|', configs);
      const seen: unknown[] = [];
      client.events$.subscribe((event) => {
        if (event.type === 'flagEvaluated') seen.push([scheduler.now(), event.details.value]);
      });
      const stream$ = client.flag$('dark', false);
      expectObservable(stream$).toBe('f--t--u|', shown);
      expectObservable(stream$).toBe('f--t--u|', shown);
      expectObservable(stream$, '----^').toBe('----t-u|', shown);
      return seen;
    });
    expect(evaluated).toEqual([
      [0, false],
      [3, true],
      [6, false],
    ]);
  });
});
