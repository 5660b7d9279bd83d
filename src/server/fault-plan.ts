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
  /** Whose config is asked for; `undefined` when the path names none. */
  readonly sdkKey: string | undefined;
}

/**
 * What goes wrong: the same fault each time; faults in turn, one per request, after which all is well (`undefined` stands
 * for a request that is answered well); or what a function says, request by request.
 */
export type Faults = Fault | readonly (Fault | undefined)[] | ((request: ConfigRequest) => Fault | undefined);

/** Which fault the next request meets. */
export interface FaultPlan {
  readonly set: (sdkKey: string, faults: Faults | undefined) => void;
  readonly next: (request: ConfigRequest) => Fault | undefined;
}

/** Plans by SDK key; that of `*` holds for all requests that have no plan of their own. */
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
