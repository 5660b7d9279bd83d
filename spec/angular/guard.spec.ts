/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import { Component, Injectable, NgZone, inject, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { Routes } from '@angular/router';
import { Router, provideRouter } from '@angular/router';
import { BehaviorSubject, Subject, firstValueFrom } from 'rxjs';
import type { FetchResponse, User } from '../../src';
import type { ConfigCatOptions, FlagGuardOptions, ProvidedSource } from '../../src/angular/core';
import { flagGuard } from '../../src/angular/core';
import { setupsInModes } from '../support/angular-sources';
import { configByUser, configOf } from '../support/client';
import { settlePromises } from '../support/virtual-time';

@Component({ template: '' })
class Page {}

@Injectable({ providedIn: 'root' })
class Session {
  readonly user = signal<User | undefined>({ identifier: 'kate' });
}

describe.each(setupsInModes)('flagGuard, %s', (_, mode, { provide, stage, withFlags }) => {
  /** Goes to a page, and tells where that has led when it has. */
  const navigate = (source: ProvidedSource, routes: Routes, options: ConfigCatOptions = {}) => {
    TestBed.configureTestingModule({ providers: [mode(), provideRouter(routes), provide(source, options)] });
    const router = TestBed.inject(Router);
    const trip: { url?: string } = {};
    const arrival = TestBed.inject(NgZone)
      .run(() => router.navigateByUrl('/beta'))
      .catch(() => undefined)
      .then(() => (trip.url = router.url));
    return { trip, arrival };
  };
  const matching = (key: string, options?: FlagGuardOptions): Routes => [
    { path: 'beta', canMatch: [flagGuard(key, options)], component: Page },
    { path: 'beta', redirectTo: '/other' },
    { path: '**', component: Page },
  ];
  const activating = (key: string, options?: FlagGuardOptions): Routes => [
    { path: 'beta', canActivate: [flagGuard(key, options)], component: Page },
    { path: '**', component: Page },
  ];

  it.each<[string, Routes, string]>([
    ['opens a route', matching('on'), '/beta'],
    ['lets the next route match', matching('off'), '/other'],
    ['sends elsewhere instead of matching', matching('off', { redirectTo: '/start?why=flag' }), '/start?why=flag'],
    ['takes commands', matching('off', { redirectTo: ['/start', { page: 1 }] }), '/start;page=1'],
    ['is closed for a flag that there is not', matching('missing', { redirectTo: '/start' }), '/start'],
    ['opens for the value that is expected', matching('theme', { expected: 'dark' }), '/beta'],
    ['closes for another value', matching('theme', { expected: 'light' }), '/other'],
    ['opens while a flag is off', matching('off', { expected: false }), '/beta'],
    ['activates', activating('on'), '/beta'],
    ['stays where it is', activating('off'), '/'],
    ['sends elsewhere instead of activating', activating('off', { redirectTo: '/start' }), '/start'],
  ])('%s', async (_name, routes, url) => {
    const source = withFlags({ on: true, off: false, theme: 'dark' });
    const { trip, arrival } = navigate(source, routes);
    await arrival;
    expect(trip.url).toBe(url);
    source.dispose();
  });

  it('does not decide before the first config is known', async () => {
    const held = new Subject<FetchResponse>();
    const { source, clock } = stage('silence', { fetch: () => firstValueFrom(held) });
    const { trip, arrival } = navigate(source, matching('on', { redirectTo: '/start' }));
    await clock.advance(4999);
    expect(trip.url).toBeUndefined();
    const text = () => Promise.resolve(JSON.stringify(configOf({ on: true })));
    held.next({ status: 200, statusText: '', headers: { get: () => null }, text });
    await arrival;
    expect(trip.url).toBe('/beta');
    source.dispose();
  });

  it('decides when the first config is given up', async () => {
    const { source, clock } = stage('silence');
    const { trip, arrival } = navigate(source, matching('on', { redirectTo: '/start' }));
    await clock.advance(4999);
    expect(trip.url).toBeUndefined();
    await clock.advance(1);
    await arrival;
    expect(trip.url).toBe('/start');
    source.dispose();
  });

  it('is closed when the source is disposed meanwhile', async () => {
    const { source } = stage('silence');
    const { trip, arrival } = navigate(source, matching('on', { redirectTo: '/start' }));
    await settlePromises();
    source.dispose();
    await arrival;
    expect(trip.url).toBe('/start');
  });

  it.each<[string, ConfigCatOptions, FlagGuardOptions, string]>([
    ['the common user', { user: { identifier: 'kate' } }, {}, '/beta'],
    ['the common user of a signal', { user: signal({ identifier: 'ben' }) }, {}, '/other'],
    ['a user of its own', { user: { identifier: 'ben' } }, { user: { identifier: 'kate' } }, '/beta'],
    ['a signal', {}, { user: signal({ identifier: 'kate' }) }, '/beta'],
    ['a stream', {}, { user: new BehaviorSubject({ identifier: 'kate' }) }, '/beta'],
    ['a function', {}, { user: () => inject(Session).user() }, '/beta'],
    ['a signal of users with methods', {}, { user: signal({ identifier: 'kate', schedule: () => 'later' }) }, '/beta'],
  ])('evaluates for %s', async (_name, common, options, url) => {
    const { source, clock } = stage(configByUser('kate', 'ben'));
    await clock.advance(0);
    const { trip, arrival } = navigate(source, matching('plan', { expected: 'KATE', ...options }), common);
    await arrival;
    expect(trip.url).toBe(url);
    source.dispose();
  });

  it('waits for the common user', async () => {
    const { source, clock } = stage(configByUser('kate'));
    await clock.advance(0);
    const user = new Subject<User>();
    const { trip, arrival } = navigate(source, matching('plan', { expected: 'KATE' }), { user });
    await settlePromises();
    expect(trip.url).toBeUndefined();
    user.next({ identifier: 'kate' });
    await arrival;
    expect(trip.url).toBe('/beta');
    source.dispose();
  });

  it('asks anew each time', async () => {
    const source = withFlags({ on: false });
    const { arrival } = navigate(source, matching('on'));
    await arrival;
    source.set({ on: true });
    const router = TestBed.inject(Router);
    await TestBed.inject(NgZone).run(() => router.navigateByUrl('/beta'));
    expect(router.url).toBe('/beta');
    source.dispose();
  });
});
