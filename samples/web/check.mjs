import { spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';

const redisPath = '/usr/bin/redis-server';

/** Looks at what visitors get, and at how edits, webhooks and a Redis bring it to their pages. */
export async function check(stage) {
  await checkPages(stage);
  await checkWebhook(stage);
  if (existsSync(redisPath)) await checkRedis(stage);
  else if (process.env.CI === 'true') throw new Error(`It needs Redis as ${redisPath}.`);
  else console.log(`      web: without Redis, as there is no ${redisPath}`);
}

async function checkPages({ start, edit, open, shoot, until }) {
  const server = await start();
  const url = await server.url();
  const kate = await open(url, { cookies: { visitor: 'kate', plan: 'pro' }, locale: 'de-DE' });
  const ben = await open(url, { cookies: { visitor: 'ben' } });
  await shows(until, kate, 'Guten Tag', '€30.60', '2 hours', 'Choose your seats', '500 MB', 'Live');
  await shows(until, ben, 'Hello', '€32.40', '40 minutes', 'Buy with one click', '50 MB', 'Live');
  await shoot(kate, 'kate');

  await edit(({ f }) => {
    f.greeting.v.s = 'Ahoy <b>there</b>';
    f.discountRate.v.d = 0.25;
    f.darkMode.v.b = true;
  });
  await shows(until, ben, 'Ahoy <b>there</b>', '25 %', '€27.00');
  await shows(until, kate, 'Guten Tag', '€30.60');
  await ben.locator('html.dark').waitFor();
  await shoot(ben, 'edited');

  const [first, second] = await Promise.all([visit(url), visit(url)]);
  if (!first.cookie || first.cookie === second.cookie) throw new Error('Visitors get no ids of their own.');
  if (!first.text.includes('Ahoy &lt;b&gt;there&lt;/b&gt;')) throw new Error('Texts of flags are not escaped.');
  if (!/default-src 'none'/.test(first.policy)) throw new Error(`The policy is not strict: ${first.policy}`);
  const other = await fetch(`${url}/somebody-else`, { method: 'POST', redirect: 'manual' });
  if (other.status !== 303 || !/^visitor=/.test(other.headers.get('Set-Cookie'))) throw new Error('Nobody else comes.');
  const closed = await fetch(`${url}/webhook`, { method: 'POST' });
  if (closed.status !== 404) throw new Error('There is a webhook without a signing key.');
  // A page reports that its stream of changes has ended.
  await kate.close();
  await ben.close();
}

/** With a signing key nothing is polled for ten minutes: what shows has come by a webhook. */
async function checkWebhook({ start, edit, open, until }) {
  const key = 'a signing key';
  const server = await start({ CONFIGCAT_WEBHOOK_SIGNING_KEY: key });
  const url = await server.url();
  const page = await open(url, { cookies: { visitor: 'ben' } });
  await shows(until, page, 'Live');
  await edit(({ f }) => (f.greeting.v.s = 'Called'));
  const call = (signingKey) => {
    const [id, timestamp, body] = [randomUUID(), Math.floor(Date.now() / 1000), '{"event":"config changed"}'];
    const signature = createHmac('sha256', signingKey).update(`${id}${timestamp}${body}`).digest('base64');
    const headers = {
      'X-ConfigCat-Webhook-ID': id,
      'X-ConfigCat-Webhook-Timestamp': String(timestamp),
      'X-ConfigCat-Webhook-Signature-V1': signature,
    };
    return fetch(`${url}/webhook`, { method: 'POST', headers, body });
  };
  const forged = await call('another key');
  if (forged.status !== 401) throw new Error(`A forged call is answered ${forged.status}.`);
  // The config server may not have noticed the edit yet.
  await until('a webhook to bring the edit', async () => {
    const { status } = await call(key);
    if (status !== 200) throw new Error(`A signed call is answered ${status}.`);
    return (await page.innerText('body')).includes('Called');
  });
  await page.close();
}

/** Two processes of one Redis: one of them polls, and both have what it finds. */
async function checkRedis({ start, edit, open, until }) {
  const port = await freePort();
  const redis = spawn(redisPath, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']);
  const stop = () => redis.kill('SIGKILL');
  process.once('exit', stop);
  try {
    const env = { REDIS_URL: `redis://127.0.0.1:${port}` };
    const servers = [await start(env), await start(env)];
    const pages = [];
    for (const server of servers) pages.push(await open(await server.url(), { cookies: { visitor: 'ben' } }));
    for (const role of ['leader', 'follower']) {
      await Promise.race(servers.map((server) => server.printed(`this Redis: ${role}`)));
    }
    await edit(({ f }) => (f.greeting.v.s = 'Shared'));
    for (const page of pages) await shows(until, page, 'Shared');
    for (const page of pages) await page.close();
    for (const server of servers) await server.ended();
  } finally {
    stop();
    process.off('exit', stop);
  }
}

function shows(until, page, ...texts) {
  return until(`the page to show ${texts.join(', ')}`, async () => {
    const shown = await page.innerText('body');
    return texts.every((text) => shown.includes(text));
  });
}

async function visit(url) {
  const response = await fetch(url);
  const policy = response.headers.get('Content-Security-Policy');
  return { text: await response.text(), cookie: response.headers.get('Set-Cookie'), policy };
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
