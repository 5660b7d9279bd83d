import type { IncomingHttpHeaders } from 'node:http';
import { requireDurationMs } from '../arguments.js';
import type { Fault } from './faults.js';

/** A request as it came in. */
export interface ConfigRequest {
  readonly method: string;
  /** As `/configuration-files/…/config_v6.json`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The SDK key whose config is requested; `undefined` when the path has none. */
  readonly sdkKey: string | undefined;
}

/**
 * The faults of answers: the same one each time; one per request in turn, after which answers are right (`undefined` stands
 * for a right answer); or the one that a function returns for each request.
 */
export type Faults = Fault | readonly (Fault | undefined)[] | ((request: ConfigRequest) => Fault | undefined);

/** Decides which fault the answer to each request has. */
export interface FaultPlan {
  readonly set: (sdkKey: string, faults: Faults | undefined) => void;
  readonly next: (request: ConfigRequest) => Fault | undefined;
}

/** Creates a plan of faults by SDK key; that of `*` holds for all requests whose key has none. */
export function createFaultPlan(): FaultPlan {
  const plans = new Map<string, (request: ConfigRequest) => Fault | undefined>();
  return {
    set: (sdkKey, faults) => {
      for (const fault of typeof faults === 'function' ? [] : [faults ?? []].flat()) requireFault(fault);
      if (faults) plans.set(sdkKey, toFunction(faults));
      else plans.delete(sdkKey);
    },
    next: (request) => (plans.get(request.sdkKey ?? '*') ?? plans.get('*'))?.(request),
  };
}

function toFunction(faults: Faults): (request: ConfigRequest) => Fault | undefined {
  if (typeof faults === 'function') return faults;
  if (!('kind' in faults)) {
    const left = [...faults];
    return () => left.shift();
  }
  return () => faults;
}

function requireFault(fault: Fault | undefined): void {
  if (fault?.kind === 'latency') requireDurationMs('latency.ms', fault.ms, 0);
  if (fault?.kind === 'drip') requireDurationMs('drip.everyMs', fault.everyMs ?? 0, 0);
}
