import { Observable } from 'rxjs';
import type { RedisSubscriber } from './clients.js';

/**
 * An event of a subscription to a channel: a message; the subscription began (again); the connection was lost; or Redis
 * refused the subscription, and why.
 */
export type ChannelEvent = 'listening' | 'lost' | { readonly message: string } | { readonly refusal: unknown };

/** The two calls that differ between the packages. */
interface SubscriberCalls {
  readonly subscribe: () => Promise<unknown>;
  readonly end: () => void;
}

/** Subscribes to a channel through a connection that finds its server again by itself. */
export function listen<S extends RedisSubscriber>(
  open: () => S,
  prepare: (subscriber: S, onMessage: (message: string) => void) => SubscriberCalls,
): Observable<ChannelEvent> {
  return new Observable((observer) => {
    const subscriber = open();
    const { subscribe, end } = prepare(subscriber, (message) => {
      observer.next({ message });
    });
    const ignore = () => undefined;
    // The packages reconnect by themselves. Without an error listener `redis` would end the process, `ioredis` print a trace.
    subscriber.on('error', ignore);
    subscriber.on('reconnecting', () => {
      observer.next('lost');
    });
    // `redis` also subscribes again by itself, but only a call of ours says when that is done.
    subscriber.on('ready', () => {
      subscribe().then(
        () => {
          observer.next('listening');
        },
        (refusal: unknown) => {
          observer.next({ refusal });
        },
      );
    });
    // `ioredis` rejects this call when it already connects by itself.
    subscriber.connect().catch(ignore);
    return () => {
      try {
        end();
      } catch {
        // The connection was closed already.
      }
    };
  });
}

/** Whether an error says that the user of the connection may not do that. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && /^NO(PERM|AUTH)\b/.test(error.message);
}
