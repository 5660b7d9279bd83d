// A worker that reads a flag before there is any request.
import { createClient } from 'configcat-rx';

const { CONFIG_URL: baseUrl, SDK_KEY: sdkKey } = process.env;
const client = createClient(sdkKey, { baseUrl });
const early = client.snapshot().value('greeting', 'default');

export default {
  fetch: async () => new Response(`${early} ${await client.getValue('greeting', 'default')}`),
};
