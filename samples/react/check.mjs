import { checkReloads } from './reloads.mjs';

/** Looks at the page before and after it comes alive, edits flags under its feet, and changes the visitor. */
export async function check({ start, edit, open, shoot, until }) {
  const server = await start();
  const url = await server.url();
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
  await checkReloads();
}
