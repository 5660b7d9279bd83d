// Takes docs/inspector.png anew, of the built package: the sample's config, a flag with a prerequisite, and an edit.
//
//   npm run build && node tools/inspector-picture.mjs
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const place = mkdtempSync(join(tmpdir(), 'configcat-rx-picture-'));
const config = JSON.parse(readFileSync(join(root, 'samples/config.json'), 'utf8'));
writeFileSync(join(place, 'flags.json'), JSON.stringify(config));

const inspector = spawn(
  process.execPath,
  [join(root, Object.values(bin)[0]), 'inspect', '--json', '--file', 'flags.json'],
  {
    cwd: place,
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
try {
  const [line] = await once(inspector.stdout, 'data');
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, locale: 'en-US' });
  await page.goto(JSON.parse(line).url);
  await page.getByRole('textbox', { name: 'Identifier' }).fill('kate');
  await page.getByRole('textbox', { name: 'Email' }).fill('kate@example.com');
  await page.getByRole('textbox', { name: 'Country' }).fill('DE');
  await addAttribute(page, 'plan', 'text', 'pro');
  await addAttribute(page, 'age', 'number', '42');
  await page.getByRole('link', { name: 'expressDelivery' }).click();

  const [most, least] = config.f.newCheckout.p;
  [most.p, least.p] = [70, 30];
  writeFileSync(join(place, 'flags.json'), JSON.stringify(config));
  await page.getByText('expressDelivery (prerequisite)').waitFor();
  // The chart grows into its place.
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(root, 'docs/inspector.png'), fullPage: true });
} finally {
  await browser.close();
  inspector.kill('SIGINT');
  rmSync(place, { recursive: true });
}

async function addAttribute(page, name, type, value) {
  await page.getByRole('button', { name: 'Add attribute' }).click();
  await page.getByRole('textbox', { name: /^Name of attribute/ }).fill(name);
  await page.getByRole('combobox', { name: `Type of ${name}` }).selectOption(type);
  await page.getByRole('textbox', { name: `Value of ${name}` }).fill(value);
}
