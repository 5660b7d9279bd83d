import type { Found, RandomVerdict } from './random.js';

const maxLines = 80;

/** A broken promise, with the plan by which it is broken and what happens then. */
export function textOf({ kind, seed, text, plan, journal }: Found): string {
  const { acts, reactions, ...world } = plan;
  const command = `  npm run chaos -- --acts 1 --seed ${seed}`;
  const head = `VIOLATION with seed ${seed}: ${kind}: ${text}`;
  if (journal.length === 0) return [head, command].join('\n');
  return [
    head,
    `  ${JSON.stringify(world)}`,
    '  acts:',
    ...acts.map((act) => `    ${JSON.stringify(act)}`),
    ...(reactions.length > 0 ? ['  from inside of callbacks:'] : []),
    ...reactions.map(
      ({ client, place, call, act }) => `    ${place} ${call} of client ${client}: ${JSON.stringify(act)}`,
    ),
    '  what happens:',
    ...journal.slice(0, maxLines).map((line) => `    ${line}`),
    command,
  ].join('\n');
}

/** What came of all sequences, in lines. */
export function summaryOf(
  { sequences, acts, requests, violations, excused, digest }: RandomVerdict,
  seconds: string,
): string {
  const counts = Object.entries(violations);
  const sum = counts.reduce((total, [, count]) => total + count, 0);
  return [
    `digest ${digest}, ${seconds} s`,
    `${acts} acts in ${sequences} sequences, ${requests} requests, ${excused} steps back that nobody promised not to happen, ${sum} violations`,
    ...counts.map(([kind, count]) => `  ${kind}: ${count}`),
  ].join('\n');
}
