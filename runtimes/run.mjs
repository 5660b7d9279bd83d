// Tries the packed package in every runtime it is for, against a config server on this computer: each reads a flag, sees
// it change, disposes its client and ends by itself, and nothing is requested after that. With words, only those
// runtimes whose names have one of them.
//
//   npm run runtimes
//   npm run runtimes -- bun deno
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createProject, installRuntimes } from './prepare.mjs';
import { startTraffic } from './traffic.mjs';
import { ways } from './ways.mjs';

const expected = 'one one two';
// A client that goes on polling asks again within this time.
const silenceMs = 1500;

const words = process.argv.slice(2);
const chosen = ways.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
if (chosen.length === 0) {
  console.error(`No such runtime. There are: ${ways.map(({ name }) => name).join('; ')}.`);
  process.exit(1);
}

installRuntimes();
const project = createProject();
const sdkKeys = new Map(chosen.map((way, i) => [way, `configcat-sdk-1/${'runtime'.padEnd(22, '-')}/${pad(i)}`]));
const traffic = await startTraffic(project, [...sdkKeys.values()]);
try {
  for (const result of await inTwos(chosen, tryOut)) {
    print(result);
    if (!result.isGood) process.exitCode = 1;
  }
} finally {
  await traffic.close();
  rmSync(project, { recursive: true });
}

async function tryOut(way) {
  const { name, needs, run } = way;
  const sdkKey = sdkKeys.get(way);
  const missing = needs.filter((path) => !existsSync(path));
  // Not everything can be had for every computer; where everything has to run, it must be there.
  if (missing.length > 0) return { name, text: `skipped: no ${missing.join(', ')}`, isGood: process.env.CI !== 'true' };
  const startedAt = performance.now();
  try {
    const { text, end } = await run({ project, url: traffic.url, sdkKey });
    const seconds = (performance.now() - startedAt) / 1000;
    const before = traffic.count(sdkKey);
    if (end) await pause(silenceMs);
    await end?.();
    const later = traffic.count(sdkKey) - before;
    if (later > 0) return { name, seconds, text: `${later} requests after the end of the client`, isGood: false };
    return { name, seconds, text, isGood: text === expected };
  } catch (error) {
    return { name, text: `${error.stderr || error.stack || error}`, isGood: false };
  }
}

function print({ name, text, seconds, isGood }) {
  const time = seconds === undefined ? '' : `${seconds.toFixed(1)} s`;
  console.log(`${isGood ? 'ok  ' : 'FAIL'}  ${name.padEnd(44)} ${time.padStart(6)}  ${text}`);
}

/** Works on two at a time, because most of what each does is to wait for the next poll. */
async function inTwos(items, work) {
  const results = [];
  const rest = [...items.entries()];
  const next = async () => {
    for (let entry = rest.shift(); entry; entry = rest.shift()) results[entry[0]] = await work(entry[1]);
  };
  await Promise.all([next(), next()]);
  return results;
}

function pad(number) {
  return String(number).padStart(22, '0');
}
