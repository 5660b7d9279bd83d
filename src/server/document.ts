import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { parseConfig } from '../index.js';
import { servedTextOf } from './plain-values.js';

const compress = promisify(gzip);

/** A config JSON as it is served. */
export interface ServedDocument {
  readonly etag: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

/** Reads the document of an SDK key: called at each request, so that an edit shows at once. */
export type DocumentSource = () => Promise<ServedDocument>;

/**
 * Serves a text that never changes.
 *
 * @throws SyntaxError or TypeError when it is no config JSON.
 */
export async function fixedDocument(text: string): Promise<DocumentSource> {
  const document = await toDocument(text);
  return () => Promise.resolve(document);
}

/**
 * Serves a file, and follows its changes. While the file is broken the last good state is served, and `report` is told once.
 *
 * @throws Error (rejection) naming the file when it cannot be read or is broken from the start.
 */
export async function fileDocument(path: string, report: (message: string) => void): Promise<DocumentSource> {
  let seen = await readText(path);
  let served = await toDocument(seen).catch((error: unknown) => {
    throw new Error(`The config file '${path}' is broken: ${messageOf(error)}`, { cause: error });
  });
  let lastReport: string | undefined;
  const reportOnce = (message: string) => {
    if (message !== lastReport) report(message);
    lastReport = message;
  };
  return async () => {
    try {
      const text = await readText(path);
      if (text !== seen) {
        served = await toDocument(text);
        seen = text;
      }
      if (lastReport !== undefined) report(`The config file '${path}' is good again.`);
      lastReport = undefined;
    } catch (error) {
      reportOnce(`The config file '${path}' is broken, its last good state is served: ${messageOf(error)}`);
    }
    return served;
  };
}

async function readText(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
}

/**
 * Makes the document that is served for a config JSON, or for plain values.
 *
 * @throws SyntaxError, TypeError or Error (rejection) when it is neither.
 */
export async function toDocument(given: string): Promise<ServedDocument> {
  const text = servedTextOf(given);
  parseConfig(text);
  const plain = Buffer.from(text);
  const etag = `W/"${createHash('sha1').update(plain).digest('hex')}"`;
  return { etag, plain, gzipped: await compress(plain) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
