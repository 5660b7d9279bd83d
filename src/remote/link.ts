import type { Subscription } from 'rxjs';
import type { RefreshResult } from '../acquisition/outcome.js';
import { succeeded } from '../acquisition/outcome.js';
import type { Asker, Attempt } from './attempt.js';
import { ask, toFailure } from './attempt.js';
import type { ResolvedRemoteOptions } from './options.js';
import { pauseAfter } from './pause.js';

/** Whom a link asks for, and whom it tells. */
export interface LinkOwner extends Asker {
  /** The relay is being asked, and nothing has come yet. */
  readonly onBegin: () => void;
  /** How asking has ended, or that it has brought something: once for each `onBegin()` that is not stopped. */
  readonly onSettled: (result: RefreshResult, status?: number) => void;
}

/** The connection to a relay. */
export interface Link {
  /** Connects, and connects again whenever the connection ends; anew where it is open. */
  readonly start: () => void;
  readonly stop: () => void;
  /** Connects anew if the connection may be dead without having said so, or in any case, unless that has just been done. */
  readonly wake: (inAnyCase: boolean) => void;
}

/** A relay that sends nothing for so long is not there any more. Source: relay protocol, section 4. */
const maxSilenceMs = 60_000;
/** A relay in working order has sent something within this time. */
const heartbeatMs = 25_000;
/** Whoever has not been told anything by then sits behind something that holds streams back. */
const maxAnswerMs = 15_000;
const minRestartMs = 1000;

/**
 * Keeps a stream of values open. It is read by `fetch` and not by `EventSource`, which can neither send what the page knows of
 * its user, as that takes a POST, nor headers; nor can it be told when to come back: after a relay has been killed all of its
 * clients would return at the same time.
 */
export function createLink(options: ResolvedRemoteOptions, owner: LinkOwner): Link {
  const { scheduler, random, live, pollIntervalMs } = options;
  /** What asks at present, or has asked last and waits: then it is aborted. */
  let current: AbortController | undefined;
  let timer: Subscription | undefined;
  let failures = 0;
  let startedMs = -Infinity;
  let heardMs = 0;

  const after = (ms: number, run: () => void) => {
    timer?.unsubscribe();
    timer = scheduler.schedule(run, ms);
  };
  const stop = () => {
    timer?.unsubscribe();
    current?.abort();
    current = undefined;
  };
  const start = () => {
    stop();
    startedMs = heardMs = scheduler.now();
    owner.onBegin();
    void run(live);
  };

  /** Asks once, by a stream or not, and arranges what comes after it. Nothing is told once another attempt has begun. */
  const run = async (isStream: boolean): Promise<void> => {
    const controller = (current = new AbortController());
    const { signal } = controller;
    const isCurrent = () => current === controller;
    const attempt: Attempt = {
      signal,
      isCurrent,
      onHeard: () => {
        heardMs = scheduler.now();
      },
      onTold: () => {
        const { isTold } = attempt;
        attempt.isTold = true;
        if (!isTold) owner.onSettled(succeeded);
      },
    };
    const watch = (ms: number) => {
      after(ms, () => {
        const leftMs = heardMs + maxSilenceMs - scheduler.now();
        if (attempt.isTold && leftMs > 0) watch(leftMs);
        else controller.abort();
      });
    };
    watch(maxAnswerMs);
    try {
      await ask(options, owner, attempt, isStream);
    } catch (error) {
      attempt.failure = toFailure(1103, `The relay could not be asked: ${String(error)}`, error);
    }
    if (!isCurrent()) return;
    const { isTold, failure, answer } = attempt;
    // A stream that was told of as dead has done what it could; one that has never begun may be held back on its way.
    if (isStream && signal.aborted && !isTold) return run(false);
    controller.abort();
    // Whoever is told how it has ended may connect anew.
    after(pauseMsOf(attempt), start);
    if (!isTold) owner.onSettled(failure ?? succeeded, answer?.status);
  };

  const pauseMsOf = ({ isPolled, isTold, failure, goodbye, answer }: Attempt): number => {
    const isWell = isPolled && !failure;
    if (isWell || goodbye !== undefined || (isTold && scheduler.now() - startedMs >= maxSilenceMs)) failures = 0;
    if (isWell) return pollIntervalMs * (1 - random() / 2);
    const pauseMs = pauseAfter(failures, random, goodbye, answer);
    if (!goodbye) failures++;
    return pauseMs;
  };

  return {
    start,
    stop,
    wake: (inAnyCase) => {
      const nowMs = scheduler.now();
      // A page that comes back has been stopped.
      if (current && nowMs - startedMs < minRestartMs) return;
      // What waits has been aborted.
      if (!current || inAnyCase || current.signal.aborted || nowMs - heardMs > heartbeatMs) start();
    },
  };
}
