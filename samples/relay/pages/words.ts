import type { ClientStatus } from 'configcat-rx/core';

/** What is said of the connection. */
export function wordsOf({ lastError, cacheState, fetchedAt }: ClientStatus): string {
  if (lastError) return `The relay is away. These are the values of ${fetchedAt?.toLocaleTimeString() ?? 'this page'}.`;
  return cacheState === 'up-to-date' ? 'Live: changes are here at once' : 'Connecting';
}

export function euros(amount: number): string {
  return `€${amount.toFixed(2)}`;
}

export function percent(rate: number): string {
  return `${Math.round(rate * 100)} %`;
}
