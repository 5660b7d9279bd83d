import type { Observable } from 'rxjs';
import { Subject, of } from 'rxjs';
import type { Engine, LeaseReply, LeaseRequest, Order, Stored } from '../fleet/index.js';
import { isLater } from '../fleet/index.js';

/** A server that processes share an entry through, in memory: the model of all engines. */
export interface MemoryEngine extends Omit<Engine, 'read' | 'write' | 'announce' | 'lease' | 'renew' | 'release'> {
  read(): Stored;
  write(text: string, order: Order, announcement: string): boolean;
  announce(message: string): void;
  lease(owner: string, ms: number, request: LeaseRequest): LeaseReply;
  renew(owner: string, ms: number): boolean;
  release(owner: string, announcement: string): boolean;
  /** Stores a payload as somebody does who knows nothing of the fleet. */
  storeForeign(text: string): void;
  /** Forgets everything, as a server does that is restarted. */
  forget(): void;
  /** Loses the last write and keeps the lease, as a server may that confirms writes before it stores them. */
  loseWrite(): void;
}

/** Defects of the engine that specs have to find. */
export interface EngineDefects {
  readonly acceptsEveryWrite?: boolean;
}

export function createMemoryEngine(now: () => number, { acceptsEveryWrite = false }: EngineDefects = {}): MemoryEngine {
  const message$ = new Subject<string>();
  let text: string | undefined;
  let ownText: string | undefined;
  let order: Order | undefined;
  let granted = 0;
  let before: { readonly text: typeof text; readonly order: typeof order } = { text, order };
  let holder: { readonly owner: string; readonly untilMs: number } | undefined;
  const holding = () => (holder && holder.untilMs > now() ? holder : undefined);
  const isRefused = (given: Order) => given.fence !== granted || !isLater(given, order);

  return {
    read: () => ({ text, order, isForeign: text !== ownText || order === undefined }),
    write: (given, givenOrder, announcement) => {
      if (!acceptsEveryWrite && isRefused(givenOrder)) return false;
      before = { text: ownText, order };
      text = ownText = given;
      order = givenOrder;
      message$.next(announcement);
      return true;
    },
    announce: (message) => message$.next(message),
    listen: (): Observable<string> => message$,
    lease: (owner, ms, { aboveFence, takeOverAfter }) => {
      const held = holding();
      const isFree = !held || held.owner === owner;
      const isUnchanged =
        takeOverAfter === 'nothing'
          ? order === undefined
          : takeOverAfter?.fence === order?.fence && takeOverAfter?.counter === order?.counter;
      if (takeOverAfter === undefined ? !isFree : !isUnchanged) {
        return { fence: undefined, leftMs: held ? held.untilMs - now() : 0, lastWrite: order };
      }
      granted = Math.max(granted, Math.floor(now()), order?.fence ?? 0, aboveFence) + 1;
      holder = { owner, untilMs: now() + ms };
      return { fence: granted, leftMs: ms };
    },
    renew: (owner, ms) => {
      if (holding()?.owner !== owner) return false;
      holder = { owner, untilMs: now() + ms };
      return true;
    },
    release: (owner, announcement) => {
      if (holding()?.owner !== owner) return false;
      holder = undefined;
      message$.next(announcement);
      return true;
    },
    alive$: of(true),
    storeForeign: (given) => {
      text = given;
    },
    forget: () => {
      text = ownText = order = holder = undefined;
      before = { text, order };
      granted = 0;
    },
    loseWrite: () => {
      text = ownText = before.text;
      ({ order } = before);
    },
  };
}
