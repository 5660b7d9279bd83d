import { startConfigServer } from 'configcat-rx/server';
import { createServer } from 'vite';
import { expectOnePoller } from '../pollers.mjs';

/** Has Vite run a module again and again, as it does after each edit. */
export async function checkReloads() {
  await expectOnePoller(startConfigServer, async ({ sdkKey, baseUrl }) => {
    const source = `
      import { autoPoll, sharedClient } from 'configcat-rx';
      const polling = autoPoll({ pollIntervalSeconds: 1 });
      export const client = sharedClient('${sdkKey}', { baseUrl: '${baseUrl}', polling });
    `;
    const vite = await createServer({
      appType: 'custom',
      configFile: false,
      logLevel: 'error',
      server: { middlewareMode: true, hmr: false, ws: false },
      plugins: [
        {
          name: 'flags',
          resolveId: (id) => (id === '/flags.js' ? id : undefined),
          load: (id) => (id === '/flags.js' ? source : undefined),
        },
      ],
    });
    const modules = new Set();
    return {
      run: async (i) => {
        vite.moduleGraph.invalidateAll();
        const module = await vite.ssrLoadModule('/flags.js');
        modules.add(module);
        if (modules.size !== i) throw new Error('Vite has not run the module again.');
        await module.client.waitForReady();
      },
      end: async () => {
        for (const { client } of modules) client.dispose();
        await vite.close();
      },
    };
  });
}
