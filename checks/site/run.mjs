// Checks the site that `npm run docs` has built: no link of a page is dead, README's among them. In Chromium: no page is
// wider than a phone, and searches for what people look for lead to the guide first.
//
//   npm run docs && npm run site
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const site = fileURLToPath(new URL('../../docs/api', import.meta.url));
const phone = { width: 360, height: 740 };
const tabs = 3;
/** What is searched for, and where the first result must lead. */
const searches = {
  1103: 'documents/Troubleshooting.html#1103',
  webhook: 'documents/Changes_that_are_announced.html#webhooks',
  lazy: 'documents/Polling_modes_and_caching.html#lazy-loading',
  hydrate: 'documents/',
  hold: 'documents/Reading_flags.html#held-for-a-session',
  session: 'documents/Reading_flags.html#held-for-a-session',
  json: 'documents/Reading_flags.html#json',
  suspense: 'documents/React.html#waiting-for-the-first-config',
  prerequisite: 'documents/Concepts.html',
  offline: 'documents/Polling_modes_and_caching.html',
  relay: 'documents/Relay.html',
  ssr: 'documents/',
  mock: 'documents/Testing.html',
  rollout: 'documents/Users_and_targeting.html',
  vue: 'documents/Recipes.html#vue-svelte-solid-and-others',
  remote: 'documents/Pages_without_rules.html',
  postgres: 'documents/Sharing_one_fetch.html#the-same-in-postgresql',
  worker: 'documents/Recipes.html#cloudflare-workers-and-other-edge-functions',
  'kill switch': 'documents/Recipes.html#a-kill-switch',
  redis: 'documents/',
};
/** A name of the API must be among the first results, after the guides. */
const names = { createClient: 'functions/configcat-rx.createClient.html', lazyLoad: 'functions/' };

const files = readdirSync(site, { recursive: true })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.html') && !name.startsWith('media/'));
const problems = [];
checkLinks();
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
try {
  const startedAt = performance.now();
  await checkWidths();
  await checkSearch();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(
    `${files.length} pages at ${phone.width} px and ${Object.keys(searches).length} searches in ${seconds} s`,
  );
} finally {
  await browser.close();
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}

/** Pages of the site, and anchors in them; what lies on the web is not asked. */
function checkLinks() {
  const anchors = new Map();
  const anchorsOf = (path) => {
    if (!anchors.has(path)) {
      const ids = readFileSync(path, 'utf8').matchAll(/ id="([^"]+)"/g);
      anchors.set(path, new Set([...ids].map(([, id]) => decodeURIComponent(id))));
    }
    return anchors.get(path);
  };
  for (const file of files) {
    const text = readFileSync(join(site, file), 'utf8');
    for (const [, link] of text.matchAll(/<(?:a|img)\b[^>]* (?:href|src)="([^"]*)"/g)) {
      if (/^[a-z]+:/.test(link) || link === '#') continue;
      const [path, anchor] = decodeURIComponent(link).split('#');
      const target = path === '' ? join(site, file) : join(site, dirname(file), path);
      const isThere = existsSync(target) && (!anchor || !target.endsWith('.html') || anchorsOf(target).has(anchor));
      if (!isThere) problems.push(`${file} links to ${link}, which is not there.`);
    }
  }
}

async function checkWidths() {
  // Scripts move nothing sideways, and take most of the time that a page takes to load.
  const context = await browser.newContext({ viewport: phone, javaScriptEnabled: false });
  const left = [...files];
  await Promise.all(
    Array.from({ length: tabs }, async () => {
      const page = await context.newPage();
      for (let file = left.shift(); file !== undefined; file = left.shift()) {
        await page.goto(urlOf(file), { waitUntil: 'load' });
        const wide = await page.evaluate(widestOf);
        if (wide) problems.push(`${file} is ${wide.width} px wide at ${phone.width} px: ${wide.culprits.join(', ')}`);
      }
    }),
  );
  await context.close();
}

/** Runs in the page: how wide it is, and what stands out, when it is wider than the screen. */
function widestOf() {
  const { scrollWidth } = document.scrollingElement;
  if (scrollWidth <= globalThis.innerWidth) return undefined;
  const culprits = [...document.querySelectorAll('.col-content *, header *, footer *')]
    .filter((element) => element.getBoundingClientRect().right > globalThis.innerWidth + 1)
    .slice(0, 3)
    .map(({ tagName, className, textContent }) => `${tagName}.${className} "${textContent.trim().slice(0, 30)}"`);
  return { width: scrollWidth, culprits };
}

async function checkSearch() {
  const page = await browser.newPage({ viewport: phone });
  await page.goto(urlOf('index.html'));
  for (const [words, wanted] of Object.entries(searches)) {
    const [first = 'nothing'] = await search(page, words);
    if (!first.startsWith(wanted)) problems.push(`"${words}" finds ${first} first, not ${wanted}`);
  }
  for (const [name, wanted] of Object.entries(names)) {
    const found = await search(page, name);
    if (!found.some((url) => url.startsWith(wanted))) problems.push(`"${name}" does not find ${wanted}: ${found}`);
  }
  await page.close();
}

async function search(page, words) {
  await page.click('#tsd-search-trigger');
  await page.fill('#tsd-search-input', '');
  await page.waitForFunction(() => document.querySelectorAll('#tsd-search-results a').length === 0);
  await page.fill('#tsd-search-input', words);
  await page.waitForFunction(
    () => document.querySelectorAll('#tsd-search-results a, #tsd-search-status strong').length > 0,
  );
  const links = page.locator('#tsd-search-results a');
  const urls = await links.evaluateAll((all) => all.map((link) => link.href));
  await page.keyboard.press('Escape');
  return urls.map((url) => url.slice(urlOf('').length));
}

function urlOf(file) {
  return pathToFileURL(join(site, '/')).href + file;
}
