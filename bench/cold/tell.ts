import { performance } from 'node:perf_hooks';

/** Milliseconds from the start of the program's own loading, from the start of the process; and resident bytes then. */
export interface ColdStart {
  readonly importMs: number;
  readonly firstValueMs: number;
  readonly loadedBytes: number;
  readonly residentBytes: number;
}

const loadedMs = performance.now();
const loadedBytes = process.memoryUsage().rss;

/** Says what the start of this process took, once the first value is there; ends the process. */
export function tell(value: unknown): void {
  if (value !== true) throw new Error(`Expected true, got ${String(value)}.`);
  const start: ColdStart = {
    importMs: loadedMs - performance.nodeTiming.bootstrapComplete,
    firstValueMs: performance.now(),
    loadedBytes,
    residentBytes: process.memoryUsage().rss,
  };
  process.stdout.write(JSON.stringify(start), () => process.exit());
}

export const baseUrl = process.argv[2] ?? '';
