import { autoPoll, createClient } from 'configcat-rx';

const { baseUrl = '', sdkKey = '' } = Object.fromEntries(new URLSearchParams(location.search));
const client = createClient(sdkKey, { baseUrl, polling: autoPoll({ pollIntervalSeconds: 1 }) });
client.flag$('greeting', 'none').subscribe((greeting) => {
  document.title = greeting;
});
