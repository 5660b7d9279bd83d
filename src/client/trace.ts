import { platform } from '#platform';
import type { Observable } from 'rxjs';
import { defer, from, tap } from 'rxjs';
import type { CacheOpener } from '../acquisition/external-cache.js';
import type { Transport } from '../acquisition/fetch.js';
import type { AutoPollOptions } from '../acquisition/polling/auto.js';
import { autoPoll } from '../acquisition/polling/auto.js';
import type { PollingPlan } from '../acquisition/polling/mode.js';
import { planOf } from '../acquisition/polling/mode.js';
import type { Core, ResolvedOptions } from '../core/source.js';
import type { LoadExplainer } from '../flags/explanations.js';
import type { Note, Traced } from '../flags/trace-log.js';

/** What happens before there are words for it waits for them, up to so much. */
const mostWaiting = 1000;

/**
 * Creates a core, and has written down what it does: requests, answers, reads of the cache, and what each step makes of them.
 * The words are in a module that browsers load when it is first needed; what happens until then waits, in its order.
 */
export function traceWith(
  load: LoadExplainer,
  options: ResolvedOptions,
  create: (options: ResolvedOptions) => Core,
): Core {
  let waiting: [Traced, number][] | undefined = [];
  let write: ((traced: Traced, atMs: number) => void) | undefined;
  const { cache, polling, time } = options;
  const note: Note = (...traced) => {
    const atMs = time.scheduler.now();
    if (write) write(traced, atMs);
    else if (waiting && waiting.length < mostWaiting) waiting.push([traced, atMs]);
  };
  const begin = ({ traceLog }: Awaited<ReturnType<LoadExplainer>>) => {
    write = traceLog(options);
    for (const entry of waiting ?? []) write(...entry);
    waiting = undefined;
  };
  const loaded = load();
  if ('then' in loaded) {
    loaded.then(begin, () => {
      // That it is missing is said where it is missed: here there is nothing to go on without.
      waiting = undefined;
    });
  } else begin(loaded);
  note('start');
  const core = create({
    ...options,
    createTransport: (given, disposed$) => tracedTransport(platform.createTransport(given, disposed$), note),
    cache: cache && tracedCache(cache, note),
    polling: tracedPolling(polling, note),
  });
  core.store.step$.subscribe({
    next: (step) => {
      note('step', step);
    },
    complete: () => {
      note('end');
    },
  });
  return core;
}

function tracedTransport(transport: Transport, note: Note): Transport {
  return (request, onRayId) =>
    defer(() => {
      note('request', request);
      return transport(request, onRayId).pipe(
        tap({
          next: (response) => {
            note('response', response);
          },
          error: (error: unknown) => {
            note('noResponse', error);
          },
        }),
      );
    });
}

function tracedCache(open: CacheOpener, note: Note): CacheOpener {
  return (options, store) => {
    const run = (work$: Parameters<typeof store.run>[0]) => {
      note('write');
      store.run(work$);
    };
    const opened = open(options, { ...store, run });
    const read = (): ReturnType<typeof opened.read> =>
      defer(() => {
        let isTold = false;
        return opened.read().pipe(
          tap({
            next: ({ patch }) => {
              isTold = true;
              note('cache', patch.entry);
            },
            complete: () => {
              if (!isTold) note('cache');
            },
          }),
        );
      });
    return { ...opened, read };
  };
}

/** The same mode, whose gate is looked at: by a mode of the same options, so that the gate is subscribed to once. */
function tracedPolling(plan: PollingPlan, note: Note): PollingPlan {
  const { pollWhile$, ...options } = plan.options as AutoPollOptions;
  if (plan.name !== 'auto' || !pollWhile$) return plan;
  const gate$: Observable<boolean> = defer(() => from(pollWhile$)).pipe(
    tap((isOpen) => {
      note('gate', isOpen);
    }),
  );
  return planOf('options.polling', autoPoll({ ...options, pollWhile$: gate$ }));
}
