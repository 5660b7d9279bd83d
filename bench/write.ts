import { writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { chart } from './chart.js';
import type { Row } from './report.js';

/** Writes what a run found: `bench/results.json`, and the chart of the README. */
export function write(rows: readonly Row[]): void {
  const machine = {
    node: process.version,
    platform: platform(),
    arch: arch(),
    cpu: cpus()[0]?.model,
    cores: cpus().length,
  };
  const results = { measuredAt: new Date().toISOString(), machine, rows: rows.map(rounded) };
  writeFileSync(new URL('results.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(new URL('../docs/bench.svg', import.meta.url), chart(rows));
}

const rounded = (row: Row) => ({
  ...row,
  medians: roundAll(row.medians),
  ...(row.others && { others: roundAll(row.others) }),
});

const roundAll = (values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).map(([id, value]) => [id, Number(value.toPrecision(4))]));
