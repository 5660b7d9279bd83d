import { readFileSync } from 'node:fs';
import type { Observable } from 'rxjs';
import { defer, distinctUntilChanged, map, startWith } from 'rxjs';
import { requireDurationMs } from '../arguments.js';
import type { OverrideSource } from '../index.js';
import { OverrideProblem, flagOverrides } from '../index.js';
import { every } from './time.js';

/** How a file of overrides is watched. */
export interface FileOverridesOptions {
  /**
   * How often the file is looked at, in milliseconds, 1 to 2147483647.
   *
   * @defaultValue `1000`
   */
  readonly checkIntervalMs?: number;
}

/**
 * Takes overrides from a file, and follows it as it is edited. It holds `{"flags": {"darkMode": true}}`, or a whole
 * config JSON with targeting rules. A missing file (event 1300), one that cannot be read (1302) or is not valid (2302) is
 * logged once and keeps the last good content.
 *
 * @throws TypeError when `path` is no text, or empty; RangeError when an option is out of its range. Source: protocol section 10.
 *
 * @example
 * createClient(sdkKey, { overrides: { source: fileOverrides('flags.json'), behaviour: 'local-over-remote' } });
 */
export function fileOverrides(path: string, { checkIntervalMs = 1000 }: FileOverridesOptions = {}): OverrideSource {
  if (typeof path !== 'string' || path === '') {
    throw new TypeError('Invalid argument `path`. Expected the path of a file.');
  }
  requireDurationMs('options.checkIntervalMs', checkIntervalMs, 1);
  return flagOverrides(fileUpdates(path, checkIntervalMs), `the local config file '${path}'`);
}

/** The text of a file, and why there is none: now, and each time that changes. */
export function fileUpdates(path: string, checkIntervalMs: number): Observable<string | OverrideProblem> {
  // The file is read each time: what a file system says of times and sizes can be the same for two states of it.
  return defer(() => every(checkIntervalMs).pipe(startWith(undefined))).pipe(
    map(() => read(path)),
    distinctUntilChanged((a, b) => String(a) === String(b)),
  );
}

function read(path: string): string | OverrideProblem {
  try {
    return readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ENOENT'
      ? new OverrideProblem(1300, `Cannot find the local config file '${path}'.`, { cause })
      : new OverrideProblem(1302, `Failed to read the local config file '${path}'.`, { cause });
  }
}
