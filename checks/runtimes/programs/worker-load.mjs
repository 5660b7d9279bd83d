// A worker with one client for all of its requests.
import { createClientWithAutoPoll, createClientWithLazyLoad } from 'configcat-rx';

const { CONFIG_URL: baseUrl, SDK_KEY: sdkKey, POLLING: polling } = process.env;
// Who reads in vain before there is a config is judged by the value.
const common = { baseUrl, logFilter: (_, eventId) => eventId !== 1000 };
const client =
  polling === 'lazy'
    ? createClientWithLazyLoad(sdkKey, { ...common, cacheTimeToLiveSeconds: 1 })
    : createClientWithAutoPoll(sdkKey, { ...common, pollIntervalSeconds: 1 });
const greeting = () => client.getValue('greeting', 'default', { identifier: 'kate' });

export default {
  fetch: async (request) => {
    switch (new URL(request.url).pathname) {
      case '/refreshed':
        await client.forceRefresh();
        break;
      case '/leave-a-refresh':
        void client.forceRefresh();
        return new Response('left');
      case '/leave-a-read':
        void greeting();
        return new Response('left');
    }
    return new Response(await greeting());
  },
};
