/** Processor time since the start of the process, and resident bytes: with all modules loaded, and with a value. */
export interface ColdStart {
  readonly loadedMs: number;
  readonly firstValueMs: number;
  readonly loadedBytes: number;
  readonly residentBytes: number;
}

const usedMs = () => (process.cpuUsage().user + process.cpuUsage().system) / 1000;
const loadedMs = usedMs();
const loadedBytes = process.memoryUsage().rss;

/** Says what the start of this process took, once the first value is there; ends the process. */
export function tell(value: unknown): void {
  if (value !== true) throw new Error(`Expected true, got ${String(value)}.`);
  const start: ColdStart = {
    loadedMs,
    firstValueMs: usedMs(),
    loadedBytes,
    residentBytes: process.memoryUsage().rss,
  };
  process.stdout.write(JSON.stringify(start), () => process.exit());
}

export const baseUrl = process.argv[2] ?? '';
