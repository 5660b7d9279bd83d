/*
 * What is said at log level `debug`: a row per event, with its number, and its text, which is made of parameters that loggers are
 * given, too. The numbers are ours, from 6000 on. The rows come with what explains evaluations, which browsers load when it is
 * needed.
 */

type Etag = Readonly<{ etag: string | undefined }>;
type HasConfig = Readonly<{ hasConfig: boolean }>;

/** Names and texts of all events of this level. */
export const debugEvents = {
  started: {
    id: 6000,
    text: (told: Readonly<{ sdkKey: string; polling: string; baseUrl: string }>) =>
      `The client of '${told.sdkKey}' starts: ${told.polling} polling, at ${told.baseUrl}.`,
  },
  requestSent: {
    id: 6001,
    text: (told: Etag & Readonly<{ url: string }>) =>
      `Asking ${told.url}${told.etag === undefined ? ', with no config at hand' : `, unless it still is ${told.etag}`}.`,
  },
  requestAnswered: {
    id: 6002,
    text: (told: Etag & Readonly<{ status: number; length: number | undefined; tookMs: number }>) =>
      `The server answers ${told.status} after ${told.tookMs} ms${told.length ? `, with ${told.length} characters` : ''}${named(told)}.`,
  },
  requestUnanswered: {
    id: 6003,
    text: (told: Readonly<{ problem: string; tookMs: number }>) =>
      `The request fails after ${told.tookMs} ms: ${told.problem}.`,
  },
  configAdopted: {
    id: 6010,
    text: (told: Etag & Readonly<{ from: 'server' | 'cache'; length: number }>) =>
      `Adopting a new config from the ${told.from}${named(told)}: ${told.length} characters.`,
  },
  configConfirmed: {
    id: 6011,
    text: (told: Etag) => `The config is the one that is known${named(told)}.`,
  },
  configRefused: {
    id: 6012,
    text: (told: Etag) => `Refusing the answer: meanwhile the cache has brought a newer config${named(told)}.`,
  },
  fetchFailed: {
    id: 6013,
    text: (told: HasConfig & Readonly<{ errorCode: number }>) =>
      `The fetch has failed (${told.errorCode}); ${told.hasConfig ? 'the last good config stays' : 'there is no config yet'}.`,
  },
  backingOff: {
    id: 6014,
    text: (told: Readonly<{ failures: number; delayMs: number }>) =>
      `Failures in a row: ${told.failures}. Nothing is fetched by itself for ${told.delayMs} ms.`,
  },
  freshUntil: {
    id: 6015,
    text: (told: Readonly<{ freshForMs: number }>) => `The config counts as up to date for ${told.freshForMs} ms.`,
  },
  cacheFoundNewer: {
    id: 6020,
    text: (told: Etag & Readonly<{ ageMs: number }>) =>
      `The cache has a config that is newer${named(told)}: fetched ${told.ageMs} ms ago.`,
  },
  cacheFoundNothing: {
    id: 6021,
    text: () => 'The cache has nothing newer.',
  },
  cacheWritten: {
    id: 6022,
    text: () => 'Writing to the cache.',
  },
  becameReady: {
    id: 6030,
    text: (told: HasConfig) =>
      `Ready: reads wait no longer${told.hasConfig ? '' : ', though there is no config: they give default values'}.`,
  },
  pollingPaused: {
    id: 6031,
    text: () => 'Polling pauses, as `pollWhile$` says: another tab or process polls, or nobody sees the page.',
  },
  pollingResumed: {
    id: 6032,
    text: () => 'Polling goes on, as `pollWhile$` says: this tab or process polls.',
  },
  wentOnline: {
    id: 6033,
    text: () => 'Online: requests may be sent.',
  },
  wentOffline: {
    id: 6034,
    text: () => 'Offline: no requests are sent.',
  },
  ended: {
    id: 6040,
    text: () => 'The client is disposed: streams have completed, and nothing is sent any more.',
  },
} as const;

/** The name of an event of this level. */
export type DebugEventName = keyof typeof debugEvents;

/** What is told of an event. */
export type DebugParameters<N extends DebugEventName> =
  Parameters<(typeof debugEvents)[N]['text']> extends [infer T] ? T : Readonly<Record<string, never>>;

function named({ etag }: Etag): string {
  return etag === undefined ? '' : ` (${etag})`;
}
