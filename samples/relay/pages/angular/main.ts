import { provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { provideConfigCat } from 'configcat-rx/angular/core';
import { createFlags } from '../flags';
import { Train } from './train';

await bootstrapApplication(Train, {
  providers: [provideZonelessChangeDetection(), provideConfigCat(createFlags)],
});
