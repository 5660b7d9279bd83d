/**
 * Remembers computations on texts, so that they are not done again for a text seen a moment ago. Results live in places
 * whose number is bounded, where new ones replace old ones: a million users cost no more memory than a thousand.
 */
export interface Memo {
  /** Wraps a computation, the same one in the same wrapper. */
  readonly wrap: <T>(compute: (text: string) => T) => (text: string) => T;
  /** Starts a computation that is about something: a number, because a function would keep alive what it was made for. */
  readonly start: () => number;
  /**
   * Computes, or remembers.
   *
   * @param computation - its number.
   * @param subject - what it is about, always the same under that number.
   */
  readonly recall: <T, S>(computation: number, text: string, compute: (text: string, subject: S) => T, subject: S) => T;
}

/** How many places there are at first, and at most. */
const fewestPlaces = 256;
const mostPlaces = 4096;
/** Where texts do not come again, to look for them costs more than it saves: that is noticed by so many of them … */
const sample = 512;
/** … of which fewer than that have come again … */
const fewestHits = 16;
/** … and then they are only computed for so many times. */
const skipsAfterSample = 8192;
/** Longer texts are computed each time: the memo would keep them alive. */
const longestText = 256;

/** Creates a memo, which takes memory when it is first used. */
export function createMemo(): Memo {
  let places = 0;
  let texts: string[] = [];
  let computations = new Int32Array();
  let results: unknown[] = [];
  /** How many results have been put since there are that many. */
  let puts = 0;
  let [tries, hits, skips] = [0, 0, 0];
  let computationCount = 0;
  const wrapped = new WeakMap<object, (text: string) => unknown>();

  const put = (place: number, text: string, computation: number, result: unknown) => {
    texts[place] = text;
    computations[place] = computation;
    results[place] = result;
  };
  const grow = () => {
    const before = { texts, computations, results };
    places = places === 0 ? fewestPlaces : places * 4;
    puts = 0;
    texts = new Array<string>(places);
    computations = new Int32Array(places);
    results = new Array<unknown>(places);
    // Passes over places that are empty.
    before.texts.forEach((text, i) => {
      const computation = before.computations[i]!;
      put(hashOf(text, computation) & (places - 1), text, computation, before.results[i]);
    });
  };
  const start = () => ++computationCount;
  const recall = <T, S>(computation: number, text: string, compute: (text: string, subject: S) => T, subject: S): T => {
    if (text.length > longestText) return compute(text, subject);
    if (skips > 0) {
      skips--;
      return compute(text, subject);
    }
    if (++tries === sample) {
      if (hits < fewestHits) skips = skipsAfterSample;
      tries = hits = 0;
    }
    const hash = hashOf(text, computation);
    let place = hash & (places - 1);
    if (computations[place] === computation && texts[place] === text) {
      hits++;
      return results[place] as T;
    }
    const result = compute(text, subject);
    if (places < mostPlaces && puts++ === places >> 1) {
      grow();
      place = hash & (places - 1);
    }
    put(place, text, computation, result);
    return result;
  };
  return {
    start,
    recall,
    wrap: <T>(compute: (text: string) => T) => {
      const known = wrapped.get(compute);
      if (known) return known as (text: string) => T;
      const computation = start();
      const remembering = (text: string): T => recall(computation, text, compute, undefined);
      wrapped.set(compute, remembering);
      return remembering;
    },
  };
}

function hashOf(text: string, computation: number): number {
  let hash = computation;
  for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) | 0;
  // Low bits alone would be those of the last characters.
  return hash ^ (hash >>> 12);
}
