// What the check of a sample works with: the running sample, its config file, and pages in Chromium.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { chromium } from 'playwright-core';
import { recordTraffic } from './traffic.mjs';

const sampleConfig = fileURLToPath(new URL('../samples/config.json', import.meta.url));
const screenshots = fileURLToPath(new URL('../samples/screenshots', import.meta.url));
const chromiumPath = '/usr/bin/chromium';
const ownUrl = /http:\/\/127\.0\.0\.1:\d+/;
const patienceMs = 30_000;
const patienceWithBuildsMs = 180_000;

/**
 * Calls the check of a sample with its stage, and leaves nothing behind.
 *
 * - `start(env?, script?)` runs `npm start`, or another script, with a copy of the config file, on a free port (`CONFIG_FILE`,
 *   `PORT`), and gives the program: `printed(text or pattern)` resolves with a line that has it, `url()` with the first
 *   URL of this computer that is printed, `ended()` ends it as Ctrl-C does and resolves when it has.
 * - `edit(change)` changes that copy, as an object.
 * - `open(url, { cookies, locale, mayReport }?)` gives a page of Chromium, as a visitor of its own. It must neither report errors,
 *   but for what is like `mayReport`, nor be loaded anew.
 * - `record(url)` stands before a server: open its `url` in its place, and `text()` has all that has been sent.
 * - `shoot(page, name)` keeps pictures of a page as it looks in light and in dark.
 * - `until(what, condition)` waits until an async condition holds.
 */
export async function withStage(folder, check) {
  const place = await mkdtemp(join(tmpdir(), 'configcat-rx-sample-'));
  const file = join(place, 'config.json');
  const programs = [];
  const records = [];
  const problems = [];
  let browser;
  try {
    await writeFile(file, await readFile(sampleConfig));
    const start = async (env = {}, script = 'start') => {
      const program = startProgram(folder, script, { CONFIG_FILE: file, PORT: '0', CONFIGCAT_SDK_KEY: '', ...env });
      programs.push(program);
      return program;
    };
    const open = async (url, visitor) => {
      browser ??= await startBrowser();
      return openPage(browser, url, problems, visitor);
    };
    const record = async (url) => {
      const traffic = await recordTraffic(url);
      records.push(traffic);
      return traffic;
    };
    await check({ start, edit: (change) => edit(file, change), open, record, shoot: shooterOf(folder), until });
    // Before the programs end: a page that polls would report that nobody answers.
    await browser?.close();
    for (const program of programs) await program.ended();
    if (problems.length > 0) throw new Error(`The page reports problems:\n${problems.join('\n')}`);
  } finally {
    await browser?.close();
    for (const traffic of records) traffic.close();
    for (const program of programs) program.kill();
    await rm(place, { recursive: true });
  }
}

function startProgram(folder, script, env) {
  // A group of its own: npm, its shell and the program end together, as with Ctrl-C in a terminal.
  const child = spawn('npm', ['run', script], {
    cwd: folder,
    env: { ...process.env, ...env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += stripVTControlCharacters(text)));
  }
  let hasEnded = false;
  child.once('close', () => (hasEnded = true));
  const signal = (name) => {
    if (!hasEnded) process.kill(-child.pid, name);
  };
  process.once('exit', () => signal('SIGKILL'));
  const printed = async (wanted, ms = patienceMs) => {
    const has = (line) => (typeof wanted === 'string' ? line.includes(wanted) : wanted.test(line));
    const find = () =>
      output
        .split('\n')
        .slice(0, hasEnded ? undefined : -1)
        .find(has);
    await until(
      `"${wanted}" to be printed`,
      () => {
        if (hasEnded && find() === undefined) throw new Error(`It has ended without printing "${wanted}":\n${output}`);
        return find() !== undefined;
      },
      ms,
    ).catch((error) => {
      throw new Error(`${error.message}\n${output}`);
    });
    return find();
  };
  return {
    printed,
    // Builds print addresses of the web.
    url: async () => ownUrl.exec(await printed(ownUrl, patienceWithBuildsMs))[0],
    ended: async () => {
      signal('SIGINT');
      await until('the program to end', () => hasEnded);
    },
    kill: () => signal('SIGKILL'),
  };
}

async function edit(file, change) {
  const config = JSON.parse(await readFile(file, 'utf8'));
  change(config);
  // In one step, so that the server never sees half a file.
  await writeFile(`${file}.new`, JSON.stringify(config, null, 2));
  await rename(`${file}.new`, file);
}

async function startBrowser() {
  if (!existsSync(chromiumPath)) throw new Error(`It needs Chromium as ${chromiumPath}.`);
  const quiet = ['background-networking', 'component-update', 'sync'].map((name) => `--disable-${name}`);
  return chromium.launch({
    executablePath: chromiumPath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', ...quiet],
  });
}

async function openPage(browser, url, problems, { cookies = {}, locale = 'en-US', mayReport } = {}) {
  const page = await browser.newPage({ viewport: { width: 1000, height: 760 }, locale });
  await page.context().addCookies(Object.entries(cookies).map(([name, value]) => ({ name, value, url })));
  page.setDefaultTimeout(patienceMs);
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    const isProblem = ['error', 'warning'].includes(message.type()) && !mayReport?.test(message.text());
    if (isProblem) problems.push(message.text());
  });
  await page.goto(url);
  page.on('load', () => problems.push('It has been loaded anew.'));
  return page;
}

function shooterOf(folder) {
  return async (page, name = 'page') => {
    mkdirSync(screenshots, { recursive: true });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({
        animations: 'disabled',
        path: join(screenshots, `${basename(folder)}-${name}-${colorScheme}.png`),
      });
    }
  };
}

async function until(what, condition, ms = patienceMs) {
  const deadline = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${what}.`);
    await pause(50);
  }
}
