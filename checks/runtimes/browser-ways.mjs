// Each entry of the package that is for browsers, and the inspector, in each engine of browsers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { browsers } from './browsers.mjs';
import { engines } from './installed.mjs';
import { bundleEntry, desktop, waitFor } from './in-pages.mjs';
import { runLeaving } from './leaving.mjs';

const photographs = fileURLToPath(new URL('screenshots', import.meta.url));
const phone = { width: 390, height: 844 };

/** Entries by the name of the program that uses them. */
const entries = ['root', 'browser', 'proxy-stream', 'react'];

export const browserWays = browsers.flatMap((browser) => [
  ...entries.map((entry) => ({
    name: `${browser.name}, ${entry}`,
    needs: [...browser.needs, ...(entry === 'react' ? [join(engines, 'react-dom')] : [])],
    isUsual: false,
    run: (where) => runEntry(browser, entry, where),
  })),
  {
    name: `${browser.name}, leaving and coming back`,
    needs: browser.needs,
    isUsual: false,
    run: (where) => runLeaving(browser, where),
  },
  {
    name: `${browser.name}, inspector`,
    needs: browser.needs,
    isUsual: false,
    run: (where) => runInspector(browser, where),
  },
]);

async function runEntry(browser, entry, { project, url, sdkKey }) {
  const pages = await servePages(await bundleEntry(project, entry));
  let running;
  const end = async () => {
    await running?.close();
    await pages.close();
  };
  try {
    running = await browser.start();
    const query = new URLSearchParams({ url: entry === 'proxy-stream' ? pages.url : url, sdkKey });
    const page = await running.open(`${pages.url}/?${query}`, desktop);
    const text = await waitFor(page, 'document.body.dataset.result');
    return { text, figures: running.version, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** A page with a script, and a ConfigCat Proxy that says `one` first and `two` a second later. */
async function servePages(script) {
  const html = `<!doctype html><meta charset="utf-8"><title>flags</title><link rel="icon" href="data:,">
    <body><div id="root"></div><script>
      onerror = (message) => void (document.body.dataset.result = 'Error: ' + message);
      onunhandledrejection = ({ reason }) => void (document.body.dataset.result = 'Rejection: ' + reason);
    </script><script src="/page.js"></script>`;
  const server = createServer((request, response) => {
    if (request.url.startsWith('/sse/')) {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      const send = (value) => response.write(`data: ${JSON.stringify({ greeting: { value } })}\n\n`);
      send('one');
      setTimeout(send, 1000, 'two');
    } else if (request.url === '/page.js') {
      response.setHeader('Content-Type', 'text/javascript; charset=utf-8').end(script);
    } else {
      response.setHeader('Content-Type', 'text/html; charset=utf-8').end(html);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Shows 25 and 5,000 flags in a window of a desktop and of a phone, and chooses the last one. */
async function runInspector(browser, { place, project }) {
  mkdirSync(photographs, { recursive: true });
  const running = await browser.start();
  const problems = [];
  try {
    for (const count of [25, 5_000]) {
      const file = join(place, `${browser.name}-${count}.json`);
      writeFileSync(file, JSON.stringify(configOf(count)));
      const inspector = await startInspector(project, file);
      try {
        for (const [device, size] of Object.entries({ desktop, phone })) {
          const page = await running.open(inspector.url, size);
          problems.push(...(await lookAt(page, count)).map((problem) => `${count} flags, ${device}: ${problem}`));
          await page.photograph(join(photographs, `${browser.name}-${count}-${device}.png`));
          await page.close();
        }
      } finally {
        await inspector.end();
      }
    }
    return { text: undefined, figures: `${running.version}, screenshots are in ${photographs}`, problems };
  } finally {
    await running.close();
  }
}

async function lookAt(page, count) {
  await waitFor(page, `document.querySelectorAll('.flags a').length === ${count} && !!document.querySelector('.tree')`);
  const last = `flag${count - 1}`;
  await page.evaluate(`(() => {
    onerror = (message) => { document.body.dataset.error = message; };
    const links = document.querySelectorAll('.flags a');
    const link = links[links.length - 1];
    link.scrollIntoView();
    link.click();
  })()`);
  await waitFor(page, `document.getElementById('flag-title')?.textContent === '${last}'`);
  await page.evaluate(`(() => {
    const field = document.querySelector('[name=identifier]');
    field.value = 'kate';
    field.dispatchEvent(new Event('input'));
  })()`);
  await waitFor(page, `document.querySelector('[data-testid=value]').textContent === '"for kate"'`);
  // What is drawn last is the chart.
  await waitFor(page, `(document.querySelector('canvas')?.width ?? 0) > 100`);
  const { isInSight, isWide, error } = await page.evaluate(`(() => {
    const { top, bottom } = document.getElementById('flag-title').getBoundingClientRect();
    const { scrollWidth } = document.documentElement;
    const error = document.body.dataset.error;
    return { isInSight: top >= 0 && bottom <= innerHeight, isWide: scrollWidth > innerWidth, error: error ?? null };
  })()`);
  return [
    !isInSight && 'the answer is out of sight',
    isWide && 'the page has to be scrolled sideways',
    error && `an error: ${error}`,
  ].filter(Boolean);
}

function configOf(count) {
  const r = [{ c: [{ u: { a: 'Identifier', c: 28, s: 'kate' } }], s: { v: { s: 'for kate' } } }];
  const flag = {
    t: 1,
    r,
    p: [
      { p: 30, v: { s: 'a third' } },
      { p: 70, v: { s: 'the rest' } },
    ],
    v: { s: 'x' },
  };
  return { f: Object.fromEntries(Array.from({ length: count }, (_, i) => [`flag${i}`, flag])) };
}

async function startInspector(project, file) {
  const folder = join(project, 'node_modules/configcat-rx');
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const program = spawn(process.execPath, [join(folder, Object.values(bin)[0]), 'inspect', '--json', '--file', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(program.stdout, 'data');
  return {
    url: JSON.parse(line).url,
    end: async () => {
      const ended = once(program, 'exit');
      program.kill('SIGINT');
      await ended;
    },
  };
}
