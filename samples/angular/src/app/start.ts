import { bootstrapApplication } from '@angular/platform-browser';
import type { Settings } from '../settings';
import { App } from './app';
import { configOf } from './config';

/** Starts the application, with a client of its own. */
export async function start(): Promise<void> {
  const settings = (await (await fetch('/settings.json')).json()) as Settings;
  await bootstrapApplication(App, configOf(settings));
}
