import { mergeApplicationConfig } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { provideConfigCat } from 'configcat-rx/angular/core';
import { createCoreFromValues } from 'configcat-rx/core';
import { commonConfig } from './config';
import { Label } from './label';

/** Takes over what the server has rendered, by the values that it has sent along. */
export async function start(): Promise<void> {
  const config = mergeApplicationConfig(commonConfig, {
    providers: [provideConfigCat((_, state) => createCoreFromValues(state))],
  });
  await bootstrapApplication(Label, config);
}
