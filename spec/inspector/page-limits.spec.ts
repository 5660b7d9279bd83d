import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { bundlePrograms } from '../../tools/bundle.mjs';
import { startBrowser } from '../support/browser';
import type { CliRun } from '../support/command-line';
import { startCli } from '../support/command-line';
import { part } from '../support/part';

const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const text = (s: string) => ({ t: 1, v: { s } });

part('chromium')('the page of the inspector, with what configs may hold', () => {
  let folder: string;
  let browser: Browser;
  let problems: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'configcat-rx-'));
    [browser] = await Promise.all([startBrowser(), bundlePrograms({ root: join(__dirname, '../..'), dist: folder })]);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    problems = [];
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    expect(problems).toEqual([]);
  });

  const write = (f: Readonly<Record<string, object>>) => {
    writeFileSync(join(folder, 'flags.json'), JSON.stringify({ f }));
  };

  async function inspect(f: Readonly<Record<string, object>>): Promise<{ url: string; run: CliRun }> {
    write(f);
    return inspectAt('--file', join(folder, 'flags.json'));
  }

  async function inspectAt(...source: readonly string[]): Promise<{ url: string; run: CliRun }> {
    const run = startCli(['inspect', '--json', ...source], { pageFolder: join(folder, 'inspector') });
    return { url: (JSON.parse(await run.printed('\n')) as { url: string }).url, run };
  }

  async function open(url: string, options = desktop): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage();
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.goto(url);
    return page;
  }

  const flagsOf = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`flag${i}`, text(`value ${i}`)]));

  it.each([
    ['25 flags on a desktop', 25, desktop],
    ['5,000 flags on a desktop', 5_000, desktop],
    ['25 flags on a phone', 25, phone],
    ['5,000 flags on a phone', 5_000, phone],
  ])(
    'keeps the answer in sight: %s',
    async (_, count, options) => {
      const page = await open((await inspect(flagsOf(count))).url, options);
      const isInSight = (name: string) =>
        page.evaluate((key) => {
          const title = document.getElementById('flag-title');
          const box = title?.getBoundingClientRect();
          return title?.textContent === key && box!.top >= 0 && box!.bottom <= innerHeight;
        }, name);
      for (const i of [count - 1, Math.floor(count / 2), 1]) {
        await page.locator('.flags a').nth(i).click();
        await page.getByRole('heading', { level: 1, name: `flag${i}`, exact: true }).waitFor();
        expect([i, await isInSight(`flag${i}`)]).toEqual([i, true]);
      }
      // The page is no longer than its answer, whatever the list.
      expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(2_500);
      if (options === phone) {
        await page.getByRole('button', { name: 'To the list of flags' }).click();
        expect(await page.locator('nav').evaluate((list) => list.getBoundingClientRect().top >= -1)).toBe(true);
        await page.goto(`${page.url().split('#')[0]!}#flag=flag2`);
        await page.reload();
        await page.waitForSelector('.tree');
        expect(await isInSight('flag2')).toBe(true);
      }
    },
    120_000,
  );

  it('shows the answer from its beginning after one has read on', async () => {
    const rules = Array.from({ length: 80 }, (_, i) => ({
      c: [{ u: { a: 'Email', c: 28, s: String(i) } }],
      s: { v: { s: String(i) } },
    }));
    const page = await open((await inspect({ long: { ...text('x'), r: rules }, other: text('y') })).url);
    await page.waitForSelector('.tree');
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await page.getByRole('link', { name: /other/ }).click();
    await page.getByRole('heading', { level: 1, name: 'other' }).waitFor();
    expect(await page.locator('h1').evaluate((title) => title.getBoundingClientRect().top >= 0)).toBe(true);
  });

  it('folds long texts until they are asked for', async () => {
    const long = 'long '.repeat(2_000);
    const rule = { c: [{ u: { a: 'plan', c: 28, s: long } }], s: { v: { s: long } } };
    const { url } = await inspect({ folded: { ...text(long), r: [rule] }, other: text(`other ${long}`) });
    const page = await open(url);
    await page.waitForSelector('.tree');
    expect((await page.locator('main').innerText()).length).toBeLessThan(3_000);
    const value = page.getByTestId('value');
    await value.getByRole('button', { name: 'all 10,002 characters' }).click();
    expect(await value.innerText()).toContain(JSON.stringify(long));
    // The page redraws itself at each poll, and leaves it open.
    const polls = await page.locator('.status dd', { hasText: 'each' }).innerText();
    await page.locator('.status dd', { hasText: 'each', hasNotText: polls }).waitFor();
    expect(await value.getByRole('button').getAttribute('aria-expanded')).toBe('true');
    await page.getByRole('link', { name: /other/ }).click();
    await page.getByRole('heading', { level: 1, name: 'other' }).waitFor();
    expect((await value.innerText()).length).toBeLessThan(400);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  });

  it('writes out what would turn text round or hide in it', async () => {
    const evil = 'nimda\u202e\u2066\u200f\u0085end';
    const rule = { c: [{ u: { a: evil, c: 28, s: evil } }], s: { v: { s: evil }, i: evil } };
    const { url } = await inspect({ [evil]: { ...text(evil), r: [rule] } });
    const page = await open(`${url}#${new URLSearchParams({ flag: evil }).toString()}`);
    await page.waitForSelector('.tree');
    write({ [evil]: text(`${evil}2`) });
    await page.locator('.timeline li').waitFor();
    const shown = (await page.evaluate(() => document.body.innerText)) + (await page.title());
    expect(shown).not.toMatch(/[\u0080-\u009f]|\p{Bidi_Control}/u);
    expect(shown).toContain(String.raw`nimda\u202e\u2066\u200f\u0085end2`);
    expect(await page.locator('h1').innerText()).toBe(String.raw`nimda\u202e\u2066\u200f\u0085end`);
  });

  it('shows a flag whose key is empty, as far as it goes', async () => {
    const { url } = await inspect({ '': { t: 0, v: { b: true } }, other: text('x') });
    const page = await open(url);
    await page.getByRole('heading', { level: 1, name: '(empty key)' }).waitFor();
    expect(await page.getByTestId('value').innerText()).toBe('true');
    write({ '': { t: 0, v: { b: false } }, other: text('x') });
    await page.locator('.flag-header .value', { hasText: 'false' }).waitFor();
    expect(await page.locator('.timeline summary').innerText()).toContain('true → false');
    await page.getByRole('link', { name: /other/ }).click();
    await page.getByRole('heading', { level: 1, name: 'other' }).waitFor();
    await page.getByRole('link', { name: /empty key/ }).click();
    await page.getByRole('heading', { level: 1, name: '(empty key)' }).waitFor();
  });

  it('says that the command has ended, not that something failed to fetch', async () => {
    const { url, run } = await inspect({ flag: text('x') });
    const page = await open(url);
    await page.waitForSelector('.tree');
    run.end();
    await run.code;
    await page.locator('.status .error').waitFor();
    expect(await page.locator('.status .error').innerText()).toMatch(
      /^`configcat-rx inspect` does not answer: it has ended/,
    );
    expect(await page.getByTestId('value').innerText()).toBe('"x"');
  });

  it('says that it waits while a slow server answers, and why there is no config', async () => {
    const waiting: ServerResponse[] = [];
    let isSlow = true;
    const server = createServer((_, response) => {
      if (isSlow) waiting.push(response);
      else response.writeHead(500).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/config.json`;
    try {
      const page = await open((await inspectAt('--url', address, '--interval', '1')).url);
      const message = page.locator('main [role=status]');
      await message.waitFor();
      expect(await message.innerText()).toBe('The config is being fetched…');
      isSlow = false;
      for (const response of waiting) response.writeHead(500).end();
      await page.locator('.status .error').waitFor();
      expect(await message.innerText()).toBe('There is no config: the reason stands above.');
      expect(await page.locator('.status .error').innerText()).toContain('500');
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
