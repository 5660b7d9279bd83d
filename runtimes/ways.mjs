// The ways in which the package is run. Each `needs` files that may be missing. Its `run` gives the `text` that the program
// has to say: once it has ended by itself, or, where it stays until it is ended, with an `end`.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const installed = fileURLToPath(new URL('node_modules', import.meta.url));
const chromiumPath = '/usr/bin/chromium';
const patienceMs = 20_000;

const { optionalDependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

export const ways = [
  ...['node20', 'node22', 'node24', 'node26'].flatMap((name) => {
    const node = join(installed, name, 'bin/node');
    return [
      byProcess(`node ${versionOf(name)}, ES modules`, [node, 'module.mjs']),
      byProcess(`node ${versionOf(name)}, CommonJS`, [node, 'commonjs.cjs']),
    ];
  }),
  byProcess(`bun ${versionOf('bun')}, ES modules`, [bin('bun'), 'module.mjs']),
  byProcess(`bun ${versionOf('bun')}, CommonJS`, [bin('bun'), 'commonjs.cjs']),
  byProcess(`deno ${versionOf('deno')}`, [
    bin('deno'),
    'run',
    '--allow-net',
    '--allow-env',
    '--allow-read',
    'module.mjs',
  ]),
  { name: `workerd ${versionOf('workerd')}, bundled by esbuild`, needs: [bin('workerd')], run: runWorker },
  { name: 'chromium, bundled by esbuild', needs: [chromiumPath], run: (where) => runPage(bundleByEsbuild, where) },
  {
    name: `chromium, bundled by vite ${versionOf('vite')}`,
    needs: [chromiumPath, join(installed, 'vite')],
    run: (where) => runPage(bundleByVite, where),
  },
];

function versionOf(name) {
  return optionalDependencies[name].split('@').at(-1);
}

function bin(name) {
  return join(installed, '.bin', name);
}

function byProcess(name, [command, ...args]) {
  return {
    name,
    needs: [command],
    run: async ({ project, url, sdkKey }) => {
      const where = { cwd: project, timeout: patienceMs, killSignal: 'SIGKILL' };
      const { stdout, stderr } = await promisify(execFile)(command, [...args, url, sdkKey], where);
      return { text: (stdout + stderr).trim() };
    },
  };
}

/** Bundles the worker, and has it answer one request. */
async function runWorker({ project, url, sdkKey }) {
  await bundle(project, 'worker.mjs', 'worker.bundle.mjs', ['workerd', 'worker', 'browser']);
  const workerd = spawn(bin('workerd'), ['serve', 'worker.capnp', '--control-fd=3'], {
    cwd: project,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const end = () => workerd.kill('SIGKILL');
  try {
    const [line] = await once(createInterface({ input: workerd.stdio[3] }), 'line', {
      signal: AbortSignal.timeout(patienceMs),
    });
    const query = new URLSearchParams({ url, sdkKey });
    const response = await fetch(`http://127.0.0.1:${JSON.parse(line).port}/?${query}`, {
      signal: AbortSignal.timeout(patienceMs),
    });
    return { text: await response.text(), end };
  } catch (error) {
    end();
    throw error;
  }
}

/** Bundles the page, and shows it in Chromium. */
async function runPage(bundlePage, { project, url, sdkKey }) {
  const folder = await bundlePage(project);
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript' };
  const server = createServer((request, response) => {
    const path = join(folder, new URL(request.url, 'http://localhost').pathname);
    if (!existsSync(path)) return response.writeHead(404).end();
    response.setHeader('Content-Type', types[extname(path)] ?? 'application/octet-stream');
    createReadStream(path).pipe(response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const quiet = ['background-networking', 'component-update', 'sync'].map((name) => `--disable-${name}`);
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', ...quiet],
  });
  const end = async () => {
    await browser.close();
    server.close();
    server.closeAllConnections();
  };
  try {
    const page = await browser.newPage();
    const errors = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    page.on('console', (message) => errors.push(message.text()));
    await page.goto(`http://127.0.0.1:${server.address().port}/page.html?${new URLSearchParams({ url, sdkKey })}`);
    await page.waitForFunction(() => document.body.textContent.trim() !== '', null, { timeout: patienceMs });
    return { text: [(await page.textContent('body')).trim(), ...errors].join(' '), end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function bundleByEsbuild(project) {
  await bundle(project, 'page.mjs', 'by-esbuild/page.mjs');
  copyFileSync(join(project, 'page.html'), join(project, 'by-esbuild/page.html'));
  return join(project, 'by-esbuild');
}

async function bundleByVite(project) {
  const vite = await import(pathToFileURL(join(installed, 'vite/dist/node/index.js')).href);
  await vite.build({
    root: project,
    configFile: false,
    logLevel: 'warn',
    build: { outDir: 'by-vite', rollupOptions: { input: join(project, 'page.html') } },
  });
  return join(project, 'by-vite');
}

async function bundle(project, from, to, conditions) {
  await build({
    entryPoints: [join(project, from)],
    outfile: join(project, to),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'warning',
    ...(conditions && { conditions }),
  });
}
