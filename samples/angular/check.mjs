/** Looks at both pages, edits flags under their feet, and changes who is signed in. */
export async function check({ start, edit, open, shoot, until }) {
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
}
