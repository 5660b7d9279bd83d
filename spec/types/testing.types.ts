/*
 * Programs that must compile, and programs that must not: checked by `npm run typecheck`, never run.
 */
import type { Observable } from 'rxjs';
import type { ConfigCatClient } from '../../src';
import type { TargetedFlag, TestClient, TestCondition } from '../../src/testing';
import { createTestClient, runMarbles } from '../../src/testing';
import type { Flags } from './is.js';
import { is } from './is.js';

export function tests(): ConfigCatClient<Flags> {
  is<TestClient>()(createTestClient({ anything: true, other: 'text' }));
  const client = createTestClient<Flags>({ dark: true });
  is<TestClient<Flags>>()(client);
  is<Observable<boolean>>()(client.flag$('dark', false));
  client.set({ theme: 'dark', limit: undefined });
  client.set({ theme: { value: 'light', rules: [{ when: [], serve: 'dark' }] } });
  client.set({ limit: { value: 1, percentages: [{ percentage: 100, value: 2, variationId: 'two' }] } });
  client.fail('timeout');
  client.fail(503);
  // @ts-expect-error no such flag
  client.set({ drak: true });
  // @ts-expect-error another type
  client.set({ dark: 'yes' });
  // @ts-expect-error a text that the flag never has
  client.set({ theme: { value: 'light', rules: [{ when: [], serve: 'blue' }] } });
  // @ts-expect-error a rule serves either a value or options
  client.set({ limit: { value: 1, rules: [{ when: [], serve: 1, percentages: [] }] } });
  // @ts-expect-error no such failure
  client.fail('badly');
  // @ts-expect-error configs come from the test
  createTestClient({}, { baseUrl: 'http://localhost' });
  // @ts-expect-error a flag is no list
  createTestClient<{ list: string[] }>();
  return client;
}

export function targets(): void {
  const conditions: TestCondition[] = [
    { attribute: 'Email', comparator: 'endsWithAnyOf', value: ['@example.com'] },
    { attribute: 'age', comparator: 'numberGreater', value: 18 },
    { attribute: 'joined', comparator: 'before', value: new Date(0) },
    { flag: 'other', comparator: 'equals', value: true },
    // @ts-expect-error a list is compared with a text
    { attribute: 'Email', comparator: 'isOneOf', value: 'kate' },
    // @ts-expect-error a number is compared with a text
    { attribute: 'age', comparator: 'numberLess', value: '18' },
    // @ts-expect-error no such comparator
    { attribute: 'Email', comparator: 'resembles', value: 'kate' },
    // @ts-expect-error flags are equal or not
    { flag: 'other', comparator: 'numberLess', value: 1 },
  ];
  const flag: TargetedFlag<number> = { value: 1, rules: [{ when: conditions, serve: { value: 2, variationId: 'b' } }] };
  createTestClient({ flag });
}

export function marbles(): void {
  is<number>()(runMarbles(() => 1));
  runMarbles(({ playFlags }) => {
    is<TestClient<Flags>>()(playFlags<Flags>('a', { a: { dark: true } }));
    is<TestClient>()(playFlags('a', { a: { anything: 1 } }));
    // @ts-expect-error another type
    playFlags<Flags>('a', { a: { dark: 1 } });
  });
}
