import { requestTimeoutMs } from './plan.js';
import type { Request } from './server.js';
import type { Witness } from './witness.js';

/** What was demanded of a client, and the requests by which it is answered. */
export interface Demands {
  /** Something was demanded that a request has to answer which begins from now on. */
  readonly demand: (what: string) => void;
  /** Nothing that was demanded by then is waited for any more. */
  readonly forget: (what?: string) => void;
  /** Puts off what is waited for, because the client stands still. */
  readonly putOff: (ms: number) => void;
  /** What is under way goes on, even if its request is not sent yet. */
  readonly wentOffline: () => void;
  readonly begun: (request: Request) => void;
  readonly ended: (request: Request) => void;
  /** Whether a request has brought this version just now, and was one that was demanded, if it has to be. */
  readonly hasBrought: (version: number, isDemanded: boolean) => boolean;
  /** Expects that nothing has been waited for too long. */
  readonly check: () => void;
  readonly isRequesting: () => boolean;
  /** For how long there has been a request, or the pause before its repetition, in all. */
  readonly requestingMs: () => number;
  readonly requests: () => number;
}

export interface DemandsOptions {
  readonly name: string;
  readonly witness: Witness;
  /** The true time. */
  readonly now: () => number;
  /** Until when the client stood still last. */
  readonly stalledUntilMs: () => number;
  readonly isOffline: () => boolean;
  readonly isDisposed: () => boolean;
}

/** A cache read that is under way, one of its own, and a fetch that is under way get two seconds each. */
const patienceMs = 6100;
/** How long after a failure a request is repeated. */
const repetitionMs = 51;

export function createDemands(options: DemandsOptions): Demands {
  const { name, witness, now, stalledUntilMs, isOffline, isDisposed } = options;
  const waiting = new Map<string, number>();
  const demanded = new Set<Request>();
  const open = new Set<Request>();
  let last: Request | undefined;
  let lastEnded: Request | undefined;
  let requests = 0;
  let endedMs = 0;
  let wentOfflineAtMs = -Infinity;
  /** What was demanded before the request under way, and is answered by its repetitions. */
  let isAnsweringDemand = false;

  // What is given up before its time is not repeated.
  const isRepetition = () =>
    last?.endedAtMs !== undefined &&
    (!last.isAborted || last.endedAtMs - last.begunAtMs >= requestTimeoutMs) &&
    now() - Math.max(last.endedAtMs, stalledUntilMs()) <= repetitionMs;

  return {
    demand: (what) => {
      if (!waiting.has(what)) waiting.set(what, Math.max(now(), stalledUntilMs()));
    },
    forget: (what) => {
      if (what === undefined) waiting.clear();
      else waiting.delete(what);
    },
    putOff: (ms) => {
      for (const [what, sinceMs] of waiting) waiting.set(what, sinceMs + ms);
    },
    wentOffline: () => {
      waiting.clear();
      wentOfflineAtMs = now();
    },
    begun: (request) => {
      requests++;
      request.begunAtMs = now();
      if (isDisposed()) witness.violate('request after dispose', `${name} sent a request`);
      else if (isOffline() && !isRepetition() && wentOfflineAtMs !== now()) {
        witness.violate('request while offline', `${name} sent a request`);
      }
      if (open.size > 0) witness.violate('two requests at once', `${name} sent a request while another was under way`);
      open.add(request);
      isAnsweringDemand = waiting.size > 0 || (isAnsweringDemand && isRepetition());
      if (isAnsweringDemand) demanded.add(request);
      waiting.clear();
      last = request;
    },
    ended: (request) => {
      request.endedAtMs = now();
      endedMs += now() - request.begunAtMs;
      open.delete(request);
      lastEnded = request;
    },
    hasBrought: (version, isDemanded) =>
      lastEnded?.version === version && lastEnded.endedAtMs === now() && (!isDemanded || demanded.has(lastEnded)),
    check: () => {
      for (const [what, sinceMs] of waiting) {
        if (now() - sinceMs <= patienceMs) continue;
        witness.violate('demand not heeded', `${name}: ${what}: no request for ${now() - sinceMs} ms`);
      }
    },
    isRequesting: () => open.size > 0,
    requestingMs: () => {
      const openMs = [...open].reduce((sum, { begunAtMs }) => sum + now() - begunAtMs, 0);
      return endedMs + openMs + requests * repetitionMs;
    },
    requests: () => requests,
  };
}
