/* A contestant's process: does what the parent asks, one task after the other, and answers. */
import type { ContestantId } from '../contestants/index.js';
import type { Tasks } from './tasks.js';
import { createTasks } from './tasks.js';

export interface Request {
  readonly task: keyof Tasks;
  readonly args: readonly unknown[];
}

export type Reply = { readonly result: unknown } | { readonly error: string };

const tasks = createTasks(process.argv[2] as ContestantId);

process.on('message', (request: Request) => {
  void answer(request).then((reply) => process.send!(reply));
});

async function answer({ task, args }: Request): Promise<Reply> {
  try {
    const run = (await tasks)[task] as (...args: readonly unknown[]) => unknown;
    return { result: await run(...args) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
