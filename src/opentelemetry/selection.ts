import type { EvaluationDetails } from '../functions.js';

/**
 * Which evaluations are recorded: `'each'`, as the conventions say; `'change'`, those whose outcome is another one than the last
 * time for the same user and flag; or by `rate`, the evaluations of a share of all pairs of user and flag, from 0 to 1.
 */
export type Selection = 'each' | 'change' | { readonly rate: number };

/** Tells whether an evaluation is to be recorded. */
export type IsSelected = (details: EvaluationDetails) => boolean;

/** How many pairs of user and flag are remembered; beyond that, those of the longest time ago are forgotten. */
const mostRemembered = 10_000;

/** Creates the test of a selection. */
export function selector(selection: Selection): IsSelected {
  if (selection === 'each') return () => true;
  if (selection !== 'change') return (details) => hash(subjectOf(details), 0) < selection.rate * 2 ** 32;
  const outcomes = new Map<string, string>();
  return (details) => {
    const { value, variationId, errorCode } = details;
    const subject = digest(subjectOf(details));
    const outcome = digest(JSON.stringify([value, variationId, errorCode]));
    const isChange = outcomes.get(subject) !== outcome;
    // The last in the order of the map is the one that was seen last.
    outcomes.delete(subject);
    outcomes.set(subject, outcome);
    if (outcomes.size > mostRemembered) outcomes.delete(outcomes.keys().next().value!);
    return isChange;
  };
}

/** User and flag, as one text. */
function subjectOf({ key, user }: EvaluationDetails): string {
  return JSON.stringify([key, user ? [user.identifier] : []]);
}

/** A text as short as any other: identifiers and values are foreign, and can be of any length. */
function digest(text: string): string {
  return `${hash(text, 0)} ${hash(text, 1)}`;
}

/** A number from 0 to 2^32, the same in every process: FNV-1a, whose bits are then mixed as MurmurHash does. */
function hash(text: string, seed: number): number {
  let bits = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
