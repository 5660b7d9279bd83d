import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { User } from '../functions.js';
import type { Answer } from './answer.js';
import { Refusal, jsonAnswer, notModified } from './answer.js';
import type { GivenAttributes } from './attributes.js';
import { attributesOfContext, isRecord } from './attributes.js';
import type { EvaluatedFlag, UserValues } from './evaluation.js';
import type { Evaluator } from './evaluator.js';
import { heartbeat, toBytes } from './event-text.js';
import type { IncomingRequest } from './request.js';
import { knowsEtag } from './request.js';
import type { StreamKind } from './open-streams.js';
import type { RelayUser, Users } from './users.js';

/** Options of `createOfrep()`. */
export interface OfrepOptions {
  readonly evaluator: Evaluator;
  readonly users: Users;
  /** Reads the body; may throw a refusal. */
  readonly readBody: (request: IncomingRequest) => Promise<unknown>;
  /** Asks the server who asks; may throw a refusal. */
  readonly knownUser: (request: IncomingRequest) => Promise<User | undefined>;
  /** Adds what the server lets through. */
  readonly withAttributes: (
    request: IncomingRequest,
    known: User | undefined,
    given: GivenAttributes,
  ) => Promise<User | undefined>;
  /** Where the relay is, before the paths of OFREP. */
  readonly basePath: string;
}

/** Remote evaluation for OpenFeature clients of any language. */
export interface Ofrep {
  /** Evaluates one flag. */
  readonly single: (request: IncomingRequest, key: string) => Promise<Answer>;
  /** Evaluates all flags. */
  readonly bulk: (request: IncomingRequest) => Promise<Answer>;
  /** The user of a stream that a bulk evaluation has named; `undefined` when he is not kept any more. */
  readonly userOf: (token: string) => RelayUser | undefined;
}

/** Below which path OFREP's own are. */
export const ofrepPath = '/ofrep/v1';

/** For how long a hidden page listens, in seconds. */
const inactivityDelaySec = 120;

/** Tells OpenFeature clients to ask again. */
export const changeStreams: StreamKind = {
  // What has changed since the reader was given all flags would be lost, so he asks again; mostly that costs a 304.
  first: (values, knownEtag) => (knownEtag === values.etag ? undefined : refetch(values)),
  changes: (from, to) => (from.etag === to.etag ? undefined : refetch(to)),
  idle: () => heartbeat,
  // Readers wait as `retry` says, and then some.
  end: undefined,
};

function refetch({ etag }: UserValues): Uint8Array {
  return toBytes(`id: ${etag}\ndata: ${JSON.stringify({ type: 'refetchEvaluation', etag: etag.slice(1, -1) })}\n\n`);
}

/** An error of OFREP, with a sentence that holds nothing of the config, of the user or of the request. */
type Failure = readonly [errorCode: string, errorDetails: string];

const failures = {
  PARSE_ERROR: 'The body is no JSON.',
  INVALID_CONTEXT: 'The body has no valid evaluation context.',
  TARGETING_KEY_MISSING: 'The evaluation context has no targetingKey.',
  FLAG_NOT_FOUND: 'There is no flag of this key.',
  GENERAL: 'The flag cannot be evaluated.',
} as const;

/** Creates the part of a relay that speaks OFREP. */
export function createOfrep({ evaluator, users, readBody, knownUser, withAttributes, basePath }: OfrepOptions): Ofrep {
  // Whoever knows the token of a user learns when his values change, so nobody can compute it.
  const secret = randomBytes(32);
  const byToken = new Map<string, string>();
  const tokens = new WeakMap<RelayUser, string>();
  const tokenOf = (user: RelayUser): string => {
    let token = tokens.get(user);
    if (token === undefined) {
      token = createHmac('sha256', secret).update(user.key).digest('base64url').slice(0, 22);
      tokens.set(user, token);
    }
    remember(token, user.key);
    return token;
  };
  const remember = (token: string, userKey: string) => {
    byToken.delete(token);
    byToken.set(token, userKey);
    if (byToken.size > maxTokens) byToken.delete(byToken.keys().next().value!);
  };

  /** Who is evaluated for, or what is wrong. */
  const userOf = async (request: IncomingRequest): Promise<{ readonly user: User | undefined } | Failure> => {
    const known = await knownUser(request);
    let body: unknown;
    try {
      body = await readBody(request);
    } catch (error) {
      if (error instanceof Refusal && error.reason === 'malformed-body') return failure('PARSE_ERROR');
      throw error;
    }
    const context = isRecord(body) ? body.context : undefined;
    const given = attributesOfContext(context);
    if (given === 'INVALID_CONTEXT') return failure(given);
    // Who is known to the server need not name himself.
    if (known === undefined && !hasTargetingKey(context)) return failure('TARGETING_KEY_MISSING');
    return { user: await withAttributes(request, known, given) };
  };

  return {
    single: async (request, key) => {
      const asked = await userOf(request);
      if (!('user' in asked)) return failed(400, asked, key);
      if (!(await evaluator.whenReady())) throw new Refusal('not-ready');
      const flag = evaluator.flagOf(key, asked.user);
      if (!flag) return failed(404, failure('FLAG_NOT_FOUND'), key);
      if (flag.value === null) return failed(400, failure('GENERAL'), key);
      return jsonAnswer(200, textOf(flag), { 'Cache-Control': 'no-store' });
    },
    bulk: async (request) => {
      const asked = await userOf(request);
      if (!('user' in asked)) return failed(400, asked);
      if (!(await evaluator.whenReady())) throw new Refusal('not-ready');
      const user = users.of(asked.user);
      const values = evaluator.valuesOf(user);
      const token = tokenOf(user);
      // Where the stream is named otherwise, as by a relay that was started since, the reader must learn of that.
      const etag = `"${values.etag.slice(1, -1)}.${reasonsTag(values)}.${token}"`;
      const headers = { ETag: etag, 'Cache-Control': 'private, no-cache', Vary: 'Origin' };
      if (knowsEtag(request.header('if-none-match'), etag)) return notModified(headers);
      const requestUri = `${request.mountPath}${basePath}${ofrepPath}/events/${token}`;
      const streams = JSON.stringify([{ type: 'sse', endpoint: { requestUri }, inactivityDelaySec }]);
      const flags = values.flags.map(textOf).join();
      return jsonAnswer(200, `{"flags":[${flags}],"eventStreams":${streams}}`, headers);
    },
    userOf: (token) => {
      const key = byToken.get(token);
      return key === undefined ? undefined : users.find(key);
    },
  };
}

/** How many streams can be named at a time. */
const maxTokens = 100_000;

function failure(code: keyof typeof failures): Failure {
  return [code, failures[code]];
}

function failed(status: number, [errorCode, errorDetails]: Failure, key?: string): Answer {
  return jsonAnswer(status, JSON.stringify({ key, errorCode, errorDetails }), { 'Cache-Control': 'no-store' });
}

function hasTargetingKey(context: unknown): boolean {
  return isRecord(context) && typeof context.targetingKey === 'string' && context.targetingKey !== '';
}

/** What tells values that came about in another way apart. */
function reasonsTag({ flags }: UserValues): string {
  const reasons = flags.map(({ reason }) => reason).join();
  return createHash('sha1').update(reasons).digest('base64url').slice(0, 8);
}

function textOf({ key, value, variationId, reason }: EvaluatedFlag): string {
  if (value === null) return JSON.stringify({ key, errorCode: 'GENERAL', errorDetails: failures.GENERAL });
  return JSON.stringify({ key, value, reason, ...(variationId !== undefined && { variant: variationId }) });
}
