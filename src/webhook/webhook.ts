import type { Observable, SchedulerLike } from 'rxjs';
import { Subject, asyncScheduler } from 'rxjs';
import { guarded, maxInt, requireByteLength, requireNumber } from '../arguments.js';
import { fromFetch } from './fetch.js';
import { createRecentTexts } from './recent-texts.js';
import type { NodeRequest, NodeResponse } from './node.js';
import { fromExpress, fromNode } from './node.js';
import type { RejectionReason, WebhookRejection } from './rejection.js';
import { rejectionFor } from './rejection.js';
import type { IncomingWebhook } from './request.js';
import { parseHeaders, signedText } from './request.js';
import { createSigner } from './signature.js';

/** Options of `createWebhook()`. */
export interface WebhookOptions {
  /**
   * The signing keys of the webhook from ConfigCat's dashboard, with their prefix `configcat_whsk_`. A request is valid if
   * it is signed with any of them, so that keys can be replaced one after the other.
   */
  readonly signingKeys: readonly string[];
  /**
   * How far the timestamp of a request may be from now, in seconds, 5 to 2147483647: in the past, and also in the future,
   * because clocks differ.
   *
   * @defaultValue `300`
   */
  readonly maxAgeSeconds?: number;
  /**
   * The largest body that is read, in bytes, up to 2147483647.
   *
   * @defaultValue `65536`
   */
  readonly maxBodyBytes?: number;
  /** Told of each request that was not accepted, and why. What it throws is ignored. Default: a line on the console. */
  readonly report?: (rejection: WebhookRejection) => void;
  /** Clock, for tests in virtual time. Default: the real one. */
  readonly scheduler?: SchedulerLike;
}

/** A request that ConfigCat has sent, after everything about it was verified. */
export interface WebhookEvent {
  /** Unique for each request. */
  readonly id: string;
  readonly sentAt: Date;
  /** The body, as its template in the dashboard made it; empty if there was none. */
  readonly body: string;
  /** The body as JSON; `undefined` when it is none. */
  readonly json: unknown;
}

/** A receiver of ConfigCat's webhooks. Its handlers answer every request, and never throw or reject. */
export interface Webhook {
  /** Emits each valid request, before it is answered. Never errors, never completes, replays nothing. */
  readonly refresh$: Observable<WebhookEvent>;
  /**
   * A request listener for `node:http`.
   *
   * @example
   * createServer(webhook.node).listen(8080);
   */
  readonly node: (request: NodeRequest, response: NodeResponse) => void;
  /**
   * A middleware that answers the request. Mount it before body parsers, or behind `express.raw()`; behind one that has
   * not kept the raw body it answers 500 and says so.
   *
   * @example
   * app.use('/configcat', webhook.express);
   */
  readonly express: (request: NodeRequest, response: NodeResponse, next?: unknown) => void;
  /**
   * A handler of the Fetch API, for workers, Deno, Bun and frameworks.
   *
   * @example
   * export default { fetch: webhook.fetch };
   */
  readonly fetch: (request: Request) => Promise<Response>;
}

const maxRemembered = 10_000;
const minMaxAgeSeconds = 5;

/**
 * Receives ConfigCat's webhooks: accepts what was signed with one of the signing keys over exactly this body, lately, and
 * not accepted before. Answers 200; 400 when a header is missing or malformed; 401 for a wrong signature or a timestamp
 * too far from now; 409 for a request that was accepted before; 413 for a body that is too large; 500 when the body
 * cannot be read. Only a request that is answered 200 makes `refresh$` emit. Any method is accepted, and any path.
 *
 * @throws TypeError or RangeError naming the option that is wrong.
 * Source: protocol section 14.2.
 *
 * @example
 * const webhook = createWebhook({ signingKeys: [signingKey] });
 * const client = createClient(sdkKey, { refreshOn$: webhook.refresh$ });
 * createServer(webhook.node).listen(8080);
 */
