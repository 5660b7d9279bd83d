import '@angular/compiler';
import type { EnvironmentProviders, Provider, Type } from '@angular/core';
import { ApplicationRef, provideZoneChangeDetection, provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';

/** How applications notice that something has changed. Zones come last, because there is no way back from them. */
export const modes = [
  ['without zones', provideZonelessChangeDetection],
  [
    'with zones',
    () => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- not before it is needed
      require('zone.js');
      return provideZoneChangeDetection();
    },
  ],
] as const;

TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting());

/** A component on the page. */
export interface Shown<T> {
  readonly component: T;
  readonly text: () => string;
  /** Waits until the application has nothing more to do. */
  readonly settled: () => Promise<void>;
  readonly remove: () => void;
}

/** Shows a component as applications do: nobody has to ask for change detection. */
export function show<T>(component: Type<T>, ...providers: readonly (Provider | EnvironmentProviders)[]): Shown<T> {
  TestBed.configureTestingModule({ providers: [...providers] });
  const fixture = TestBed.createComponent(component);
  fixture.autoDetectChanges();
  return {
    component: fixture.componentInstance,
    text: () => (fixture.nativeElement as HTMLElement).textContent.replace(/\s+/g, ' ').trim(),
    settled: () => TestBed.inject(ApplicationRef).whenStable(),
    remove: () => {
      fixture.destroy();
    },
  };
}
