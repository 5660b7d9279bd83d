import type { Answer } from './answer.js';
import { Refusal, jsonAnswer, notModified } from './answer.js';
import { isRecord, parseAttributes } from './attributes.js';
import { createConfigFiles } from './config-file.js';
import type { Counters } from './counters.js';
import type { Evaluator } from './evaluator.js';
import { jsonOf } from './evaluation.js';
import { knownUser, readJson, withAttributes } from './identify.js';
import { changeStreams, createOfrep, ofrepPath } from './ofrep.js';
import type { ResolvedRelayOptions } from './options.js';
import type { IncomingRequest } from './request.js';
import { knowsEtag, wantsStream } from './request.js';
import type { StreamKind } from './open-streams.js';
import type { Streams } from './streams.js';
import { valueStreams } from './streams.js';
import type { RelayUser, Users } from './users.js';

/** What requests are answered with. */
export interface RouteParts {
  readonly evaluator: Evaluator;
  readonly users: Users;
  readonly streams: Streams;
  readonly counters: Counters;
  readonly isEnding: () => boolean;
}

/** Answers a request for a path below that of the relay; `undefined` where there is nothing. May throw a refusal. */
export type Routes = (request: IncomingRequest, path: string) => Promise<Answer | undefined>;

const streamHeaders = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  // Intermediaries neither keep nor change nor collect what is sent.
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
  Vary: 'Origin, Accept',
};

/** Creates what answers the paths of a relay. */
export function createRoutes(options: ResolvedRelayOptions, parts: RouteParts): Routes {
  const { user, attributes, scheduler, maxBodyBytes, maxHeaderBytes } = options;
  const { evaluator, users, streams, isEnding } = parts;
  const valueKind = valueStreams();
  const reserve = createStreamLimits(options, streams);
  const files = createConfigFiles(options.configs);
  const known = (request: IncomingRequest) => knownUser(request, user, scheduler);
  const ofrep = createOfrep({
    evaluator,
    users,
    readBody: (request) => readJson(request, maxBodyBytes, scheduler),
    knownUser: known,
    withAttributes: (request, knownUser, given) => withAttributes(request, knownUser, given, attributes, scheduler),
    basePath: options.path,
  });

  const streamAnswer = (asked: RelayUser, kind: StreamKind, request: IncomingRequest): Answer => {
    const release = reserve(asked);
    const knownEtag = request.header('last-event-id') ?? request.header('if-none-match');
    return {
      status: 200,
      headers: streamHeaders,
      open: (outlet) => {
        const { onFlushed, onClose } = streams.open(asked, kind, knownEtag, outlet);
        return {
          onFlushed,
          onClose: () => {
            release();
            onClose();
          },
        };
      },
    };
  };

  const answerValues = async (request: IncomingRequest): Promise<Answer> => {
    requireMethod(request, 'GET', 'HEAD', 'POST');
    const asks = await known(request);
    const body = request.method === 'POST' ? await readJson(request, maxBodyBytes, scheduler) : undefined;
    if (body !== undefined && !isRecord(body)) throw new Refusal('malformed-body');
    const given = parseAttributes(body?.user);
    const asked = users.of(await withAttributes(request, asks, given, attributes, scheduler));
    await requireReady(parts);
    if (wantsStream(request)) return streamAnswer(asked, valueKind, request);
    const { etag, flags } = evaluator.valuesOf(asked);
    const orderText = evaluator.orderText();
    const headers = {
      ETag: etag,
      'ConfigCat-Relay-Order': orderText,
      'Cache-Control': 'private, no-cache',
      Vary: 'Origin, Accept',
    };
    if (knowsEtag(request.header('if-none-match'), etag)) return notModified(headers);
    return jsonAnswer(200, `{"order":[${orderText}],"flags":${jsonOf(flags)}}`, headers);
  };

  const answerOfrep = async (request: IncomingRequest, path: string): Promise<Answer | undefined> => {
    const token = /^\/events\/([^/]+)$/.exec(path)?.[1];
    if (token !== undefined) {
      requireMethod(request, 'GET');
      const asked = ofrep.userOf(token);
      // The reader asks for all flags again, and is told of another stream.
      if (!asked) throw new Refusal('not-found');
      await requireReady(parts);
      return streamAnswer(asked, changeStreams, request);
    }
    const [, key] = /^\/evaluate\/flags(?:\/(.+))?$/.exec(path) ?? [undefined, undefined];
    if (!/^\/evaluate\/flags(\/|$)/.test(path)) return undefined;
    requireMethod(request, 'POST');
    return key === undefined ? ofrep.bulk(request) : ofrep.single(request, decodePath(key));
  };

  return async (request, path) => {
    if (request.headerBytes() > maxHeaderBytes) throw new Refusal('headers-too-large');
    if (path === '/health') return healthAnswer(request, true);
    if (path === '/ready') return healthAnswer(request, evaluator.isReady() && !isEnding());
    const sdkKey = files.sdkKeyOf(path);
    const isOfrep = options.ofrep && path.startsWith(`${ofrepPath}/`);
    if (path !== '/values' && sdkKey === undefined && !isOfrep) return undefined;
    if (isEnding()) throw new Refusal('shutting-down');
    if (path === '/values') return answerValues(request);
    if (sdkKey === undefined) return answerOfrep(request, path.slice(ofrepPath.length));
    requireMethod(request, 'GET', 'HEAD');
    return files.answer(sdkKey, request);
  };
}

/** Counts streams, and refuses those that are too many. */
function createStreamLimits({ maxStreams, maxStreamsPerUser }: ResolvedRelayOptions, streams: Streams) {
  const byIdentifier = new Map<string, number>();
  let reserved = 0;
  return ({ user }: RelayUser): (() => void) => {
    if (Math.max(reserved, streams.count()) >= maxStreams) throw new Refusal('overloaded');
    // Nobody in particular may be everybody.
    const identifier = user?.identifier === '' ? undefined : user?.identifier;
    const count = identifier === undefined ? 0 : (byIdentifier.get(identifier) ?? 0);
    if (count >= maxStreamsPerUser) throw new Refusal('too-many-streams');
    reserved++;
    if (identifier !== undefined) byIdentifier.set(identifier, count + 1);
    let isReserved = true;
    return () => {
      if (!isReserved) return;
      isReserved = false;
      reserved--;
      if (identifier === undefined) return;
      const left = byIdentifier.get(identifier)! - 1;
      if (left > 0) byIdentifier.set(identifier, left);
      else byIdentifier.delete(identifier);
    };
  };
}

async function requireReady({ evaluator, isEnding }: RouteParts): Promise<void> {
  const isReady = await evaluator.whenReady();
  if (isEnding()) throw new Refusal('shutting-down');
  if (!isReady) throw new Refusal('not-ready');
}

function requireMethod({ method }: IncomingRequest, ...allowed: readonly string[]): void {
  if (!allowed.includes(method)) {
    throw new Refusal('method-not-allowed', { Allow: [...allowed, 'OPTIONS'].join(', ') });
  }
}

function healthAnswer(request: IncomingRequest, isWell: boolean): Answer {
  requireMethod(request, 'GET', 'HEAD');
  const headers = { 'Cache-Control': 'no-store', ...(!isWell && { 'Retry-After': '1' }) };
  return jsonAnswer(isWell ? 200 : 503, JSON.stringify({ status: isWell ? 'ok' : 'unavailable' }), headers);
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal('malformed-request');
  }
}