export function createWebhook(options: WebhookOptions): Webhook {
  const { signingKeys, maxAgeMs, maxBodyBytes, report, scheduler } = resolve(options);
  const signer = createSigner(signingKeys);
  // A request from the future is valid until its timestamp is too old.
  const accepted = createRecentTexts(2 * maxAgeMs, maxRemembered, scheduler);
  const event$ = new Subject<WebhookEvent>();

  const accept = async ({ header, readBody }: IncomingWebhook): Promise<RejectionReason | undefined> => {
    const headers = parseHeaders(header);
    if (!headers) return 'malformed-headers';
    const { id, timestamp, signatures } = headers;
    if (Number(header('content-length') ?? 0) > maxBodyBytes) return 'body-too-large';
    const isLate = () => Math.abs(scheduler.now() - timestamp * 1000) > maxAgeMs;
    if (isLate()) return 'outside-window';
    const body = await readBody(maxBodyBytes);
    if (typeof body === 'string') return body;
    const signed = signedText(headers, body);
    if (!(await signer.verify(signatures, signed))) return 'wrong-signature';
    // Nothing stands between id, timestamp and body, so one signature holds for several ids.
    const fingerprint = await signer.fingerprint(signed);
    // Checked again, because reading the body takes time.
    if (isLate()) return 'outside-window';
    if (accepted.has(id, fingerprint)) return 'replayed';
    accepted.add(id, fingerprint);
    event$.next(toEvent(id, timestamp, new TextDecoder().decode(body)));
    return undefined;
  };

  const answer = async (incoming: IncomingWebhook): Promise<WebhookResponse> => {
    const reason = await accept(incoming).catch((): RejectionReason => 'failed');
    if (reason === undefined) return { status: 200, text: '' };
    const rejection = rejectionFor(reason);
    // An error of the caller's `report` has nowhere to go.
    guarded(() => report(rejection));
    return { status: rejection.status, text: reason === 'body-already-read' ? rejection.message : '' };
  };

  const answerNode = (toIncoming: typeof fromNode) => (request: NodeRequest, response: NodeResponse) => {
    void answer(toIncoming(request)).then((responseToSend) => {
      send(responseToSend, response);
    });
  };

  return {
    refresh$: event$.asObservable(),
    node: answerNode(fromNode),
    express: answerNode(fromExpress),
    fetch: async (request) => {
      const { status, text } = await answer(fromFetch(request));
      return new Response(text, { status, headers: { 'Content-Type': 'text/plain' } });
    },
  };
}

/** The response to a webhook request. */
interface WebhookResponse {
  readonly status: number;
  readonly text: string;
}

function send({ status, text }: WebhookResponse, response: NodeResponse): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain');
  response.end(text);
}

function toEvent(id: string, timestamp: number, body: string): WebhookEvent {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    json = undefined;
  }
  return { id, sentAt: new Date(timestamp * 1000), body, json };
}

const warn = ({ status, message }: WebhookRejection): void => {
  console.warn(`A webhook request was answered ${status}. ${message}`);
};

function resolve({
  signingKeys,
  maxAgeSeconds = 300,
  maxBodyBytes = 65_536,
  report = warn,
  scheduler = asyncScheduler,
}: WebhookOptions) {
  const keys: readonly unknown[] = Array.isArray(signingKeys) ? signingKeys : [];
  if (keys.length === 0 || keys.some((key) => typeof key !== 'string' || key === '')) {
    throw new TypeError(
      'Invalid property `options.signingKeys`. Expected a list of signing keys, each a non-empty string.',
    );
  }
  requireNumber('options.maxAgeSeconds', maxAgeSeconds, maxInt, minMaxAgeSeconds);
  requireByteLength('options.maxBodyBytes', maxBodyBytes, 0);
  // Copied, so that nobody changes what was checked.
  return { signingKeys: [...signingKeys], maxAgeMs: maxAgeSeconds * 1000, maxBodyBytes, report, scheduler };
}
