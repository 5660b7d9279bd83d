import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startConfigServer } from 'configcat-rx/server';
import { expectOnePoller } from '../pollers.mjs';

const bin = createRequire(import.meta.url).resolve('next/dist/bin/next');
const file = path('src/server-client.ts');
const patienceMs = 120_000;

/** Edits the module that has the client of the server, while Next's development server shows a page. */
export async function checkReloads(env) {
  const source = await readFile(file, 'utf8');
  try {
    await expectOnePoller(startConfigServer, ({ sdkKey, baseUrl }) =>
      develop({ ...env, NEXT_PUBLIC_SDK_KEY: sdkKey, NEXT_PUBLIC_BASE_URL: baseUrl }, source),
    );
  } finally {
    await writeFile(file, source);
  }
}

async function develop(env, source) {
  const port = await freePort();
  const next = spawn(process.execPath, [bin, 'dev', '--port', String(port), '--hostname', '127.0.0.1'], {
    cwd: path('.'),
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [next.stdout, next.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return {
    run: async (i) => {
      await writeFile(file, `${source}\nconsole.log('run ${i} of the module');\n`);
      const deadline = performance.now() + patienceMs;
      while (!output.includes(`run ${i} of the module`)) {
        if (performance.now() > deadline || next.exitCode !== null) throw new Error(`No run ${i}:\n${output}`);
        await fetch(`http://127.0.0.1:${port}/`).then(
          (response) => response.text(),
          () => undefined,
        );
        await pause(50);
      }
    },
    end: async () => {
      if (next.exitCode === null && next.kill('SIGTERM')) await once(next, 'close');
    },
  };
}

async function freePort() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

function path(relative) {
  return fileURLToPath(new URL(relative, import.meta.url));
}
