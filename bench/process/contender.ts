/* The parent's side: a process per contestant, and rounds that they run in turn. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { ContestantId } from '../contestants/index.js';
import { contestantNames } from '../contestants/index.js';
import { childPath } from './bundle.js';
import type { Reply, Request } from './child.js';
import type { Load, Tasks } from './tasks.js';

/** The words before a command that is to run on the contestants' core; none where `taskset` does not work. */
export const pin = pinning();

/** A contestant in a process of its own. */
export interface Contender {
  readonly id: ContestantId;
  ask<T extends keyof Tasks>(task: T, ...args: Parameters<Tasks[T]>): Promise<Awaited<ReturnType<Tasks[T]>>>;
  end(): Promise<void>;
}

/** One that has flags loaded. */
export interface Loaded extends Contender {
  /** Whose bucketing it shares. */
  readonly hash: string;
}

/** Lends a process per contestant, and ends them afterwards. */
export async function withContenders<T>(
  ids: readonly ContestantId[],
  use: (contenders: readonly Contender[]) => Promise<T>,
): Promise<T> {
  const program = await childPath();
  const contenders = ids.map((id) => startContender(id, program));
  try {
    return await use(contenders);
  } finally {
    await Promise.all(contenders.map((contender) => contender.end()));
  }
}

/** Loads the same flags into all that can stand for them, and says of the others why not. */
export async function loadAll(contenders: readonly Contender[], load: Load) {
  const answers = await Promise.all(
    contenders.map(async (contender) => ({ ...contender, ...(await contender.ask('open', load)) })),
  );
  return {
    loaded: answers.filter(({ reason }): boolean => reason === undefined) as readonly Loaded[],
    absent: Object.fromEntries(answers.flatMap(({ id, reason }) => (reason === undefined ? [] : [[id, reason]]))),
  };
}

function startContender(id: ContestantId, program: string): Contender {
  const [command, ...args] = [...pin, process.execPath, '--expose-gc', program, id];
  const child = spawn(command!, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const died = exited.then(([code, signal]): never => {
    throw new Error(`The process of ${contestantNames[id]} ended early (${String(code ?? signal)}).`);
  });
  // Asked for below; at the end nobody waits for it.
  died.catch(() => undefined);
  return {
    id,
    ask: async (task, ...args) => {
      const replied = once(child, 'message');
      child.send({ task, args } satisfies Request);
      const [reply] = (await Promise.race([replied, died])) as [Reply];
      if ('error' in reply) throw new Error(`${contestantNames[id]}, ${task}: ${reply.error}`);
      return reply.result as never;
    },
    end: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Median of each contender's rounds; one round each in turn, after rounds that warm up and do not count. */
export async function compete(
  contenders: readonly Contender[],
  rounds: number,
  warmUps: number,
  round: (contender: Contender) => Promise<number>,
): Promise<Partial<Record<ContestantId, number>>> {
  const times = new Map(contenders.map(({ id }) => [id, [] as number[]]));
  for (let i = -warmUps; i < rounds; i++) {
    for (const contender of contenders) {
      const time = await round(contender);
      if (i >= 0) times.get(contender.id)!.push(time);
    }
  }
  return Object.fromEntries([...times].map(([id, samples]) => [id, median(samples)]));
}

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function pinning(): readonly string[] {
  const core = String(availableParallelism() - 1);
  return spawnSync('taskset', ['-c', core, 'true']).status === 0 ? ['taskset', '-c', core] : [];
}
