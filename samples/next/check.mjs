import { checkReloads } from './reloads.mjs';

/** Looks at every kind of page, built both ways, and edits flags under its feet. */
export async function check({ start, edit, open, shoot, until }) {
  for (const CACHE_COMPONENTS of ['', 'yes']) {
    let before;
    await edit((config) => void (before = structuredClone(config)));
    await checkBuild({ server: await start({ CACHE_COMPONENTS }), edit, open, shoot, until });
    await edit((config) => Object.assign(config, before));
    await checkReloads({ CACHE_COMPONENTS });
  }
}

async function checkBuild({ server, edit, open, shoot, until }) {
  const url = /https?:\/\/[\w.:]+/.exec(await afterBuild(() => server.printed('The shop is open')))[0];
  const textOf = async (path, name = 'ben') =>
    (await fetch(`${url}${path}`, { headers: { cookie: `user=${name}` } })).text();
  const expectText = async (path, ...texts) => {
    const text = (await textOf(path)).replaceAll('<!-- -->', '');
    for (const wanted of texts) if (!text.includes(wanted)) throw new Error(`${path} has no "${wanted}":\n${text}`);
  };
  await expectText('/', 'Server: Hello!', 'Browser: Hello! You may upload 50 MB.');
  await expectText('/plain', 'Static: …! You may upload 0 MB.');
  await expectText('/stream', 'First: Hello!', 'Late: Hello!', 'The rest is on its way');
  if (!(await textOf('/checkout', 'kate')).includes('The old checkout'))
    throw new Error('The proxy leads Kate astray.');
  if (!(await textOf('/checkout', 'ben')).includes('Late')) throw new Error('The proxy leads Ben astray.');
  const { greeting } = JSON.parse(await textOf('/api/flags', 'kate'));
  if (greeting !== 'Guten Tag') throw new Error(`The route handler says "${greeting}".`);

  const shows = (page, ...texts) =>
    until(`the page to show ${texts.join(', ')}`, async () => {
      const shown = await page.innerText('body');
      return texts.every((text) => shown.includes(text));
    });
  const kate = await open(`${url}/`, { cookies: { user: 'kate' } });
  await shows(kate, 'Server: Guten Tag!', 'Browser: Guten Tag! You may upload 500 MB.');
  await shoot(kate, 'kate');
  const plain = await open(`${url}/plain`);
  await shows(plain, 'Static: Guten Tag! You may upload 500 MB.');
  const fetches = await plain.evaluate(
    () => performance.getEntriesByType('resource').filter(({ name }) => name.includes('configuration-files')).length,
  );
  if (fetches !== 1) throw new Error(`The static page has fetched ${fetches} times.`);
  const stream = await open(`${url}/stream`);
  await shows(stream, 'First: Hello!', 'Late: Hello!');

  await edit(({ f }) => {
    f.greeting.v.s = 'Howdy';
    f.newCheckout = { t: 0, v: { b: true } };
  });
  await shows(stream, 'First: Howdy!', 'Late: Howdy!');
  await until('the server to render the new greeting', async () => (await textOf('/')).includes('Howdy'));
  await until('the proxy to lead to the new checkout', async () =>
    (await textOf('/checkout', 'kate')).includes('Late'),
  );
  for (const page of [kate, plain, stream]) await page.close();
  await server.ended();
}

/** A build takes longer than anything else that is waited for. */
async function afterBuild(wait, tries = 6) {
  try {
    return await wait();
  } catch (error) {
    if (tries === 0 || !error.message.startsWith('Waited in vain')) throw error;
    return afterBuild(wait, tries - 1);
  }
}
