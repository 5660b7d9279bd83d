import type { Observable } from 'rxjs';
import { ReplaySubject, firstValueFrom, timer } from 'rxjs';
import { guarded } from '../arguments.js';
import type { Answer } from './answer.js';
import { Refusal, describeError, errorAnswer } from './answer.js';
import { corsHeaders, preflightAnswer } from './cors.js';
import type { RelayCounts } from './counters.js';
import { countsStream, createCounters } from './counters.js';
import { createEvaluator } from './evaluator.js';
import { fromFetch, toResponse } from './fetch.js';
import type { NodeRequest, NodeResponse } from './node.js';
import { fromNode, sendByNode } from './node.js';
import type { RelayOptions } from './options.js';
import { resolveOptions } from './options.js';
import type { IncomingRequest } from './request.js';
import { createRoutes } from './routes.js';
import { createStreams } from './streams.js';
import { createUsers } from './users.js';

/** A relay. Its handlers answer every request, and never throw or reject. */
export interface Relay {
  /**
   * A request listener for `node:http`, `node:https` and `node:http2`.
   *
   * @example
   * createServer(relay.node).listen(8080);
   */
  readonly node: (request: NodeRequest, response: NodeResponse) => void;
  /**
   * A middleware. What is not for the relay goes on to the next one.
   *
   * @example
   * app.use('/flags', relay.express);
   */
  readonly express: (request: NodeRequest, response: NodeResponse, next?: () => void) => void;
  /**
   * A handler of the Fetch API, for Deno, Bun and frameworks.
   *
   * @example
   * export default { fetch: relay.fetch };
   */
  readonly fetch: (request: Request) => Promise<Response>;
  /** What the relay does and has done: now, and once a second when it differs. Never errors, completes on shutdown. */
  readonly counts$: Observable<RelayCounts>;
  /**
   * Ends: streams are told to come back after a while, each at a time of its own, and new requests are answered 503. The
   * client goes on. Call it before the server is closed, which waits for open streams.
   *
   * @example
   * process.once('SIGTERM', async () => {
   *   await relay.shutdown();
   *   server.close();
   * });
   */
  readonly shutdown: () => Promise<void>;
}

const securityHeaders = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** How many users without streams are kept. */
const maxIdleUsers = 10_000;
/** How long streams that end have for their last words. */
const lastWordsMs = 100;

/**
 * Gives pages and clients of any language the values of their user, and neither rules nor the SDK key: as JSON with an
 * ETag, as server-sent events that bring changes at once, and by OFREP, which OpenFeature clients speak. Runs inside a
 * server that has a client. Who asks is what `user` says. Any number of relays can share one fetch (`configcat-rx/redis`).
 *
 * @throws Error, TypeError or RangeError naming the option that is wrong.
 *
 * @example
 * const client = createClient(sdkKey);
 * const relay = createRelay({ client, user: ({ header }) => userOfCookie(header('cookie')) });
 * createServer(relay.node).listen(8080);
 */
export function createRelay(options: RelayOptions): Relay {
  const resolved = resolveOptions(options);
  const { scheduler, random, report, heartbeatSeconds, maxStreamSeconds } = resolved;
  const counters = createCounters();
  const evaluator = createEvaluator(resolved.client, resolved.fleet, scheduler, counters);
  const users = createUsers(maxIdleUsers);
  const streams = createStreams({
    evaluator,
    users,
    counters,
    heartbeatSeconds,
    maxStreamSeconds,
    scheduler,
    random,
  });
  const end$ = new ReplaySubject<void>(1);
  let isShuttingDown = false;
  const end = (reason: string) => {
    if (isShuttingDown) return;
    isShuttingDown = true;
    streams.endAll(reason);
    evaluator.stop();
    end$.next();
  };
  evaluator.config$.subscribe({
    complete: () => {
      end('gone');
    },
  });
  const routes = createRoutes(resolved, { evaluator, users, streams, counters, isEnding: () => isShuttingDown });

  const answer = async (request: IncomingRequest): Promise<Answer | undefined> => {
    let headers: Readonly<Record<string, string>> = {};
    try {
      const path = pathBelow(request.url, resolved.path);
      if (path === undefined) return undefined;
      counters.add('requests');
      headers = corsHeaders(request, resolved);
      const given = request.method === 'OPTIONS' ? preflightAnswer(resolved) : await routes(request, path);
      if (!given) return undefined;
      if (given.status === 304) counters.add('notModified');
      return { ...given, headers: { ...securityHeaders, Vary: 'Origin', ...headers, ...given.headers } };
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal('failed');
      counters.refuse(refusal.reason);
      if (refusal !== error) {
        const { message } = describeError(refusal.reason);
        guarded(() => {
          report({ error: refusal.reason, message, exception: error });
        });
      }
      const refused = errorAnswer(refusal);
      return { ...refused, headers: { ...securityHeaders, Vary: 'Origin', ...headers, ...refused.headers } };
    }
  };
  const answerOr404 = async (request: IncomingRequest) => (await answer(request)) ?? notFound();
  const notFound = (): Answer => {
    counters.refuse('not-found');
    const refused = errorAnswer(new Refusal('not-found'));
    return { ...refused, headers: { ...securityHeaders, ...refused.headers } };
  };

  // The server does not let the answer be sent, or has sent one by itself.
  const failing = (response: NodeResponse) => (error: unknown) => {
    guarded(() => {
      report({ error: 'failed', message: describeError('failed').message, exception: error });
    });
    response.destroy();
  };

  return {
    node: (request, response) => {
      const incoming = fromNode(request);
      answerOr404(incoming)
        .then((given) => {
          sendByNode(response, given, incoming.method === 'HEAD');
        })
        .catch(failing(response));
    },
    express: (request, response, next) => {
      const incoming = fromNode(request);
      answer(incoming)
        .then((given) => {
          if (!given && next) next();
          else sendByNode(response, given ?? notFound(), incoming.method === 'HEAD');
        })
        .catch(failing(response));
    },
    fetch: async (request) => toResponse(await answerOr404(fromFetch(request)), request.method === 'HEAD'),
    counts$: countsStream(
      () => counters.counts({ streams: streams.count(), users: users.streamingCount() }),
      end$,
      scheduler,
    ),
    shutdown: async () => {
      end('shutdown');
      await firstValueFrom(timer(lastWordsMs, scheduler), { defaultValue: 0 });
    },
  };
}

/** The path below that of the relay; `undefined` when the request is for another one. */
function pathBelow(url: string, base: string): string | undefined {
  const path = url.split('?')[0]!;
  if (!path.startsWith(`${base}/`)) return undefined;
  return path.slice(base.length);
}
