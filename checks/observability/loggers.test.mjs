// The recipes of docs/observability.md for pino and winston, word by word, with these loggers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { before, describe, it } from 'node:test';
import { transform } from 'esbuild';
import pino from 'pino';
import winston from 'winston';
import { createClientWithManualPoll } from '../../dist/esm/index.js';

const sdkKey = 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv';
let recipes;

before(async () => {
  const guide = readFileSync(new URL('../../docs/observability.md', import.meta.url), 'utf8');
  const [, source] = [...guide.matchAll(/```ts\n(.*?)```/gs)].find(([block]) => block.includes('pinoLogger'));
  const { code } = await transform(`${source}\nexport { pinoLogger, winstonLogger };`, { loader: 'ts' });
  const resolved = code.replace('"configcat-rx"', JSON.stringify(new URL('../../dist/esm/index.js', import.meta.url)));
  recipes = await import(`data:text/javascript,${encodeURIComponent(resolved)}`);
});

/** A stream that keeps the lines which are written to it. */
function linesOf() {
  const lines = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      lines.push(...String(chunk).trim().split('\n'));
      done();
    },
  });
  return { stream, entries: () => lines.map((line) => JSON.parse(line)) };
}

/** Lets a client write an entry of each level: a warning about a user, an error with its cause, what it does and why. */
async function run(logger) {
  const config = {
    f: { plan: { t: 1, v: { s: 'free' }, r: [{ c: [{ u: { a: 'age', c: 14, d: 41 } }], s: { v: { s: 'pro' } } }] } },
  };
  let isBroken = false;
  const client = createClientWithManualPoll(sdkKey, {
    logger,
    logLevel: 'debug',
    fetch: () =>
      isBroken
        ? Promise.reject(new TypeError('no route'))
        : Promise.resolve({
            status: 200,
            statusText: 'OK',
            headers: { get: () => null },
            text: () => Promise.resolve(JSON.stringify(config)),
          }),
  });
  await client.forceRefresh();
  await client.getValue('plan', '', { identifier: 'kate', custom: { age: 'unknown' } });
  isBroken = true;
  await client.forceRefresh();
  client.dispose();
}

/** What both loggers have in common: fields beside the text, and no SDK key. */
function check(entries, levelOf, errorOf) {
  const warning = entries.find(({ eventId }) => eventId === 3004);
  assert.equal(levelOf(warning), 'warn');
  assert.equal(warning.key, 'plan');
  const failure = entries.find(({ eventId }) => eventId === 1103);
  assert.equal(levelOf(failure), 'error');
  assert.match(JSON.stringify(errorOf(failure)), /no route/);
  const adopted = entries.find(({ eventId }) => eventId === 6010);
  assert.equal(levelOf(adopted), 'debug');
  assert.ok(entries.some((entry) => levelOf(entry) === 'info' && entry.eventId === 5000));
  assert.doesNotMatch(JSON.stringify(entries), /1234567890123456789012/);
}

describe('the recipe', () => {
  it('gives pino levels, fields and errors', async () => {
    const { stream, entries } = linesOf();
    const logger = pino({ level: 'debug' }, stream);
    await run(recipes.pinoLogger(logger));
    check(
      entries().map(({ msg, ...entry }) => ({ ...entry, message: msg })),
      ({ level }) => pino.levels.labels[level],
      ({ err }) => err,
    );
    assert.ok(entries().every(({ msg }) => typeof msg === 'string' && msg !== ''));
  });

  it('gives winston levels, fields and errors', async () => {
    const { stream, entries } = linesOf();
    const logger = winston.createLogger({
      level: 'debug',
      format: winston.format.json(),
      transports: [new winston.transports.Stream({ stream })],
    });
    await run(recipes.winstonLogger(logger));
    await new Promise((resolve) => {
      logger.on('finish', resolve).end();
    });
    check(
      entries(),
      ({ level }) => level,
      ({ error }) => error,
    );
    assert.ok(entries().every(({ message }) => typeof message === 'string' && message !== ''));
  });
});
