import type { FetchFunction } from 'configcat-rx';
import type { ConfigRequest, Fault } from 'configcat-rx/server';
import { fetch as crossFetch } from 'cross-fetch';
import { Agent } from 'node:http';
import type { Clock, Timers } from './clock.js';
import { requestTimeoutMs } from './plan.js';

/** Knows which requests are under way, and whether they get on without time passing. */
export interface Traffic {
  /** For the server: the fault of each request, in the order of `plan`, which ends with good answers. */
  readonly meet: (request: ConfigRequest) => Fault | undefined;
  readonly plan: (faults: readonly (Fault | undefined)[]) => void;
  /** Forgets all faults that have not been met. */
  readonly beWell: () => void;
  /** For the client: a fetch function that counts. */
  readonly fetch: FetchFunction;
  /** What is under way needs no time, only patience. */
  readonly isBusy: () => boolean;
  /** How many requests the client has sent. */
  readonly sent: () => number;
  /** Until when the server asked to be left alone. */
  readonly leaveAloneUntilMs: () => number;
  /** The faults that were met, request by request. */
  readonly met: readonly string[];
  readonly close: () => void;
}

export interface TrafficOptions {
  readonly clock: Clock;
  readonly client: Timers;
  readonly server: Timers;
  readonly violate: (text: string) => void;
}

export function createTraffic({ clock, client, server, violate }: TrafficOptions): Traffic {
  const agent = new Agent({ keepAlive: true });
  const met: string[] = [];
  const left: (Fault | undefined)[] = [];
  let lastFault: Fault | undefined;
  let received = 0;
  let receivedBefore = 0;
  let sent = 0;
  let sending = 0;
  let usesFetch = false;
  let leaveAloneUntilMs = 0;

  const requestsInFlight = () => client.delaysMs().filter((delayMs) => delayMs === requestTimeoutMs).length;
  // A request is sent when its timer starts: whatever the server receives after that belongs to it.
  let inFlightBefore = 0;
  const subscription = clock.change$.subscribe(() => {
    const inFlight = requestsInFlight();
    if (inFlight > inFlightBefore) {
      receivedBefore = received;
      if (inFlight > 1) violate('the client waited for two requests at once');
      sent++;
    }
    inFlightBefore = inFlight;
  });

  const isWaitingForTime = () =>
    received > receivedBefore && lastFault !== undefined && waitsForTime(lastFault, usesFetch, server);

  return {
    meet: () => {
      received++;
      lastFault = left.shift();
      met.push(lastFault?.kind ?? 'well');
      const seconds = lastFault?.kind === 'status' ? Number(lastFault.headers?.['Retry-After'] ?? 0) : 0;
      leaveAloneUntilMs = Math.max(leaveAloneUntilMs, clock.now() + seconds * 1000);
      clock.change$.next();
      return lastFault;
    },
    plan: (faults) => {
      left.push(...faults);
    },
    beWell: () => {
      left.length = 0;
    },
    fetch: async (url, init) => {
      usesFetch = true;
      sending++;
      if (sending > 1) violate('a request was sent while another was in flight');
      let isOver = false;
      const end = () => {
        if (!isOver) sending--;
        isOver = true;
      };
      init.signal.addEventListener('abort', end);
      try {
        const response = await crossFetch(url, { ...init, redirect: 'manual', agent } as RequestInit);
        return {
          status: response.status,
          statusText: response.statusText,
          headers: response.headers,
          text: async () => {
            const text = await response.text();
            end();
            return text;
          },
        };
      } catch (error) {
        end();
        throw error;
      }
    },
    isBusy: () => requestsInFlight() > 0 && !isWaitingForTime(),
    sent: () => sent,
    leaveAloneUntilMs: () => leaveAloneUntilMs,
    met,
    close: () => {
      subscription.unsubscribe();
      agent.destroy();
    },
  };
}

/** After such a fault the client waits for its own timer, or the server for one of its timers. */
function waitsForTime(fault: Fault, usesFetch: boolean, server: Timers): boolean {
  switch (fault.kind) {
    case 'latency':
    case 'drip':
      return server.delaysMs().length > 0;
    case 'hang':
      return true;
    case 'wrong-length':
      return fault.by > 0;
    // Of itself cross-fetch does not notice that a body ends before its length.
    case 'truncated':
      return usesFetch && fault.framing !== 'chunked';
    case 'reset':
      return usesFetch && fault.when === 'mid-body';
    default:
      return false;
  }
}
