import type { FetchFunction } from 'configcat-rx';
import type { SchedulerLike } from 'rxjs';
import { timer } from 'rxjs';
import { documentOf, etagOf } from './config.js';
import type { Answer } from './plan.js';

/** What a server says to one request. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Where the newest config is: in this process, or behind real HTTP. */
export interface Origin {
  /** The edit that is served. */
  readonly version: () => number;
  readonly edit: () => void;
  /** What the server calls an edit. */
  readonly etagOf: (version: number) => string;
  /** Answers well. */
  readonly reply: (etag: string | undefined, use: (reply: Reply, version: number) => void) => void;
  /** Something is under way that needs no time, only patience. */
  readonly isBusy: () => boolean;
  readonly close: () => Promise<void>;
}

/** The edit that is served at first. */
export const firstVersion = 2;

/** A server without a network. */
export function createOrigin(): Origin {
  let version = firstVersion;
  return {
    version: () => version,
    edit: () => {
      version++;
    },
    etagOf,
    reply: (etag, use) => {
      const headers = { etag: etagOf(version) };
      const isKnown = etag === headers.etag;
      use({ status: isKnown ? 304 : 200, headers, text: isKnown ? '' : documentOf(version) }, version);
    },
    isBusy: () => false,
    close: () => Promise.resolve(),
  };
}

/** A request of a client. */
export interface Request {
  isOpen: boolean;
  isAborted: boolean;
  /** The edit that the answer has, or vouches for. */
  version: number | undefined;
  begunAtMs: number;
  endedAtMs: number | undefined;
}

export interface NetworkOptions {
  readonly origin: Origin;
  /** Timers of what comes to the client. */
  readonly arrivals: SchedulerLike;
  readonly nextAnswer: () => Answer;
  /** Told of a request that begins, of the answer that the server makes, and of the end. */
  readonly begun: (request: Request, answer: Answer) => void;
  readonly ended: (request: Request) => void;
}

const statusTexts: Readonly<Record<number, string>> = { 200: 'OK', 304: 'Not Modified', 404: 'Not Found' };

/** A fetch function that answers as it is told to, in virtual time. */
export function createNetwork({ origin, arrivals, nextAnswer, begun, ended }: NetworkOptions): FetchFunction {
  return (_, { headers, signal }) => {
    const answer = nextAnswer();
    const request: Request = { isOpen: true, isAborted: false, version: undefined, begunAtMs: 0, endedAtMs: undefined };
    begun(request, answer);
    const end = () => {
      if (!request.isOpen) return;
      request.isOpen = false;
      ended(request);
    };
    if (answer.kind === 'throw') {
      end();
      throw new TypeError('This function throws.');
    }
    const after = (ms: number, work: () => void) => {
      if (ms <= 0) work();
      else timer(ms, arrivals).subscribe(work);
    };
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => {
        request.isAborted = request.isOpen;
        end();
        reject(new Error('Aborted.'));
      });
      const respond = ({ status, headers: named, text }: Reply, bodyMs = 0) => {
        resolve({
          status,
          statusText: statusTexts[status] ?? 'Whatever',
          headers: { get: (name) => named[name.toLowerCase()] ?? null },
          text: () =>
            new Promise((give, fail) => {
              signal.addEventListener('abort', () => {
                fail(new Error('Aborted.'));
              });
              after(bodyMs, () => {
                end();
                give(text);
              });
            }),
        });
        // Of other answers nobody reads the body.
        if (status !== 200 && status !== 304) end();
      };
      const etag = headers['If-None-Match'];
      // As real functions have it.
      if (etag !== undefined && !/^[\t\x20-\x7e\x80-\xff]*$/.test(etag)) {
        end();
        reject(new TypeError('Invalid header value.'));
        return;
      }
      const { upMs, downMs } = answer.kind === 'well' ? answer : { upMs: 0, downMs: 0 };
      if (answer.kind === 'hang') return;
      after(upMs, () => {
        if (!request.isOpen) return;
        if (answer.kind === 'reset') {
          end();
          reject(new Error('The connection was reset.'));
        } else if (answer.kind === 'garbage') respond({ status: 200, headers: {}, text: '<!doctype html>' });
        else if (answer.kind === 'status') {
          const { status, retryAfterSeconds } = answer;
          respond({ status, headers: retryAfterSeconds ? { 'retry-after': String(retryAfterSeconds) } : {}, text: '' });
        } else {
          origin.reply(etag, (reply, version) => {
            request.version = version;
            after(downMs, () => {
              if (request.isOpen) respond(reply, answer.kind === 'late body' ? 900 : 0);
            });
          });
        }
      });
    });
  };
}
