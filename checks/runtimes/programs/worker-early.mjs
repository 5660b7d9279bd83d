// A worker that reads a flag before there is any request.
import { createClient } from 'configcat-rx';

const { CONFIG_URL: baseUrl, SDK_KEY: sdkKey } = process.env;
// That there is no config then is no news.
const client = createClient(sdkKey, { baseUrl, logFilter: (_, eventId) => eventId !== 1000 });
const subscription = client.flag$('greeting', 'default').subscribe();
const early = client.snapshot().value('greeting', 'default');
const earlyRead = await client.getValue('greeting', 'default');
subscription.unsubscribe();

export default {
  fetch: async () => new Response(`${early} ${earlyRead} ${await client.getValue('greeting', 'default')}`),
};
