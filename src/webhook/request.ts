import type { RejectionReason } from './rejection.js';
import type { Bytes } from './signature.js';
import { parseSignatures } from './signature.js';

/** A webhook request, independent of the kind of server. */
export interface IncomingWebhook {
  readonly header: (name: string) => string | undefined;
  /** Reads the body; the promise may reject. */
  readonly readBody: (maxBytes: number) => Promise<Body>;
}

/** A body as it was sent, or why there is none. */
export type Body = Bytes | Extract<RejectionReason, 'body-too-large' | 'body-already-read'>;

/** The headers that ConfigCat sends with its webhooks. Source: protocol section 14.2. */
export interface WebhookHeaders {
  readonly id: string;
  /** Unix time in seconds. */
  readonly timestamp: number;
  readonly signatures: readonly Bytes[];
}

const maxIdLength = 256;
// ConfigCat sends two; each costs a pass over the body.
const maxSignatures = 8;

/** Parses the headers; `undefined` when one is missing or malformed. */
export function parseHeaders(header: IncomingWebhook['header']): WebhookHeaders | undefined {
  const id = header('x-configcat-webhook-id') ?? '';
  const timestamp = header('x-configcat-webhook-timestamp') ?? '';
  const signatures = parseSignatures(header('x-configcat-webhook-signature-v1') ?? '');
  if (id === '' || id.length > maxIdLength) return undefined;
  // Only one way to write a number: id, timestamp and body are signed without anything between them.
  if (!/^[1-9]\d{0,14}$/.test(timestamp)) return undefined;
  if (signatures.length === 0 || signatures.length > maxSignatures) return undefined;
  return { id, timestamp: Number(timestamp), signatures };
}

/** The text that is signed: id, timestamp and body. */
export function signedText({ id, timestamp }: WebhookHeaders, body: Bytes): Bytes {
  return concatBytes([new TextEncoder().encode(`${id}${timestamp}`), body]);
}

/** Collects the chunks of a body up to a size. */
export function createBodyCollector(maxBytes: number) {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return {
    /** Takes a chunk; `false` when the body has become too large. */
    add: (chunk: Uint8Array): boolean => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      return size <= maxBytes;
    },
    body: (): Bytes => concatBytes(chunks),
  };
}

function concatBytes(parts: readonly Uint8Array[]): Bytes {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
