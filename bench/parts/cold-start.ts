import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { Program } from '../cold/programs.js';
import { browserBytes, compile } from '../cold/programs.js';
import type { ColdStart } from '../cold/tell.js';
import { configJson } from '../contestants/configcat-json.js';
import { flag } from '../flags.js';
import { median, pin } from '../process/contender.js';
import type { Row } from '../report.js';
import { atMost } from '../report.js';
import type { Effort, Part } from './part.js';

const program = (name: string, source: Program['source'], format: Program['format'], isBundled = false): Program => ({
  name,
  source,
  format,
  isBundled,
});

const programs = {
  bare: program('bare Node and http', 'bare', 'esm'),
  rxjs: program('rxjs alone', 'rxjs', 'esm'),
  rx: program('configcat-rx', 'rx', 'esm'),
  official: program('@configcat/sdk, ES modules', 'official', 'esm'),
  officialCjs: program('@configcat/sdk, CommonJS', 'official', 'cjs'),
  rxBundled: program('configcat-rx, bundled with rxjs', 'rx', 'esm', true),
  coreBundled: program('configcat-rx/core with flag$, bundled', 'core', 'esm', true),
  officialBundled: program('@configcat/sdk, bundled', 'official', 'esm', true),
} as const;

type ProgramId = keyof typeof programs;
const ids = Object.keys(programs) as ProgramId[];

/** D: the start of a process, up to the first value over loopback HTTP; and what a browser has to load. */
export const coldStart: Part = {
  title: 'D. Cold start: import, first value over loopback HTTP, resident memory; browser bundle',
  run: async (effort, isWanted, tell) => {
    const wanted = ['Di', 'Dv', 'Db', 'Dl', 'Dr'].filter(isWanted);
    if (wanted.length > 0) {
      const starts = await measure(effort);
      for (const row of startRows(starts)) if (isWanted(row.id)) tell(row);
    }
    if (isWanted('Dn')) tell(await serverBundle());
    if (isWanted('Dg')) tell(await browser());
  },
};

/** Medians of all programs, started in turn. */
async function measure({ starts }: Effort): Promise<Record<ProgramId, ColdStart>> {
  const paths = await Promise.all(ids.map((id) => compile(programs[id])));
  const text = configJson([flag('plain', true)]);
  const server = createServer((_, response) => response.setHeader('ETag', '"bench"').end(text));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const samples = ids.map((): ColdStart[] => []);
  try {
    for (let i = -1; i < starts; i++) {
      for (const [index, path] of paths.entries()) {
        const start = await startOnce(path, url);
        if (i >= 0) samples[index]!.push(start);
      }
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
  const medianOf = (of: ColdStart[], what: keyof ColdStart) => median(of.map((start) => start[what]));
  return Object.fromEntries(
    ids.map((id, i) => [
      id,
      {
        loadedMs: medianOf(samples[i]!, 'loadedMs'),
        firstValueMs: medianOf(samples[i]!, 'firstValueMs'),
        loadedBytes: medianOf(samples[i]!, 'loadedBytes'),
        residentBytes: medianOf(samples[i]!, 'residentBytes'),
      },
    ]),
  ) as Record<ProgramId, ColdStart>;
}

async function startOnce(path: string, url: string): Promise<ColdStart> {
  const [command, ...args] = [...pin, process.execPath, path, url];
  const { stdout } = await promisify(execFile)(command!, args, { timeout: 30_000 });
  return JSON.parse(stdout) as ColdStart;
}

function startRows(starts: Record<ProgramId, ColdStart>): Row[] {
  const row = (
    id: string,
    title: string,
    what: keyof ColdStart,
    goals: Row['goals'],
    { rx, official }: { rx: ProgramId; official: ProgramId } = { rx: 'rx', official: 'official' },
  ): Row => {
    const isBytes = what === 'loadedBytes' || what === 'residentBytes';
    const value = (program: ProgramId) => starts[program][what] / (isBytes ? 1e6 : 1);
    const others = ids.filter((program) => program !== rx && program !== official);
    return {
      id,
      title,
      unit: isBytes ? 'MB' : 'ms',
      medians: { rx: value(rx), official: value(official) },
      others: Object.fromEntries(others.map((program) => [programs[program].name, value(program)])),
      goals,
    };
  };
  const { rx, rxjs, rxBundled, official, officialCjs } = starts;
  const officialMs = Math.min(official.firstValueMs, officialCjs.firstValueMs);
  return [
    row('Di', 'process with all modules, as installed', 'loadedMs', [
      atMost(5, rx.loadedMs - rxjs.loadedMs, 'ms on top of rxjs'),
    ]),
    row('Dv', 'process to the first value, as installed', 'firstValueMs', []),
    row(
      'Db',
      'process to the first value, bundled for a server',
      'firstValueMs',
      [atMost(officialMs, rxBundled.firstValueMs, 'ms bundled, against @configcat/sdk as installed')],
      { rx: 'rxBundled', official: 'officialBundled' },
    ),
    row('Dl', 'resident memory after the import', 'loadedBytes', [
      atMost(2, (rx.loadedBytes - rxjs.loadedBytes) / 1e6, 'MB on top of rxjs'),
    ]),
    row('Dr', 'resident memory after the first value', 'residentBytes', [
      atMost(
        2,
        (rxBundled.residentBytes - official.residentBytes) / 1e6,
        'MB bundled, above @configcat/sdk as installed',
      ),
    ]),
  ];
}

/** What a server loads when it is bundled, the packages that it needs included. */
async function serverBundle(): Promise<Row> {
  const sizeOf = async (id: ProgramId) => (await stat(await compile({ ...programs[id], isMinified: true }))).size;
  const [rx, official] = [await sizeOf('rxBundled'), await sizeOf('officialBundled')];
  return {
    id: 'Dn',
    title: 'bundle for a server, minified',
    unit: 'bytes',
    medians: { rx, official },
    goals: [atMost(235_000, rx, 'bytes')],
  };
}

async function browser(): Promise<Row> {
  const core = `export { createCore, autoPoll, flag$ } from 'configcat-rx/core';`;
  const client = `export { createClient } from 'configcat-rx';`;
  const [whole, coreAlone, wholeClient, clientAlone, official] = [
    await browserBytes(core),
    await browserBytes(core, ['rxjs']),
    await browserBytes(client),
    await browserBytes(client, ['rxjs']),
    await browserBytes(`export { getClient } from '@configcat/sdk';`),
  ];
  return {
    id: 'Dg',
    title: 'browser bundle of a core with flag$, gzip, with rxjs',
    unit: 'bytes',
    medians: { rx: whole, official },
    others: {
      'the same without rxjs': coreAlone,
      'a client with all methods, in one file': wholeClient,
      'that without rxjs': clientAlone,
    },
    goals: [atMost(23_700, whole, 'bytes with the rxjs it needs'), atMost(16_000, coreAlone, 'bytes without rxjs')],
  };
}
