import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Observable } from 'rxjs';
import { distinctUntilChanged, exhaustMap } from 'rxjs';
import { requireDurationMs } from '../arguments.js';
import type { ConfigCache } from '../index.js';
import { every } from './time.js';

/** How a file cache is watched. */
export interface FileCacheOptions {
  /**
   * How often `changes$` looks whether somebody has written to the folder, in milliseconds, 1 to 2147483647.
   *
   * @defaultValue `1000`
   */
  readonly checkIntervalMs?: number;
}

/** A cache in a folder, which also tells when another process has written to it. */
export interface FileCache extends ConfigCache {
  readonly changes$: Observable<unknown>;
}

/**
 * Keeps configs in files, so that a process starts with the last good config, and processes on one machine share what
 * one of them fetches. The folder holds one file per SDK key, in the format of all ConfigCat SDKs. Files are replaced as
 * a whole: a reader sees the old or the new state, whatever happens to the writer. What fails is thrown, and logged
 * by the client as event 2200 or 2201; a file that does not exist is just an empty cache.
 *
 * @param folder - created when the first config is stored.
 * @throws TypeError when `folder` is no text, or empty; RangeError when an option is out of its range.
 * Source: protocol section 9.
 *
 * @example
 * const client = createClient(sdkKey, { cache: fileCache('/var/cache/my-service') });
 */
export function fileCache(folder: string, { checkIntervalMs = 1000 }: FileCacheOptions = {}): FileCache {
  if (typeof folder !== 'string' || folder === '') {
    throw new TypeError('Invalid argument `folder`. Expected the path of a folder.');
  }
  requireDurationMs('options.checkIntervalMs', checkIntervalMs, 1);
  const knownKeys = new Set<string>();
  return {
    get: (key) => {
      const path = pathOf(folder, key);
      if (knownKeys.has(key)) return readFile(path, 'utf8').catch(requireMissing);
      // The first read blocks, so that a new client has its config at once.
      knownKeys.add(key);
      try {
        return readFileSync(path, 'utf8');
      } catch (error) {
        requireMissing(error);
        return undefined;
      }
    },
    set: (key, value) => replaceFile(folder, pathOf(folder, key), value),
    changes$: every(checkIntervalMs).pipe(
      exhaustMap(() => modifiedAt(folder)),
      distinctUntilChanged(),
    ),
  };
}

function pathOf(folder: string, key: string): string {
  // Keys of clients are hashes; others shall not lead out of the folder.
  if (!/^[\w-]+$/.test(key)) throw new Error(`The cache key '${key}' cannot be the name of a file.`);
  return join(folder, `${key}.txt`);
}

/** A file that does not exist is an empty cache; all else is for the client to report. */
function requireMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

/** To replace a file changes its folder. */
async function modifiedAt(folder: string): Promise<bigint | undefined> {
  try {
    return (await stat(folder, { bigint: true })).mtimeNs;
  } catch {
    return undefined;
  }
}

async function replaceFile(folder: string, path: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const temporaryPath = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporaryPath, 'wx');
    try {
      await file.writeFile(text);
      // Renamed before it is on the disk, a file can be empty after a power failure.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporaryPath, path);
  } catch (error) {
    await rm(temporaryPath, { force: true }).catch(() => undefined);
    throw error;
  }
}
