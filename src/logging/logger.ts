import { guarded, observe } from '../arguments.js';

/** How much a client says: everything up to this level. */
export type LogLevel = 'off' | 'error' | 'warn' | 'info' | 'debug';

/** Level of one log entry. */
export type LogEntryLevel = Exclude<LogLevel, 'off'>;

/**
 * Where log entries go. What it throws, or its promise is rejected with, is ignored.
 *
 * @example
 * const logger: Logger = { log: (level, eventId, message, error) => pino[level]({ eventId, error }, message) };
 */
export interface Logger {
  /**
   * Writes one entry.
   *
   * @param eventId - the number that all ConfigCat SDKs give this event; 0 for debug entries.
   * @param error - what was thrown, if anything was.
   */
  log(level: LogEntryLevel, eventId: number, message: string, error?: unknown): void;
}

/** Decides whether an entry is written, after its level has passed. */
export type LogFilter = (level: LogEntryLevel, eventId: number, message: string, error?: unknown) => boolean;

/** Writes entries whose text is built only if they will be written. */
export interface Log {
  /** Also tells `onError`, whatever the level. */
  error(eventId: number, text: () => string, error?: unknown): void;
  warn(eventId: number, text: () => string, error?: unknown): void;
  info(eventId: number, text: () => string): void;
  /** Tells whether entries of a level are wanted, where even preparing them costs something. */
  isEnabled(level: LogEntryLevel): boolean;
}

export const logLevels: readonly LogLevel[] = ['off', 'error', 'warn', 'info', 'debug'];

/**
 * Puts level and filter before a logger, and keeps what either throws from the caller.
 *
 * @param redact - hides the SDK key in whatever is logged.
 */
export function createLog(
  logger: Logger,
  level: LogLevel,
  filter: LogFilter | undefined,
  redact: <T>(value: T) => T,
  onError: (text: () => string, error: () => unknown) => void,
): Log {
  const allowed = logLevels.indexOf(level);
  const isEnabled = (entryLevel: LogEntryLevel) => logLevels.indexOf(entryLevel) <= allowed;
  const write = (entryLevel: LogEntryLevel, eventId: number, text: () => string, given?: unknown) => {
    if (!isEnabled(entryLevel)) return;
    // A broken logger has nowhere to be reported to.
    guarded(() => {
      const message = redact(text());
      const error = redact(given);
      const isWanted = observe(filter?.(entryLevel, eventId, message, error)) ?? true;
      if (isWanted) guarded(() => logger.log(entryLevel, eventId, message, error));
    });
  };
  return {
    error: (eventId, text, error) => {
      write('error', eventId, text, error);
      onError(
        () => redact(text()),
        () => redact(error),
      );
    },
    warn: (eventId, text, error) => {
      write('warn', eventId, text, error);
    },
    info: (eventId, text) => {
      write('info', eventId, text);
    },
    isEnabled,
  };
}

/**
 * The logger that clients use by default: the console, in ConfigCat's format `ConfigCat - WARN - [3001] …`.
 *
 * @example
 * createClient(sdkKey, { logger: consoleLogger, logLevel: 'info' });
 */
export const consoleLogger: Logger = {
  log: (level, eventId, message, error) => {
    const line = `ConfigCat - ${level.toUpperCase()} - [${eventId}] ${message}`;
    if (error === undefined) console[level](line);
    else console[level](line, error);
  },
};
