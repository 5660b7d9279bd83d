// Pages that are left and come back out of the back/forward cache, in each engine of browsers.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { bundleEntry, desktop, waitFor } from './in-pages.mjs';

/** What a page holds when it is left. */
const cases = [
  { name: 'an overdue poll', query: { holds: 'localStorage' } },
  { name: 'IndexedDB', query: { holds: 'indexedDb' } },
  { name: 'a lock and a channel', isHolder: true, query: { holds: 'crossTab' } },
  { name: 'a stream', isHolder: true, query: { holds: 'localStorage', withStream: '' } },
  { name: 'all of them', isHolder: true, query: { holds: 'crossTab', withStream: '' } },
];

export async function runLeaving(browser, { project, sdkKey }) {
  const pages = await servePages(await bundleEntry(project, 'leaving'));
  const running = await browser.start();
  try {
    const problems = [];
    const kept = [];
    const untested = cases.filter(({ isHolder }) => isHolder && browser.keepsNoHolders).map(({ name }) => name);
    const tried = cases.filter(({ name }) => !untested.includes(name));
    for (const { name, query } of tried) {
      const found = await leave(running, pages, new URLSearchParams({ ...query, sdkKey }));
      problems.push(...found.map((problem) => `${name}: ${problem}`));
      if (found.length === 0) kept.push(name);
    }
    const figures = [
      `${running.version}, event.persisted was true with ${kept.join(', ')}`,
      untested.length > 0 && `untested, because this engine keeps no such pages: ${untested.join(', ')}`,
    ];
    return { text: undefined, figures: figures.filter(Boolean).join('; '), problems };
  } finally {
    await running.close();
    await pages.close();
  }
}

async function leave(running, pages, query) {
  const isWithStream = query.has('withStream');
  const page = await running.open(`${pages.url}/page?${query}`, desktop);
  const shows = (value, frames) =>
    waitFor(page, `seen.values.at(-1) === '${value}' && seen.frames >= ${isWithStream ? frames : 0}`);
  await shows(pages.now(), 1);
  if (query.get('holds') === 'crossTab') await waitFor(page, 'seen.locks === 1');
  // Another site, as most who leave go to.
  await page.go(`${pages.url.replace('127.0.0.1', 'localhost')}/elsewhere`);
  while (pages.streams() > 0) await pause(10);
  const { value, requests } = pages.change();
  await page.evaluate('void setTimeout(() => history.back())');
  const isBack = await waitFor(page, `location.pathname === '/page' && 'seen' in globalThis`);
  const persisted = isBack && JSON.parse(await page.evaluate('JSON.stringify(seen.persisted)'));
  // A page that was loaded anew shows the new value as well, which says nothing.
  if (!persisted.includes(true)) return [`untested: event.persisted was ${persisted}`];
  await shows(value, 2);
  const { warnings } = JSON.parse(await page.evaluate('JSON.stringify(seen)'));
  const later = pages.requests() - requests;
  await page.close();
  return [later !== 1 && `${later} requests after coming back`, ...warnings].filter(Boolean);
}

/** A server of pages with a script, of a config whose flag says how often it was changed, and of streams. */
async function servePages(script) {
  const counts = { value: 0, requests: 0, streams: 0 };
  const flag = () => `v${counts.value}`;
  const html = (body) =>
    `<!doctype html><meta charset="utf-8"><title>flags</title><link rel="icon" href="data:,">${body}`;
  const server = createServer((request, response) => {
    if (request.url.startsWith('/sse/')) {
      counts.streams++;
      response.once('close', () => counts.streams--);
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify({ greeting: { value: flag() } })}\n\n`);
    } else if (request.url.startsWith('/configuration-files/')) {
      counts.requests++;
      response.setHeader('Content-Type', 'application/json').setHeader('Cache-Control', 'no-store');
      response.end(JSON.stringify({ f: { greeting: { t: 1, v: { s: flag() } } } }));
    } else if (request.url === '/page.js') {
      response.setHeader('Content-Type', 'text/javascript; charset=utf-8').end(script);
    } else {
      const isPage = request.url.startsWith('/page?');
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(html(isPage ? '<script src="/page.js"></script>' : 'elsewhere'));
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    now: flag,
    change: () => {
      counts.value++;
      return { value: flag(), requests: counts.requests };
    },
    requests: () => counts.requests,
    streams: () => counts.streams,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
