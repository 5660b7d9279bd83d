import type { RunHelpers } from 'rxjs/testing';
import { TestScheduler } from 'rxjs/testing';
import type { AnyFlags, FlagTypes } from '../index.js';
import type { TestFlags } from './config-json.js';
import { isEqual } from './is-equal.js';
import type { TestClient, TestClientOptions } from './test-client.js';
import { createTestClient } from './test-client.js';

/** Compares what streams did with what was expected of them; throws where the two differ. */
export type AssertEqual = (actual: unknown, expected: unknown) => void;

/** What marble tests work with: the helpers of the `TestScheduler` of RxJS, and clients in its time. */
export interface MarbleHelpers extends RunHelpers {
  /** The scheduler of the test, for options that take one. */
  readonly scheduler: TestScheduler;
  /**
   * Creates a test client in virtual time whose flags change along a diagram. What the diagram has at frame 0 is there from
   * the beginning; each letter after that stands for flags to be changed as by `set()`; `|` disposes the client. All
   * clients are disposed at the end of the test.
   *
   * @param marbles - as of RxJS: one frame, or `9ms`, is virtual milliseconds.
   * @param values - the flags that each letter stands for.
   * @throws Error when the diagram has an error or a letter without flags.
   *
   * @example
   * const client = playFlags('f-t', { f: { darkMode: false }, t: { darkMode: true } });
   */
  readonly playFlags: <F extends FlagTypes<F> = AnyFlags>(
    marbles: string,
    values: Readonly<Record<string, TestFlags<F>>>,
    options?: TestClientOptions,
  ) => TestClient<F>;
}

/**
 * Runs a marble test in virtual time, in any test framework, or in none.
 *
 * @param test - draws streams and what is expected of them.
 * @param assertEqual - how to compare; by default by value, with an error that writes down both sides.
 * @returns what the test returns.
 * @throws Error where a stream does not do what was expected of it.
 *
 * @example
 * runMarbles(({ playFlags, expectObservable }) => {
 *   const client = playFlags('f-t', { f: { darkMode: false }, t: { darkMode: true } });
 *   expectObservable(client.flag$('darkMode', false)).toBe('f-t', { f: false, t: true });
 * });
 */
export function runMarbles<T>(test: (helpers: MarbleHelpers) => T, assertEqual: AssertEqual = assertSame): T {
  const scheduler = new TestScheduler(assertEqual);
  const clients: { dispose(): void }[] = [];
  const playFlags = <F extends FlagTypes<F>>(
    marbles: string,
    values: Readonly<Record<string, TestFlags<F>>>,
    options: TestClientOptions = {},
  ) => {
    const acts = readActs(marbles, values);
    const first = acts.filter(({ frame }) => frame <= 0).reduce((flags, act) => ({ ...flags, ...act.flags }), {});
    const client = createTestClient<F>(first, { scheduler, ...options });
    clients.push(client);
    for (const { frame, flags } of acts) {
      if (flags && frame <= 0) continue;
      scheduler.schedule(() => {
        if (flags) client.set(flags);
        else client.dispose();
      }, frame);
    }
    return client;
  };
  try {
    return scheduler.run((helpers) => test({ ...helpers, scheduler, playFlags }));
  } finally {
    for (const client of clients) client.dispose();
  }
}

/** Flags that change at a frame; without flags it is the end. */
interface Act<F extends FlagTypes<F>> {
  readonly frame: number;
  readonly flags?: TestFlags<F>;
}

function readActs<F extends FlagTypes<F>>(
  marbles: string,
  values: Readonly<Record<string, TestFlags<F>>>,
): readonly Act<F>[] {
  return TestScheduler.parseMarbles(marbles, values, undefined, undefined, true).map(({ frame, notification }) => {
    if (notification.kind === 'E') throw new Error(`Flags never error, but in '${marbles}' they do.`);
    if (notification.kind === 'C') return { frame };
    const flags: unknown = notification.value;
    if (typeof flags !== 'object') throw new Error(`A letter of '${marbles}' stands for no flags.`);
    return { frame, flags: flags as TestFlags<F> };
  });
}

function assertSame(actual: unknown, expected: unknown): void {
  if (isEqual(actual, expected)) return;
  throw new Error(`The streams differ.\n\nexpected:\n${written(expected)}\n\nreceived:\n${written(actual)}`);
}

/** Formats what a stream did, one line for each notification. */
function written(frames: unknown): string {
  const lines = Array.isArray(frames) ? frames.map(writeFrame) : [show(frames)];
  return lines.length > 0 ? lines.join('\n') : '  nothing';
}

const kinds: Readonly<Record<string, string>> = { N: 'next', E: 'error', C: 'complete' };

function writeFrame(frame: unknown): string {
  const { frame: at, notification } = frame as Partial<{ frame: number; notification: Record<string, unknown> }>;
  if (at === undefined || !notification) return `  ${show(frame)}`;
  const { kind, value, error } = notification;
  return `  ${at} ms: ${kinds[String(kind)] ?? String(kind)}${kind === 'C' ? '' : ` ${show(kind === 'N' ? value : error)}`}`;
}

function show(value: unknown): string {
  if (value instanceof Error) return String(value);
  try {
    // Some values cannot be written as JSON.
    const text: unknown = JSON.stringify(value);
    return typeof text === 'string' ? text : String(value);
  } catch {
    return String(value);
  }
}
