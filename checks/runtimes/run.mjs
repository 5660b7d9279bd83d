// Tries the packed package in every runtime it is for, against config servers on this computer: each reads a flag, sees
// it change, disposes its client and ends by itself, and nothing is requested after that. With words, only those
// ways whose names have one of them.
//
//   npm run runtimes
//   npm run runtimes -- bun deno
//
// `npm run qualify` does the same with everything there is to combine: all bundlers with all releases of Node, workers
// under load, all entries for browsers in all engines, and a bundle for React Native.
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createPlace, installEngines, installRuntimes } from './prepare.mjs';
import { startTraffic } from './traffic.mjs';
import { ways } from './ways.mjs';

const expected = 'one one two';
// A client that goes on polling asks again within this time.
const silenceMs = 1500;
const longestText = 2000;

const isFull = process.argv.includes('--full');
const words = process.argv.slice(2).filter((word) => word !== '--full');
const offered = ways.filter(({ isUsual }) => isFull || isUsual !== false);
const chosen = offered.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
if (chosen.length === 0) {
  console.error(`No such runtime. There are: ${offered.map(({ name }) => name).join('; ')}.`);
  process.exit(1);
}

const startedAt = performance.now();
installRuntimes();
if (isFull) installEngines();
const { place, project } = createPlace();
const sdkKeys = new Map(chosen.map((way, i) => [way, `configcat-sdk-1/${'runtime'.padEnd(22, '-')}/${pad(i)}`]));
const traffic = await startTraffic(project, [...sdkKeys.values()]);
try {
  const results = await inTwos(chosen, async (way) => {
    const result = await tryOut(way);
    print(result);
    return result;
  });
  const missing = results.filter(({ isMissing }) => isMissing).length;
  const failures = results.filter(({ isGood }) => !isGood).length - missing;
  const outcome = `${failures} of them failed, ${missing} could not be tried`;
  console.log(`total: ${results.length} ways in ${secondsSince(startedAt).toFixed()} s, ${outcome}`);
  if (failures > 0) process.exitCode = 1;
} finally {
  await traffic.close();
  rmSync(place, { recursive: true });
}

async function tryOut(way) {
  const { name, needs, run, isUsual } = way;
  const sdkKey = sdkKeys.get(way);
  const missing = needs.filter((path) => !existsSync(path));
  if (missing.length > 0) {
    // Not everything can be had for every computer. What is usual must be there where everything has to run.
    const isWanted = process.env.CI === 'true' && isUsual !== false;
    return { name, text: `not tried: no ${missing.join(', ')}`, isGood: false, isMissing: !isWanted };
  }
  const startedAt = performance.now();
  try {
    const { text, figures, problems = [], end } = await run({ place, project, url: traffic.url, sdkKey });
    const seconds = secondsSince(startedAt);
    const before = traffic.count(sdkKey);
    if (end) await pause(silenceMs);
    await end?.();
    const later = traffic.count(sdkKey) - before;
    if (later > 0) problems.push(`${later} requests after the end of the client`);
    const said = [text === '' ? 'It says nothing' : text, figures, ...problems].filter(Boolean).join('; ');
    const isRight = text === undefined || text === expected;
    return { name, seconds, text: said, isGood: isRight && problems.length === 0 };
  } catch (error) {
    return { name, seconds: secondsSince(startedAt), text: `${error.stderr || error.stack || error}`, isGood: false };
  }
}

function print({ name, text, seconds, isGood, isMissing }) {
  const time = seconds === undefined ? '' : `${seconds.toFixed(1)} s`;
  // What a client logs at each poll is known after the first few.
  const shown = text.length > longestText ? `${text.slice(0, longestText)} …` : text;
  console.log(`${isGood ? 'ok  ' : isMissing ? 'MISS' : 'FAIL'}  ${name.padEnd(46)} ${time.padStart(6)}  ${shown}`);
}

/** Works on two at a time, because most of what each does is to wait for the next poll. */
async function inTwos(items, work) {
  const results = [];
  const rest = [...items];
  const next = async () => {
    for (let item = rest.shift(); item; item = rest.shift()) results.push(await work(item));
  };
  await Promise.all([next(), next()]);
  return results;
}

function secondsSince(time) {
  return (performance.now() - time) / 1000;
}

function pad(number) {
  return String(number).padStart(22, '0');
}
