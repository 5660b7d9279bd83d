import type { Observer, SchedulerLike } from 'rxjs';
import { Observable } from 'rxjs';
import { autoPoll } from '../../../src/acquisition/polling/auto';
import type { Engine } from '../../../src/fleet/engine';
import type { FleetRole } from '../../../src/fleet/lease';
import { joinFleet } from '../../../src/fleet/share';
import type { MemoryEngine } from '../../../src/testing/memory-engine';
import { fetched, failedFetch, scriptedStore } from '../store';
import type { FetchOutcome } from '../../../src/acquisition/outcome';
import type { VirtualClock } from '../virtual-time';

export const intervalMs = 1000;
export const leaseMs = 1000;
const maxSilenceMs = 3000;
const answerMs = 1000;

/** What all processes of a sequence live in. */
export interface World {
  readonly clock: VirtualClock;
  readonly engine: MemoryEngine;
  readonly random: () => number;
  /** The version of the config that the server has. */
  readonly version: () => number;
  /** Followers order payloads by their times instead of fences and counters: a defect that specs have to find. */
  readonly ordersByTime: boolean;
  /** A former leader never loses its lease, and takes refused writes for done: another defect. */
  readonly believesEndedLeases: boolean;
}

/** A process of the fleet: one client, and what can happen to it. */
export interface ModelProcess {
  readonly shown: readonly number[];
  readonly role: () => FleetRole | undefined;
  readonly isKilled: () => boolean;
  readonly isStopped: () => boolean;
  readonly demand: () => void;
  readonly stop: (ms: number) => void;
  readonly kill: () => void;
  /** Cannot reach the engine, and is told so at once. */
  readonly cutOff: (ms: number) => void;
  /**
   * Cannot reach the engine, and is not told so. What is sent meanwhile, in both directions, arrives afterwards, or is lost
   * with the connections, which are then made again.
   */
  readonly partFromEngine: (ms: number, keepsConnections: boolean) => void;
  /** Is told nothing any more by the connection that listens, nor that it is of no use. Another one would be. */
  readonly loseListening: () => void;
  readonly loseServer: (ms: number) => void;
  readonly slowAnswer: (ms: number) => void;
  readonly delayCommand: (ms: number) => void;
  readonly delayWrite: (ms: number) => void;
  readonly setClock: (skewMs: number) => void;
  readonly loseMessage: () => void;
  readonly doubleMessage: (ms: number) => void;
  /** Ends all that goes wrong. */
  readonly recover: () => void;
}

export const configOf = (version: number) => `{"f":{"version":{"t":2,"v":{"i":${version}}}}}`;
export const versionOf = (text: string) => Number(/"i":(\d+)/.exec(text)?.[1] ?? Number.NaN);

/** Starts a process whose clock is ahead by so much. */
export function startProcess(world: World, skewMs: number): ModelProcess {
  const { clock, random } = world;
  const nowMs = () => clock.scheduler.now();
  const after = (ms: number, work: () => void) => clock.scheduler.schedule(work, ms);
  let skew = skewMs;
  let isKilled = false;
  let held: (() => void)[] | undefined;
  let stoppedUntilMs = -1;
  let serverAwayUntilMs = -1;
  let extraAnswerMs = 0;

  /** Does what reaches the process, or keeps it while the process is stopped. */
  const reach = (work: () => void) => {
    if (isKilled) return;
    if (held) held.push(work);
    else work();
  };
  const resume = () => {
    if (nowMs() < stoppedUntilMs) return;
    const waiting = held ?? [];
    held = undefined;
    for (const work of waiting) after(0, () => reach(work));
  };
  const scheduler: SchedulerLike = {
    now: () => nowMs() + skew,
    schedule: (work, delay, state) =>
      clock.scheduler.schedule(
        function (given) {
          reach(() => {
            if (!this.closed) work.call(this, given!);
          });
        },
        delay,
        state,
      ),
  };
  const latencyMs = () => 1 + Math.floor(random() * 4);

  const link = linkTo(world, { after, reach, scheduler, latencyMs, nowMs, isKilled: () => isKilled });
  const member = joinFleet(() => link.engine, { leaseMs, maxSilenceMs, scheduler, random });
  const answer = () =>
    new Observable<FetchOutcome<string>>((observer: Observer<FetchOutcome<string>>) => {
      const extraMs = extraAnswerMs;
      extraAnswerMs = 0;
      const startedAtMs = scheduler.now();
      after(latencyMs(), () => {
        const isAway = nowMs() < serverAwayUntilMs;
        const text = configOf(world.version());
        after(latencyMs() + extraMs, () =>
          reach(() => {
            observer.next(isAway ? failedFetch : fetched(text, startedAtMs));
            observer.complete();
          }),
        );
      });
    });
  const cache = world.ordersByTime ? { ...member.cache, isOrdered: false } : member.cache;
  const store = scriptedStore(
    scheduler,
    autoPoll({ pollIntervalSeconds: intervalMs / 1000, maxInitWaitTimeSeconds: 5, pollWhile$: member.pollWhile$ }),
    answer,
    cache,
    { random },
  );
  store.start();
  const shown: number[] = [];
  store.step$.subscribe(({ state: { content } }) => {
    const version = content === undefined ? undefined : versionOf(content);
    if (version !== undefined && version !== shown.at(-1)) shown.push(version);
  });
  let role: FleetRole | undefined;
  member.role$.subscribe((current) => {
    role = current;
  });

  return {
    shown,
    role: () => role,
    isKilled: () => isKilled,
    isStopped: () => held !== undefined,
    demand: () => reach(() => store.refresh$.subscribe()),
    stop: (ms) => {
      held ??= [];
      stoppedUntilMs = Math.max(stoppedUntilMs, nowMs() + ms);
      after(ms, resume);
    },
    kill: () => {
      isKilled = true;
    },
    cutOff: link.cutOff,
    partFromEngine: link.part,
    loseListening: link.loseListening,
    loseServer: (ms) => {
      serverAwayUntilMs = nowMs() + ms;
    },
    slowAnswer: (ms) => {
      extraAnswerMs = ms;
    },
    delayCommand: link.delayCommand,
    delayWrite: link.delayWrite,
    setClock: (ms) => {
      skew = ms;
    },
    loseMessage: link.loseMessage,
    doubleMessage: link.doubleMessage,
    recover: () => {
      stoppedUntilMs = serverAwayUntilMs = -1;
      extraAnswerMs = 0;
      link.recover();
      if (held) resume();
    },
  };
}

