import { guarded, observe } from '../arguments.js';
import type { EventText, LogEntry } from './event-text.js';

/** How much a client says: everything up to this level. */
export type LogLevel = 'off' | 'error' | 'warn' | 'info' | 'debug';

/** Level of one log entry. */
export type LogEntryLevel = Exclude<LogLevel, 'off'>;

/**
 * Where log entries go. What it throws, or its promise is rejected with, is ignored.
 *
 * @example
 * const logger: Logger = {
 *   log: (level, eventId, message, error, parameters) => pino[level]({ ...parameters, eventId, error }, message),
 * };
 */
export interface Logger {
  /**
   * Writes one entry.
   *
   * @param eventId - the number that all ConfigCat SDKs give this event; from 6000 on it is one of ours, at level `debug`.
   * @param error - what was thrown, if anything was.
   * @param parameters - what the message is made of, by name, as `{ key: 'darkMode' }` of event 3001, and of users nothing
   * that is not in the message; the SDK key is masked.
   */
  log(level: LogEntryLevel, eventId: number, message: string, error?: unknown, parameters?: LogParameters): void;
}

/**
 * What a log entry is about, by name: `key`, `method`, `status` and the like, as plain values.
 *
 * @example
 * const logFilter: LogFilter = (level, eventId, message, error, parameters) => parameters?.key !== 'experiment';
 */
export type LogParameters = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;

/** Decides whether an entry is written, after its level has passed. Its arguments are those of a logger. */
export type LogFilter = (
  level: LogEntryLevel,
  eventId: number,
  message: string,
  error?: unknown,
  parameters?: LogParameters,
) => boolean;

/** Logs what happened. Texts are made only if they will be written. */
export interface Log {
  /** Errors are told to `onError` as well, whatever the level. */
  (...entry: LogEntry): void;
  /** Tells whether entries of a level are wanted, where even preparing them costs something. */
  readonly isEnabled: (level: LogEntryLevel) => boolean;
  /** What an entry says, where callers are told the same. */
  readonly textOf: EventText;
}

/** What a log is made of. */
export interface LogOptions {
  readonly logger: Logger;
  readonly logLevel: LogLevel;
  readonly logFilter?: LogFilter | undefined;
}

export const logLevels: readonly LogLevel[] = ['off', 'error', 'warn', 'info', 'debug'];

/** The level of an event, which its number says: from 1000 on errors, from 3000 on warnings, from 5000 on information. */
export function levelOf(event: number): LogEntryLevel {
  if (event >= 5000) return 'info';
  // What has no number of its own, but 0, is a warning.
  return event > 0 && event < 3000 ? 'error' : 'warn';
}

/**
 * Puts level and filter before a logger, and keeps what either throws from the caller.
 *
 * @param redact - hides the SDK key in whatever is logged.
 */
export function createLog(
  options: LogOptions,
  textOf: EventText,
  redact: <T>(value: T) => T,
  onError: (text: () => string, error: () => unknown) => void,
): Log {
  // Read each time: the options of a shared client change.
  const isEnabled = (level: LogEntryLevel) => logLevels.indexOf(level) <= logLevels.indexOf(options.logLevel);
  const log = (...entry: LogEntry) => {
    const [event, parameters, error] = entry;
    const level = levelOf(event);
    const say = () => redact(textOf(...entry));
    if (isEnabled(level)) {
      // A broken logger has nowhere to be reported to.
      guarded(() => {
        const told = [level, event, say(), redact(error), redact(parameters)] as const;
        if (observe(options.logFilter?.(...told)) ?? true) guarded(() => options.logger.log(...told));
      });
    }
    if (level === 'error') onError(say, () => redact(error));
  };
  return Object.assign(log, { isEnabled, textOf });
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
