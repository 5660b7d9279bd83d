/*
 * A relay in a process of its own, whose client fetches a config that changes at each poll. Users are told by a header.
 */
import { createServer } from 'node:http';
import { firstValueFrom } from 'rxjs';
import { autoPoll, createClient } from 'configcat-rx';
import { createRelay } from 'configcat-rx/relay';
import type { RelayProcessOptions, RelayProcessOrder, RelayProcessReport } from './types.js';

const { port, changeEveryMs, firstVersion } = JSON.parse(process.argv[2] ?? '') as RelayProcessOptions;
const say = (report: RelayProcessReport) => {
  process.send?.(report);
};
process.once('disconnect', () => process.exit());

let version = firstVersion;
let isChanging = false;

/** A flag that tells the version to all, and ninety-nine that are evaluated by rules and percentages. */
function configText(): string {
  const rule = (i: number) => ({
    c: [{ u: { a: 'Identifier', c: 2, l: [`-${i}`] } }],
    s: { v: { s: `rule ${i}` }, i: `r${i}` },
  });
  const flags = Array.from({ length: 99 }, (_, i): readonly [string, object] => [
    `flag${i}`,
    { t: 1, v: { s: 'otherwise' }, i: `o${i}`, r: [rule(i)] },
  ]);
  return JSON.stringify({
    f: {
      version: { t: 2, v: { i: version }, i: `v${version}` },
      ...(Object.fromEntries(flags) as Record<string, object>),
    },
  });
}

const client = createClient('configcat-sdk-1/relay-load-relay-load0/relay-load-relay-load0', {
  polling: autoPoll({ pollIntervalSeconds: changeEveryMs / 1000 }),
  fetch: () => {
    if (isChanging) version++;
    say({ kind: 'fetched', version, atMs: Date.now() });
    return Promise.resolve({
      status: 200,
      statusText: 'OK',
      headers: { get: (name) => (name === 'etag' ? `"${version}"` : null) },
      text: () => Promise.resolve(configText()),
    });
  },
});
const relay = createRelay({
  client,
  user: ({ header }) => ({ identifier: header('x-user') ?? '' }),
  maxStreams: 1_000_000,
});
const server = createServer(relay.node);
server.listen({ port, host: '127.0.0.1', backlog: 8192 }, () => {
  say({ kind: 'listening' });
});

process.on('message', (order: RelayProcessOrder) => {
  if (order !== 'measure') isChanging = order === 'start-changes';
  else void measure();
});

async function measure(): Promise<void> {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { streams, users, configs, evaluations, slowReaders } = await firstValueFrom(relay.counts$, {
    defaultValue: undefined,
  }).then((counts) => counts!);
  const { user, system } = process.cpuUsage();
  const { rss: rssBytes } = process.memoryUsage();
  say({
    kind: 'measured',
    rssBytes,
    cpuMs: (user + system) / 1000,
    streams,
    users,
    configs,
    evaluations,
    slowReaders,
  });
}
