import type { SchedulerLike } from 'rxjs';
import type { User } from '../functions.js';
import { Refusal } from './answer.js';
import type { GivenAttributes } from './attributes.js';
import { isRecord, joinUser } from './attributes.js';
import type { IncomingRequest, RelayRequest } from './request.js';

/** Who asks: a user, nobody in particular (`undefined`), or somebody who is refused. */
export type RelayUserAnswer = User | undefined | 'unauthorized' | 'forbidden';

/** Says who asks, from what the server knows, such as a cookie, a token or a session. */
export type UserFunction = (request: RelayRequest) => RelayUserAnswer | Promise<RelayUserAnswer>;

/** Says which of the attributes that a page sends are taken; `undefined` for none. */
export type AttributesFunction = (
  request: RelayRequest,
  given: GivenAttributes,
  user: User | undefined,
) => GivenAttributes | undefined | Promise<GivenAttributes | undefined>;

/** How long `user()`, `attributes()` and the body of a request may take. */
const maxWaitMs = 10_000;

/** Waits for a promise, for so long as clients wait. */
function within<T>(promise: Promise<T> | T, scheduler: SchedulerLike, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = scheduler.schedule(() => {
      reject(late());
    }, maxWaitMs);
    Promise.resolve(promise)
      .then(resolve, reject)
      .finally(() => {
        timer.unsubscribe();
      });
  });
}

/** Asks the server who asks. */
export async function knownUser(
  request: RelayRequest,
  user: UserFunction,
  scheduler: SchedulerLike,
): Promise<User | undefined> {
  const answer = await within(user(request), scheduler, () => new Error('`user()` has not answered in time.'));
  if (answer === undefined) return undefined;
  if (answer === 'unauthorized' || answer === 'forbidden') throw new Refusal(answer);
  if (!isRecord(answer)) throw new TypeError('`user()` has answered with something that is no user.');
  return answer;
}

/** Adds those attributes of the page that the server lets through. */
export async function withAttributes(
  request: RelayRequest,
  known: User | undefined,
  given: GivenAttributes | undefined,
  attributes: AttributesFunction | undefined,
  scheduler: SchedulerLike,
): Promise<User | undefined> {
  if (!attributes || !given) return known;
  const late = () => new Error('`attributes()` has not answered in time.');
  return joinUser(known, (await within(attributes(request, given, known), scheduler, late)) ?? undefined);
}

/**
 * Reads the body of a request as JSON.
 *
 * @throws Refusal when it is none, is too large, or does not come.
 */
export async function readJson(request: IncomingRequest, maxBytes: number, scheduler: SchedulerLike): Promise<unknown> {
  const type = request.header('content-type');
  if (type !== undefined && !/^\s*application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new Refusal('unsupported-media-type');
  }
  if (Number(request.header('content-length') ?? 0) > maxBytes) throw new Refusal('body-too-large');
  const body = await within(request.readBody(maxBytes), scheduler, () => new Refusal('request-timeout'));
  if ('problem' in body) throw new Refusal(body.problem);
  if ('parsed' in body) return body.parsed;
  if (body.text.trim() === '') return undefined;
  if (type === undefined) throw new Refusal('unsupported-media-type');
  try {
    return JSON.parse(body.text) as unknown;
  } catch {
    throw new Refusal('malformed-body');
  }
}
