import type { ApplicationConfig } from '@angular/core';
import { makeStateKey, provideZonelessChangeDetection } from '@angular/core';
import { provideClientHydration } from '@angular/platform-browser';
import type { Flags } from '../app/flags';

/** The flags of the label. The page gets their values for one person, and knows of no others. */
export const labelFlags = ['darkMode', 'greeting', 'newCheckout', 'discountRate'] satisfies (keyof Flags)[];

/** By which the server tells the page whose label it is. */
export const nameKey = makeStateKey<string>('name');

/** What server and browser have in common. */
export const commonConfig: ApplicationConfig = {
  providers: [provideZonelessChangeDetection(), provideClientHydration()],
};
