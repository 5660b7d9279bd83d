import type { LogEntryLevel, Logger } from '../../src/index';

/** One log entry, as the logger was given it. */
export interface RecordedEntry {
  readonly level: LogEntryLevel;
  readonly eventId: number;
  readonly message: string;
  readonly error: unknown;
}

/** A logger that keeps what it is told. */
export interface RecordedLog {
  readonly logger: Logger;
  readonly entries: readonly RecordedEntry[];
  /** The entries since the last call, as `level id text`. */
  take(): string[];
}

export function recordLog(): RecordedLog {
  const entries: RecordedEntry[] = [];
  let taken = 0;
  return {
    logger: {
      log: (level, eventId, message, error) => {
        entries.push({ level, eventId, message, error });
      },
    },
    entries,
    take: () => {
      const lines = entries.slice(taken).map(({ level, eventId, message }) => `${level} ${eventId} ${message}`);
      taken = entries.length;
      return lines;
    },
  };
}
