import { Observable, concatMap, defer, repeat, retry, timer } from 'rxjs';
import type { RedisSubscriber } from './clients.js';
import type { ChannelEvent } from './listen.js';
import { isRefusal } from './listen.js';

/** A node of a cluster that may be subscribed to. */
export interface ClusterNode {
  /** As the server names it when it sends somebody there. */
  readonly address: string;
  readonly open: () => Promise<NodeSubscriber>;
}

/** A connection to one node of a cluster. */
export interface NodeSubscriber {
  readonly subscriber: RedisSubscriber;
  readonly onMessage: (listener: (message: string) => void) => void;
  readonly subscribe: (channel: string) => Promise<unknown>;
  /** Subscribes within the part of the cluster that has the channel; `undefined` where the package cannot. */
  readonly subscribeSharded: (channel: string) => Promise<unknown> | undefined;
  /** The event that says that another node has the channel from now on. */
  readonly moved: string;
  readonly end: () => void;
}

/** How long a node may take to answer, in milliseconds. */
const connectMs = 2000;
/** The time between two tries, in milliseconds. */
const pauseMs = 100;

/**
 * Subscribes to a channel in a cluster, where nodes come and go: through the node that has the channel's slot, by a plain
 * connection that is given up when it is lost. The subscribers of the packages find another node by themselves, but do not
 * say when messages may have been missed.
 */
export function listenInCluster(nodes: () => readonly ClusterNode[], channel: string): Observable<ChannelEvent> {
  let preferred: string | undefined;
  let attempts = 0;
  const pick = () => {
    const all = nodes();
    const node = all.find(({ address }) => address === preferred) ?? all[attempts++ % all.length];
    if (!node) throw new Error('The cluster has no node yet.');
    return node;
  };
  const pause = { delay: () => timer(preferred === undefined ? pauseMs : 0) };
  return defer(async () => pick().open()).pipe(
    concatMap((node) => {
      preferred = undefined;
      return listenToNode(node, channel, (address) => {
        preferred = address;
      });
    }),
    // Wherever a node is gone, another one has its slots after a while.
    retry(pause),
    repeat(pause),
  );
}

/** Subscribes through one node; completes when that is lost, or when another node has the channel. */
function listenToNode(
  node: NodeSubscriber,
  channel: string,
  isElsewhere: (address: string) => void,
): Observable<ChannelEvent> {
  return new Observable((observer) => {
    const { subscriber } = node;
    let isListening = false;
    const leave = () => {
      if (isListening) observer.next('lost');
      isListening = false;
      observer.complete();
    };
    const patience = timer(connectMs).subscribe(() => {
      if (!isListening) leave();
    });
    const subscribe = async () => {
      try {
        // Servers that know both announce through the first; older ones and older scripts through the second.
        await node.subscribeSharded(channel)?.catch(ignoreUnknownCommand);
        await node.subscribe(channel);
        isListening = true;
        observer.next('listening');
      } catch (error) {
        const address = /^MOVED \d+ (\S+)/.exec(error instanceof Error ? error.message : '')?.[1];
        if (address !== undefined) isElsewhere(address);
        else if (isRefusal(error)) observer.next({ refusal: error });
        leave();
      }
    };
    node.onMessage((message) => {
      observer.next({ message });
    });
    subscriber.on('ready', () => void subscribe());
    for (const event of ['error', 'reconnecting', 'end', node.moved]) subscriber.on(event, leave);
    // `ioredis` rejects this call when it already connects by itself; what else fails is an event as well.
    subscriber.connect().catch(() => undefined);
    return () => {
      patience.unsubscribe();
      try {
        node.end();
      } catch {
        // The connection was closed already.
      }
    };
  });
}

function ignoreUnknownCommand(error: unknown): void {
  if (!(error instanceof Error) || !/unknown command/i.test(error.message)) throw error;
}
