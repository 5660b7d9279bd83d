import { setTimeout as sleep } from 'node:timers/promises';

/** What got out of some work, or was left of it. */
export interface Remains {
  /** Errors that nobody handled. */
  readonly escaped: readonly string[];
  /** Timers, sockets and listeners. */
  readonly left: readonly string[];
}

/** What closes a moment after it was told to. */
const patienceMs = 3000;

/** Does some work, and tells what of it escaped into the process or was left in it. */
export async function watchProcess(work: () => Promise<void>): Promise<Remains> {
  const escaped: string[] = [];
  const note = (error: unknown) => {
    escaped.push(error instanceof Error ? String(error.stack) : String(error));
  };
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
  const before = takeStock();
  await work();
  let left = more(before, takeStock());
  for (let waitedMs = 0; left.length > 0 && waitedMs < patienceMs; waitedMs += 20) {
    await sleep(20);
    left = more(before, takeStock());
  }
  process.off('unhandledRejection', note);
  process.off('uncaughtException', note);
  return { escaped, left };
}

/** Counts timers, sockets and listeners of the process. */
function takeStock(): ReadonlyMap<string, number> {
  const stock = new Map<string, number>();
  const resources = process.getActiveResourcesInfo().filter((name) => /Timeout|TCP|Immediate/.test(name));
  const listeners = process.eventNames().flatMap((name) => process.listeners(name as 'exit').map(() => name));
  for (const name of [...resources, ...listeners.map((event) => `listener for ${String(event)}`)]) {
    stock.set(name, (stock.get(name) ?? 0) + 1);
  }
  return stock;
}

function more(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): string[] {
  return [...now].flatMap(([name, count]) => {
    const extra = count - (before.get(name) ?? 0);
    return extra > 0 ? [`${extra} ${name}`] : [];
  });
}
