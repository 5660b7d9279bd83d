import type { SchedulerLike } from 'rxjs';

/** A set of texts that are kept for a limited time. */
export interface RecentTexts {
  /** Tells whether one of these texts is in the set. */
  readonly has: (...texts: readonly string[]) => boolean;
  /** Adds texts; when there are too many, the oldest are removed. */
  readonly add: (...texts: readonly string[]) => void;
}

/** Creates a set that keeps each text for a time in milliseconds, and at most a number of them. */
export function createRecentTexts(keepMs: number, maxTexts: number, clock: SchedulerLike): RecentTexts {
  // Insertion order is also the order in which texts expire.
  const endsAtMs = new Map<string, number>();
  const removeExpired = () => {
    for (const [text, endMs] of endsAtMs) {
      if (endMs >= clock.now() && endsAtMs.size <= maxTexts) return;
      endsAtMs.delete(text);
    }
  };
  return {
    has: (...texts) => {
      removeExpired();
      return texts.some((text) => endsAtMs.has(text));
    },
    add: (...texts) => {
      for (const text of texts) endsAtMs.set(text, clock.now() + keepMs);
      removeExpired();
    },
  };
}
