import { expectNoSecrets, markRules } from '../secrets.mjs';

/** Looks at the pages, edits flags under their feet, and changes who is signed in. */
export async function check({ start, edit, open, record, shoot, until }) {
  await edit(markRules);
  const server = await start();
  const url = await server.url();
  const page = await open(url);
  const shows = (...texts) =>
    until(`the page to show ${texts.join(', ')}`, async () => {
      const shown = await page.innerText('body');
      return texts.every((text) => shown.includes(text));
    });
  const hides = (text) => until(`the page to hide ${text}`, async () => !(await page.innerText('body')).includes(text));

  await shows('Guten Tag, Kate', '€20.40', 'Continue to address', 'Address', '500 MB', 'Flags are up to date');
  await shoot(page, 'kate');

  await page.getByRole('link', { name: 'Workshop' }).click();
  await shows('All flags of Kate', 'uploadLimitMb', 'percentage', 'everyone');
  await shoot(page, 'workshop');
  await page.getByRole('button', { name: 'Ben' }).click();
  await shows('Hello, Ben', 'Door to door', 'Send it with one click', 'tomorrow', '50 MB');
  await hides('Workshop');

  await edit(({ f }) => {
    f.greeting.v.s = 'Howdy';
    f.discountRate.v.d = 0.25;
    f.darkMode.v.b = true;
    f.debugMenu.v.b = true;
  });
  await shows('Howdy, Ben', '25%', '€18.00', 'Workshop');
  await page.locator('.frame.dark').waitFor();
  await shoot(page, 'edited');

  // The guard waits for the config; a page that begins there shows nothing else first.
  const workshop = await open(`${url}/workshop`);
  await workshop.getByText('All flags of Kate').waitFor();

  await checkLabel({ url, open, record, shoot });
}

/** Looks at the page that is given values only: that it is rendered, comes alive as it was, and was told nothing else. */
async function checkLabel({ url, open, record, shoot }) {
  const traffic = await record(url);
  const page = await open(`${traffic.url}/label?user=kate`);
  const rendered = await (await fetch(`${url}/label?user=kate`)).text();
  await page.getByRole('button', { name: 'It is on the parcel' }).click();
  await page.getByRole('button', { name: 'Well stuck' }).waitFor();
  const shown = await page.innerText('body');
  for (const text of ['Guten Tag, Kate', '15%', '€20.40', 'Bring it to a shop']) {
    if (!shown.includes(text)) throw new Error(`The label does not show "${text}".`);
    if (!rendered.includes(text)) throw new Error(`The server has not rendered "${text}".`);
  }
  const { pathname } = new URL(await page.evaluate(() => document.querySelector('script[src]').src));
  await shoot(page, 'label');
  expectNoSecrets(traffic.text(), 'Guten Tag', pathname, 'Bring it to a shop', 'Values only');
  await page.close();
}
