import { Observable, Subject, debounceTime, defer, retry, switchMap, timer } from 'rxjs';
import type { NodeRedisSentinelSubscriber } from './clients.js';
import type { ChannelEvent } from './listen.js';
import { isRefusal } from './listen.js';

/** How long events of a failover are waited for before the channel is subscribed to again, in milliseconds. */
const settledMs = 50;
/** The time between two tries, in milliseconds. */
const pauseMs = 500;

/**
 * Subscribes to a channel through a client of `redis` behind sentinels. It finds a new master by itself, but says of the
 * connection to it no more than that something was wrong: after each such event the channel is subscribed to anew.
 */
export function listenBehindSentinels(
  open: () => NodeRedisSentinelSubscriber,
  channel: string,
): Observable<ChannelEvent> {
  return new Observable((observer) => {
    const sentinel = open();
    const doubt$ = new Subject<void>();
    let isListening = false;
    let hasAsked = false;
    const onMessage = (message: string) => {
      observer.next({ message });
    };
    const subscribe$ = defer(async () => {
      // The package makes a new connection when nobody is subscribed any more.
      if (hasAsked) await sentinel.unsubscribe(channel);
      hasAsked = true;
      await sentinel.subscribe(channel, onMessage);
    });
    const retryDelay = (error: unknown) => {
      if (isRefusal(error)) observer.next({ refusal: error });
      return timer(pauseMs);
    };
    const doubt = () => {
      if (isListening) observer.next('lost');
      isListening = false;
      doubt$.next();
    };
    const subscription = doubt$
      .pipe(
        debounceTime(settledMs),
        switchMap(() => subscribe$.pipe(retry({ delay: retryDelay }))),
      )
      .subscribe(() => {
        isListening = true;
        observer.next('listening');
      });
    sentinel.on('ready', doubt);
    sentinel.on('reconnecting', doubt);
    sentinel.on('error', doubt);
    sentinel.on('topology-change', ({ type }) => {
      if (type === 'MASTER_CHANGE') doubt();
    });
    subscription.add(
      defer(() => sentinel.connect())
        .pipe(retry({ delay: pauseMs }))
        .subscribe(),
    );
    return () => {
      subscription.unsubscribe();
      sentinel.destroy().catch(() => undefined);
    };
  });
}
