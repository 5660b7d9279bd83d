import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Answer } from './answer.js';
import { Refusal, notModified } from './answer.js';
import type { SnapshotSource } from './order.js';
import type { RelayRequest } from './request.js';
import { knowsEtag } from './request.js';

const compress = promisify(gzip);

/** A config JSON as it is served. */
interface ServedConfig {
  /** What the config was made of, by which it is recognised. */
  readonly snapshot: unknown;
  readonly etag: string;
  readonly plain: string;
  gzipped: Promise<Uint8Array> | undefined;
}

/** Serves configs to server-side SDKs of any language, at the path of ConfigCat's CDN. */
export interface ConfigFiles {
  /** The SDK key of a path; `undefined` when it is not of this kind, or the key is not served. */
  readonly sdkKeyOf: (path: string) => string | undefined;
  readonly answer: (sdkKey: string, request: RelayRequest) => Promise<Answer>;
}

/** Creates the part of a relay that serves configs of these SDK keys, each as its client has it. */
export function createConfigFiles(sources: Readonly<Record<string, SnapshotSource>>): ConfigFiles {
  const byKey = new Map(Object.entries(sources));
  const served = new Map<string, ServedConfig>();
  const read = (sdkKey: string): ServedConfig | undefined => {
    const snapshot = byKey.get(sdkKey)!.snapshot();
    const known = served.get(sdkKey);
    if (known?.snapshot === snapshot) return known;
    const [, etag = '', plain] = /^[^\n]*\n([^\n]*)\n([^]*)$/.exec(snapshot.cacheText ?? '') ?? [];
    if (plain === undefined) return undefined;
    // What was only confirmed need not be compressed again.
    const isSame = known?.plain === plain && known.etag === etag;
    const config: ServedConfig = { snapshot, etag, plain, gzipped: isSame ? known.gzipped : undefined };
    served.set(sdkKey, config);
    return config;
  };
  return {
    sdkKeyOf: (path) => {
      const sdkKey = /^\/configuration-files\/(.+)\/config_v6\.json$/.exec(path)?.[1];
      return sdkKey !== undefined && byKey.has(sdkKey) ? sdkKey : undefined;
    },
    answer: async (sdkKey, { header, url }) => {
      const config = read(sdkKey);
      if (!config) throw new Refusal('not-ready');
      const { etag, plain } = config;
      const headers = {
        ...(etag !== '' && { ETag: etag }),
        'Cache-Control': 'max-age=0, must-revalidate',
        Vary: 'Accept-Encoding, Origin',
      };
      // SDKs of browsers ask by the query, because some headers cost them a request more.
      const known = header('if-none-match') ?? new URLSearchParams(url.split('?')[1]).get('ccetag') ?? undefined;
      if (etag !== '' && knowsEtag(known, etag.replace(/^W\//, ''))) return notModified(headers);
      const contentType = { 'Content-Type': 'application/json; charset=utf-8' };
      if (!/\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(header('accept-encoding') ?? '')) {
        return { status: 200, headers: { ...headers, ...contentType }, body: plain };
      }
      const body = await (config.gzipped ??= compress(plain));
      return { status: 200, headers: { ...headers, ...contentType, 'Content-Encoding': 'gzip' }, body };
    },
  };
}
