import { autoPoll, createCore, flag$ } from 'configcat-rx/core';

const { baseUrl = '', sdkKey = '' } = Object.fromEntries(new URLSearchParams(location.search));
const core = createCore(sdkKey, { baseUrl, polling: autoPoll({ pollIntervalSeconds: 1 }) });
flag$(core, 'greeting', 'none').subscribe((greeting) => {
  document.title = greeting;
});
