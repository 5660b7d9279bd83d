import * as configcat from 'configcat-rx';
import * as rxjs from 'rxjs';
import { smoke } from './smoke.mjs';

/** A worker as Cloudflare runs them, told by its query where the config is. */
export default {
  fetch: async (request) => {
    const { searchParams } = new URL(request.url);
    return new Response(await smoke(configcat, rxjs, Object.fromEntries(searchParams)));
  },
};
