import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { configOf, sdkKey } from '../support/client';

const root = join(__dirname, '../..');

describe('a server bundle that is split, as those of Angular are', () => {
  let folder: string;

  beforeEach(async () => {
    // Where it finds packages that are not bundled.
    folder = await mkdtemp(join(root, 'node_modules/.split-bundle-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it.each([
    ['fetches', ''],
    ['fetches through a proxy', ', agent: proxyAgent(url)'],
  ])('%s', async (_, options) => {
    const server = createServer((_, response) => response.end(JSON.stringify(configOf({ greeting: 'Hello' }))));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const program = `
      const { createClient } = await import(${JSON.stringify(join(root, 'src/index.ts'))});
      import { proxyAgent } from ${JSON.stringify(join(root, 'src/node/index.ts'))};
      // As a proxy for plain HTTP, too, the server answers whatever it is asked.
      const url = '${baseUrl}';
      const client = createClient('${sdkKey}', { baseUrl: url ${options} });
      console.log(await client.getValue('greeting', 'default'));
      client.dispose();
    `;
    await build({
      stdin: { contents: program, resolveDir: root, sourcefile: 'main.js' },
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      tsconfigRaw: '{}',
      alias: {
        '#config-index': join(root, 'src/model/config-index.ts'),
        '#evaluation-memory': join(root, 'src/evaluation/memory.ts'),
        '#explainer': join(root, 'src/flags/explainer-at-hand.ts'),
        '#platform': join(root, 'src/platform/node.ts'),
      },
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      logLevel: 'error',
    });
    const parts = await readdir(folder);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(folder, 'stdin.mjs')]);
    server.close();
    expect(parts.length).toBeGreaterThan(1);
    expect({ stdout, stderr }).toEqual({ stdout: 'Hello\n', stderr: '' });
  });
});
