// A worker with one client for all of its requests.
import { createClientWithAutoPoll, createClientWithLazyLoad } from 'configcat-rx';

const { CONFIG_URL: baseUrl, SDK_KEY: sdkKey, POLLING: polling } = process.env;
const client =
  polling === 'lazy'
    ? createClientWithLazyLoad(sdkKey, { baseUrl, cacheTimeToLiveSeconds: 1 })
    : createClientWithAutoPoll(sdkKey, { baseUrl, pollIntervalSeconds: 1 });
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
