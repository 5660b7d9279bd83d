/*
 * Evaluates flags of every kind for a great many distinct users, then subscribes and unsubscribes as many, and prints
 * the bytes of heap: after a warm-up, after the evaluations, after the subscriptions, with subscribers of one user, with
 * others of a user each, and with others who have waited for the first config.
 */
import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { FetchResponse } from '../../../src/index';
import { autoPoll, createClient, createClientWithManualPoll } from '../../../src/index';

const [sdkKey = '', evaluations = '0', subscriptions = '0'] = process.argv.slice(2);
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const hash = (text: string, key: string) => createHash('sha256').update(`${text}salt${key}`).digest('hex');
const rule = (condition: object) => ({ r: [{ c: [{ u: condition }], s: { v: { s: 'hit' } } }] });
const flag = (more: object) => ({ t: 1, v: { s: 'miss' }, ...more });
const config = {
  p: { s: 'salt' },
  f: {
    split: flag({ p: [50, 50].map((p) => ({ p, v: { s: 'half' } })) }),
    hashed: flag(rule({ a: 'Email', c: 16, l: [hash('user1@example.com', 'hashed')] })),
    version: flag(rule({ a: 'version', c: 8, s: '1.0.0' })),
    list: flag(rule({ a: 'list', c: 34, l: ['7'] })),
    contains: flag(rule({ a: 'Email', c: 2, l: ['@example.com'] })),
  },
};
const keys = Object.keys(config.f);
const client = createClientWithManualPoll(sdkKey, {
  cache: { get: () => `1\n"e"\n${JSON.stringify(config)}`, set: () => undefined },
  logLevel: 'off',
});
const snapshot = client.snapshot();

const userOf = (i: number) => ({
  identifier: `user${i}`,
  email: `user${i}@example.com`,
  custom: { version: `1.${i}.0`, list: `["${i}"]` },
});

function evaluate(from: number, to: number): void {
  for (let i = from; i < to; i++) snapshot.value(keys[i % keys.length]!, '', userOf(i));
}

const subscribe = (count: number, numberOf: (i: number) => number, to = client) =>
  Array.from({ length: count }, (_, i) =>
    to.flag$(keys[i % keys.length]!, '', userOf(numberOf(i))).subscribe(() => undefined),
  );

function comeAndGo(count: number): void {
  const all = subscribe(count, (i) => (i % 2 === 0 ? i : 0));
  for (const subscription of all) subscription.unsubscribe();
}

function heap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

evaluate(0, 50_000);
comeAndGo(1_000);
const before = heap();
evaluate(50_000, 50_000 + Number(evaluations));
const evaluated = heap();
comeAndGo(Number(subscriptions));
const unsubscribed = heap();
const held = [subscribe(Number(subscriptions), () => 0)];
const shared = heap();
held.push(subscribe(Number(subscriptions), (i) => i));
const distinct = heap();
let answer: (response: FetchResponse) => void = () => undefined;
const answered = new Promise<FetchResponse>((resolve) => (answer = resolve));
const late = createClient(sdkKey, { polling: autoPoll(), logLevel: 'off', fetch: () => answered });
held.push(subscribe(Number(subscriptions), () => 0, late));
answer({
  status: 200,
  statusText: '',
  headers: { get: () => '"e"' },
  text: () => Promise.resolve(JSON.stringify(config)),
});
void late.waitForReady().then(() => {
  console.log(before, evaluated, unsubscribed, shared, distinct, heap(), held.length);
  client.dispose();
  late.dispose();
});
