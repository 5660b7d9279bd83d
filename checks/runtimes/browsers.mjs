// The engines of browsers, as Debian packs them, all with one face: a page can be opened, asked and photographed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { engines } from './installed.mjs';

const quiet = ['background-networking', 'component-update', 'sync'].map((name) => `--disable-${name}`);
const chromiumPath = '/usr/bin/chromium';
const firefoxPath = '/usr/bin/firefox-esr';
const startMs = 30_000;

/**
 * Each has the `needs` that may be missing, and `start()`, which gives a running browser: its `version`, `open(url, size)`
 * and `close()`; with `keepsNoHolders`, it was seen to keep no pages that hold a lock, a channel or a stream. A page has `go(url)`, `evaluate(expression)`, `photograph(path)` and `close()`.
 */
export const browsers = [
  { name: 'chromium', needs: [chromiumPath], start: startChromium },
  {
    name: 'firefox-esr',
    needs: [firefoxPath, join(engines, 'puppeteer-core')],
    start: startFirefox,
    // Firefox decides before it tells the page, which has no time to give anything up.
    keepsNoHolders: true,
  },
  {
    name: 'webkitgtk',
    needs: ['/usr/bin/WebKitWebDriver', '/usr/bin/Xvfb', miniBrowser(), join(engines, 'selenium-webdriver')],
    start: startWebKit,
  },
];

async function startChromium() {
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', ...quiet],
    // Pages that somebody may come back to live on, as they do for users.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
  return {
    version: browser.version(),
    open: async (url, viewport) => {
      const page = await browser.newPage({ viewport });
      await page.goto(url);
      return pageOf(page, () => page.close());
    },
    close: () => browser.close(),
  };
}

/** Firefox by WebDriver BiDi. */
async function startFirefox() {
  const { launch } = await importEngine('puppeteer-core');
  const browser = await launch({ browser: 'firefox', executablePath: firefoxPath, headless: true });
  return {
    version: (await browser.version()).replace(/^\w+\//, ''),
    open: async (url, viewport) => {
      const page = await browser.newPage();
      await page.setViewport(viewport);
      await page.goto(url);
      return pageOf(page, () => page.close());
    },
    close: () => browser.close(),
  };
}

/** The engine of Safari, as GTK has it, on a screen that nobody sees. */
async function startWebKit() {
  const { Builder, Capabilities } = (await importEngine('selenium-webdriver')).default;
  const screen = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1400x1000x24', '-nolisten', 'tcp']);
  const [number] = await once(screen.stdout, 'data');
  const port = await freePort();
  const driverProgram = spawn('WebKitWebDriver', ['-p', String(port)], {
    env: {
      ...process.env,
      DISPLAY: `:${String(number).trim()}`,
      LIBGL_ALWAYS_SOFTWARE: '1',
      // The sandbox needs rights that containers do not have; nothing is opened here but pages of our own.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
    },
    stdio: 'ignore',
  });
  const stop = () => {
    driverProgram.kill();
    screen.kill();
  };
  try {
    const capabilities = new Capabilities({
      browserName: 'MiniBrowser',
      'webkitgtk:browserOptions': { binary: miniBrowser(), args: ['--automation'] },
    });
    const connect = () => new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(capabilities).build();
    const driver = await retried(async () => {
      const built = await connect();
      await built.getSession();
      return built;
    });
    return {
      version: (await driver.getCapabilities()).get('browserVersion'),
      open: async (url, { width, height }) => {
        await driver.manage().window().setRect({ x: 0, y: 0, width, height });
        await driver.get(url);
        return {
          go: (next) => driver.get(next),
          evaluate: (expression) => driver.executeScript(`return (${expression})`),
          photograph: async (path) => writeFileSync(path, await driver.takeScreenshot(), 'base64'),
          // The driver ends with its last window.
          close: () => driver.get('about:blank'),
        };
      },
      close: async () => {
        await driver.quit().catch(() => undefined);
        stop();
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
}

function pageOf(page, close) {
  return {
    go: (next) => page.goto(next),
    evaluate: (expression) => page.evaluate(expression),
    photograph: (path) => page.screenshot({ path }),
    close,
  };
}

/** The browser that comes with WebKitGTK for tests. */
function miniBrowser() {
  const libraries = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
  const versions = existsSync(libraries) ? readdirSync(libraries).filter((name) => /^webkit2?gtk-/.test(name)) : [];
  const paths = versions.map((version) => join(libraries, version, 'MiniBrowser'));
  return paths.find((path) => existsSync(path)) ?? join(libraries, 'webkit2gtk-4.1/MiniBrowser');
}

function importEngine(name) {
  return import(createRequire(join(engines, 'index.js')).resolve(name));
}

/** Tries until it works: a driver that has just been started does not listen yet. */
async function retried(action) {
  const endAt = performance.now() + startMs;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (performance.now() > endAt) throw error;
      await pause(200);
    }
  }
}

async function freePort() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
