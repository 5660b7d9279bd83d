import type { Observable } from 'rxjs';
import { filter, firstValueFrom, map, takeUntil, timer } from 'rxjs';
import type { Order, Stored } from '../fleet/index.js';
import { isEqual } from './is-equal.js';

/** How long something may take that has to happen, in milliseconds. */
const patienceMs = 20_000;

/** Waits until a stream emits what is wanted; fails when that takes too long. */
export async function waitFor<T>(source$: Observable<T>, what: string, isWanted: (value: T) => boolean): Promise<void> {
  const found = await firstValueFrom(
    source$.pipe(
      filter(isWanted),
      map(() => true),
      takeUntil(timer(patienceMs)),
    ),
    { defaultValue: false },
  );
  if (!found) throw new Error(`Waited ${patienceMs} ms for ${what}.`);
}

export async function delay(ms: number): Promise<void> {
  await firstValueFrom(timer(ms), { defaultValue: 0 });
}

export function at(fence: number, counter: number): Order {
  return { fence, counter };
}

/** What is promised of what was read, and nothing else that an engine may tell. */
export function plain({ text, order, isForeign }: Stored) {
  return { text, order: order && at(order.fence, order.counter), isForeign };
}

export function expectSame(what: string, actual: unknown, expected: unknown): void {
  if (!isEqual(actual, expected)) throw new Error(`Expected ${what}: ${show(expected)}. Got: ${show(actual)}.`);
}

export function expectTrue(what: string, isTrue: boolean): void {
  if (!isTrue) throw new Error(`Expected that ${what}.`);
}

export function show(value: unknown): string {
  const text = value === undefined ? 'undefined' : JSON.stringify(value);
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}
