import type { ApplicationConfig } from '@angular/core';
import { inject, provideZonelessChangeDetection } from '@angular/core';
import type { Routes } from '@angular/router';
import { provideRouter } from '@angular/router';
import { autoPoll } from 'configcat-rx';
import { flagGuard, provideConfigCat } from 'configcat-rx/angular';
import type { Settings } from '../settings';
import { Send } from './send';
import { Session } from './session';

const routes: Routes = [
  { path: '', component: Send },
  {
    path: 'workshop',
    canMatch: [flagGuard('debugMenu', { redirectTo: '/' })],
    loadComponent: async () => (await import('./workshop')).Workshop,
  },
  { path: '**', redirectTo: '' },
];

/** The application. All its flags are for whoever is signed in. */
export function configOf({ sdkKey, pollIntervalSeconds, baseUrl }: Settings): ApplicationConfig {
  return {
    providers: [
      provideZonelessChangeDetection(),
      provideRouter(routes),
      provideConfigCat(sdkKey, {
        polling: autoPoll({ pollIntervalSeconds }),
        ...(baseUrl && { baseUrl }),
        user: () => inject(Session).person(),
      }),
    ],
  };
}
