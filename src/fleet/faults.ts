/** The kinds of work whose failures are told. */
export type Operation = 'lease' | 'read' | 'write' | 'listen';

/** Failures of an engine, each cause told once. */
export interface Faults {
  /** Takes note of how a piece of work ended. */
  readonly note: (operation: Operation, error?: unknown) => void;
  /** Throws what has not been told yet. */
  readonly tell: () => void;
}

/** A cause is told again only after what failed by it has succeeded. */
export function trackFaults(): Faults {
  const causes = new Map<Operation, string>();
  const untold: Error[] = [];
  return {
    note: (operation, error) => {
      if (error === undefined) {
        const cause = causes.get(operation);
        // What has helped one has helped all that failed by the same cause.
        if (cause !== undefined) for (const [other, text] of causes) if (text === cause) causes.delete(other);
        return;
      }
      const failure = error instanceof Error ? error : new Error('The engine failed.', { cause: error });
      const cause = failure.message;
      const isKnown = [...causes.values()].includes(cause);
      causes.set(operation, cause);
      if (!isKnown) untold.push(failure);
    },
    tell: () => {
      const error = untold.shift();
      if (error) throw error;
    },
  };
}

/** Does some work, and takes note of how it ended; resolves with `undefined` when it failed. */
export async function attempt<T>(faults: Faults, operation: Operation, work: () => Promise<T>): Promise<T | undefined> {
  try {
    const result = await work();
    faults.note(operation);
    return result;
  } catch (error) {
    faults.note(operation, error);
    return undefined;
  }
}
