import type { ApplicationRef } from '@angular/core';
import { TransferState, inject, mergeApplicationConfig, provideEnvironmentInitializer } from '@angular/core';
import type { BootstrapContext } from '@angular/platform-browser';
import { bootstrapApplication } from '@angular/platform-browser';
import { provideServerRendering } from '@angular/platform-server';
import { provideConfigCat, valuesOnly } from 'configcat-rx/angular/core';
import { commonConfig, labelFlags, nameKey } from './label/config';
import { Label } from './label/label';
import { LABEL_REQUEST } from './label/request';

/** The label as the server renders it: the page is given the values of one person, and neither rules nor the SDK key. */
export default function bootstrap(context: BootstrapContext): Promise<ApplicationRef> {
  const { client, person } = context.platformRef.injector.get(LABEL_REQUEST);
  const { name, ...user } = person;
  const config = mergeApplicationConfig(commonConfig, {
    providers: [
      provideServerRendering(),
      provideConfigCat(client, { user, transfer: valuesOnly({ flags: labelFlags }) }),
      provideEnvironmentInitializer(() => inject(TransferState).set(nameKey, name)),
    ],
  });
  return bootstrapApplication(Label, config, context);
}
