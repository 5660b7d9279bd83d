import type { CommonOptions, ConfigCatClient, FetchFunction, PollingMode } from '../../src';
import { autoPoll, createClient } from '../../src';
import type { VirtualClock } from './virtual-time';
import { createVirtualClock } from './virtual-time';

export const sdkKey = 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv';

/** A client in virtual time, its server, and its log. */
export interface Stage extends StageOf<ConfigCatClient> {
  readonly client: ConfigCatClient;
}

/** A source of flags in virtual time, its server, and its log. */
export interface StageOf<T> {
  readonly source: T;
  readonly clock: VirtualClock;
  /** What the server answers from now on: a config, a status, or nothing at all. */
  readonly serve: (answer: object | number | 'silence') => void;
  readonly requests: string[];
  readonly log: string[];
}

/** Flags of a config by their plain values, each without targeting. */
export function configOf(flags: Readonly<Record<string, boolean | string | number>>): object {
  const setting = (value: boolean | string | number) =>
    typeof value === 'boolean'
      ? { t: 0, v: { b: value } }
      : typeof value === 'string'
        ? { t: 1, v: { s: value } }
        : { t: 3, v: { d: value } };
  return { f: Object.fromEntries(Object.entries(flags).map(([key, value]) => [key, setting(value)])) };
}

/** A text flag `plan` that serves each identifier its own name, upper-cased, and `nobody` to all others. */
export function configByUser(...identifiers: readonly string[]): object {
  const rules = identifiers.map((id) => ({
    c: [{ u: { a: 'Identifier', c: 28, s: id } }],
    s: { v: { s: id.toUpperCase() }, i: `id-${id}` },
  }));
  return { f: { plan: { t: 1, v: { s: 'nobody' }, i: 'id-nobody', r: rules } } };
}

export function stage(
  first: object | number | 'silence',
  options: CommonOptions = {},
  polling: PollingMode = autoPoll(),
): Stage {
  const staged = stageOf((given) => createClient(sdkKey, { ...given, polling }), first, options);
  return { ...staged, client: staged.source };
}

/** @param create - makes the source with these options. */
export function stageOf<T>(
  create: (options: CommonOptions) => T,
  first: object | number | 'silence',
  options: CommonOptions = {},
): StageOf<T> {
  const clock = createVirtualClock();
  const requests: string[] = [];
  const log: string[] = [];
  let answer = first;
  let version = 0;
  const fetch: FetchFunction = (url) => {
    requests.push(url);
    if (answer === 'silence') return new Promise(() => undefined);
    const body = typeof answer === 'object' ? JSON.stringify(answer) : '';
    return Promise.resolve({
      status: typeof answer === 'number' ? answer : 200,
      statusText: '',
      headers: { get: (name) => (name === 'etag' ? `"${version}"` : null) },
      text: () => Promise.resolve(body),
    });
  };
  const source = create({
    fetch,
    scheduler: clock.scheduler,
    random: () => 0,
    logger: { log: (level, eventId, message) => log.push(`${level} ${eventId} ${message}`) },
    ...options,
  });
  return {
    source,
    clock,
    requests,
    log,
    serve: (next) => {
      answer = next;
      version++;
    },
  };
}
