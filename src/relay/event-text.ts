import type { UserValues } from './evaluation.js';
import { jsonOf } from './evaluation.js';

/** The texts of the events of a stream. Those who are sent the same share it. */
export interface EventTexts {
  /** All values. */
  readonly values: (to: UserValues, orderText: string) => Uint8Array;
  /** What differs; `undefined` when nothing does. */
  readonly changes: (from: UserValues, to: UserValues, orderText: string) => Uint8Array | undefined;
  /** That nothing but the order is new. */
  readonly order: (values: UserValues, orderText: string) => Uint8Array;
}

interface Made {
  readonly orderText: string;
  readonly bytes: Uint8Array | undefined;
}

/** How readers that are no `configcat-rx/remote` wait before they come back. */
const retryMs = 2000;

/** How many texts of all values are kept. */
const maxTexts = 64;

export const streamStart = toBytes(`retry: ${retryMs}\n\n`);
export const heartbeat = toBytes(':\n\n');

/** Says goodbye: the reader comes back at a time between these two. */
export function goodbye(reason: string, minMs: number, maxMs: number): Uint8Array {
  return toBytes(`event: goodbye\ndata: ${JSON.stringify({ reason, minMs, maxMs })}\n\n`);
}

/** Writes events, each of them once. */
export function createEventTexts(): EventTexts {
  // Long, and mostly wanted once: by few who come at the same time.
  const all = new Map<UserValues, Made>();
  // Forgotten with the values: nothing here keeps them.
  const differences = new WeakMap<UserValues, WeakMap<UserValues, Made>>();
  return {
    values: (to, orderText) => {
      let made = all.get(to);
      if (made?.orderText !== orderText) {
        const bytes = eventOf('values', to, `{"order":[${orderText}],"flags":${jsonOf(to.flags)}}`);
        all.set(to, (made = { orderText, bytes }));
        if (all.size > maxTexts) all.delete(all.keys().next().value!);
      }
      return made.bytes!;
    },
    changes: (from, to, orderText) => {
      let byFormer = differences.get(to);
      if (!byFormer) differences.set(to, (byFormer = new WeakMap()));
      let made = byFormer.get(from);
      if (made?.orderText !== orderText) {
        byFormer.set(from, (made = { orderText, bytes: difference(from, to, orderText) }));
      }
      return made.bytes;
    },
    order: (values, orderText) => eventOf('changes', values, `{"order":[${orderText}],"flags":[]}`),
  };
}

function difference(from: UserValues, to: UserValues, orderText: string): Uint8Array | undefined {
  if (from.etag === to.etag) return undefined;
  const isSameList = from.keys === to.keys;
  const former = isSameList ? undefined : new Map(from.flags.map((flag) => [flag.key, flag]));
  const formerOf = (key: string, i: number) => (former ? former.get(key) : from.flags[i]);
  const flags = to.flags.filter((flag, i) => formerOf(flag.key, i)?.json !== flag.json);
  const present = new Set(isSameList ? [] : to.keys);
  const removed = isSameList ? [] : from.keys.filter((key) => !present.has(key));
  const removedText = removed.length > 0 ? `,"removed":${JSON.stringify(removed)}` : '';
  return eventOf('changes', to, `{"order":[${orderText}],"flags":${jsonOf(flags)}${removedText}}`);
}

function eventOf(name: string, { etag }: UserValues, data: string): Uint8Array {
  return toBytes(`event: ${name}\nid: ${etag}\ndata: ${data}\n\n`);
}

export function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function joinBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
