import type { Answer } from './answer.js';
import { Refusal } from './answer.js';
import type { RelayRequest } from './request.js';

/** Which pages may read answers. */
export interface CorsOptions {
  readonly origins: readonly string[];
  readonly credentials: boolean;
  readonly allowHeaders: readonly string[];
}

const allowedHeaders = [
  'Accept',
  'Authorization',
  'Cache-Control',
  'Content-Type',
  'If-None-Match',
  'Last-Event-ID',
  'X-API-Key',
];
const exposedHeaders = 'ETag, ConfigCat-Relay-Order, Retry-After';
const maxAgeSeconds = 7200;

/**
 * The headers that let the page of a request read the answer; none where no page asks, or the page comes from the relay's
 * own host.
 *
 * @throws Refusal when the page is not allowed.
 */
export function corsHeaders({ header }: RelayRequest, options: CorsOptions): Readonly<Record<string, string>> {
  const { origins, credentials } = options;
  const origin = header('origin');
  if (origin === undefined) return {};
  const isListed = origins.includes(origin);
  const isAny = origins.includes('*');
  if (!isListed && !isAny) {
    if (isSameHost(origin, header('host'))) return {};
    throw new Refusal('forbidden-origin');
  }
  return {
    'Access-Control-Allow-Origin': isListed ? origin : '*',
    // A page of any origin must not ask with the cookies of its visitors.
    ...(isListed && credentials && { 'Access-Control-Allow-Credentials': 'true' }),
    'Access-Control-Expose-Headers': exposedHeaders,
  };
}

/** Answers a preflight request of a browser. */
export function preflightAnswer({ allowHeaders }: CorsOptions): Answer {
  return {
    status: 204,
    headers: {
      'Access-Control-Allow-Methods': 'GET, HEAD, POST, OPTIONS',
      'Access-Control-Allow-Headers': [...allowedHeaders, ...allowHeaders].join(', '),
      'Access-Control-Max-Age': String(maxAgeSeconds),
      'Cache-Control': 'no-store',
    },
  };
}

/** Whether a page comes from the host that the request names. */
function isSameHost(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `https://${host}` || origin === `http://${host}`);
}
