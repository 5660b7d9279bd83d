/** Promises that are watched over, by what it looks like when one is broken. */
export const violationKinds = [
  'went back',
  'lost the value',
  'repeated itself',
  'mixed two configs',
  'streams and snapshot disagree',
  'demand answered by what is older',
  'demand not heeded',
  'read waits too long',
  'two requests at once',
  'request while offline',
  'request after dispose',
  'left behind',
  'not completed',
  'never settled',
  'rejected',
  'threw',
  'error escaped',
  'not the newest at the end',
  'cache is not the newest at the end',
  'not fetching at the end',
] as const;
export type ViolationKind = (typeof violationKinds)[number];

/** A promise that was broken. */
export interface Violation {
  readonly kind: ViolationKind;
  readonly text: string;
}

/** Sees what clients do, and writes down what they must never do. */
export interface Witness {
  readonly violate: (kind: ViolationKind, text: string) => void;
  /** Each kind once: the first is the cause of the others. */
  readonly violations: () => readonly Violation[];
  /** Writes down what happens, of which the digest is made; the text is only made when it is wanted. */
  readonly note: (number: number, text: () => string) => void;
  readonly journal: readonly string[];
  /** Stands for everything that was noted, in its order. */
  readonly digest: () => number;
}

/**
 * @param isKept - keep a journal.
 * @param time - the true time, for the journal.
 */
export function createWitness(isKept: boolean, time: () => number): Witness {
  const violations = new Map<ViolationKind, string>();
  const journal: string[] = [];
  let digest = 0;
  const note = (number: number, text: () => string) => {
    digest = (Math.imul(digest, 31) + number + time()) | 0;
    if (isKept) journal.push(`${String(time()).padStart(8)} ms  ${text()}`);
  };
  return {
    violate: (kind, text) => {
      note(violationKinds.indexOf(kind), () => `VIOLATION ${kind}: ${text}`);
      if (!violations.has(kind)) violations.set(kind, text);
    },
    violations: () => [...violations].map(([kind, text]) => ({ kind, text })),
    note,
    journal,
    digest: () => digest,
  };
}
