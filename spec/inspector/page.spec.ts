import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { createClientWithManualPoll } from '../../src/index';
import { varyAttribute } from '../../src/inspector/population';
import { startConfigServer } from '../../src/server/index';
import { bundlePrograms } from '../../tools/bundle.mjs';
import { startBrowser } from '../support/browser';
import { startCli } from '../support/command-line';
import { part } from '../support/part';

const root = join(__dirname, '../..');
const sample = readFileSync(join(root, 'samples/config.json'), 'utf8');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const sdkKey = 'configcat-sdk-1/abcdefghijklmnopqrstuv/abcdefghijklmnopq-last';

part('chromium')('the page of the inspector', () => {
  let folder: string;
  let file: string;
  let browser: Browser;
  /** What the page has complained of, and what it has asked others. */
  let problems: string[];
  let asked: Set<string>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'configcat-rx-'));
    file = join(folder, 'flags.json');
    [browser] = await Promise.all([startBrowser(), bundlePrograms({ root, dist: folder })]);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    writeFileSync(file, sample);
    [problems, asked] = [[], new Set()];
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  async function inspect(...args: readonly string[]): Promise<string> {
    const inspecting = startCli(['inspect', '--json', ...(args.length > 0 ? args : ['--file', file])], {
      pageFolder: join(folder, 'inspector'),
    });
    return (JSON.parse(await inspecting.printed('\n')) as { url: string }).url;
  }

  async function open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })).newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('request', (request) => asked.add(new URL(request.url()).origin));
    await page.goto(url);
    await page.waitForSelector('.tree');
    return page;
  }

  function placeOf(flag: string, user: object = {}): string {
    return `#${new URLSearchParams({ flag, user: JSON.stringify(user) }).toString()}`;
  }

  const value = (page: Page) => page.getByTestId('value').innerText();
  const treeOf = async (page: Page) =>
    (await page.locator('.tree li > p').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
  /** Lets the page draw what has been done: it draws once per frame. */
  const drawn = (page: Page) =>
    page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const shows = (page: Page, text: string) => page.locator('.flag-header .value', { hasText: text }).waitFor();

  it('shows all flags, and one of them in full', async () => {
    const page = await open(await inspect());
    expect(await page.locator('.flags .key').allInnerTexts()).toEqual(
      Object.keys((JSON.parse(sample) as { f: object }).f),
    );
    await page.getByRole('link', { name: /discountRate/ }).click();
    await page.getByRole('heading', { level: 1, name: 'discountRate' }).waitFor();
    expect(await value(page)).toBe('0.1');
    expect(await page.title()).toBe('discountRate: flags');
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'darkMode' }).waitFor();
    await page.getByLabel('Find a flag').fill('LIMIT');
    await drawn(page);
    expect(await page.locator('.flags .key').allInnerTexts()).toEqual(['uploadLimitMb']);
    expect(problems).toEqual([]);
  });

  it('evaluates for a user who is edited, and remembers them in the address', async () => {
    const url = await inspect();
    const page = await open(url + placeOf('uploadLimitMb'));
    expect(await treeOf(page)).toContain('! Rule 1: 500 (758710c1) (cannot be evaluated) User Object is missing');
    await page.getByRole('textbox', { name: 'Identifier' }).fill('kate');
    await page.getByRole('button', { name: 'Add attribute' }).click();
    await page.getByLabel('Name of attribute 1').fill('plan');
    await page.getByLabel('Value of plan').fill('pro');
    await shows(page, '500');
    expect(await treeOf(page)).toEqual([
      '● uploadLimitMb = 500 (served)',
      '● Rule 1: 500 (758710c1) (served)',
      "✓ User.plan IS ONE OF ['pro', 'team'] (holds) User.plan is \"pro\"",
      '· Otherwise 50 (e2e7eb6b) (not looked at)',
    ]);

    const twin = await open(page.url());
    expect(await value(twin)).toBe('500');
    expect(await twin.getByRole('textbox', { name: 'Identifier' }).inputValue()).toBe('kate');
    await twin.getByRole('button', { name: 'Remove plan' }).click();
    await shows(twin, '50');
    await twin.goBack();
    await shows(twin, '500');
    expect(problems).toEqual([]);
    expect([...asked]).toEqual([new URL(url).origin]);
  });

  it('counts what its client does', async () => {
    const page = await open((await inspect()) + placeOf('newCheckout', { identifier: 'kate' }));
    // Ten thousand users are simulated, of whom each has one variation.
    await page.getByTestId('exposures').getByText('10,000').waitFor();
    expect(await page.getByTestId('evaluations').innerText()).toMatch(/^[\d,]+ per second$/);
    await page.getByLabel('How many').selectOption('100');
    await page.getByRole('textbox', { name: 'Identifier' }).fill('jack');
    await drawn(page);
    const evaluations = page.getByTestId('evaluations').getByText(/^[1-9]/);
    await page.getByLabel('How many').selectOption('100000');
    await evaluations.waitFor();
    expect(await page.locator('.status dd', { hasText: 'each' }).innerText()).toMatch(/^[1-9]\d*, each \d+ s$/);
    expect(problems).toEqual([]);
  });

  it('takes attributes of all types', async () => {
    const rule = (u: object, s: string) => ({ c: [{ u }], s: { v: { s } } });
    const r = [
      rule({ a: 'age', c: 14, d: 41 }, 'number'),
      rule({ a: 'since', c: 18, d: 1_600_000_000 }, 'date'),
      rule({ a: 'tags', c: 34, l: ['red'] }, 'list'),
    ];
    writeFileSync(file, JSON.stringify({ f: { typed: { t: 1, r, v: { s: 'none' } } } }));
    const page = await open((await inspect()) + placeOf('typed', { custom: [['x', 'text', '']] }));
    expect(await value(page)).toBe('"none"');
    for (const [name, type, text] of [
      ['tags', 'list', 'green, red'],
      ['since', 'date', '2020-01-01T00:00Z'],
      ['age', 'number', '42'],
    ] as const) {
      await page.getByLabel(/^Name of/).fill(name);
      await page.getByLabel(/^Type of/).selectOption(type);
      await page.getByLabel(/^Value of/).fill(text);
      await shows(page, type);
    }
    expect(await treeOf(page)).toContain("✓ User.age > '41' (holds) User.age is 42");
    expect(problems).toEqual([]);
  });

  it('loses no edit that comes before the last one is drawn', async () => {
    const page = await open((await inspect()) + placeOf('uploadLimitMb', { custom: [['x', 'text', '']] }));
    await page.evaluate(() => {
      const edit = (label: string, text: string, type = 'input') => {
        const field = document.querySelector<HTMLInputElement>(`[aria-label="${label}"]`)!;
        field.value = text;
        field.dispatchEvent(new Event(type));
      };
      edit('Name of x', 'plan');
      edit('Type of x', 'list', 'change');
      edit('Type of x', 'text', 'change');
      edit('Value of x', 'pro');
      const clickOn = (selector: string) => document.querySelector<HTMLElement>(selector)!.click();
      clickOn('.user > button');
      clickOn('.flags li:last-child a');
      clickOn('.flags li:first-child a');
    });
    await page.getByLabel('Name of attribute 2').waitFor();
    expect(Object.fromEntries(new URLSearchParams(new URL(page.url()).hash.slice(1)))).toEqual({
      flag: 'darkMode',
      user: JSON.stringify({
        custom: [
          ['plan', 'text', 'pro'],
          ['', 'text', ''],
        ],
      }),
    });
    expect(problems).toEqual([]);
  });

  it('shows a change of the file as it comes, with what differs', async () => {
    const page = await open((await inspect()) + placeOf('expressDelivery', { identifier: 'kate', country: 'US' }));
    expect(await value(page)).toBe('false');
    writeFileSync(
      file,
      sample
        .replace('"p": 50, "v": { "b": true }', '"p": 95, "v": { "b": true }')
        .replace('"p": 50, "v": { "b": false }', '"p": 5, "v": { "b": false }'),
    );
    await shows(page, 'true');
    expect(await treeOf(page)).toContain("✓ Flag 'newCheckout' EQUALS 'true' (holds)");
    expect(await page.locator('.timeline summary').allInnerTexts()).toEqual([
      'newCheckout (own-rules) false → true',
      'expressDelivery (prerequisite) false → true',
    ]);
    expect(await page.locator('.diff .added').allInnerTexts()).toEqual([
      "+ 95%: 'true' (14643dae)",
      "+ 5%: 'false' (4ec4309b)",
    ]);
    expect(await page.locator('.flags li', { hasText: 'newCheckout' }).innerText()).toMatch(/changed \d/);
    expect(problems).toEqual([]);
  });

  it('splits users exactly as the engine does, by any attribute', async () => {
    const page = await open((await inspect()) + placeOf('newCheckout', { identifier: 'kate', email: 'k@example.com' }));
    const client = createClientWithManualPoll(sdkKey, {
      fetch: () => Promise.resolve(new Response(sample)),
    });
    await client.forceRefresh();
    const engine = (attribute: string, size: number) => {
      const shares = new Map<string, number>();
      for (const user of varyAttribute({ identifier: 'kate', email: 'k@example.com' }, attribute, size)) {
        const name = String(client.snapshot().value('newCheckout', null, user));
        shares.set(name, (shares.get(name) ?? 0) + 1);
      }
      return Object.fromEntries(shares);
    };
    const shown = async () =>
      Object.fromEntries(
        await page
          .locator('.shares tbody tr')
          .evaluateAll((rows) =>
            rows.map((row) => [
              row.querySelector('td')!.textContent,
              Number(row.querySelector<HTMLElement>('[data-users]')!.dataset.users),
            ]),
          ),
      ) as unknown;
    expect(await shown()).toEqual(engine('Identifier', 10_000));
    await page.getByLabel('How many').selectOption('100000');
    await drawn(page);
    expect(await shown()).toEqual(engine('Identifier', 100_000));
    await page.getByLabel('Users who differ in').selectOption('Email');
    await drawn(page);
    expect(await shown()).toEqual({ false: 100_000 });
    client.dispose();
    // Bars as long as the shares.
    await page.getByLabel('Users who differ in').selectOption('Identifier');
    await drawn(page);
    const { width, isDrawn } = await page.locator('canvas').evaluate((canvas: HTMLCanvasElement) => ({
      width: canvas.width,
      isDrawn: canvas
        .getContext('2d')!
        .getImageData(0, 0, canvas.width, canvas.height)
        .data.some((part) => part > 0),
    }));
    expect([width > 300, isDrawn]).toEqual([true, true]);
    expect(problems).toEqual([]);
  });

  it('says what is wrong, keeps the last good state, and recovers', async () => {
    const page = await open((await inspect()) + placeOf('greeting'));
    writeFileSync(file, '{"f":');
    const error = page.locator('.status .error');
    await error.waitFor();
    expect(await error.innerText()).toMatch(/is no config JSON: /);
    expect(await value(page)).toBe('"Hello"');
    writeFileSync(file, sample.replace('"Hello"', '"Ahoy"'));
    await page.getByRole('button', { name: 'Look now' }).click();
    await shows(page, 'Ahoy');
    await error.waitFor({ state: 'detached' });
    expect(await page.locator('.status dd').last().innerText()).not.toBe('0');
  });

  it('shows text of configs as text', async () => {
    const text = '<img src=x onerror=alert(1)>';
    writeFileSync(
      file,
      JSON.stringify({
        f: Object.fromEntries(['__proto__', 'constructor', text].map((key) => [key, { t: 1, v: { s: text } }])),
      }),
    );
    const page = await open(
      (await inspect()) + placeOf('__proto__', { identifier: text, custom: [['__proto__', 'text', text]] }),
    );
    expect(await page.locator('.flags .key').allInnerTexts()).toEqual(['__proto__', 'constructor', text]);
    expect(await value(page)).toBe(JSON.stringify(text));
    expect(await page.locator('img').count()).toBe(0);
    expect(problems).toEqual([]);
  });

  it('follows a server by an SDK key that the browser never learns', async () => {
    const server = await startConfigServer({ configs: { [sdkKey]: file } });
    try {
      const url = await inspect('--url', server.url, '--sdk-key', sdkKey, '--interval', '1');
      const page = await open(url + placeOf('greeting'));
      const bodies: string[] = [];
      page.on('response', (response) => {
        void response.text().then(
          (body) => bodies.push(body, response.url()),
          () => undefined,
        );
      });
      server.setFaults('*', { kind: 'status', status: 403 });
      await page.locator('.status .error').waitFor();
      expect(await page.locator('.status .error').innerText()).toContain('Your SDK Key seems to be wrong');
      expect(`${await page.content()}${bodies.join()}`).not.toContain('abcdefghijklmnopqrstuv');
    } finally {
      await server.close();
    }
  });

  it('can be used by keyboard', async () => {
    const page = await open(await inspect());
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('To the flag');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('detail');
    await page.getByLabel('Find a flag').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'debugMenu' }).waitFor();
  });

  it.each<[string, BrowserContextOptions]>([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
  ])('is accessible and fits: %s', async (_, options) => {
    const page = await open(
      (await inspect()) + placeOf('expressDelivery', { identifier: 'kate', custom: [['plan', 'text', 'pro']] }),
      options,
    );
    writeFileSync(file, sample.replace('"SE"', `"${'PT'.repeat(200)}"`));
    await page.locator('.timeline li').waitFor();
    await page.evaluate(axe);
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
    expect(violations).toEqual([]);
    // Nothing has to be scrolled sideways.
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    expect(problems).toEqual([]);
  });
});
