import type { SchedulerLike } from 'rxjs';

/** Remembers texts for a while. */
export interface RecentTexts {
  /** Whether one of these texts is remembered. */
  readonly has: (...texts: readonly string[]) => boolean;
  /** Remembers these texts; when there are too many, the oldest are forgotten. */
  readonly add: (...texts: readonly string[]) => void;
}

/** Creates a list that keeps each text for so long, and only so many of them. */
export function createRecentTexts(keepMs: number, maxTexts: number, clock: SchedulerLike): RecentTexts {
  // In the order of their arrival, which is also that of their end.
  const endsAtMs = new Map<string, number>();
  const forget = () => {
    for (const [text, endMs] of endsAtMs) {
      if (endMs >= clock.now() && endsAtMs.size <= maxTexts) return;
      endsAtMs.delete(text);
    }
  };
  return {
    has: (...texts) => {
      forget();
      return texts.some((text) => endsAtMs.has(text));
    },
    add: (...texts) => {
      for (const text of texts) endsAtMs.set(text, clock.now() + keepMs);
      forget();
    },
  };
}
