import type { Observable } from 'rxjs';
import { filter, map, share } from 'rxjs';
import type { Engine, LeaseRequest, Order } from '../fleet/engine.js';
import type { Connection } from './connection.js';
import { toFailure } from './failure.js';
import type { ChannelEvent } from './listen.js';

/*
 * Redis holds the entry under ConfigCat's own key. Beside it, a hash under `{<key>}:order` holds `granted`, the number of
 * the last lease; `fence` and `counter`, the order of the last write of the fleet; and `digest`, the SHA-1 of the text of
 * that write. These keys and the lease are in the hash slot of the entry, so that scripts work in a cluster.
 */

/** KEYS: entry, order. */
const readScript = `
local text = redis.call('GET', KEYS[1])
local order = redis.call('HMGET', KEYS[2], 'fence', 'counter', 'digest')
local isOwn = text and order[3] == redis.sha1hex(text)
return {text, order[1], order[2], isOwn and 1 or 0}`;

/** A script that ends with an announcement. */
type AnnouncingScript = (announcement: string) => string;

/**
 * KEYS: entry, order. ARGV: fence, counter, text, announcement. A number that is not the last one of this Redis is refused,
 * be it an older one, or one that was lost by a restart or a failover: that write may be an old one.
 */
const writeScript: AnnouncingScript = (announcement) => `
local order = redis.call('HMGET', KEYS[2], 'granted', 'fence', 'counter')
local granted, fence, counter = tonumber(order[1]), tonumber(order[2] or 0), tonumber(order[3] or -1)
local newFence, newCounter = tonumber(ARGV[1]), tonumber(ARGV[2])
if newFence ~= granted or newFence < fence or (newFence == fence and newCounter <= counter) then return 0 end
redis.call('SET', KEYS[1], ARGV[3])
redis.call('HSET', KEYS[2], 'fence', ARGV[1], 'counter', ARGV[2], 'digest', redis.sha1hex(ARGV[3]))
local message = ARGV[4]
${announcement}
return 1`;

/**
 * KEYS: lease, order. ARGV: owner, milliseconds, fence to exceed, order for a takeover or an empty text.
 *
 * A fence is at least the time of Redis, so that it exceeds all earlier ones even when Redis has lost the order, or the last
 * leases, as it may by a failover.
 */
const leaseScript = `
local order = redis.call('HMGET', KEYS[2], 'granted', 'fence', 'counter')
if ARGV[4] == '' then
  local holder = redis.call('GET', KEYS[1])
  if holder and holder ~= ARGV[1] then return {'', redis.call('PTTL', KEYS[1]), order[2], order[3]} end
else
  local last = order[2] and (order[2] .. ':' .. order[3]) or 'nothing'
  if last ~= ARGV[4] then return {'', redis.call('PTTL', KEYS[1]), order[2], order[3]} end
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local fence = string.format('%.0f', math.max(now, tonumber(order[1] or 0), tonumber(order[2] or 0), tonumber(ARGV[3])) + 1)
redis.call('HSET', KEYS[2], 'granted', fence)
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {fence, tonumber(ARGV[2])}`;

/** KEYS: lease. ARGV: owner, milliseconds. */
const renewScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** KEYS: lease. ARGV: owner, announcement. */
const releaseScript: AnnouncingScript = (announcement) => `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
local message = ARGV[2]
${announcement}
return 1`;

/** ARGV: announcement. */
const announceScript: AnnouncingScript = (announcement) => `
local message = ARGV[1]
${announcement}
return 1`;

/** Announces to all who listen. The channel is the last argument. */
const publish = `redis.call('PUBLISH', ARGV[#ARGV], message)`;
/**
 * Announces in the part of a cluster that has the channel, which is the last key: as such it is in the slot of the entry.
 * Servers before version 7 know no such parts, and announce to the whole cluster.
 */
const publishInPart = `
local reply = redis.pcall('SPUBLISH', KEYS[#KEYS], message)
if type(reply) == 'table' and reply.err then
  if not reply.err:lower():find('unknown') then return reply end
  redis.call('PUBLISH', KEYS[#KEYS], message)
end`;

