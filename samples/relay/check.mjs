import { expectNoSecrets, markRules } from '../secrets.mjs';

/**
 * Looks at both pages as somebody logs in, as flags are edited under their feet, and as the relay is started anew; and at all that
 * they have been sent.
 */
export async function check({ start, edit, open, record, shoot, until }) {
  await edit(markRules);
  let server = await start();
  const traffic = await record(await server.url());
  // Nobody answers while the relay is away.
  const mayReport = /Failed to load resource|could not be asked|The relay answered/;
  const pages = [];
  for (const name of ['react', 'angular']) pages.push(await open(`${traffic.url}/${name}/`, { mayReport }));
  const bothShow = async (...texts) => {
    for (const page of pages) {
      await until(`${page.url()} to show ${texts.join(', ')}`, async () => {
        const shown = await page.innerText('body');
        return texts.every((text) => shown.includes(text));
      });
    }
  };
  await bothShow('Hello, traveller', '€80.10', 'Live');
  const shootAll = async (what) => {
    for (const page of pages) await shoot(page, `${/react|angular/.exec(page.url())}-${what}`);
  };
  await shootAll('nobody');

  // The cookie says who it is, and the relay what that changes.
  for (const page of pages) await page.getByRole('button', { name: 'Kate' }).click();
  await bothShow('Guten Tag, Kate', '15 %', '€75.65', 'Choose your berth', '500');
  await shootAll('kate');
  for (const page of pages) await page.getByRole('button', { name: 'Ben' }).click();
  await bothShow('Hello, Ben', '10 %', '€80.10', 'Book with one click', 'goes ahead');

  await edit(({ f }) => {
    f.greeting.v.s = 'Howdy';
    f.discountRate.v.d = 0.25;
    f.darkMode.v.b = true;
  });
  await bothShow('Howdy, Ben', '25 %', '€66.75');
  for (const page of pages) await page.locator('.page.dark').waitFor();
  await shootAll('edited');

  await server.ended();
  await edit(({ f }) => {
    f.greeting.v.s = 'Welcome back';
    f.darkMode.v.b = false;
  });
  await bothShow('Howdy, Ben', 'The relay is away');
  await shootAll('away');
  server = await start({}, 'serve');
  traffic.leadTo(await server.url());
  await bothShow('Welcome back, Ben', 'Live');

  expectNoSecrets(
    traffic.text(),
    ...[
      '/react/assets/',
      '/angular/main-',
      'Guten Tag',
      'event: values',
      'event: changes',
      'event: goodbye',
      'Values only',
    ],
  );
  for (const page of pages) await page.close();
}
