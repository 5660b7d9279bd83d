import { expectAllSecrets, expectNoSecrets, markRules } from '../secrets.mjs';
import { checkReloads } from './reloads.mjs';

/** Looks at the page before and after it comes alive, edits flags under its feet, and changes the visitor. */
export async function check({ start, edit, open, record, shoot, until }) {
  await edit(markRules);
  const server = await start();
  const traffic = await record(await server.url());
  const { url } = traffic;
  const rendered = await (await fetch(`${url}/?user=kate`)).text();
  for (const text of ['Guten Tag', '€211.65', 'Continue to address', '500 MB']) {
    if (!rendered.includes(text)) throw new Error(`The server has not rendered "${text}".`);
  }

  const page = await open(`${url}/?user=kate`);
  const shows = (...texts) =>
    until(`the page to show ${texts.join(', ')}`, async () => {
      const shown = await page.innerText('body');
      return texts.every((text) => shown.includes(text));
    });
  await shows('Guten Tag, Kate', '€211.65', 'Continue to address', '500 MB', 'Flags are up to date', 'percentage');
  await shoot(page, 'kate');

  await page.getByRole('button', { name: 'Ben' }).click();
  await shows('Hello, Ben', '€224.10', 'Buy now with one click', 'tomorrow', '50 MB', 'Only staff may look here.');

  await edit(({ f }) => {
    f.greeting.v.s = 'Howdy';
    f.discountRate.v.d = 0.2;
    f.darkMode.v.b = true;
  });
  await shows('Howdy, Ben', '20 %', '€199.20');
  await page.locator('.page.dark').waitFor();
  await shoot(page, 'edited');
  expectAllSecrets(traffic.text());
  await page.close();
  await checkReceipt({ url: await server.url(), open, record, shoot });
  await checkReloads();
}

/** Looks at the page that is given values only: what it shows, that it comes alive, and that it was told nothing else. */
async function checkReceipt({ url, open, record, shoot }) {
  const traffic = await record(url);
  const page = await open(`${traffic.url}/receipt?user=kate`);
  await page.getByRole('button', { name: 'Say thanks' }).click();
  await page.getByRole('button', { name: 'You are welcome' }).waitFor();
  const shown = await page.innerText('body');
  for (const text of ['Guten Tag, Kate', '15 %', '€211.65', 'in 5 days']) {
    if (!shown.includes(text)) throw new Error(`The receipt does not show "${text}".`);
  }
  await shoot(page, 'receipt');
  expectNoSecrets(traffic.text(), 'Guten Tag', '/src/receipt-browser.tsx', 'useSyncExternalStore');
  await page.close();
}
