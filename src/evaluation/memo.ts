/**
 * Wraps a computation on texts, the same one in the same wrapper, so that it is not done again for a text seen a moment ago. Results live in a fixed
 * number of places, where new ones replace old ones: a million users cost no more memory than a thousand.
 */
export type Memo = <T>(compute: (text: string) => T) => (text: string) => T;

const places = 4096;
/** Longer texts are computed each time: the memo would keep them alive. */
const longestText = 256;

/** Creates a memo, which takes memory when it is first used. */
export function createMemo(): Memo {
  let texts: string[] | undefined;
  let computations = new Int32Array();
  let results: unknown[] = [];
  let computationCount = 0;
  const wrapped = new WeakMap<object, (text: string) => unknown>();

  return <T>(compute: (text: string) => T) => {
    const known = wrapped.get(compute);
    if (known) return known as (text: string) => T;
    // A number, because a function would keep alive the config that it was made for.
    const computation = ++computationCount;
    const remembering = (text: string): T => {
      if (text.length > longestText) return compute(text);
      if (!texts) {
        texts = Array.from({ length: places }, () => '');
        computations = new Int32Array(places);
        results = Array.from(texts);
      }
      const place = placeOf(text, computation);
      if (computations[place] === computation && texts[place] === text) return results[place] as T;
      const result = compute(text);
      texts[place] = text;
      computations[place] = computation;
      results[place] = result;
      return result;
    };
    wrapped.set(compute, remembering);
    return remembering;
  };
}

function placeOf(text: string, computation: number): number {
  let place = computation;
  for (let i = 0; i < text.length; i++) place = (place * 31 + text.charCodeAt(i)) | 0;
  // Low bits alone would be those of the last characters.
  return (place ^ (place >>> 12)) & (places - 1);
}
