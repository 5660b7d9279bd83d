import { fileURLToPath } from 'node:url';

/** Both ways to build a page, each in a folder of its own. */
const cacheComponents = process.env.CACHE_COMPONENTS === 'yes';

export default {
  cacheComponents,
  distDir: cacheComponents ? '.next/cached' : '.next/plain',
  turbopack: { root: fileURLToPath(new URL('.', import.meta.url)) },
  // `npm run samples` checks the types.
  typescript: { ignoreBuildErrors: true },
};