/** The place in Redis where a fleet shares an entry. */
export interface RedisPlace {
  /** ConfigCat's own key of the entry. */
  readonly key: string;
  /** The prefix that the connection puts before each key. */
  readonly keyPrefix: string;
  /** Separates fleets that use the same entry, or the same Redis. */
  readonly name: string;
}

/** Names the keys and the channels of an entry. The keys lack the prefix, which the connection adds. */
export function namesOf({ key, keyPrefix, name }: RedisPlace) {
  const part = name === '' ? '' : `${name}:`;
  // A prefix separates its keys already.
  const suffix = name === keyPrefix ? '' : `:${name}`;
  const besideKey = `{${keyPrefix}${key}}${suffix}`;
  return {
    order: `${besideKey}:order`,
    lease: `${besideKey}:lease`,
    channel: `configcat-rx:${part}${key}`,
    channelInSlot: `${besideKey}:news`,
  };
}

/** Shares an entry through Redis. */
export function redisEngine(send: Connection['send'], connection: Connection, place: RedisPlace): Engine {
  const { key } = place;
  const { isSharded } = connection;
  const names = namesOf(place);
  const { order: orderKey, lease: leaseKey } = names;
  const channel = isSharded ? names.channelInSlot : names.channel;
  const evaluate = async (script: string, keys: readonly string[], ...args: readonly (string | number)[]) =>
    send('EVAL', script, String(keys.length), ...keys, ...args.map(String));
  const announcing = async (
    script: AnnouncingScript,
    keys: readonly string[],
    ...args: readonly (string | number)[]
  ) =>
    isSharded
      ? evaluate(script(publishInPart), [...keys, channel], ...args)
      : evaluate(script(publish), keys, ...args, channel);
  // All subscribers share one connection.
  const event$: Observable<ChannelEvent> = connection.events(channel).pipe(share());

  return {
    read: async () => {
      const reply = (await evaluate(readScript, [key, orderKey])) as unknown[];
      const [text, fence, counter, isOwn] = reply.map(toText);
      return { text, order: orderOf(fence, counter), isForeign: isOwn !== '1' };
    },
    write: async (text, { fence, counter }, announcement) => {
      const reply = await announcing(writeScript, [key, orderKey], fence, counter, text, announcement);
      return Number(reply) === 1;
    },
    announce: (message) => announcing(announceScript, [], message),
    listen: () =>
      event$.pipe(
        filter(isMessage),
        map(({ message }) => message),
      ),
    lease: async (owner, ms, request) => {
      const after = afterOf(request);
      const reply = (await evaluate(
        leaseScript,
        [leaseKey, orderKey],
        owner,
        ms,
        request.aboveFence,
        after,
      )) as unknown[];
      const [fence, leftMs, ...lastWrite] = reply.map(toText);
      return { fence: fence ? Number(fence) : undefined, leftMs: Number(leftMs), lastWrite: orderOf(...lastWrite) };
    },
    renew: async (owner, ms) => Number(await evaluate(renewScript, [leaseKey], owner, ms)) === 1,
    release: (owner, announcement) => announcing(releaseScript, [leaseKey], owner, announcement),
    alive$: event$.pipe(
      map((event) => {
        if (typeof event === 'string') return event === 'listening';
        return isMessage(event) ? undefined : toFailure(event.refusal);
      }),
      filter((state) => state !== undefined),
    ),
  };
}

function isMessage(event: ChannelEvent): event is Extract<ChannelEvent, { readonly message: string }> {
  return typeof event === 'object' && 'message' in event;
}

function afterOf({ takeOverAfter }: LeaseRequest): string {
  const toOrderText = ({ fence, counter }: Order) => `${fence}:${counter}`;
  return typeof takeOverAfter === 'object' ? toOrderText(takeOverAfter) : (takeOverAfter ?? '');
}

function orderOf(fence?: string, counter?: string): Order | undefined {
  return fence === undefined ? undefined : { fence: Number(fence), counter: Number(counter) };
}

/** Reads a reply as text: some clients are set to reply with buffers. */
function toText(reply: unknown): string | undefined {
  return (reply as string | number | Buffer | null | undefined)?.toString();
}
