import type { SchedulerLike, Subscriber } from 'rxjs';
import { requireDurationMs, requireKnown, requireObject } from '../arguments.js';
import type { Delivery } from '../core/options.js';
import type { Group, Notify, Slices } from '../core/dispatcher.js';
import { membersOf } from '../core/dispatcher.js';

/** How long one slice of a delivery takes. */
export interface SliceOptions {
  /**
   * How long subscribers are told of a change before timers, requests and events have their turn, in milliseconds, 1 to
   * 2147483647. One subscriber that takes longer is not interrupted.
   *
   * @defaultValue `10`
   */
  readonly sliceMs?: number;
}

/**
 * For the `delivery` option: tells many subscribers of a change in slices, so that no change holds the event loop for long. It
 * costs what the option is off for: streams of one client can be at different configs for some milliseconds. Snapshots, reads
 * and new subscribers see the new config at once; each stream emits once for each change, always of one config as a whole; a
 * newer config takes the place of what has not been told yet. What is left when the client is disposed of is told then. Where
 * time is virtual, nothing takes time, and all are told at once.
 *
 * @throws RangeError when `sliceMs` is no such duration, TypeError when there is another option.
 *
 * @example
 * createClient(sdkKey, { delivery: inSlices() });
 */
export function inSlices(options: SliceOptions = {}): Delivery {
  requireObject('options', options);
  requireKnown('options', options, ['sliceMs']);
  const { sliceMs = 10 } = options;
  requireDurationMs('options.sliceMs', sliceMs);
  return { createSlices: (scheduler) => createSlices(sliceMs, scheduler) };
}

/** Members of a group who have all been told the same, and are to be told what it is now. */
interface Batch {
  readonly group: Group;
  /** What they have been told. */
  readonly told: unknown;
  readonly members: readonly Subscriber<unknown>[];
  /** How many of them have had their turn. */
  done: number;
}

function createSlices(sliceMs: number, scheduler: SchedulerLike): Slices {
  let queue: Batch[] = [];
  let head = 0;
  let isSorted = true;
  let isRunning = false;
  let isScheduled = false;
  let notify: Notify;
  const batchesOf = new Map<Group, Batch[]>();
  /** Groups whose answer is that of an older state, and what brings it up to date. */
  const stale = new Map<Group, (group: Group) => unknown>();

  const settle = (group: Group) => {
    const renew = stale.get(group);
    if (!renew) return;
    stale.delete(group);
    renew(group);
  };

  const add = (group: Group, renew?: (group: Group) => unknown) => {
    // Whoever has joined since has brought the answer up to date: all are waiting already.
    if (stale.has(group)) return;
    const batches = batchesOf.get(group) ?? [];
    const waiting = new Set(batches.flatMap(({ members: all, done }) => all.slice(done)));
    const members = membersOf(group).filter((member) => !waiting.has(member));
    if (renew) stale.set(group, renew);
    if (members.length === 0) return;
    const batch: Batch = { group, told: group.answer, members, done: 0 };
    queue.push(batch);
    batchesOf.set(group, [...batches, batch]);
    isSorted = false;
  };

  const isNews = ({ group: { view, answer }, told }: Batch) => !view?.isSame(told as never, answer as never);

  /** The next batch with members who wait; nobody else's turn comes before that of those they have subscribed inside of. */
  const next = () => {
    if (!isSorted) {
      queue = queue.slice(head);
      head = 0;
      if (queue.some(({ group }) => group.level)) queue.sort((a, b) => a.group.level - b.group.level);
      isSorted = true;
    }
    for (let batch = queue[head]; batch; batch = queue[++head]) {
      if (batch.done < batch.members.length) return batch;
      const others = batchesOf.get(batch.group)!.filter((other) => other !== batch);
      if (others.length > 0) batchesOf.set(batch.group, others);
      else {
        batchesOf.delete(batch.group);
        // Those who needed the answer have left.
        stale.delete(batch.group);
      }
    }
    queue = [];
    head = 0;
    return undefined;
  };

  /** Tells one after the other until it is over: a subscriber may have others told, or all, in its own turn. */
  const tell = (isOver?: () => boolean) => {
    for (let batch = next(); batch; batch = next()) {
      const subscriber = batch.members[batch.done++]!;
      if (!subscriber.closed) {
        settle(batch.group);
        if (isNews(batch)) notify(batch.group, subscriber);
      }
      if (isOver?.()) break;
    }
  };

  const run = () => {
    // Further changes have their turn with the rest of the present one.
    if (isRunning || isScheduled) return;
    isRunning = true;
    const startMs = scheduler.now();
    tell(() => {
      const passedMs = scheduler.now() - startMs;
      // A clock that was set back tells nothing.
      return passedMs >= sliceMs || passedMs < 0;
    });
    isRunning = false;
    if (!next()) return;
    isScheduled = true;
    scheduler.schedule(() => {
      isScheduled = false;
      run();
    });
  };

  const dispatch: Slices['dispatch'] = (followers, collectors, collect, notifyOne) => {
    notify = notifyOne;
    for (const follower of followers) add(follower);
    for (const collector of collectors) {
      collect(collector, (group) => {
        add(group, collector.renew);
      });
    }
    run();
  };

  return {
    dispatch,
    settle,
    flush: tell,
  };
}
