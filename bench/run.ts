/*
 * Measures configcat-rx beside its peers, each in a process of its own, round by round in turn, so that whatever else
 * the machine does meets all of them. Before anything is timed all have to give the same answers.
 *
 *   npm run bench                      everything; writes bench/results.json and docs/bench.svg
 *   npm run bench -- --quick           the same with less patience; writes nothing unless --write is given
 *   npm run bench -- --only A4,B       some rows; writes nothing unless --write is given
 */
import { parseArgs } from 'node:util';
import { parts } from './parts/index.js';
import type { Effort } from './parts/part.js';
import { goalTable, table } from './report.js';
import type { Row } from './report.js';
import { write } from './write.js';

const full: Effort = {
  rounds: 15,
  warmUps: 4,
  roundMs: 20,
  users: 100_000,
  isIsolated: true,
  sizes: [100, 1_000, 10_000],
  subscribers: [1_000, 10_000, 100_000],
  starts: 15,
};
/** Enough to see that all works and answers; its numbers mean little. */
const quick: Effort = {
  rounds: 3,
  warmUps: 2,
  roundMs: 5,
  users: 500,
  isIsolated: false,
  sizes: [100, 1_000],
  subscribers: [1_000, 10_000],
  starts: 2,
};

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    write: { type: 'boolean' },
  },
});

const wanted = options.only?.split(',').map((id) => id.trim());
// `A4` means A4 and A4d, `B100` not B1000.
const isWanted = (id: string) =>
  !wanted ||
  wanted.some((prefix) => id.startsWith(prefix) && (/\D$/.test(prefix) || !/^\d/.test(id.slice(prefix.length))));

const rows: Row[] = [];
for (const { title, run } of Object.values(parts)) {
  const found: Row[] = [];
  await run(options.quick ? quick : full, isWanted, (row) => {
    if (process.stdout.isTTY) process.stderr.write(`${row.id} `);
    found.push(row);
  });
  if (found.length > 0) console.log(`\n${title}\n\n${table(found)}`);
  rows.push(...found);
}

if (rows.length === 0) throw new Error(`There is no row '${String(options.only)}'.`);
console.log(`\n${goalTable(rows)}`);
if (options.write ?? !(options.quick || wanted)) write(rows);
