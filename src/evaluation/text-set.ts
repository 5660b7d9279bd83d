/** Texts among which others are looked up. */
export interface TextSet {
  has(text: string): boolean;
}

/** How many bits the filter has for each text: one in eight of those that are not there passes by chance. */
const bitsPerText = 8;

/**
 * Creates a set that says of most texts that it does not hold them after a look at their length and five characters. A `Set`
 * computes a hash of each text that was made a moment ago, which takes ten times as long, and attributes of users are such
 * texts on servers.
 */
export function createTextSet(items: readonly string[]): TextSet {
  const texts = new Set(items);
  const mask = 2 ** Math.ceil(Math.log2(items.length * bitsPerText)) - 1;
  const filter = new Uint8Array((mask >> 3) + 1);
  /** A bit for each length, of which those that differ by 32 share one. */
  let lengths = 0;
  for (const text of texts) {
    const bit = sampleOf(text) & mask;
    filter[bit >> 3]! |= 1 << (bit & 7);
    lengths |= 1 << text.length;
  }
  return {
    has: (text) => {
      // Looked at first, because engines have to put a text together before they know its characters.
      if ((lengths & (1 << text.length)) === 0) return false;
      const bit = sampleOf(text) & mask;
      return (filter[bit >> 3]! & (1 << (bit & 7))) !== 0 && texts.has(text);
    },
  };
}

/** A number from the length and five characters: identifiers differ at their ends, addresses of mail in their first half. */
function sampleOf(text: string): number {
  const { length } = text;
  if (length < 4) return length;
  const start = text.charCodeAt(0) | (text.charCodeAt(1) << 8) | (text.charCodeAt(length >> 2) << 16);
  const end = text.charCodeAt(length - 1) | (text.charCodeAt(length - 4) << 8) | (length << 16);
  return (Math.imul(start, 0x9e3779b1) ^ Math.imul(end, 0x85ebca6b)) >>> 15;
}
