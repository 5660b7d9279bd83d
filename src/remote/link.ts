import type { Subscription } from 'rxjs';
import type { RefreshResult } from '../acquisition/outcome.js';
import { succeeded } from '../acquisition/outcome.js';
import type { Occurrence } from '../logging/event-text.js';
import type { Asker, Ending } from './attempt.js';
import { failureOf, listen, poll } from './attempt.js';
import type { ResolvedRemoteOptions } from './options.js';
import { pauseAfter } from './pause.js';

/** Whom a link asks for, and whom it tells. */
export interface LinkOwner extends Asker {
  /** The relay is being asked, and nothing has come yet. */
  readonly onBegin: () => void;
  /** How asking has ended, or that it has brought something: once for each `onBegin()` that is not stopped. */
  readonly onSettled: (result: RefreshResult, entry?: Occurrence) => void;
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
  let current: AbortController | undefined;
  let timer: Subscription | undefined;
  let isWaiting = false;
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
    isWaiting = false;
  };
  const start = () => {
    stop();
    startedMs = heardMs = scheduler.now();
    void run((current = new AbortController()));
  };

  const run = async (controller: AbortController) => {
    const isCurrent = () => current === controller;
    const told = { isTold: false };
    const settle = (result: RefreshResult, entry?: Occurrence) => {
      if (!told.isTold && isCurrent()) owner.onSettled(result, entry);
      told.isTold = true;
    };
    const watch = (ms: number) => {
      after(ms, () => {
        const leftMs = heardMs + maxSilenceMs - scheduler.now();
        if (told.isTold && leftMs > 0) watch(leftMs);
        else controller.abort();
      });
    };
    const attempt = {
      signal: controller.signal,
      isCurrent,
      onHeard: () => {
        heardMs = scheduler.now();
      },
      onTold: () => {
        settle(succeeded);
      },
    };
    owner.onBegin();
    watch(maxAnswerMs);
    const ask = live ? listen : poll;
    let ending: Ending = await ask(options, owner, attempt).catch((error: unknown) => ({ failed: failureOf(error) }));
    // A stream that was told of as dead has done what it could; one that has never begun may be held back on its way.
    const isAborted = controller.signal.aborted;
    if (isAborted && live && !told.isTold && isCurrent()) ending = await pollInstead(isCurrent);
    if (!isCurrent()) return;
    controller.abort();
    const wasTold = told.isTold;
    if (ending.failed) settle(ending.failed.failure, ending.failed.entry);
    else settle(succeeded);
    isWaiting = true;
    after(pauseOf(ending, wasTold), start);
  };

  const pollInstead = async (isCurrent: () => boolean): Promise<Ending> => {
    const controller = new AbortController();
    watchdog(controller);
    return poll(options, owner, { signal: controller.signal, isCurrent }).catch((error: unknown) => ({
      failed: failureOf(error),
    }));
  };
  const watchdog = (controller: AbortController) => {
    after(maxAnswerMs, () => {
      controller.abort();
    });
  };

  const pauseOf = ({ failed, goodbye, answer, isPolled }: Ending, wasTold: boolean): number => {
    if (isPolled && !failed) return pollIntervalMs * (1 - random() / 2);
    const isStable = goodbye !== undefined || (wasTold && scheduler.now() - startedMs >= maxSilenceMs);
    const pauseMs = pauseAfter(isStable ? 0 : failures, random, goodbye, answer);
    failures = goodbye ? 0 : isStable ? 1 : failures + 1;
    return pauseMs;
  };

  return {
    start,
    stop,
    wake: (inAnyCase) => {
      const nowMs = scheduler.now();
      // A page that comes back has been stopped.
      if (current && nowMs - startedMs < minRestartMs) return;
      if (!current || inAnyCase || isWaiting || nowMs - heardMs > heartbeatMs) start();
    },
  };
}
