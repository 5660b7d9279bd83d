/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import { show } from '../support/angular';
import { Component, NgZone } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { firstValueFrom, map, throwError } from 'rxjs';
import type { FetchFunction } from '../../src';
import { autoPoll, lazyLoad } from '../../src';
import * as forClients from '../../src/angular';
import { injectAsk, injectFlag } from '../../src/angular/core';
import { flag$, flags$, getValue, setOnline, status$, switchFlag } from '../../src/functions';
import { setups, setupsInModes } from '../support/angular-sources';
import { configOf } from '../support/client';
import { settlePromises } from '../support/virtual-time';

/** A server whose config says at which request it was served. */
function countingServer(): { readonly fetch: FetchFunction; readonly requests: string[] } {
  const requests: string[] = [];
  const fetch: FetchFunction = (url) => {
    const config = configOf({ request: requests.push(url) });
    return Promise.resolve({
      status: 200,
      statusText: '',
      headers: { get: () => null },
      text: () => Promise.resolve(JSON.stringify(config)),
    });
  };
  return { fetch, requests };
}

const polling = autoPoll({ pollIntervalSeconds: 1 });
const askHere = () => TestBed.runInInjectionContext(() => injectAsk());

describe.each(setupsInModes)('an application %s', (_, mode, { provide, provideOwn, withFlags, refresh }) => {
  @Component({ template: '{{ request() }}' })
  class Page {
    readonly request = injectFlag('request', 0);
  }

  it('becomes stable while its source goes on polling', async () => {
    const { fetch, requests } = countingServer();
    const { text, settled } = show(Page, mode(), provideOwn({ fetch, polling, logLevel: 'off' }));
    await settled();
    expect(text()).toBe('1');
    expect(TestBed.inject(NgZone).hasPendingMacrotasks).toBe(false);
    expect(requests).toHaveLength(1);
  });

  it('is stable after a refresh that it has asked for itself', async () => {
    const { fetch } = countingServer();
    const { text, settled } = show(Page, mode(), provideOwn({ fetch, polling, logLevel: 'off' }));
    await settled();
    const ask = askHere();
    const zone = TestBed.inject(NgZone);
    expect(await zone.run(() => ask(refresh))).toMatchObject({ isSuccess: true });
    await settled();
    expect(text()).toBe('2');
    expect(zone.hasPendingMacrotasks).toBe(false);
  });

  it('is stable when its source has been offline, by the will of the page', async () => {
    const { fetch, requests } = countingServer();
    const { settled } = show(Page, mode(), provideOwn({ fetch, polling, logLevel: 'off' }));
    await settled();
    const ask = askHere();
    const zone = TestBed.inject(NgZone);
    for (const isOnline of [false, true]) {
      zone.run(() => {
        ask((source) => {
          setOnline(source, isOnline);
        });
      });
    }
    await settlePromises();
    expect(requests).toHaveLength(2);
    await settled();
    expect(zone.hasPendingMacrotasks).toBe(false);
  });

  it('is stable while it waits for its config to be out of date', async () => {
    const { fetch } = countingServer();
    const { settled } = show(Page, mode(), provideOwn({ fetch, polling: lazyLoad(), logLevel: 'off' }));
    await settled();
    const ask = askHere();
    const zone = TestBed.inject(NgZone);
    const seen: (string | boolean)[] = [];
    const subscription = zone.run(() =>
      ask(status$).subscribe(({ cacheState }) => seen.push(cacheState, NgZone.isInAngularZone())),
    );
    expect(seen).toEqual(['up-to-date', zone.run(() => NgZone.isInAngularZone())]);
    expect(zone.hasPendingMacrotasks).toBe(false);
    subscription.unsubscribe();
  });

  it('gets inside its zone what questions answer', () => {
    const source = withFlags({ on: false, greeting: 'Hello' });
    TestBed.configureTestingModule({ providers: [mode(), provide(source)] });
    const ask = askHere();
    const zone = TestBed.inject(NgZone);
    const hasZones = zone.run(() => NgZone.isInAngularZone());
    const seen: unknown[] = [];
    const note = (name: string) => map((value: unknown) => [name, value, NgZone.isInAngularZone()]);
    zone.run(() => {
      const questions = [
        ask((asked) => flag$(asked, 'on', false)).pipe(note('flag$')),
        ask((asked) => flags$(asked, { greeting: '' })).pipe(note('flags$')),
        ask((asked) => switchFlag(asked, 'on', { on: () => ['new'], off: () => ['old'] })).pipe(note('switchFlag')),
      ];
      for (const answer$ of questions) answer$.subscribe((told) => seen.push(told));
    });
    seen.length = 0;
    zone.runOutsideAngular(() => {
      source.set({ on: true, greeting: 'Howdy' });
    });
    expect(seen).toEqual(
      expect.arrayContaining([
        ['flag$', true, hasZones],
        ['flags$', { greeting: 'Howdy' }, hasZones],
        ['switchFlag', 'new', hasZones],
      ]),
    );
    expect(seen).toHaveLength(3);
    source.dispose();
  });
});

describe.each(setups)('injectAsk, with %s', (_, { provide, withFlags }) => {
  it('returns what the question does, and throws what it throws', async () => {
    const source = withFlags({ greeting: 'Hello' });
    TestBed.configureTestingModule({ providers: [provide(source)] });
    const ask = askHere();
    expect(ask((asked) => asked)).toBe(source);
    expect(ask((asked) => asked.snapshot().value('greeting', ''))).toBe('Hello');
    expect(await ask((asked) => getValue(asked, 'greeting', ''))).toBe('Hello');
    expect(() => ask((asked) => flag$(asked, '', false))).toThrow('key');
    const failing$ = ask(() => throwError(() => new Error('not a flag')));
    await expect(firstValueFrom(failing$)).rejects.toThrow('not a flag');
    source.dispose();
  });
});

describe('injectAsk', () => {
  it('says that nothing is provided', () => {
    TestBed.configureTestingModule({});
    expect(askHere).toThrow('Add provideConfigCat()');
  });

  it('is the same for clients', () => {
    expect(forClients.injectAsk).toBe(injectAsk);
  });
});
