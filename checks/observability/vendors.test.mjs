// What the clients of vendors send of exposures, to a server on this computer: those for browsers from Chromium, those for
// servers from here.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import * as amplitudeNode from '@amplitude/analytics-node';
import { Analytics } from '@segment/analytics-node';
import { build } from 'esbuild';
import Mixpanel from 'mixpanel';
import { chromium } from 'playwright-core';
import { PostHog } from 'posthog-node';
import * as analytics from '../../dist/esm/analytics/index.js';
import { createTestClient } from '../../dist/esm/testing/index.js';

const here = fileURLToPath(new URL('.', import.meta.url));
/** What has been sent: paths, with what is in address and body. */
const sent = [];
const waiting = new Set();
let server;
let origin;
let browser;

before(async () => {
  const { outputFiles } = await build({
    entryPoints: [`${here}page.mjs`],
    bundle: true,
    write: false,
    platform: 'browser',
    conditions: ['browser'],
    define: { 'process.env.NODE_ENV': '"production"' },
    tsconfigRaw: '{}',
    logLevel: 'error',
  });
  const page = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script src="/page.js"></script>`;
  server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.setHeader('Access-Control-Allow-Headers', '*');
      if (request.method === 'GET' && request.url === '/page.js') {
        return response.setHeader('Content-Type', 'text/javascript').end(outputFiles[0].text);
      }
      if (request.method === 'GET' && request.url.startsWith('/page')) {
        return response.setHeader('Content-Type', 'text/html').end(page);
      }
      note(request, Buffer.concat(chunks));
      return response.setHeader('Content-Type', 'application/json').end('{"code":200,"status":"ok"}');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
  const quiet = ['background-networking', 'component-update', 'sync'].map((name) => `--disable-${name}`);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', ...quiet],
  });
});
after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Keeps what has been sent, in one text: address, and body as it was before it was packed. */
function note({ url, headers }, body) {
  const isPacked = body[0] === 0x1f && body[1] === 0x8b;
  const text = (isPacked ? gunzipSync(body) : body).toString();
  // Forms and addresses hold JSON, plain or in base 64.
  const data = new URL(url, origin).searchParams.get('data') ?? new URLSearchParams(text).get('data') ?? text;
  const isBase64 = /^[A-Za-z0-9+/=]+$/.test(data) && data.length > 20;
  sent.push({
    path: url,
    type: headers['content-type'],
    text: isBase64 ? Buffer.from(data, 'base64').toString() : data,
  });
  for (const look of waiting) look();
}

/** Waits until something has been sent to a vendor that has a text in it; gives what was sent. */
function arrival(path, ...texts) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      waiting.delete(look);
      const seen = sent.map((entry) => `${entry.path} ${entry.text.slice(0, 300)}`).join('\n');
      reject(new Error(`Nothing has come to ${path} with ${texts.join(', ')}, but:\n${seen}`));
    }, 15_000);
    const look = () => {
      const found = sent.find(
        (entry) => entry.path.startsWith(path) && texts.every((text) => entry.text.includes(text)),
      );
      if (!found) return;
      clearTimeout(timer);
      waiting.delete(look);
      resolve(found.text);
    };
    waiting.add(look);
    look();
  });
}

/** Opens the page, and waits until its clients are there. */
async function open(query = '') {
  sent.length = 0;
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  await page.goto(`${origin}/page${query}`);
  await page.waitForFunction(() => window.isReady === true);
  return page;
}

const show = (page, ...keys) => page.evaluate((all) => all.map((key) => window.show(key)), keys);
const eventIn = (text, isEvent) =>
  [JSON.parse(text)]
    .flat()
    .flatMap((body) => body.batch ?? body.events ?? body)
    .find(isEvent);

describe('in a page', () => {
  it('each vendor is sent what was shown, by its own names', async () => {
    const page = await open();
    await show(page, 'plan', 'plan', 'dark', 'is.new:checkout');
    await page.evaluate(() => window.fail());

    const segment = eventIn(await arrival('/segment', '"plan"'), ({ event }) => event === 'Feature Flag Evaluated');
    assert.deepEqual(segment.properties, { feature_flag_key: 'plan', value: 'pro', variation_id: 'v-pro' });
    assert.deepEqual(segment.context.integration, { name: 'configcat', version: '1.0.0' });

    const amplitude = eventIn(await arrival('/amplitude', '"plan"'), ({ event_type }) => event_type === '$exposure');
    assert.deepEqual(amplitude.event_properties, { flag_key: 'plan', variant: 'pro', variation_id: 'v-pro' });

    const mixpanel = eventIn(await arrival('/mixpanel', '"plan"'), ({ event }) => event === '$experiment_started');
    const { 'Experiment name': name, 'Variant name': variant, 'Variation ID': variationId } = mixpanel.properties;
    assert.deepEqual([name, variant, variationId], ['plan', 'pro', 'v-pro']);

    const posthog = eventIn(await arrival('/posthog', '"plan"'), ({ event }) => event === '$feature_flag_called');
    const { $feature_flag, $feature_flag_response, variation_id, '$feature/plan': present } = posthog.properties;
    assert.deepEqual([$feature_flag, $feature_flag_response, variation_id, present], ['plan', 'pro', 'v-pro', 'pro']);

    const commands = await page.evaluate(() => window.dataLayer.map((command) => [...command]));
    assert.deepEqual(commands[0], [
      'event',
      'experience_impression',
      { exp_variant_string: 'configcat-plan-pro', variation_id: 'v-pro' },
    ]);
    // Once each, however often it was read.
    assert.equal(commands.length, 3);

    const sentry = await arrival('/api/1/envelope', '"flags"');
    const { contexts } = JSON.parse(sentry.split('\n').find((line) => line.includes('"flags"')));
    assert.deepEqual(contexts.flags.values, [
      { flag: 'dark', result: true },
      { flag: 'is.new:checkout', result: true },
    ]);

    await page.goto('about:blank');
    const datadog = await arrival('/datadog', '"feature_flags"', '"broken"');
    const error = datadog
      .split('\n')
      .map((line) => JSON.parse(line))
      .find(({ type }) => type === 'error');
    assert.deepEqual(error.feature_flags, { plan: 'pro', dark: true, is_new_checkout: true });
    await page.close();
  });

  it('what waits when the page is left goes along', async () => {
    const page = await open('?batchMs=600000');
    await show(page, 'later');
    await page.goto('about:blank');
    await Promise.all(['/amplitude', '/mixpanel', '/posthog'].map((path) => arrival(path, 'later')));
    await page.close();
  });

  it('nothing leaves once consent is withdrawn', async () => {
    const page = await open('?batchMs=600000');
    await show(page, 'secret');
    await page.evaluate(() => window.withdraw());
    await show(page, 'plan', 'later');
    await page.evaluate(() => window.fail());
    await arrival('/api/1/envelope', 'broken');
    await page.goto('about:blank');
    await arrival('/datadog', 'broken');
    const all = sent.map(({ path, text }) => path + text).join('\n');
    // What reports errors knows the one that was shown before.
    for (const part of [
      'later',
      'v-pro',
      '$exposure',
      '$experiment_started',
      'Feature Flag Evaluated',
      '$feature_flag_called',
    ]) {
      assert.ok(!all.includes(part), part);
    }
    await page.close();
  });
});

describe('on a server', () => {
  const client = createTestClient({ plan: { value: 'pro', variationId: 'v-pro' } });
  after(() => client.dispose());

  it('each vendor is sent who was shown what', async () => {
    sent.length = 0;
    const { port } = server.address();
    const segment = new Analytics({ writeKey: 'key', host: origin, path: '/segment', maxEventsInBatch: 1 });
    const posthog = new PostHog('key', { host: `${origin}/posthog`, flushAt: 1, disableGeoip: true });
    const mixpanel = Mixpanel.init('key', { host: `127.0.0.1:${port}`, protocol: 'http', path: '/mixpanel' });
    await amplitudeNode.init('key', { serverUrl: `${origin}/amplitude`, flushIntervalMillis: 1 }).promise;
    const isServer = true;
    const delivery = analytics.sendExposures(
      client,
      [
        analytics.toSegment(segment, { isServer }),
        analytics.toAmplitude(amplitudeNode, { isServer }),
        analytics.toMixpanel(mixpanel, { isServer }),
        analytics.toPostHog(posthog, { isServer }),
      ],
      { batchMs: 0 },
    );
    client.snapshot().value('plan', '', { identifier: 'kate', email: 'kate@example.com' });
    client.snapshot().value('plan', '');
    const bodies = await Promise.all([
      arrival('/segment', 'Feature Flag Evaluated'),
      arrival('/amplitude', '$exposure'),
      arrival('/mixpanel', '$experiment_started'),
      arrival('/posthog', '$feature_flag_called'),
    ]);
    for (const body of bodies) {
      assert.ok(body.includes('"kate"') && body.includes('v-pro'), body);
      assert.ok(!body.includes('example.com'), body);
    }
    delivery.unsubscribe();
    await Promise.all([segment.closeAndFlush(), posthog.shutdown()]);
  });
});
