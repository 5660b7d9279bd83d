import '@angular/compiler';
import { effect, provideZonelessChangeDetection, runInInjectionContext } from '@angular/core';
import { createApplication } from '@angular/platform-browser';
import { injectFlag, provideConfigCat } from 'configcat-rx/angular/core';
import { autoPoll, createCore } from 'configcat-rx/core';

const { baseUrl = '', sdkKey = '' } = Object.fromEntries(new URLSearchParams(location.search));
const create = () => createCore(sdkKey, { baseUrl, polling: autoPoll({ pollIntervalSeconds: 1 }) });
const providers = [provideZonelessChangeDetection(), provideConfigCat(create)];

void createApplication({ providers }).then(({ injector }) => {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- it is one, says Angular
  runInInjectionContext(injector, () => {
    const greeting = injectFlag('greeting', 'none');
    effect(() => {
      document.title = greeting();
    });
  });
});