interface LinkOptions {
  readonly after: (ms: number, work: () => void) => unknown;
  readonly reach: (work: () => void) => void;
  readonly scheduler: SchedulerLike;
  readonly latencyMs: () => number;
  readonly nowMs: () => number;
  readonly isKilled: () => boolean;
}

/** The way between a process and the engine: takes time, and can be cut. */
function linkTo(world: World, { after, reach, scheduler, latencyMs, nowMs, isKilled }: LinkOptions) {
  const { engine } = world;
  let cutUntilMs = -1;
  let extraMs = 0;
  let extraWriteMs = 0;
  let fate: 'lost' | number | undefined;
  let states: Observer<boolean>[] = [];
  let connections = 0;
  let deadConnections = 0;
  /** Whether nothing gets through though nobody was told, and what is on its way meanwhile. */
  let isParted = false;
  let underWay: (() => void)[] | undefined;
  const isCut = () => nowMs() < cutUntilMs;
  const tellStates = (isAlive: boolean) => {
    for (const state of states) after(latencyMs(), () => reach(() => state.next(isAlive)));
  };

  /** A command may arrive long after nobody waits for its reply any more. */
  const call = <T>(work: () => T, lateMs = 0): Promise<T> =>
    new Promise((resolve, reject) => {
      const delayMs = latencyMs() + extraMs + lateMs;
      extraMs = 0;
      scheduler.schedule(() => reject(new Error('gone')), answerMs);
      if (isCut() || isKilled()) return;
      const arrive = () => {
        after(delayMs, () => {
          const result = work();
          pass(() => after(latencyMs(), () => reach(() => resolve(result))));
        });
      };
      pass(arrive);
    });
  /** Lets something through now, after the partition, or never. */
  const pass = (work: () => void) => {
    if (isParted) underWay?.push(work);
    else work();
  };
  const rejoined = () => {
    if (!isParted) return;
    isParted = false;
    const waiting = underWay;
    underWay = undefined;
    waiting?.forEach((work) => work());
    if (!waiting) {
      tellStates(false);
      after(10, () => tellStates(true));
    }
  };
  const restored = () => {
    if (isCut()) return;
    cutUntilMs = -1;
    tellStates(true);
  };

  const { believesEndedLeases } = world;
  let lastFence: number | undefined;

  const remote: Engine = {
    read: () => call(() => engine.read()),
    write: (...args) => {
      const lateMs = extraWriteMs;
      extraWriteMs = 0;
      return call(() => engine.write(...args) || believesEndedLeases, lateMs);
    },
    announce: (message) => call(() => engine.announce(message)),
    lease: (...args) =>
      call(() => {
        const { fence, ...reply } = engine.lease(...args);
        lastFence = fence ?? (believesEndedLeases ? lastFence : undefined);
        return { ...reply, fence: lastFence };
      }),
    renew: (...args) => call(() => engine.renew(...args) || believesEndedLeases),
    release: (...args) => call(() => engine.release(...args)),
    listen: () =>
      new Observable((observer) => {
        const number = ++connections;
        return engine.listen().subscribe((message) => {
          if (isCut() || number <= deadConnections) return;
          const delays = fate === 'lost' ? [] : [latencyMs(), ...(fate === undefined ? [] : [fate])];
          fate = undefined;
          pass(() => {
            for (const delayMs of delays) after(delayMs, () => reach(() => observer.next(message)));
          });
        });
      }),
    alive$: new Observable((observer) => {
      states.push(observer);
      after(latencyMs(), () => reach(() => observer.next(true)));
      return () => {
        states = states.filter((state) => state !== observer);
      };
    }),
  };
  return {
    engine: remote,
    cutOff: (ms: number) => {
      cutUntilMs = nowMs() + ms;
      tellStates(false);
      after(ms, restored);
    },
    part: (ms: number, keepsConnections: boolean) => {
      isParted = true;
      underWay = keepsConnections ? [] : undefined;
      after(ms, rejoined);
    },
    loseListening: () => {
      deadConnections = connections;
    },
    delayCommand: (ms: number) => {
      extraMs = ms;
    },
    delayWrite: (ms: number) => {
      extraWriteMs = ms;
    },
    loseMessage: () => {
      fate = 'lost';
    },
    doubleMessage: (ms: number) => {
      fate = ms;
    },
    recover: () => {
      extraMs = extraWriteMs = 0;
      fate = undefined;
      rejoined();
      if (isCut()) cutUntilMs = nowMs();
      restored();
    },
  };
}
