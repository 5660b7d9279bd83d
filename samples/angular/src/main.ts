import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './app/app';
import { configOf } from './app/config';
import type { Settings } from './settings';

const settings = (await (await fetch('/settings.json')).json()) as Settings;
await bootstrapApplication(App, configOf(settings));
